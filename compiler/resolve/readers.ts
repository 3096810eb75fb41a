import { didYouMean } from '../diagnostics/did-you-mean.ts';
import { isInteger, isMap, isNumeric, PyFloat, toNumber, type YamlValue } from '../model/yaml-value.ts';
import type { Field } from './field.ts';

/** What a field means when nothing sets it, and when it is an explicit null; without `whenNull` a null is an error. */
export interface Defaults<D> {
  readonly default: D;
  readonly whenNull?: D;
  /** Source of the default, where it is not the key's own default in PaaSTA. */
  readonly defaultFrom?: string;
}

/** Inclusive bounds of a number. */
export interface Bounds {
  readonly min?: number;
  readonly max?: number;
}

/** Largest number in Kubernetes' 32-bit fields. */
const MAX_INTEGER = 2 ** 31 - 1;

/** A string. Any other type is reported, and the default stands in. */
export function readText<D>(field: Field, defaults: Defaults<D>): string | D {
  return read(
    field,
    defaults,
    () => 'a string',
    (value) => (typeof value === 'string' ? value : undefined),
  );
}

/** One of a few strings; anything else is reported with the choices. */
export function readChoice<C extends string, D>(field: Field, choices: readonly C[], defaults: Defaults<D>): C | D {
  const expected = () => `one of ${choices.join(', ')}`;
  const accept = (value: YamlValue) => choices.find((choice) => choice === value);
  return read(field, defaults, expected, accept, (value) => spelling(value, choices));
}

/** A number as JavaScript holds it, fractions included. */
export function readNumber<D>(field: Field, defaults: Defaults<D> & Bounds): number | D {
  return read(
    field,
    defaults,
    () => `a number${boundsText(defaults)}`,
    (value) => {
      if (!isNumeric(value) || !Number.isFinite(toNumber(value))) return undefined;
      return isWithin(toNumber(value), defaults) ? toNumber(value) : undefined;
    },
  );
}

/**
 * A whole number written without a fraction: Kubernetes refuses `2.0` where it wants an integer. Without an own `max` it
 * must fit into 32 bits.
 */
export function readInteger<D>(field: Field, defaults: Defaults<D> & Bounds): number | D {
  const { min = -MAX_INTEGER, max = MAX_INTEGER } = defaults;
  const isTooLarge = isInteger(field.value) && Number(field.value) > max;
  const expected = () => `a whole number${boundsText(isTooLarge ? { ...defaults, max } : defaults)}`;
  return read(field, defaults, expected, (value) =>
    isInteger(value) && isWithin(Number(value), { min, max }) ? Number(value) : undefined,
  );
}

/** A boolean. */
export function readFlag<D>(field: Field, defaults: Defaults<D>): boolean | D {
  return read(
    field,
    defaults,
    () => 'true or false',
    (value) => (typeof value === 'boolean' ? value : undefined),
  );
}

/** The items of a list as fields; an empty list when unset. */
export function readItems(field: Field, options: { readonly nullIsEmpty?: boolean } = {}): readonly Field[] {
  const defaults = options.nullIsEmpty === true ? { default: [], whenNull: [] } : { default: [] };
  const list = read<readonly YamlValue[], readonly YamlValue[]>(field, defaults, () => 'a list', asList);
  return list.map((_, index) => field.at(index));
}

/** A list of strings. Items of another type are reported and left out. */
export function readTexts<D>(field: Field, defaults: Defaults<D>): readonly string[] | D {
  const items = read(
    field,
    defaults,
    () => 'a list of strings',
    (value) => asList(value)?.map((_, index) => field.at(index)),
  );
  if (items === defaults.default || items === defaults.whenNull) return items as D;
  return (items as readonly Field[]).flatMap((item) => readText(item, { default: undefined }) ?? []);
}

/** The entries of a map as fields, in order; none when unset. The map itself is not counted as read. */
export function readEntries(field: Field): readonly (readonly [string, Field])[] {
  return isMapField(field) ? Object.keys(field.value as object).map((key) => [key, field.at(key)]) : [];
}

