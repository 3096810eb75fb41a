/** An index that is read line by line tells what reading all of it would. */
import fc from 'fast-check';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { filesOf, SettledIndex } from '../../compiler/write/settled-index.ts';
import { type IndexEntry, serialiseIndex } from '../../compiler/write/tree-index.ts';

const AWKWARD = ['files', '__proto__', 'a"b', 'a\\', 'é', '"service":"api",', '"service":null,', 'a,', '\n    "x'];
const name = fc.oneof(fc.constantFrom('api', 'web', ...AWKWARD), fc.nat(60).map(String));
const entry: fc.Arbitrary<IndexEntry> = fc
  .record({
    sha256: fc.constantFrom('0'.repeat(64), 'f'.repeat(64)),
    service: fc.option(name),
    instance: fc.option(name),
  })
  .map((each) => ({ ...each, instance: each.service === null ? null : each.instance }));
const path = name.map((each) => `clusters/prod/ns/${each}.yaml`);
const files = fc
  .uniqueArray(fc.tuple(path, entry), { selector: ([each]) => each, maxLength: 80 })
  .map((rows) => new Map(rows));

test('it answers as the map does that was written', () => {
  fc.assert(
    fc.property(
      files,
      fc.array(path),
      fc.uniqueArray(fc.option(name)),
      fc.boolean(),
      (known, asked, owners, isInverse) => {
        const index = SettledIndex.of(Buffer.from(serialiseIndex(known)))!;
        const isWanted = (service: string | null): boolean => owners.includes(service) !== isInverse;
        assert.is(index.size, known.size);
        for (const each of [...known.keys(), ...asked]) {
          assert.equal(index.get(each), known.get(each));
          assert.is(index.has(each), known.has(each));
        }
        assert.equal(new Map(filesOf(index, isWanted)), new Map(filesOf(known, isWanted)));
        assert.equal(new Map(index), new Map([...known].sort()));
      },
    ),
    { seed: 12, numRuns: 1000 },
  );
});

test('a text that is laid out otherwise is none', () => {
  const text = serialiseIndex(new Map([['clusters/prod/ns/a.yaml', { sha256: '', service: null, instance: null }]]));
  assert.is(SettledIndex.of(Buffer.from(JSON.stringify(JSON.parse(text)))), null);
  assert.is(SettledIndex.of(Buffer.from(text.replace('"version": 1', '"version": 2'))), null);
});

test.run();
