import type { InputRoot, Path, Span } from '../diagnostics/diagnostic.ts';

/** One thing that decided a value. */
export type Origin =
  /** A key in a soa-configs file; `span` is where its value stands, a template's when it came through `<<`. */
  | {
      readonly kind: 'input';
      readonly root: InputRoot;
      readonly file: string;
      readonly path: Path;
      readonly span?: Span;
    }
  /** A key of the cluster's system configuration, and the file that sets it. */
  | { readonly kind: 'system'; readonly file: string; readonly path: Path }
  /** Nothing set it: the default and where it comes from (`PaaSTA: cpus 1`). */
  | { readonly kind: 'default'; readonly key: string; readonly source: string };

/** Origins by member path of a ResolvedInstance, such as `scaling.replicas` or `pod.main.env`. */
export type Origins = Readonly<Record<string, readonly Origin[]>>;
