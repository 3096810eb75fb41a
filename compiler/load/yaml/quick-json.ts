import type { YamlValue } from '../../model/yaml-value.ts';
import { DEFAULT_BUDGET } from './budget.ts';

/** Longest text, in characters, that cannot hold too many values: each takes at least three. */
const LONGEST = DEFAULT_BUDGET.nodes;

/**
 * What `JSON.parse` makes of a text, where that surely is all that it says: every key is there once, and no number is, since numbers
 * lose their spelling. Undefined for every other text, valid or not.
 */
export function readJsonQuickly(text: string): YamlValue | undefined {
  if (text.length > LONGEST || text.includes('\\')) return undefined;
  const value = parsed(text);
  // A key that is set twice is there only once.
  return value !== undefined && 2 * countStrings(value, 1) === countQuotes(text) ? value : undefined;
}

function parsed(text: string): YamlValue | undefined {
  try {
    return JSON.parse(text) as YamlValue;
  } catch {
    return undefined;
  }
}

/** Strings in a value, keys included; not a number when something in it needs a closer look. */
function countStrings(value: YamlValue, depth: number): number {
  if (typeof value === 'string') return 1;
  if (value === null || typeof value === 'boolean') return 0;
  if (typeof value !== 'object' || depth > DEFAULT_BUDGET.depth) return NaN;
  let count = 0;
  if (Array.isArray(value)) {
    for (const item of value as readonly YamlValue[]) count += countStrings(item, depth + 1);
    return count;
  }
  const map = value as Readonly<Record<string, YamlValue>>;
  for (const key in map) count += key === '__proto__' ? NaN : 1 + countStrings(map[key]!, depth + 1);
  return count;
}

function countQuotes(text: string): number {
  let count = 0;
  for (let at = text.indexOf('"'); at !== -1; at = text.indexOf('"', at + 1)) count++;
  return count;
}
