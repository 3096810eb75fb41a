import { test } from 'uvu';
import * as assert from 'uvu/assert';
import fc from 'fast-check';
import { canonicalQuantity, canonicalResource } from '../../compiler/emit/quantity.ts';

const SUFFIXES = { n: 1n, u: 10n ** 3n, m: 10n ** 6n, '': 10n ** 9n, k: 10n ** 12n, M: 10n ** 15n, G: 10n ** 18n };
const BINARY = { Ki: (10n ** 9n) << 10n, Mi: (10n ** 9n) << 20n, Gi: (10n ** 9n) << 30n, Ti: (10n ** 9n) << 40n };
const NANOS: Record<string, bigint> = { ...SUFFIXES, ...BINARY };

const spelling = fc.record({
  sign: fc.constantFrom('', '-', '+'),
  whole: fc.bigInt({ min: 0n, max: 10n ** 6n }),
  fraction: fc.option(fc.stringMatching(/^[0-9]{1,12}$/), { nil: '' }),
  suffix: fc.constantFrom(...Object.keys(NANOS)),
});
type Spelling = typeof spelling extends fc.Arbitrary<infer T> ? T : never;

const textOf = ({ sign, whole, fraction, suffix }: Spelling): string =>
  `${sign}${whole}${fraction === '' ? '' : `.${fraction}`}${suffix}`;

/** Value in nanos by long multiplication, rounded away from zero. */
function nanosOf({ sign, whole, fraction, suffix }: Spelling): bigint {
  const scaled = BigInt(`${whole}${fraction}`) * NANOS[suffix]!;
  const unit = 10n ** BigInt(fraction.length);
  const nanos = (scaled + unit - 1n) / unit;
  return sign === '-' ? -nanos : nanos;
}

function nanosOfCanonical(text: string): bigint {
  const [, digits, suffix] = /^(-?[0-9]+)([a-zA-Z]*)$/.exec(text)!;
  return (
    BigInt(digits!) *
    { ...NANOS, T: 10n ** 21n, P: 10n ** 24n, E: 10n ** 27n, Pi: BINARY.Ti << 10n, Ei: BINARY.Ti << 20n }[suffix!]!
  );
}

test('the value is kept exactly down to nano', () => {
  fc.assert(
    fc.property(spelling, (quantity) => {
      assert.is(nanosOfCanonical(canonicalQuantity(textOf(quantity))!), nanosOf(quantity));
    }),
    { seed: 30, numRuns: 3000 },
  );
});

test('the canonical form is its own canonical form', () => {
  fc.assert(
    fc.property(spelling, (quantity) => {
      for (const canonical of [canonicalQuantity, canonicalResource]) {
        const once = canonical(textOf(quantity))!;
        assert.is(canonical(once), once);
      }
    }),
    { seed: 31, numRuns: 3000 },
  );
});

test('in a list of resources the value is rounded away from zero to the next milli', () => {
  fc.assert(
    fc.property(spelling, (quantity) => {
      const nanos = nanosOf(quantity);
      const milli = 10n ** 6n;
      const rounded = nanosOfCanonical(canonicalResource(textOf(quantity))!);
      assert.is(rounded % milli, 0n);
      const grown = nanos < 0n ? nanos - rounded : rounded - nanos;
      assert.ok(grown >= 0n && grown < milli);
    }),
    { seed: 32, numRuns: 3000 },
  );
});

test('any text is a quantity or not, and never a fault', () => {
  fc.assert(
    fc.property(fc.oneof(fc.string(), fc.stringMatching(/^[0-9eEKMGim.+ -]{0,12}$/)), (text) => {
      const canonical = canonicalQuantity(text);
      if (canonical !== undefined) assert.is(canonicalQuantity(canonical), canonical);
    }),
    { seed: 33, numRuns: 3000 },
  );
});

test.run();
