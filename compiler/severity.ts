import type { Diagnostic } from './diagnostics/diagnostic.ts';

/** How a run counts findings. */
export interface SeverityPolicy {
  /** Raise policy findings to errors. */
  readonly strict: boolean;
  /** Severity by code that the project file sets; `off` drops a finding. An error of `unsafe-name` stays. */
  readonly severity: Readonly<Record<string, 'error' | 'warning' | 'info' | 'off'>>;
}

/** Findings with the project's severities, and policy raised by `--strict`. What is unsafe stays an error. */
export function withSeverity(
  diagnostics: readonly Diagnostic[],
  { strict, severity }: SeverityPolicy,
): readonly Diagnostic[] {
  return diagnostics.flatMap((diagnostic) => {
    const set = diagnostic.code.startsWith('unsafe-') ? undefined : severity[diagnostic.code];
    if (set === 'off') return [];
    if (set !== undefined) return [{ ...diagnostic, severity: set }];
    return [strict && diagnostic.policy === true ? { ...diagnostic, severity: 'error' } : diagnostic];
  });
}
