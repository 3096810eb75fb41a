import { sanitiseVolumeName } from '../model/names.ts';
import type { Field } from './field.ts';
import { checkedPartName } from './legal-names.ts';

/** A volume, and the key that asks for it. */
export interface Placed<V> {
  readonly field: Field;
  readonly volume: V;
}

/** The path without what slashes it ends with. */
export function withoutSlashes(path: string): string {
  return path.endsWith('/') ? path.replace(/\/+$/, '') : path;
}

/**
 * Name of a pod volume made from a path or another text, of at most `limit` characters (0: unlimited). A name that
 * Kubernetes would refuse is reported. PaaSTA: `get_sanitised_volume_name`.
 */
export function checkedVolumeName(field: Field, text: string, limit: number): string {
  return checkedPartName(field, 'the volume', sanitiseVolumeName(text, limit) ?? text);
}
