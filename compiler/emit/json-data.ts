import { compareText } from '../diagnostics/diagnostic.ts';

/** A map of plain JSON data that is ours to change. */
export type JsonMap = Record<string, unknown>;

/** Where an empty map says something: a volume of its own kind, a selector that takes everything, a preference for any node. */
export const MEANINGFUL_WHEN_EMPTY: ReadonlySet<string> = new Set([
  ...['emptyDir', 'downwardAPI', 'projected'],
  ...['selector', 'labelSelector', 'namespaceSelector', 'podSelector', 'preference'],
]);

export function isJsonMap(value: unknown): value is JsonMap {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** The map under a key, if there is one. */
export function mapAt(holder: JsonMap | undefined, key: string): JsonMap | undefined {
  const value = holder?.[key];
  return isJsonMap(value) ? value : undefined;
}

/** The maps in the list under a key; none when there is no list. */
export function mapsAt(holder: JsonMap | undefined, key: string): readonly JsonMap[] {
  const value = holder?.[key];
  return Array.isArray(value) ? value.filter(isJsonMap) : [];
}

/** A deep copy without nulls, in lists neither, and without keys that have no value. */
export function withoutNulls(map: Readonly<Record<string, unknown>>): JsonMap {
  return rebuild(map, () => false);
}

/**
 * The same, and without empty lists and maps, also those that become empty by it. Kept: empty items of lists, `emptyDir: {}` and
 * other volume sources (without one, a volume would be an emptyDir), and selectors, which take everything when empty
 * and nothing when absent.
 */
export function withoutEmpty(map: Readonly<Record<string, unknown>>): JsonMap {
  return rebuild(map, (key, value) => isEmpty(value) && !(MEANINGFUL_WHEN_EMPTY.has(key) && isJsonMap(value)));
}

export function isEmpty(value: unknown): boolean {
  return Array.isArray(value) ? value.length === 0 : isJsonMap(value) && Object.keys(value).length === 0;
}

type Drop = (key: string, value: unknown) => boolean;

/** A copy whose maps have their keys sorted by code unit, as hashes and files want them. */
function rebuild(map: Readonly<Record<string, unknown>>, isDropped: Drop): JsonMap {
  const copy: JsonMap = {};
  for (const key of sortedKeys(map)) {
    const value = rebuildValue(map[key], isDropped);
    if (value == null || (typeof value === 'object' && isDropped(key, value))) continue;
    if (key === '__proto__')
      Object.defineProperty(copy, key, { value, enumerable: true, writable: true, configurable: true });
    else copy[key] = value;
  }
  return copy;
}

function rebuildValue(value: unknown, isDropped: Drop): unknown {
  if (typeof value !== 'object' || value === null) return value;
  if (!Array.isArray(value)) return rebuild(value as JsonMap, isDropped);
  const copy: unknown[] = [];
  for (const item of value as readonly unknown[]) if (item != null) copy.push(rebuildValue(item, isDropped));
  return copy;
}

/** The keys of a map by code unit; most maps have them so already. */
export function sortedKeys(map: Readonly<Record<string, unknown>>): string[] {
  const keys = Object.keys(map);
  for (let i = 1; i < keys.length; i++) if (keys[i - 1]! > keys[i]!) return keys.sort(compareText);
  return keys;
}
