/** Looks that stay packed are the same as looks in a map. */
import * as fc from 'fast-check';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { type Look, Looks, packedPaths } from '../../compiler/model/looks.ts';

const path = fc.constantFrom<string>('', 'a', 'a/b', 'a/c', 'b', 'b/é');
const number = fc.integer({ min: 1, max: 9 });
const look: fc.Arbitrary<Look> = fc.oneof(
  fc.constantFrom('absent' as const, null),
  fc.tuple(number, number, number, number),
);
/** What one run does: paths that look otherwise now, what it looks at, and what it leaves out in the end. */
const run = fc.record({
  stale: fc.uniqueArray(path),
  seen: fc.array(fc.tuple(path, look)),
  left: fc.uniqueArray(path),
});

test('run after run, packed looks hold what a map would', () => {
  fc.assert(
    fc.property(fc.array(run, { minLength: 1, maxLength: 4 }), (runs) => {
      let packed = new Looks().pack();
      const expected = new Map<string, Look>();
      for (const { stale, seen, left } of runs) {
        const looks = new Looks(packed, stale);
        for (const each of stale) expected.delete(each);
        for (const [each, found] of seen) {
          looks.set(each, found);
          expected.set(each, found);
        }
        for (const each of ['', 'a', 'a/b', 'a/c', 'b', 'b/é', 'z']) assert.equal(looks.get(each), expected.get(each));
        for (const [each, found] of expected) if (found === null || left.includes(each)) expected.delete(each);
        packed = looks.pack(new Set(left));
        const again = new Looks(packed);
        assert.equal([...packedPaths(packed)].sort(), [...expected.keys()].sort());
        for (const [each, found] of expected) assert.equal(again.get(each), found);
      }
    }),
    { seed: 4, numRuns: 2000 },
  );
});

test.run();
