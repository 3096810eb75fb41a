import { compareText, type Diagnostic } from '../diagnostics/diagnostic.ts';
import type { ClusterConfig } from '../model/cluster-config.ts';
import { isSafeName } from '../model/names.ts';
import type { ResolvedInstance } from '../model/resolved-instance.ts';
import type { ServiceSources, SharedSources } from '../model/service-sources.ts';
import { isHeldBack, workloadEntries, type WorkloadEntry } from './workload-entries.ts';
import { Journal, toDiagnostics } from './journal.ts';
import { serviceLayers } from './layers.ts';
import { reportCollisions } from './name-collisions.ts';
import { resolveEntry, type Outcome } from './resolve-entry.ts';

export interface ResolveOptions {
  /** Note for every member which keys, system keys and defaults made it. */
  readonly trace?: boolean;
}

/** What became of the instances of one service in one cluster; every list is sorted by name. */
export interface ServiceResolution {
  /** Without an error: to be rendered. */
  readonly instances: readonly ResolvedInstance[];
  /** In soa-configs, but nothing deploys their deploy group. */
  readonly notDeployed: readonly string[];
  /** Held back by an error, of this pass or of loading: their earlier output is to be kept. */
  readonly failed: readonly string[];
  /** Every instance found in a file that could be read. */
  readonly known: readonly string[];
  /** Among `instances`: deployed, but without an entry under `controls`, so taken to be started. */
  readonly assumedControls: readonly string[];
  /** A file of instances is unusable, so there may be more: nothing of the service in this cluster may be removed. */
  readonly unknownInstances: boolean;
  readonly diagnostics: readonly Diagnostic[];
}

/**
 * Resolves every long-running instance of a service in one cluster. Never throws for what is wrong with the input: that is
 * in `diagnostics`, and each instance with an error is in `failed`. Files that loading found unusable are not reported again.
 */
export function resolveService(
  sources: ServiceSources,
  config: ClusterConfig,
  shared: SharedSources,
  options: ResolveOptions = {},
): ServiceResolution {
  const { entries, unknownInstances } = workloadEntries(sources, config.cluster);
  const known = [...new Set(entries.map(({ instance }) => instance))].sort(compareText);
  const nothing = { instances: [], notDeployed: [], assumedControls: [] };
  const unsafe = unsafeService(sources.service);
  if (unsafe !== null || isHeldBack(sources)) {
    return { ...nothing, failed: known, known, unknownInstances, diagnostics: unsafe === null ? [] : [unsafe] };
  }
  const layers = serviceLayers(sources);
  const outcomes = known.map((instance) => {
    const own = entries.filter((entry) => entry.instance === instance) as [WorkloadEntry, ...WorkloadEntry[]];
    const journal = new Journal(instance, options.trace === true);
    return resolveEntry({ sources, config, shared, layers, journal }, own);
  });
  reportCollisions(outcomes);
  const names = (state: Outcome['state']) =>
    outcomes.filter((o) => stateOf(o) === state).map((o) => o.journal.instance);
  const resolved = outcomes.flatMap((o) => (o.state === 'resolved' && !o.journal.hasErrors ? [o] : []));
  return {
    instances: resolved.map(({ resolved: instance }) => instance),
    notDeployed: names('not-deployed'),
    failed: names('failed'),
    known,
    assumedControls: resolved.filter((o) => o.isControlAssumed).map((o) => o.journal.instance),
    unknownInstances,
    diagnostics: toDiagnostics(
      sources.service,
      config.cluster,
      outcomes.map(({ journal }) => journal),
    ),
  };
}

function stateOf({ state, journal }: Outcome): Outcome['state'] {
  return journal.hasErrors ? 'failed' : state;
}

function unsafeService(service: string): Diagnostic | null {
  if (isSafeName(service)) return null;
  const message = `service name ${JSON.stringify(service)} has characters other than letters, digits, ., _ and -`;
  return { severity: 'error', code: 'unsafe-name', message, root: 'soa', file: service, path: [], service };
}