/** The field itself, whose keys are read next. Anything but a map is reported; its keys are then unset. */
export function readMap(field: Field): Field {
  isMapField(field);
  return field;
}

/** A string that must be there and may not be empty; its absence is reported, and an empty string stands in. */
export function requireText(field: Field): string {
  const text = readText(required(field), { default: '' });
  if (field.value === '') field.error('bad-value', `${field.name} is empty, expected a text`);
  return text;
}

/** A field that must be there: reports its absence at what should hold it. */
export function required(field: Field): Field {
  if (!field.isSet) field.error('missing-key', `${field.name} is not set, and it has no default`);
  return field;
}

/** A value for a message: strings in quotes and cut, collections by kind. */
export function shown(value: YamlValue | undefined): string {
  if (value === undefined) return 'unset';
  if (typeof value === 'string') return JSON.stringify(value.length > 60 ? `${value.slice(0, 57)}...` : value);
  if (Array.isArray(value)) return value.length === 0 ? 'an empty list' : 'a list';
  return isMap(value) ? 'a map' : String(value);
}

/** Plain JSON data of a value: numbers without Python's spelling. */
export function toPlain(value: YamlValue): unknown {
  if (isNumeric(value)) return toNumber(value);
  if (Array.isArray(value)) return value.map((item: YamlValue) => toPlain(item));
  if (!isMap(value)) return value;
  return Object.fromEntries(Object.entries(value).map(([key, item]) => [key, toPlain(item)]));
}

function read<T, D>(
  field: Field,
  defaults: Defaults<D>,
  expected: () => string,
  accept: (value: YamlValue) => T | undefined,
  hint: (value: YamlValue) => string | undefined = (value) => hintFor(value, expected()),
): T | D {
  field.note(() => defaults.defaultFrom ?? defaultSource(field, defaults.default));
  if (field.value === undefined) return defaults.default;
  if (field.value === null && 'whenNull' in defaults) return defaults.whenNull as D;
  const accepted = accept(field.value);
  if (accepted !== undefined) return accepted;
  field.error('bad-value', `${field.name} is ${shown(field.value)}, expected ${expected()}`, hint(field.value));
  return defaults.default;
}

function isMapField(field: Field): boolean {
  if (field.value === undefined) return false;
  if (isMap(field.value)) return true;
  field.error('bad-value', `${field.name} is ${shown(field.value)}, expected a map`, hintFor(field.value, 'a map'));
  return false;
}

function asList(value: YamlValue): readonly YamlValue[] | undefined {
  return Array.isArray(value) ? (value as readonly YamlValue[]) : undefined;
}

function isWithin(value: number, { min = -Infinity, max = Infinity }: Bounds): boolean {
  return value >= min && value <= max;
}

function boundsText({ min, max }: Bounds): string {
  if (min !== undefined && max !== undefined) return ` from ${min} to ${max}`;
  if (min !== undefined) return `, at least ${min}`;
  return max === undefined ? '' : `, at most ${max}`;
}

function hintFor(value: YamlValue, expected: string): string | undefined {
  if (value === null) return 'an explicit null does not mean the default: remove the key';
  const wantsNumber = expected.includes('number');
  if (wantsNumber && typeof value === 'string' && /^[+-]?\d+(\.\d+)?$/.test(value))
    return `write ${value} without quotes`;
  if (value instanceof PyFloat && expected.startsWith('a whole number') && Number.isInteger(value.value)) {
    return `write ${value.value}: Kubernetes refuses a fraction here, even .0`;
  }
  if (expected === 'a string' && (typeof value === 'boolean' || isNumeric(value)))
    return `quote it: "${String(value)}"`;
  return expected.startsWith('a list') && typeof value === 'string' ? `write [${value}]` : undefined;
}

function spelling(value: YamlValue, choices: readonly string[]): string | undefined {
  return typeof value === 'string' ? didYouMean(value, choices).hint : hintFor(value, 'a string');
}

function defaultSource(field: Field, value: unknown): string {
  const isPlain = typeof value === 'string' && value !== '';
  return `PaaSTA: ${field.name} ${isPlain ? value : value == null ? 'unset' : JSON.stringify(value)}`;
}
