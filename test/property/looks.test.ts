/** Looks that stay packed are the same as looks in a map. */
import * as fc from 'fast-check';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import {
  type Look,
  Looks,
  type LooksToKeep,
  NUMBERS,
  packedPaths,
  type PackedLooks,
  tellsNothing,
} from '../../compiler/model/looks.ts';

const path = fc.constantFrom<string>('', 'a', 'a/b', 'a/c', 'b', 'b/é');
const number = fc.integer({ min: 1, max: 9 });
const look: fc.Arbitrary<Look> = fc.oneof(
  fc.constantFrom('absent' as const, null),
  fc.tuple(number, number, number, number),
);
/** More paths than lie in one piece. */
const MANY = 2500;

/** What one run does: paths that look otherwise now, what it looks at, and what it leaves out in the end. */
const run = fc.record({
  stale: fc.uniqueArray(path),
  seen: fc.array(fc.tuple(path, look)),
  left: fc.uniqueArray(path),
});

test('run after run, packed looks hold what a map would', () => {
  fc.assert(
    fc.property(fc.array(run, { minLength: 1, maxLength: 4 }), (runs) => {
      let packed = packedOf(new Looks().keep());
      const expected = new Map<string, Look>();
      // Of these an earlier run knew nothing in the end.
      const silent = new Set<string>();
      for (const { stale, seen, left } of runs) {
        const looks = new Looks(packed, stale);
        for (const each of stale) expected.delete(each);
        for (const [each, found] of seen) {
          looks.set(each, found);
          expected.set(each, found);
        }
        for (const each of ['', 'a', 'a/b', 'a/c', 'b', 'b/é', 'z']) assert.equal(looks.get(each), expected.get(each));
        assert.equal(new Map(looks.fresh()), new Map(seen.map(([each]) => [each, expected.get(each)])));
        for (const each of left) expected.delete(each);
        packed = packedOf(looks.keep(new Set(left)));
        for (const each of [...stale, ...left]) if (!expected.has(each)) silent.add(each);
        for (const [each, found] of expected) {
          if (found === null) {
            silent.add(each);
            expected.delete(each);
          } else silent.delete(each);
        }
        const again = new Looks(packed);
        for (const [place, each] of packedPaths(packed).entries()) {
          assert.is(tellsNothing(packed.numbers, place * NUMBERS), !expected.has(each), each);
          assert.equal(again.get(each), expected.get(each), each);
        }
        assert.equal([...packedPaths(packed)].sort(), [...expected.keys(), ...silent].sort());
      }
    }),
    { seed: 4, numRuns: 2000 },
  );
});

test('looks in several pieces come back', () => {
  const looks = new Looks();
  for (let at = 0; at < MANY; at++) looks.set(`é/${at}`, at % 3 === 0 ? 'absent' : [at, at, at, at]);
  const again = new Looks(packedOf(looks.keep(new Set(['é/1']))));
  for (let at = 0; at < MANY; at++) {
    assert.equal(again.get(`é/${at}`), at === 1 ? undefined : at % 3 === 0 ? 'absent' : [at, at, at, at]);
  }
});

function packedOf({ count, bytes, paths, numbers }: LooksToKeep): PackedLooks {
  const packed = {
    paths: [...paths()].join(''),
    numbers: Float64Array.from([...numbers()].flatMap((each) => [...each])),
  };
  assert.is(Buffer.byteLength(packed.paths), bytes);
  assert.is(packed.numbers.length, count * NUMBERS);
  return packed;
}

test.run();
