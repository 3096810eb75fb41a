import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { canonicalQuantity, canonicalResource } from '../compiler/emit/quantity.ts';
import { STORED_QUANTITIES } from './support/stored-quantities.ts';

for (const [spelling, quantity, resource] of STORED_QUANTITIES) {
  test(`${JSON.stringify(spelling)} is ${quantity}, and ${resource} in a list of resources`, () => {
    assert.is(canonicalQuantity(spelling), quantity);
    assert.is(canonicalResource(spelling), resource);
  });
}

for (const [spelling, canonical] of [
  ['1.500', '1500m'],
  ['01', '1'],
  ['+1', '1'],
  ['5.', '5'],
  ['1.G', '1G'],
  ['1E3', '1e3'],
  ['1e+3', '1e3'],
  ['1000E', '1e21'],
] as const) {
  test(`the odd spelling ${spelling} becomes ${canonical}`, () => {
    assert.is(canonicalQuantity(spelling), canonical);
  });
}

for (const text of [
  '',
  '.',
  '+',
  'm',
  '1e',
  '1E2E',
  '1Zi',
  '1ki',
  '1 Gi',
  '1,5',
  '0x10',
  'one',
  'NaN',
  '1'.repeat(300),
]) {
  test(`${JSON.stringify(text)} is no quantity`, () => {
    assert.is(canonicalQuantity(text), undefined);
  });
}

test('numbers that are not finite are no quantities', () => {
  assert.is(canonicalQuantity(NaN), undefined);
  assert.is(canonicalQuantity(Infinity), undefined);
});

test.run();
