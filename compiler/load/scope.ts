import type { Diagnostic } from '../diagnostics/diagnostic.ts';

/** What a finding holds back when it is an error. An empty `instances` holds back nothing: only the exit code tells. */
export interface Scope {
  readonly service?: string;
  readonly cluster?: string;
  readonly instance?: string;
  readonly instances?: readonly string[];
}

/** The findings of one file with the scope that the file feeds. */
export function withScope(diagnostics: readonly Diagnostic[], scope: Scope): readonly Diagnostic[] {
  return diagnostics.length === 0 ? diagnostics : diagnostics.map((diagnostic) => ({ ...diagnostic, ...scope }));
}
