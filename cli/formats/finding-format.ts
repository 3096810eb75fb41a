import type { Diagnostic } from '../../compiler/diagnostics/diagnostic.ts';

/** What every report format needs besides the findings. */
export interface FormatContext {
  readonly version: string;
  /** Path of a finding's file from the repository's top, with `/`. */
  readonly pathOf: (diagnostic: Diagnostic) => string;
  /** What each code means, by code; codes without an entry are described by themselves. */
  readonly descriptionOf: (code: string) => string;
}

/** Findings, already sorted, as text of one format. */
export type FindingFormat = (diagnostics: readonly Diagnostic[], context: FormatContext) => string;

/** `error` for an error, `policy` for a finding that only `--strict` makes an error, else the severity. */
export function classOf(diagnostic: Diagnostic): 'error' | 'policy' | 'warning' | 'info' {
  return diagnostic.policy === true && diagnostic.severity === 'warning' ? 'policy' : diagnostic.severity;
}
