/** What `explain --object` says of the golden trees and the example holds when their input is really changed: 300 lines of each. */
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { createDiskReader } from '../compiler/load/disk-reader.ts';
import { goldenReader } from './support/golden-tree.ts';
import { explainAll, refutations, unexplained } from './support/provenance.ts';

const folder = new URL('../examples/company/', import.meta.url);
const explained = [
  ...(await explainAll({ soa: goldenReader('soa-configs'), system: goldenReader('etc-paasta') })),
  ...(await explainAll({
    soa: createDiskReader(new URL('soa-configs', folder).pathname),
    system: createDiskReader(new URL('system-config', folder).pathname),
  })),
];

test('every field of every object has a cause, or stands in the code that is named', () => {
  assert.ok(explained.flatMap(({ objects }) => objects.flatMap(({ leaves }) => [...leaves])).length > 8000);
  assert.equal(explained.flatMap(unexplained), []);
});

test('changing a named line changes exactly the fields that name it, for 300 of them', async () => {
  assert.equal(await refutations(explained, 300), []);
});

test.run();
