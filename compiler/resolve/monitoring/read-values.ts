import { parseDuration } from '../../model/duration.ts';
import { isInteger, isNumeric, toNumber, type YamlValue } from '../../model/yaml-value.ts';
import type { Field } from '../field.ts';
import { shown } from '../readers.ts';

/** Text, or null; anything else is reported, and counts as null. */
export function textOrNull(field: Field): string | null {
  return accept(field, 'a text', (value) => (typeof value === 'string' ? value : undefined));
}

export function flagOrNull(field: Field): boolean | null {
  return accept(field, 'true or false', (value) => (typeof value === 'boolean' ? value : undefined));
}

export function textOrNumberOrNull(field: Field, expected = 'a text'): string | number | null {
  return accept(field, expected, (value) => {
    if (typeof value === 'string') return value;
    return isNumeric(value) && Number.isFinite(toNumber(value)) ? toNumber(value) : undefined;
  });
}

export function textsOrNull(field: Field): readonly string[] | null {
  return accept(field, 'a list of texts', texts);
}

/** A list of texts, or one text, which handlers treat alike. */
export function textsOrTextOrNull(field: Field): readonly string[] | string | null {
  return accept(field, 'a list of texts', (value) => (typeof value === 'string' ? value : texts(value)));
}

/**
 * Seconds of a duration such as `10m`, or of a whole number of seconds; null for an explicit null. What is neither is reported, and
 * the fallback stands in. PaaSTA sends an integer N as `Ns` and leaves the rest to `human_to_seconds`.
 */
export function secondsOrNull(field: Field, fallback: number): number | null {
  const { value } = field;
  if (value === undefined) return fallback;
  if (value === null) return null;
  const seconds = typeof value === 'string' ? parseDuration(value) : wholeSeconds(value);
  if (seconds !== undefined) return seconds;
  const hint = 'write digits and a unit without a blank, such as "10m" (units: Y M W D h m s), or whole seconds';
  field.warn(
    'bad-duration',
    `${field.name} is ${shown(value)}, which is no duration: PaaSTA's check fails on it`,
    hint,
  );
  return fallback;
}

/** A whole number as Python's `int` makes it: fractions are cut, digits in a text count. Anything else is reported. */
export function wholeNumber(field: Field, fallback: number): number {
  const { value } = field;
  if (value === undefined) return fallback;
  if (isNumeric(value) && Number.isFinite(toNumber(value))) return Math.trunc(toNumber(value));
  if (typeof value === 'string' && /^\s*[+-]?[0-9]+\s*$/.test(value)) return Number(value);
  field.warn('bad-monitoring', `${field.name} is ${shown(value)}, expected a whole number`);
  return fallback;
}

function wholeSeconds(value: YamlValue): number | undefined {
  return isInteger(value) && Number(value) >= 0 ? Number(value) : undefined;
}

function texts(value: YamlValue): readonly string[] | undefined {
  if (!Array.isArray(value)) return undefined;
  const items = value as readonly YamlValue[];
  return items.every((item) => typeof item === 'string') ? items : undefined;
}

/** Monitoring never holds back a workload: what does not fit is a warning. */
function accept<T>(field: Field, expected: string, fits: (value: YamlValue) => T | undefined): T | null {
  if (field.value === undefined || field.value === null) return null;
  const accepted = fits(field.value);
  if (accepted !== undefined) return accepted;
  field.warn('bad-monitoring', `${field.name} is ${shown(field.value)}, expected ${expected}: it is left out`);
  return null;
}
