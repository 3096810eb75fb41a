import { hash } from 'node:crypto';
import { PyFloat } from '../model/yaml-value.ts';

/** SHA-256 of a text, in hexadecimal. */
export function digest(text: string): string {
  return hash('sha256', text);
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
