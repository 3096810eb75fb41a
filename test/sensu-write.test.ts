/** Sensu's files in the output tree: JSON has a header of its own, and folders beside clusters/ are kept in order too. */
import { rmSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { JSON_HEADER, type RenderedFile } from '../compiler/model/rendered-file.ts';
import { TreeWriter, type WriteResult } from '../compiler/write/index.ts';
import { inFolder, put, readTree } from './support/output-tree.ts';

const file = (service: string, text: string): RenderedFile => ({
  path: `sensu/prod/${service}.json`,
  content: `${JSON_HEADER}\n${text}\n`,
  ...{ cluster: 'prod', service, instance: null },
});

function write(
  outDir: string,
  files: readonly RenderedFile[],
  services: readonly string[],
  rebuildIndex = false,
): WriteResult {
  const writer = new TreeWriter({ outDir, clusters: ['prod'], rebuildIndex });
  for (const service of services) {
    const own = files.filter((each) => each.service === service);
    writer.addService({ service, files: own, known: { prod: ['main'] } });
  }
  writer.addAggregates([]);
  return writer.finish();
}

test(
  'a JSON file is written, replaced, and removed when its service is gone',
  inFolder((out) => {
    write(out, [file('web', '"checks": {} }'), file('api', '"checks": {} }')], ['web', 'api']);
    const { written } = write(
      out,
      [file('web', '"checks": {"a": 1} }'), file('api', '"checks": {} }')],
      ['web', 'api'],
    );
    assert.equal(written, ['sensu/prod/web.json']);
    const { removed } = write(out, [file('web', '"checks": {"a": 1} }')], ['web']);
    assert.equal(removed, ['sensu/prod/api.json']);
    assert.equal(Object.keys(readTree(out)), ['.paasta-gitops/prod.json', 'sensu/prod/web.json']);
  }),
);

test(
  'a JSON file that somebody wrote by hand stays as it is',
  inFolder((out) => {
    put(out, 'sensu/prod/web.json', '{ "checks": {} }\n');
    const { diagnostics } = write(out, [file('web', '"checks": {} }')], ['web']);
    assert.is(diagnostics[0]?.severity, 'error');
    assert.is(readTree(out)['sensu/prod/web.json'], '{ "checks": {} }\n');
  }),
);

test(
  'a lost index finds JSON files again by their first line',
  inFolder((out) => {
    write(out, [file('web', '"checks": {} }')], ['web']);
    rmSync(join(out, '.paasta-gitops'), { recursive: true });
    const { removed } = write(out, [], [], true);
    assert.equal(removed, ['sensu/prod/web.json']);
  }),
);

test.run();
