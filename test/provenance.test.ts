/** What `explain --object` says of the example holds when its input is really changed. The golden trees: provenance.full.ts. */
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { createDiskReader } from '../compiler/load/disk-reader.ts';
import { explainAll, falseClaims, refutation, refutations, unexplained } from './support/provenance.ts';

const folder = new URL('../examples/company/', import.meta.url);
const explained = await explainAll({
  soa: createDiskReader(new URL('soa-configs', folder).pathname),
  system: createDiskReader(new URL('system-config', folder).pathname),
});

test('every field of every object of the example has a cause, or stands in the code that is named', () => {
  const fields = explained.flatMap(({ objects }) => objects.map(({ leaves }) => leaves.size));
  assert.ok(fields.reduce((sum, size) => sum + size, 0) > 1000);
  assert.equal(explained.flatMap(unexplained), []);
});

test('changing a named line changes exactly the fields that name it', async () => {
  assert.equal(await refutations(explained, 40), []);
});

test('a line that does not make a field is refuted', async () => {
  const wrong = falseClaims(explained, 10);
  assert.is(wrong.length, 10);
  for (const claim of wrong) assert.match((await refutation(claim)) ?? '', /does not change/);
});

test.run();
