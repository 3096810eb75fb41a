import { compareText, type Diagnostic } from '../diagnostics/diagnostic.ts';
import { heldBack } from '../held-back.ts';
import type { ClusterConfig } from '../model/cluster-config.ts';
import { isWorkloadType, workloadInstances } from '../model/instances.ts';
import type { ResolvedInstance } from '../model/resolved-instance.ts';
import type { ServiceSources, SharedSources } from '../model/service-sources.ts';
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
  /** A file of instances or the service's directory is unusable, so there may be more: nothing of the service in this cluster may be removed. */
  readonly unknownInstances: boolean;
  readonly diagnostics: readonly Diagnostic[];
}

/**
 * Resolves every long-running instance of a service in one cluster. Never throws for what is wrong with the input: that is
 * in `diagnostics`, and each instance with an error is in `failed`, as are those that an error of loading holds back.
 * What loading found is not reported again.
 */
export function resolveService(
  sources: ServiceSources,
  config: ClusterConfig,
  shared: SharedSources,
  options: ResolveOptions = {},
): ServiceResolution {
  const { cluster } = config;
  const workloads = workloadInstances(sources.instanceFiles, cluster);
  const known = workloads.map(({ instance }) => instance).sort(compareText);
  const unknownInstances =
    sources.isUnlisted ||
    sources.instanceFiles.some(
      (file) => isWorkloadType(file.type) && file.cluster === cluster && file.document === null,
    );
  if (hasBrokenFile(sources)) {
    return {
      instances: [],
      notDeployed: [],
      failed: known,
      known,
      assumedControls: [],
      unknownInstances,
      diagnostics: [],
    };
  }
  const layers = serviceLayers(sources);
  const outcomes = workloads.map((workload) => {
    const journal = new Journal(workload.instance, options.trace === true);
    return resolveEntry({ sources, config, shared, layers, journal, workload });
  });
  outcomes.sort((a, b) => compareText(a.journal.instance, b.journal.instance));
  reportCollisions(outcomes);
  return { ...sortOut(sources, cluster, outcomes), known, unknownInstances };
}

function sortOut(
  sources: ServiceSources,
  cluster: string,
  outcomes: readonly Outcome[],
): Omit<ServiceResolution, 'known' | 'unknownInstances'> {
  const diagnostics = toDiagnostics(
    sources.service,
    cluster,
    outcomes.map(({ journal }) => journal),
  );
  const held = heldBack([...sources.diagnostics, ...diagnostics]);
  const isHeldBack = ({ journal }: Outcome) => held.has(cluster, sources.service, journal.instance);
  const failed = outcomes.filter((outcome) => outcome.state === 'failed' || isHeldBack(outcome));
  const good = outcomes.filter((outcome) => !failed.includes(outcome));
  const resolved = good.filter((outcome) => outcome.state === 'resolved');
  const notDeployed = good.filter((outcome) => outcome.state === 'not-deployed');
  return {
    instances: resolved.map((outcome) => outcome.resolved),
    notDeployed: notDeployed.map(nameOf),
    failed: failed.map(nameOf),
    assumedControls: resolved.filter((outcome) => outcome.isControlAssumed).map(nameOf),
    diagnostics,
  };
}

/** Whether a file that every instance of the service depends on is unusable. */
function hasBrokenFile(sources: ServiceSources): boolean {
  const { serviceYaml, smartstack, monitoring, deploy, data, dependencies, authorization, deployments } = sources;
  const files = [serviceYaml, smartstack, monitoring, deploy, data, dependencies, authorization, deployments];
  return files.some(({ kind }) => kind === 'broken');
}

function nameOf({ journal }: Outcome): string {
  return journal.instance;
}
