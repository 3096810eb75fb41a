import type { InputRoot, Path, Span } from '../diagnostics/diagnostic.ts';
import type { WorkloadInstance } from './instances.ts';
import type { YamlValue } from './yaml-value.ts';

/** The keys of one instance with all layers merged, and where each was written. */
export interface InstanceKeys {
  /** The merged value of a top-level key; undefined when no layer has it. */
  get(key: string): YamlValue | undefined;
  /** Where the value at a path stands, or the nearest thing around it that exists. */
  placeOf(path: Path): { readonly root: InputRoot; readonly file: string; readonly path: Path; readonly span?: Span };
}

/** A long-running instance whose layers could all be read. */
export interface MergedWorkload extends WorkloadInstance {
  readonly keys: InstanceKeys;
  /** Deploy group with its fields filled in; null when there is none or it cannot be told. */
  readonly deployGroup: string | null;
}
