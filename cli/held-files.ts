import type { Compilation } from '../compiler/compile.ts';
import { compareText, type Diagnostic } from '../compiler/diagnostics/diagnostic.ts';

/** Files with an error that holds back what they hold, where no instance that stays can be named. Sorted; relative to the soa dir. */
export function heldFiles({ clusters }: Compilation, diagnostics: readonly Diagnostic[]): readonly string[] {
  const files = new Set<string>();
  for (const { severity, root, file, service, cluster, instance, instances } of diagnostics) {
    if (severity !== 'error' || root !== 'soa' || service === undefined) continue;
    if (instance !== undefined || instances !== undefined) continue;
    const isNamed = clusters.some(
      (outcome) =>
        (cluster === undefined || cluster === outcome.cluster) &&
        outcome.failed.some((job) => job.startsWith(`${service}.`)),
    );
    if (!isNamed) files.add(file);
  }
  return [...files].sort(compareText);
}
