import { PyFloat } from '../../model/yaml-value.ts';

/** Python refuses to read a decimal integer longer than this (`sys.set_int_max_str_digits`). */
export const MAX_DIGITS = 4300;

/** A float as values hold it: a plain number when it is no integer and JavaScript prints it as Python does. */
export function floatValue(value: number): number | PyFloat {
  if (Number.isInteger(value) || !Number.isFinite(value)) return new PyFloat(value);
  const size = Math.abs(value);
  // Between these bounds the two languages print the same digits.
  if (size >= 1e-4 && size < 1e16) return value;
  const wrapped = new PyFloat(value);
  return wrapped.toString() === String(value) ? value : wrapped;
}

/** An integer as values hold it: a bigint beyond 2^53. */
export function integerValue(value: bigint): number | bigint {
  const small = Number(value);
  return Number.isSafeInteger(small) ? small : value;
}

/**
 * What PyYAML's `!!int` makes of text: binary, octal, hexadecimal, sexagesimal and decimal, underscores ignored.
 * Undefined where Python fails, as for `0b_`.
 */
export function pyYamlInteger(text: string): number | bigint | undefined {
  let digits = text.replaceAll('_', '');
  const isNegative = digits.startsWith('-');
  if (isNegative || digits.startsWith('+')) digits = digits.slice(1);
  if (digits.length > MAX_DIGITS) return undefined;
  const size = unsignedInteger(digits);
  return size === undefined ? undefined : integerValue(isNegative ? -size : size);
}

function unsignedInteger(digits: string): bigint | undefined {
  if (digits.startsWith('0b')) return pythonInteger(digits.slice(2), 'b');
  if (digits.startsWith('0x')) return pythonInteger(digits.slice(2), 'x');
  if (digits.startsWith('0') && digits !== '0') return pythonInteger(digits, 'o');
  if (!digits.includes(':')) return pythonInteger(digits, 'd');
  let sum = 0n;
  for (const part of digits.split(':')) {
    const value = pythonInteger(part, 'd');
    if (value === undefined) return undefined;
    sum = sum * 60n + value;
  }
  return sum;
}

const INTEGERS = {
  b: /^([-+]?)(?:0[bB])?([01]+)$/,
  o: /^([-+]?)(?:0[oO])?([0-7]+)$/,
  x: /^([-+]?)(?:0[xX])?([0-9a-fA-F]+)$/,
  d: /^([-+]?)([0-9]+)$/,
};

/** Python's `int(text, base)`: white space around, a sign, and the base's own prefix are allowed. */
function pythonInteger(text: string, base: keyof typeof INTEGERS): bigint | undefined {
  const match = INTEGERS[base].exec(stripPython(text));
  if (match === null) return undefined;
  const size = BigInt(base === 'd' ? match[2]! : `0${base}${match[2]!}`);
  return match[1] === '-' ? -size : size;
}

/** What PyYAML's `!!float` makes of text; undefined where Python fails. */
export function pyYamlFloat(text: string): number | PyFloat | undefined {
  let digits = text.replaceAll('_', '').toLowerCase();
  const isNegative = digits.startsWith('-');
  if (isNegative || digits.startsWith('+')) digits = digits.slice(1);
  const size = unsignedFloat(digits);
  return size === undefined ? undefined : floatValue(isNegative ? -size : size);
}

function unsignedFloat(digits: string): number | undefined {
  if (digits === '.inf') return Infinity;
  if (digits === '.nan') return NaN;
  return digits.includes(':') ? sexagesimalFloat(digits.split(':')) : pythonFloat(digits);
}

/** From the last part on, as Python adds them up: floats round differently in another order. */
function sexagesimalFloat(parts: readonly string[]): number | undefined {
  let sum = 0;
  let base = 1n;
  for (const part of parts.toReversed()) {
    const digit = pythonFloat(part);
    const factor = Number(base);
    if (digit === undefined || factor === Infinity) return undefined;
    sum += digit * factor;
    base *= 60n;
  }
  return sum;
}

const FLOAT = /^[-+]?(?:[0-9]+\.?[0-9]*|\.[0-9]+)(?:[eE][-+]?[0-9]+)?$/;
const FLOAT_NAME = /^([-+]?)(?:(inf|infinity)|nan)$/i;

/** Python's `float(text)`. */
function pythonFloat(text: string): number | undefined {
  const stripped = stripPython(text);
  if (FLOAT.test(stripped)) return Number(stripped);
  const name = FLOAT_NAME.exec(stripped);
  if (name === null) return undefined;
  if (name[2] === undefined) return NaN;
  return name[1] === '-' ? -Infinity : Infinity;
}

function stripPython(text: string): string {
  return text.replace(/^[ \t\n\v\f\r]+|[ \t\n\v\f\r]+$/g, '');
}
