import type { Path } from '../diagnostics/diagnostic.ts';
import { isInteger, isMap, isNumeric, type YamlValue } from '../model/yaml-value.ts';

/** A value that does not have its shape: where it stands below the one that was checked, and what was expected. */
export interface Misfit {
  readonly path: Path;
  readonly expected: string;
}

/** Says what is wrong with a value; nothing when it fits. */
export type Shape = (value: YamlValue) => readonly Misfit[];

/** A shape from a question and the words for a yes. */
export function shape(fits: (value: YamlValue) => boolean, expected: string): Shape {
  const misfit: readonly Misfit[] = [{ path: [], expected }];
  return (value) => (fits(value) ? [] : misfit);
}

export const anything: Shape = () => [];
export const text = shape((value) => typeof value === 'string', 'a text');
export const boolean = shape((value) => typeof value === 'boolean', 'true or false');
export const integer = shape(isInteger, 'an integer');
export const number = shape(isNumeric, 'a number');
export const map = shape(isMap, 'a map');

/** One of a few texts. */
export function oneOf(...texts: readonly string[]): Shape {
  const expected = texts.map((t) => `"${t}"`).join(' or ');
  return shape((value) => typeof value === 'string' && texts.includes(value), expected);
}

/** Null, or a value of the shape. */
export function nullable(inner: Shape): Shape {
  return (value) => (value === null ? [] : inner(value).map((m) => orNull(m)));
}

/** A list whose items all have the shape. */
export function listOf(item: Shape): Shape {
  return (value) => {
    if (!Array.isArray(value)) return [{ path: [], expected: 'a list' }];
    return (value as readonly YamlValue[]).flatMap((element, index) => below(index, item(element)));
  };
}

/** A map whose values all have the shape. */
export function mapOf(item: Shape): Shape {
  return (value) => {
    if (!isMap(value)) return [{ path: [], expected: 'a map' }];
    return Object.entries(value).flatMap(([key, element]) => below(key, item(element)));
  };
}

/** A map with members of given shapes; others are not looked at. A required one must be there. */
export function record(members: Readonly<Record<string, Shape>>, required: readonly string[] = []): Shape {
  return (value) => {
    if (!isMap(value)) return [{ path: [], expected: 'a map' }];
    const missing = required.filter((key) => !Object.hasOwn(value, key));
    const wrong = Object.entries(members).flatMap(([key, member]) =>
      Object.hasOwn(value, key) ? below(key, member(value[key]!)) : [],
    );
    return [...missing.map((key) => ({ path: [], expected: `a map with the key "${key}"` })), ...wrong];
  };
}

function below(key: string | number, misfits: readonly Misfit[]): readonly Misfit[] {
  return misfits.map((misfit) => ({ ...misfit, path: [key, ...misfit.path] }));
}

function orNull(misfit: Misfit): Misfit {
  return misfit.path.length > 0 ? misfit : { path: [], expected: `${misfit.expected} or null` };
}
