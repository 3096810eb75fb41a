import type { Path } from '../../diagnostics/diagnostic.ts';
import type { YamlMap } from '../../model/yaml-value.ts';
import type { Locations } from './locations.ts';

/** A finding about a namespace; its place is looked up when the report is made. */
export interface NamespaceFinding {
  readonly severity: 'error' | 'warning';
  /** A warning that `validate` fails on, since PaaSTA's does. */
  readonly policy?: true;
  readonly code: string;
  readonly message: string;
  readonly hint?: string;
  /** Inside smartstack.yaml. */
  readonly path: Path;
  /** The key stands for the finding, not its value. */
  readonly atKey?: true;
}

/** One namespace of a smartstack.yaml, and where in the world its clusters can be. */
export interface NamespaceInput {
  /** `service.namespace`. */
  readonly registration: string;
  readonly path: Path;
  readonly keys: YamlMap;
  /** Location types and mappings of the clusters; empty when no file says what there is. */
  readonly worlds: readonly Locations[];
  /** Some cluster renders synapse from it. */
  readonly isSynapseRendered: boolean;
}

/** One rule: what is wrong with a namespace. */
export type NamespaceCheck = (input: NamespaceInput) => readonly NamespaceFinding[];

/** A text for a message: quoted, cut, every control character visible. */
export function quoted(text: string): string {
  return JSON.stringify(text.length > 60 ? `${text.slice(0, 57)}...` : text);
}
