import { isJsonMap, type JsonMap } from '../compiler/emit/json-data.ts';

const DEFAULT_PATTERN = 'password|token|secret|private.?key|credential';

/** Replaces values that may be secret; equal values get the same number within one mask, so that a change shows. */
export type Mask = (object: JsonMap) => JsonMap;

/**
 * Hides the data of Secrets, and values under names that look secret in ConfigMaps and in environments of containers. References to
 * Secrets stay: they name, and do not hold, a value. `patterns` are further names, as regular expressions.
 */
export function createMask(patterns: readonly string[] = []): Mask {
  const names = new RegExp([DEFAULT_PATTERN, ...patterns].join('|'), 'i');
  const numbers = new Map<string, number>();
  const hidden = (value: unknown): string => {
    const text = typeof value === 'string' ? value : JSON.stringify(value);
    if (!numbers.has(text)) numbers.set(text, numbers.size + 1);
    return `<hidden #${numbers.get(text)!}>`;
  };
  const hideAll = (data: unknown): unknown =>
    isJsonMap(data) ? Object.fromEntries(Object.entries(data).map(([key, value]) => [key, hidden(value)])) : data;
  const hideNamed = (data: unknown): unknown =>
    isJsonMap(data)
      ? Object.fromEntries(Object.entries(data).map(([key, value]) => [key, names.test(key) ? hidden(value) : value]))
      : data;
  const hideEnv = (value: unknown): unknown => {
    if (Array.isArray(value)) return value.map(hideEnv);
    if (!isJsonMap(value)) return value;
    const { name, value: text } = value;
    if (typeof name === 'string' && typeof text === 'string' && names.test(name))
      return { ...value, value: hidden(text) };
    return Object.fromEntries(Object.entries(value).map(([key, inner]) => [key, hideEnv(inner)]));
  };
  return (object) => {
    const kind = object['kind'];
    const { data, stringData, binaryData, ...rest } = object;
    const hide = kind === 'Secret' ? hideAll : kind === 'ConfigMap' ? hideNamed : (same: unknown): unknown => same;
    const shown = hideEnv(rest) as JsonMap;
    for (const [key, value] of Object.entries({ data, stringData, binaryData }))
      if (value !== undefined) shown[key] = hide(value);
    return shown;
  };
}
