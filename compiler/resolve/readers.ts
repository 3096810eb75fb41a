import { didYouMean } from '../diagnostics/did-you-mean.ts';
import { isInteger, isMap, isNumeric, PyFloat, toNumber, type YamlValue } from '../model/yaml-value.ts';
import type { Field } from './field.ts';
import { setOwn } from './merge.ts';

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

/** What an unset list or map has; nothing is made for it. */
const NO_ITEMS: readonly Field[] = Object.freeze([]);
const NO_ENTRIES: readonly (readonly [string, Field])[] = Object.freeze([]);
const EMPTY_UNLESS_SET: Defaults<readonly Field[]> = { default: NO_ITEMS };
const EMPTY_OR_NULL: Defaults<readonly Field[]> = { default: NO_ITEMS, whenNull: NO_ITEMS };
const LEFT_OUT: Defaults<undefined> = { default: undefined };

/** A string. Any other type is reported, and the default stands in. */
export function readText<D>(field: Field, defaults: Defaults<D>): string | D {
  noteRead(field, defaults);
  const { value } = field;
  if (typeof value === 'string') return value;
  return isAbsent(value, defaults) ? absent(value, defaults) : refused(field, defaults, 'a string');
}

/** One of a few strings; anything else is reported with the choices. */
export function readChoice<C extends string, D>(field: Field, choices: readonly C[], defaults: Defaults<D>): C | D {
  noteRead(field, defaults);
  const { value } = field;
  if (isAbsent(value, defaults)) return absent(value, defaults);
  const index = (choices as readonly unknown[]).indexOf(value);
  if (index >= 0) return choices[index]!;
  return refused(field, defaults, `one of ${choices.join(', ')}`, spelling(value, choices));
}

/** A number as JavaScript holds it, fractions included. */
export function readNumber<D>(field: Field, defaults: Defaults<D> & Bounds): number | D {
  noteRead(field, defaults);
  const { value } = field;
  if (isAbsent(value, defaults)) return absent(value, defaults);
  const number = isNumeric(value) ? toNumber(value) : NaN;
  if (Number.isFinite(number) && isWithin(number, defaults)) return number;
  return refused(field, defaults, `a number${boundsText(defaults)}`);
}

/**
 * A whole number written without a fraction: Kubernetes refuses `2.0` where it wants an integer. Without an own `max` it
 * must fit into 32 bits.
 */
export function readInteger<D>(field: Field, defaults: Defaults<D> & Bounds): number | D {
  noteRead(field, defaults);
  const { value } = field;
  if (isAbsent(value, defaults)) return absent(value, defaults);
  const { min = -MAX_INTEGER, max = MAX_INTEGER } = defaults;
  const number = isInteger(value) ? Number(value) : NaN;
  if (number >= min && number <= max) return number;
  return refused(field, defaults, `a whole number${boundsText(number > max ? { ...defaults, max } : defaults)}`);
}

/** A boolean. */
export function readFlag<D>(field: Field, defaults: Defaults<D>): boolean | D {
  noteRead(field, defaults);
  const { value } = field;
  if (typeof value === 'boolean') return value;
  return isAbsent(value, defaults) ? absent(value, defaults) : refused(field, defaults, 'true or false');
}

/** The items of a list as fields; an empty list when unset. */
export function readItems(field: Field, options?: { readonly nullIsEmpty?: boolean }): readonly Field[] {
  const defaults = options?.nullIsEmpty === true ? EMPTY_OR_NULL : EMPTY_UNLESS_SET;
  noteRead(field, defaults);
  const { value } = field;
  if (Array.isArray(value)) return itemsOf(field, value.length);
  return isAbsent(value, defaults) ? NO_ITEMS : refused(field, defaults, 'a list');
}

/** A list of strings. Items of another type are reported and left out. */
export function readTexts<D>(field: Field, defaults: Defaults<D>): readonly string[] | D {
  noteRead(field, defaults);
  const { value } = field;
  if (!Array.isArray(value)) {
    return isAbsent(value, defaults) ? absent(value, defaults) : refused(field, defaults, 'a list of strings');
  }
  const texts: string[] = [];
  for (let index = 0; index < value.length; index++) {
    const text = readText(field.at(index), LEFT_OUT);
    if (text !== undefined) texts.push(text);
  }
  return texts;
}

/** The entries of a map as fields, in order; none when unset. The map itself is not counted as read. */
export function readEntries(field: Field): readonly (readonly [string, Field])[] {
  if (!isMapField(field)) return NO_ENTRIES;
  return Object.keys(field.value as object).map((key) => [key, field.at(key)]);
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
  const plain: Record<string, unknown> = {};
  for (const key of Object.keys(value)) setOwn(plain, key, toPlain(value[key]!));
  return plain;
}

function itemsOf(field: Field, length: number): readonly Field[] {
  const items: Field[] = [];
  for (let index = 0; index < length; index++) items.push(field.at(index));
  return items;
}

function noteRead(field: Field, defaults: Defaults<unknown>): void {
  if (field.source.journal.isTracing) {
    field.note(() => defaults.defaultFrom ?? defaultSource(field, defaults.default));
  }
}

/** Whether a default takes the place of the value, without a word. */
function isAbsent(value: YamlValue | undefined, defaults: Defaults<unknown>): value is null | undefined {
  return value === undefined || (value === null && 'whenNull' in defaults);
}

function absent<D>(value: null | undefined, defaults: Defaults<D>): D {
  return value === undefined ? defaults.default : (defaults.whenNull as D);
}

/** Reports a value that cannot be used; the default stands in. */
function refused<D>(field: Field, defaults: Defaults<D>, expected: string, hint?: string): D {
  const value = field.value!;
  const message = `${field.name} is ${shown(value)}, expected ${expected}`;
  field.error('bad-value', message, hint ?? hintFor(value, expected));
  return defaults.default;
}

function isMapField(field: Field): boolean {
  if (field.value === undefined) return false;
  if (isMap(field.value)) return true;
  field.error('bad-value', `${field.name} is ${shown(field.value)}, expected a map`, hintFor(field.value, 'a map'));
  return false;
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
