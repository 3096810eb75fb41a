/** Files that two services render. */
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { TreeWriter } from '../compiler/write/index.ts';
import {
  content,
  type Fleet,
  inFolder,
  instanceFile,
  readTree,
  type RunOptions,
  writeFleet,
} from './support/output-tree.ts';

const PATH = 'clusters/prod/shop/web-api-main.yaml';
const owner = (namespace = 'shop'): Fleet[string] => ({ 'web-api': { main: { text: 'of web-api', namespace } } });
const rival: Fleet[string] = { web: { 'api-main': { text: 'of web', namespace: 'shop' } } };

function run(out: string, services: Fleet[string], options: RunOptions = {}) {
  const { diagnostics, written } = writeFleet(out, { prod: services }, options);
  const errors = diagnostics.filter(({ severity }) => severity === 'error');
  return { written, errors: errors.map(({ code, service, message }) => `${code} ${service}: ${message}`) };
}

test(
  'what a service runs is not replaced by what another one renders, whichever comes first',
  inFolder((out) => {
    run(out, owner());
    const { errors, written } = run(out, { ...rival, ...owner() });
    assert.equal(errors, [`file-name-clash web: ${PATH} is of web-api.main, which renders it, too: it stays as it is`]);
    assert.not(written.includes(PATH));
    const tree = readTree(out);
    assert.is(tree[PATH], content('of web-api'));
    run(join(out, 'second'), rival);
    assert.is(run(join(out, 'second'), { ...rival, ...owner() }).errors.length, 1);
    assert.is(readTree(join(out, 'second'))[PATH], content('of web'));
    assert.match(
      tree['.paasta-gitops/prod.json']!,
      /web-api-main\.yaml": \{[^}]*"service":"web-api","instance":"main"\}/,
    );
  }),
);

test(
  'a file that nobody had is written for neither of two, run after run, and for the one that is left',
  inFolder((out) => {
    for (let n = 0; n < 2; n++) {
      const { errors, written } = run(out, { ...rival, ...owner() });
      assert.is(errors.length, 2);
      assert.match(errors.join(), /is rendered for web\S* and for web\S*: it is written for neither/);
      assert.not(written.includes(PATH));
      assert.not(existsSync(join(out, PATH)));
      assert.not.match(readTree(out)['.paasta-gitops/prod.json']!, 'web-api-main.yaml');
    }
    assert.equal(run(out, rival).errors, []);
    assert.is(readTree(out)[PATH], content('of web'));
  }),
);

test(
  'a run that was killed before it knew of the second service makes no owner',
  inFolder((out) => {
    const writer = new TreeWriter({ outDir: out, clusters: ['prod'] });
    const files = [instanceFile('prod', 'web', 'api-main', 'of web', 'shop')];
    writer.addService({ service: 'web', files, known: { prod: ['api-main'] } });
    assert.ok(existsSync(join(out, PATH)));
    assert.is(run(out, { ...rival, ...owner() }).errors.length, 2);
    assert.not(existsSync(join(out, PATH)));
  }),
);

test(
  'the file of a service that is gone or has moved is free',
  inFolder((out) => {
    run(out, owner());
    assert.equal(run(out, { ...rival, ...owner('other') }).errors, []);
    const tree = readTree(out);
    assert.is(tree[PATH], content('of web'));
    assert.is(tree['clusters/prod/other/web-api-main.yaml'], content('of web-api'));
    assert.equal(run(out, owner(), { forcePrune: true }).errors, []);
    assert.is(readTree(out)[PATH], content('of web-api'));
  }),
);

test(
  'the file of a service that was not rendered, not read or not looked at stays',
  inFolder((out) => {
    run(out, owner());
    const both = { ...rival, ...owner() };
    for (const [services, options, why] of [
      [both, { unrendered: ['web-api.main'] }, 'which was not rendered'],
      [rival, { unreadable: ['web-api'] }, 'of which not everything could be read'],
    ] as const) {
      assert.match(run(out, services, options).errors[0]!, `is of web-api.main, ${why}: it stays as it is`);
      assert.is(readTree(out)[PATH], content('of web-api'));
    }
    const scoped = run(out, rival, { scope: { services: ['web'] }, aggregates: false });
    assert.match(scoped.errors[0]!, 'which this run does not look at');
    assert.is(readTree(out)[PATH], content('of web-api'));
  }),
);

test.run();
