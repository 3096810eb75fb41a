/**
 * A float whose Python text differs from JavaScript's, such as `1.0` (JavaScript prints `1`) or `1e-05`.
 * PaaSTA prints `str(value)` into environment variables, so the spelling is part of the meaning.
 * Every other float is a plain number.
 */
export class PyFloat {
  readonly value: number;
  constructor(value: number) {
    this.value = value;
  }
  /** As Python's `str` and `repr` print it: `1.0`, `1e-05`, `1e+16`, `inf`, `nan`. */
  toString(): string {
    return pythonFloatText(this.value);
  }
  toJSON(): number {
    return this.value;
  }
}

/** What YAML 1.1 text means to PyYAML's safe loader. An integer beyond 2^53 is a bigint; a date is already Python's text. */
export type YamlValue = null | boolean | string | number | bigint | PyFloat | YamlMap | readonly YamlValue[];

/** A mapping, keys in PyYAML's order (merged keys first). A key that was not a string has its Python text. */
export interface YamlMap {
  readonly [key: string]: YamlValue;
}

/** Whether a value is a mapping (not a list, not a wrapped float). */
export function isMap(value: unknown): value is YamlMap {
  return typeof value === 'object' && value !== null && !Array.isArray(value) && !(value instanceof PyFloat);
}

/** Whether a value is an int or a float to Python (a boolean is neither here). */
export function isNumeric(value: unknown): value is number | bigint | PyFloat {
  return typeof value === 'number' || typeof value === 'bigint' || value instanceof PyFloat;
}

/** The number behind any numeric YAML value. */
export function toNumber(value: number | bigint | PyFloat): number {
  return value instanceof PyFloat ? value.value : Number(value);
}

/** Whether Python would hold the value as `int`: `2` is, `2.0` is not. */
export function isInteger(value: unknown): value is number | bigint {
  return typeof value === 'bigint' || (typeof value === 'number' && Number.isInteger(value));
}

/**
 * Python's `str(value)` of a scalar, and its `repr` inside lists and maps: `True`, `None`, `1.0`, `['a', 1]`.
 * PaaSTA puts it into environment variables and labels.
 */
export function pythonText(value: YamlValue, nested = false): string {
  if (value === null) return 'None';
  if (value === true) return 'True';
  if (value === false) return 'False';
  if (typeof value === 'string') return nested ? pythonStringRepr(value) : value;
  if (typeof value === 'number') return Number.isInteger(value) ? String(value) : pythonFloatText(value);
  if (typeof value === 'bigint' || value instanceof PyFloat) return value.toString();
  if (Array.isArray(value)) return `[${value.map((item: YamlValue) => pythonText(item, true)).join(', ')}]`;
  const entries = Object.entries(value as YamlMap).map(([k, v]) => `${pythonStringRepr(k)}: ${pythonText(v, true)}`);
  return `{${entries.join(', ')}}`;
}

/** Python's `repr` of a float: shortest digits, exponent form below 1e-4 and from 1e16 on. */
export function pythonFloatText(value: number): string {
  if (Number.isNaN(value)) return 'nan';
  if (value === Infinity) return 'inf';
  if (value === -Infinity) return '-inf';
  if (value === 0) return Object.is(value, -0) ? '-0.0' : '0.0';
  const size = Math.abs(value);
  if (size >= 1e16 || size < 1e-4) {
    const [digits, exponent] = value.toExponential().split('e') as [string, string];
    const power = Number(exponent);
    return `${digits}e${power < 0 ? '-' : '+'}${String(Math.abs(power)).padStart(2, '0')}`;
  }
  const text = String(value);
  return /[.e]/.test(text) ? text : `${text}.0`;
}

function pythonStringRepr(text: string): string {
  const quote = text.includes("'") && !text.includes('"') ? '"' : "'";
  const body = text
    .replaceAll('\\', '\\\\')
    .replaceAll(quote, `\\${quote}`)
    .replaceAll('\n', '\\n')
    .replaceAll('\r', '\\r')
    .replaceAll('\t', '\\t');
  return `${quote}${body}${quote}`;
}
