/** What `explain --object` says of the example holds when its input is really changed. The golden trees: provenance.full.ts. */
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { createDiskReader } from '../compiler/load/disk-reader.ts';
import { claims, explainAll, refutation, sample, unexplained } from './support/provenance.ts';

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
  const wrong: string[] = [];
  for (const claim of sample(claims(explained), 40)) {
    const problem = await refutation(claim);
    if (problem !== null) wrong.push(problem);
  }
  assert.equal(wrong, []);
});

test.run();
