import { createRequire } from 'node:module';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { renderService } from '../compiler/render/index.ts';
import { instanceWith } from './support/instance.ts';

const options = { filePer: 'instance', constructs: [], verbose: false } as const;

function isLoaded(name: string): boolean {
  return Object.keys(createRequire(import.meta.url).cache).some((path) => path.includes(`/node_modules/${name}/`));
}

test('a run that renders nothing does not load cdk8s', async () => {
  await renderService([], options);
  assert.not.ok(isLoaded('cdk8s'));
});

test('rendering loads cdk8s, but never the generated classes of all Kubernetes kinds', async () => {
  await renderService([instanceWith()], options);
  assert.ok(isLoaded('cdk8s'));
  assert.not.ok(isLoaded('cdk8s-plus-27'));
});

test.run();
