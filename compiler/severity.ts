import type { Diagnostic } from './diagnostics/diagnostic.ts';

/** How a run counts findings. */
export interface SeverityPolicy {
  /** Raise policy findings to errors. */
  readonly strict: boolean;
  /** Severity by code that the project file sets; `off` drops a finding. An error stays: nothing could be rendered. */
  readonly severity: Readonly<Record<string, 'error' | 'warning' | 'info' | 'off'>>;
}

/** Findings with the project's severities, and policy raised by `--strict`. What the project sets is no policy any more. */
export function withSeverity(
  diagnostics: readonly Diagnostic[],
  { strict, severity }: SeverityPolicy,
): readonly Diagnostic[] {
  return diagnostics.flatMap((diagnostic) => {
    if (diagnostic.severity === 'error') return [diagnostic];
    const set = Object.hasOwn(severity, diagnostic.code) ? severity[diagnostic.code] : undefined;
    const { policy, ...plain } = diagnostic;
    if (set !== undefined) return set === 'off' ? [] : [{ ...plain, severity: set }];
    return [strict && policy === true ? { ...diagnostic, severity: 'error' } : diagnostic];
  });
}
