import { sortedKeys } from './json-data.ts';

/**
 * JSON text that depends on the data alone: keys sorted by code unit, no white space, keys without a value left out. For hashes.
 * Throws a TypeError for what JSON cannot hold (functions, symbols, NaN and infinities).
 */
export function canonicalJson(value: unknown): string {
  return isCanonical(value) ? JSON.stringify(value) : assemble(value);
}

/** Whether the engine's own JSON text, which is much faster to make, is the canonical one. */
function isCanonical(value: unknown): boolean {
  if (typeof value === 'string' || typeof value === 'boolean' || value === null) return true;
  if (typeof value === 'number') return Number.isFinite(value);
  if (typeof value !== 'object' || 'toJSON' in value) return false;
  if (Array.isArray(value)) return value.every(isCanonical);
  let before = '';
  for (const key of Object.keys(value)) {
    if (key < before || !isCanonical((value as Record<string, unknown>)[key])) return false;
    before = key;
  }
  return true;
}

function assemble(value: unknown): string {
  if (typeof value === 'string') return JSON.stringify(value);
  if (Array.isArray(value)) return `[${value.map(assemble).join(',')}]`;
  if (typeof value === 'object' && value !== null) return assembleMap(value as Record<string, unknown>);
  if (typeof value === 'bigint') return value.toString();
  if (value === null || typeof value === 'boolean' || Number.isFinite(value)) return JSON.stringify(value);
  throw new TypeError(`no JSON can hold ${String(value)}`);
}

function assembleMap(map: Record<string, unknown>): string {
  if (typeof map['toJSON'] === 'function') return assemble((map as { toJSON: () => unknown }).toJSON());
  const keys = sortedKeys(map).filter((key) => map[key] !== undefined);
  return `{${keys.map((key) => `${JSON.stringify(key)}:${assemble(map[key])}`).join(',')}}`;
}
