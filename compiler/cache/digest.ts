import { createHash, hash } from 'node:crypto';
import { PyFloat } from '../model/yaml-value.ts';

/** SHA-256 of a text, in hexadecimal. */
export function digest(text: string): string {
  return hash('sha256', text);
}

/** SHA-256 of plain data, item by item, in hexadecimal. */
export function digestOfAll(items: Iterable<unknown>): string {
  const hashed = createHash('sha256');
  for (const item of items) hashed.update(`${JSON.stringify(item)}\n`);
  return hashed.digest('hex');
}

/** A text that is the same for equal data only: JSON that tells sets, big integers and Python's floats from other values. */
export function textOfData(data: unknown): string {
  return JSON.stringify(data, function (this: Record<string, unknown>, key, value: unknown): unknown {
    const raw = this[key];
    if (raw instanceof Set) return { set: [...raw] };
    if (raw instanceof Map) return { map: [...raw] };
    if (typeof raw === 'bigint') return { integer: raw.toString() };
    if (raw instanceof PyFloat) return { float: raw.toString() };
    return value;
  });
}
