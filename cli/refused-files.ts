import type { ClusterOutcome, Compilation } from '../compiler/compile.ts';
import { compareText } from '../compiler/diagnostics/diagnostic.ts';

/** An instance of which a file was not put in place, since it is another service's. */
export interface RefusedInstance {
  readonly cluster?: string;
  readonly service?: string | null;
  readonly instance?: string | null;
}

/** A compilation with these instances as held back: what becomes of their files is known when all are rendered. */
export function withRefused(compilation: Compilation, refused: readonly RefusedInstance[]): Compilation {
  if (refused.length === 0) return compilation;
  const keys = new Set(refused.map(({ cluster, service, instance }) => `${cluster} ${service}.${instance}`));
  const outcome = (each: ClusterOutcome): ClusterOutcome => {
    const isRefused = (job: string): boolean => keys.has(`${each.cluster} ${job}`);
    const failed = [...each.failed, ...each.rendered.filter(isRefused)].sort(compareText);
    return { ...each, failed, rendered: each.rendered.filter((job) => !isRefused(job)) };
  };
  return { ...compilation, clusters: compilation.clusters.map(outcome) };
}
