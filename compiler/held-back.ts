import type { Diagnostic } from './diagnostics/diagnostic.ts';

/** Tells what the errors of a run hold back: everything, a cluster, a service, a service in a cluster, or single instances. */
export interface HeldBack {
  readonly everything: boolean;
  /** Whether an error holds back one instance. */
  has(cluster: string, service: string, instance: string): boolean;
}

/** What is held back by these findings, from their scope fields (see `Diagnostic`). */
export function heldBack(diagnostics: readonly Diagnostic[]): HeldBack {
  const keys = new Set<string>();
  let everything = false;
  for (const { severity, service, cluster, instance, instances } of diagnostics) {
    if (severity !== 'error') continue;
    const names = instances ?? (instance === undefined ? undefined : [instance]);
    if (names !== undefined) for (const name of names) keys.add(keyOf(cluster, service, name));
    else if (service === undefined && cluster === undefined) everything = true;
    else keys.add(keyOf(cluster, service, undefined));
  }
  // Most runs hold back nothing, and ask for every instance.
  if (keys.size === 0) return { everything, has: () => everything };
  return {
    everything,
    has: (cluster, service, instance) =>
      everything ||
      [undefined, cluster].some(
        (c) => keys.has(keyOf(c, service, undefined)) || keys.has(keyOf(c, service, instance)),
      ) ||
      keys.has(keyOf(cluster, undefined, undefined)),
  };
}

function keyOf(cluster: string | undefined, service: string | undefined, instance: string | undefined): string {
  return JSON.stringify([cluster, service, instance]);
}
