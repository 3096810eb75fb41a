import type { ClusterOutcome, CompileScope, EarlierInstance } from './compile.ts';
import { compareText } from './diagnostics/diagnostic.ts';

/**
 * What became of a cluster's instances, with those of earlier output that stay because an error hides their names: they count as held
 * back. `isHidden` tells services whose instances cannot be told.
 */
export function withHidden(
  outcome: ClusterOutcome,
  earlier: readonly EarlierInstance[],
  isHidden: (service: string) => boolean,
  { services, instances }: CompileScope,
): ClusterOutcome {
  const told = new Set([outcome.rendered, outcome.notDeployed, outcome.failed].flat());
  const failed = new Set(outcome.failed);
  for (const { service, instance } of earlier) {
    if (service === null || instance === null || !isHidden(service)) continue;
    const isInScope = (services?.includes(service) ?? true) && (instances?.includes(instance) ?? true);
    const job = `${service}.${instance}`;
    if (isInScope && !told.has(job)) failed.add(job);
  }
  return { ...outcome, failed: [...failed].sort(compareText) };
}

/** A cluster of which nothing was rendered. */
export function emptyOutcome(cluster: string): ClusterOutcome {
  return { cluster, rendered: [], notDeployed: [], failed: [], assumedControls: [] };
}
