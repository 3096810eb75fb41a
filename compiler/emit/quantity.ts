/** The three families of suffixes; a quantity is printed in the family it was written in. */
type Family = 'decimal' | 'binary' | 'exponent';

/** `mantissa * 10^scale`. */
interface Amount {
  readonly mantissa: bigint;
  readonly scale: number;
}

interface Quantity {
  readonly amount: Amount;
  readonly family: Family;
}

const DECIMAL = new Map(Object.entries({ n: -9, u: -6, m: -3, '': 0, k: 3, M: 6, G: 9, T: 12, P: 15, E: 18 }));
const DECIMAL_SUFFIX = new Map([...DECIMAL].map(([suffix, scale]) => [scale, suffix]));
const BINARY = ['', 'Ki', 'Mi', 'Gi', 'Ti', 'Pi', 'Ei'];

const NUMBER = /^([+-]?)(?:([0-9]+)(?:\.([0-9]*))?|\.([0-9]+))([A-Za-z]*)$/;
const WITH_EXPONENT = /^(.*[0-9.])[eE]([+-]?[0-9]{1,4})$/;

/** Kubernetes' ceiling for quantities in the binary family. */
const LARGEST_BINARY = 2n ** 63n - 1n;

/** No quantity needs more; longer texts would only cost time. */
const LONGEST_TEXT = 256;

const NANO = -9;
const MILLI = -3;

/**
 * A Kubernetes quantity in the form in which the API server stores it: no fraction, the largest suffix of its own family
 * (`Ki` and so on, `k` and so on, or `e`), finer than nano rounded away from zero: `0.5` gives `500m`, `1024Mi` gives `1Gi`, `1.1Ki` gives
 * `1126400m`. A number means its decimal digits. Undefined when the text is no quantity.
 *
 * Source: Kubernetes, apimachinery `resource.Quantity`. It keeps some odd spellings as they are (`1.500`, `+1`, `1E3`); these are brought
 * to the canonical form here, which it keeps too. Texts of more than 256 characters and exponents of more than
 * four digits are refused.
 */
export function canonicalQuantity(value: string | number): string | undefined {
  return knownToNano.get(value) ?? remember(knownToNano, value, NANO);
}

/**
 * The same inside a resource list (requests, limits, capacity, quota), where the API server rounds up to milli:
 * `0.30000000000000004` gives `301m`.
 */
export function canonicalResource(value: string | number): string | undefined {
  return knownToMilli.get(value) ?? remember(knownToMilli, value, MILLI);
}

/** Canonical forms by the spellings met so far: a fleet has few, and every instance repeats them. */
type Known = Map<string | number, string | undefined>;
const knownToNano: Known = new Map();
const knownToMilli: Known = new Map();
const MOST_KNOWN = 10_000;

function remember(known: Known, value: string | number, finest: number): string | undefined {
  const quantity = parse(String(value).trim());
  const printed = quantity && print(roundUp(roundUp(quantity.amount, NANO), finest), quantity.family);
  if (known.size >= MOST_KNOWN) known.clear();
  known.set(value, printed);
  return printed;
}

function parse(text: string): Quantity | undefined {
  if (text.length > LONGEST_TEXT) return undefined;
  const [, number = text, exponent] = WITH_EXPONENT.exec(text) ?? [];
  const match = NUMBER.exec(number);
  if (match === null) return undefined;
  const [, sign, whole = '', fraction = match[4] ?? '', , suffix = ''] = match;
  const digits = BigInt(whole + fraction);
  const mantissa = sign === '-' ? -digits : digits;
  const scale = -fraction.length;
  if (exponent !== undefined) {
    return suffix === '' ? { amount: { mantissa, scale: scale + Number(exponent) }, family: 'exponent' } : undefined;
  }
  const power = DECIMAL.get(suffix);
  if (power !== undefined) return { amount: { mantissa, scale: scale + power }, family: 'decimal' };
  const step = BINARY.indexOf(suffix);
  return step < 0 ? undefined : cap({ mantissa: mantissa * 1024n ** BigInt(step), scale });
}

function cap(amount: Amount): Quantity {
  const rounded = roundUp(amount, NANO);
  const limit = LARGEST_BINARY * 10n ** BigInt(-rounded.scale);
  if (rounded.mantissa > limit) return { amount: { mantissa: LARGEST_BINARY, scale: 0 }, family: 'binary' };
  if (rounded.mantissa < -limit) return { amount: { mantissa: -LARGEST_BINARY, scale: 0 }, family: 'binary' };
  return { amount: rounded, family: 'binary' };
}

/** No digit below `finest`; what is below is rounded away from zero. */
function roundUp({ mantissa, scale }: Amount, finest: number): Amount {
  if (scale >= finest) return { mantissa, scale };
  const unit = 10n ** BigInt(finest - scale);
  const rest = mantissa % unit;
  const floor = mantissa / unit;
  return { mantissa: rest === 0n ? floor : floor + (mantissa < 0n ? -1n : 1n), scale: finest };
}

function print(amount: Amount, family: Family): string {
  if (amount.mantissa === 0n) return '0';
  const binary = family === 'binary' ? printBinary(amount) : undefined;
  if (binary !== undefined) return binary;
  const { mantissa, scale } = inThousands(amount);
  const suffix = family === 'exponent' ? undefined : DECIMAL_SUFFIX.get(scale);
  return `${mantissa}${suffix ?? (scale === 0 ? '' : `e${scale}`)}`;
}

/** Whole numbers from 1024 up; all others are printed as decimals, so that nothing is lost. */
function printBinary({ mantissa, scale }: Amount): string | undefined {
  const unit = 10n ** BigInt(Math.max(-scale, 0));
  if (mantissa % unit !== 0n) return undefined;
  let whole = mantissa / unit;
  if (whole > -1024n && whole < 1024n) return undefined;
  let step = 0;
  for (; whole % 1024n === 0n; step++) whole /= 1024n;
  return `${whole}${BINARY[step]}`;
}

/** The same amount with the largest scale that is a multiple of three and leaves a whole mantissa. */
function inThousands({ mantissa, scale }: Amount): Amount {
  while (mantissa % 10n === 0n) {
    mantissa /= 10n;
    scale++;
  }
  const excess = ((scale % 3) + 3) % 3;
  return { mantissa: mantissa * 10n ** BigInt(excess), scale: scale - excess };
}
