import type { Compilation } from '../compiler/compile.ts';
import { compareText, type Diagnostic } from '../compiler/diagnostics/diagnostic.ts';

/** Files with an error that holds back what they hold, where no instance that stays can be named. Sorted; relative to the soa dir. */
export function heldFiles({ clusters }: Compilation, diagnostics: readonly Diagnostic[]): readonly string[] {
  const named = new Map(clusters.map(({ cluster, failed }) => [cluster, servicesOf(failed)]));
  const files = new Set<string>();
  for (const { severity, root, file, service, cluster, instance, instances } of diagnostics) {
    if (severity !== 'error' || root !== 'soa' || service === undefined) continue;
    if (instance !== undefined || instances !== undefined) continue;
    const where = cluster === undefined ? [...named.values()] : [named.get(cluster)];
    if (!where.some((services) => services?.has(service))) files.add(file);
  }
  return [...files].sort(compareText);
}

/** Services that `service.instance` may be of: either may have dots. */
function servicesOf(jobs: readonly string[]): ReadonlySet<string> {
  const services = new Set<string>();
  for (const job of jobs) {
    for (let dot = job.indexOf('.'); dot !== -1; dot = job.indexOf('.', dot + 1)) services.add(job.slice(0, dot));
  }
  return services;
}
