/** How bad a finding is. Only `error` holds back output. */
export type Severity = 'error' | 'warning' | 'info';

/** Which tree an input file's name is relative to: the soa-configs tree, the system configuration, or this project. */
export type InputRoot = 'soa' | 'system' | 'project';

/** Which tree a file name is relative to; findings are also about what is rendered. */
export type Root = InputRoot | 'output';

/** A key path inside a document, from its top: `['main', 'monitoring', 'alert_after']`. */
export type Path = readonly (string | number)[];

/** Where something stands in a file. Lines and columns are 1-based; columns count code points; the end is exclusive. */
export interface Span {
  readonly line: number;
  readonly column: number;
  readonly endLine: number;
  readonly endColumn: number;
}

/** A second place that explains a finding, such as the first definition of a duplicate. */
export interface RelatedPlace {
  readonly root?: Root;
  readonly file: string;
  readonly line?: number;
  readonly column?: number;
  /** Where the line is not known yet. */
  readonly path?: Path;
  readonly message: string;
}

/**
 * One finding with its place: plain data, collected and never thrown inside a pass.
 *
 * What an `error` holds back follows from the scope fields: `instance` with `cluster` that instance; `instances` with `cluster`
 * those (the users of a template); `cluster` alone every instance of that service in the cluster; `service` alone the
 * whole service; none of them everything.
 */
export interface Diagnostic {
  readonly severity: Severity;
  /**
   * Stricter than PaaSTA: fails `validate`, and stops `synth` only with `--strict`, which raises its severity to `error`.
   * A policy finding is created with severity `warning`.
   */
  readonly policy?: true;
  /** Stable, kebab-case: `unknown-key`. */
  readonly code: string;
  /** One sentence that names the value found and what was expected. Never a secret's value. */
  readonly message: string;
  readonly root: Root;
  /** Relative to the root; empty when the finding is about the root itself. */
  readonly file: string;
  readonly line?: number;
  readonly column?: number;
  readonly endLine?: number;
  readonly endColumn?: number;
  readonly path: Path;
  readonly hint?: string;
  readonly related?: readonly RelatedPlace[];
  readonly service?: string;
  readonly cluster?: string;
  readonly instance?: string;
  /** Every instance that the finding feeds, where it stands in a template or a file that several share. */
  readonly instances?: readonly string[];
}

/** The one order of all strings in output: by UTF-16 code unit, the same under every locale. */
export function compareText(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}

/** Order of a report: root, file, line, column, code, message. */
export function compareDiagnostics(a: Diagnostic, b: Diagnostic): number {
  return (
    compareText(a.root, b.root) ||
    compareText(a.file, b.file) ||
    (a.line ?? 0) - (b.line ?? 0) ||
    (a.column ?? 0) - (b.column ?? 0) ||
    compareText(a.code, b.code) ||
    compareText(a.message, b.message)
  );
}
