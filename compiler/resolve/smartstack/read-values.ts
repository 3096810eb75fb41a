import { isMap, isNumeric, pythonText, toNumber, type YamlMap, type YamlValue } from '../../model/yaml-value.ts';

/** Text pairs in file order: a header and its value, a path and its milliseconds. */
export type Pairs<Value> = readonly (readonly [string, Value])[];

/** A key of a map itself, never of its prototype; null counts as absent. */
export function valueAt(map: YamlMap, key: string): Exclude<YamlValue, null> | undefined {
  return Object.hasOwn(map, key) ? (map[key] ?? undefined) : undefined;
}

/** The value if it is text. What has another type is the schema's to report. */
export function textAt(map: YamlMap, key: string): string | undefined {
  const value = valueAt(map, key);
  return typeof value === 'string' ? value : undefined;
}

/** The value if it is a number. */
export function numberAt(map: YamlMap, key: string): number | undefined {
  const value = valueAt(map, key);
  return isNumeric(value) ? toNumber(value) : undefined;
}

/** The value as Python's `%d` prints it. */
export function integerAt(map: YamlMap, key: string): number | undefined {
  const value = numberAt(map, key);
  return value === undefined || !Number.isFinite(value) ? undefined : Math.trunc(value);
}

/** The value if it is a map; empty otherwise. */
export function mapAt(map: YamlMap, key: string): YamlMap {
  const value = valueAt(map, key);
  return isMap(value) ? value : {};
}

/** The texts of a list, each once, in order. */
export function textsAt(map: YamlMap, key: string): readonly string[] | undefined {
  const value = valueAt(map, key);
  if (!Array.isArray(value)) return undefined;
  return [...new Set((value as readonly YamlValue[]).filter((item) => typeof item === 'string'))];
}

/** Headers with values as Python prints them. */
export function headersAt(map: YamlMap, key: string): Pairs<string> {
  return Object.entries(mapAt(map, key)).map(([name, value]) => [name, pythonText(value)] as const);
}
