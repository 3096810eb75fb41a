import { compareText } from '../diagnostics/diagnostic.ts';

/**
 * JSON text that depends on the data alone: keys sorted by code unit, no white space, keys without a value left out. For hashes.
 * Throws a TypeError for what JSON cannot hold (functions, symbols, NaN and infinities).
 */
export function canonicalJson(value: unknown): string {
  if (typeof value === 'string') return JSON.stringify(value);
  if (Array.isArray(value)) return listText(value);
  if (typeof value === 'object' && value !== null) return mapText(value as Record<string, unknown>);
  if (typeof value === 'bigint') return value.toString();
  if (value === null || typeof value === 'boolean' || Number.isFinite(value)) return JSON.stringify(value);
  throw new TypeError(`no JSON can hold ${String(value)}`);
}

function listText(list: readonly unknown[]): string {
  let text = '[';
  for (const item of list) text += text === '[' ? canonicalJson(item) : `,${canonicalJson(item)}`;
  return `${text}]`;
}

function mapText(map: Record<string, unknown>): string {
  if (typeof map['toJSON'] === 'function') return canonicalJson((map as { toJSON: () => unknown }).toJSON());
  let text = '{';
  for (const key of sortedKeys(map)) {
    const value = map[key];
    if (value !== undefined) text += `${text === '{' ? '' : ','}${quotedKey(key)}:${canonicalJson(value)}`;
  }
  return `${text}}`;
}

function sortedKeys(map: Record<string, unknown>): readonly string[] {
  const keys = Object.keys(map);
  for (let i = 1; i < keys.length; i++) if (keys[i - 1]! > keys[i]!) return keys.sort(compareText);
  return keys;
}

const MOST_KEYS = 4096;
const quotedKeys = new Map<string, string>();

/** Field names come again with every object. */
function quotedKey(key: string): string {
  let quoted = quotedKeys.get(key);
  if (quoted === undefined) {
    quoted = JSON.stringify(key);
    if (quotedKeys.size < MOST_KEYS) quotedKeys.set(key, quoted);
  }
  return quoted;
}
