/** JSON in pieces is JSON. */
import * as fc from 'fast-check';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { memberPieces } from '../../cli/json-pieces.ts';

const value = fc.oneof({ weight: 4, arbitrary: fc.jsonValue() }, fc.constant(undefined), fc.array(fc.jsonValue()));

test('pieces joined are what JSON.stringify gives', () => {
  fc.assert(
    fc.property(fc.dictionary(fc.string(), value), (members) => {
      const whole = JSON.stringify(members, null, 2);
      assert.is([...memberPieces(members)].join(''), whole === '{}' ? '' : whole.slice('{'.length, -'\n}'.length));
    }),
    { seed: 7, numRuns: 2000 },
  );
});

test('long lists come in several pieces', () => {
  const members = { names: Array.from({ length: 2000 }, (_, index) => `line\n${index}`), none: [], lists: [[], [{}]] };
  const pieces = [...memberPieces(members)];
  assert.is(`{${pieces.join('')}\n}`, JSON.stringify(members, null, 2));
  assert.ok(Math.max(...pieces.map((piece) => piece.length)) < 10_000);
});

test.run();
