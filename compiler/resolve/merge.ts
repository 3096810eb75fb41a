import { isMap, type YamlMap, type YamlValue } from '../model/yaml-value.ts';

/**
 * The stronger value laid over the weaker one: two maps are merged key by key, recursively; every other value, lists and
 * an explicit null included, replaces the weaker one whole. Keys of the weaker map come first, in their order; an
 * overriding key keeps its position. Neither input is changed; parts that only one side has are shared, not copied.
 * PaaSTA: `deep_merge_dictionaries`.
 */
export function deepMerge(overrides: YamlValue, defaults: YamlValue): YamlValue {
  if (!isMap(overrides) || !isMap(defaults)) return overrides;
  const merged: Record<string, YamlValue> = {};
  for (const key of Object.keys(defaults)) setOwn(merged, key, defaults[key]!);
  for (const key of Object.keys(overrides)) {
    const value = overrides[key]!;
    setOwn(merged, key, Object.hasOwn(defaults, key) ? deepMerge(value, defaults[key]!) : value);
  }
  return merged;
}

/** The value under a key that the map itself has, never one of its prototype. */
export function ownValue(map: YamlMap, key: string): YamlValue | undefined {
  return Object.hasOwn(map, key) ? map[key] : undefined;
}

/** Gives a map of its own the key, `__proto__` too. */
export function setOwn<T>(target: Record<string, T>, key: string, value: T): void {
  if (key !== '__proto__') target[key] = value;
  else Object.defineProperty(target, key, { value, enumerable: true, writable: true, configurable: true });
}
