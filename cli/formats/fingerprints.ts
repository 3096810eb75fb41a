import { createHash } from 'node:crypto';
import type { Diagnostic } from '../../compiler/diagnostics/diagnostic.ts';

/**
 * One stable identity a finding: over root, file, code, key path and message, not over the line, so that a finding keeps its identity when
 * lines move. Equal findings of one file are numbered in order.
 */
export function fingerprints(diagnostics: readonly Diagnostic[]): readonly string[] {
  const seen = new Map<string, number>();
  return diagnostics.map((d) => {
    const key = JSON.stringify([d.root, d.file, d.code, d.path, d.message, d.cluster ?? '', d.instance ?? '']);
    const count = seen.get(key) ?? 0;
    seen.set(key, count + 1);
    return createHash('sha256').update(`${key}#${count}`).digest('hex').slice(0, 32);
  });
}
