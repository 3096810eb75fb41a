import type { CompileInput } from './compile.ts';
import type { Diagnostic } from './diagnostics/diagnostic.ts';
import { heldBack } from './held-back.ts';
import { authorizedServices, loadService, type LoadOptions, type SystemConfig } from './load/index.ts';
import type { ClusterConfig } from './model/cluster-config.ts';
import type { RenderedFile } from './model/rendered-file.ts';
import type { ResolvedInstance } from './model/resolved-instance.ts';
import type { ServiceSources, SharedSources } from './model/service-sources.ts';
import type { ClusterSummary, ServiceSummary } from './model/service-summary.ts';
import type { TreeReader } from './model/tree-reader.ts';
import {
  renderService,
  sensuService,
  summariseCluster,
  type EarlierTexts,
  type RenderedInstance,
  type SensuService,
} from './render/index.ts';
import { resolveService, resolveSmartstack, type ServiceResolution } from './resolve/index.ts';
import { checkService, withoutRefused } from './service-checks.ts';
import { instanceNames } from './scope-findings.ts';
import { withSeverity } from './severity.ts';
import { withUnreadAutotuned } from './unread-autotuned.ts';
import { dedupe } from './validate/index.ts';

/** Instances of one service that soa-configs name, by cluster; null where a file that may hold more could not be read. */
export type KnownInstances = Readonly<Record<string, readonly string[] | null>>;

/** What a run tells of one service: plain data, so that it can be kept for later runs. */
export interface ServiceResult {
  readonly diagnostics: readonly Diagnostic[];
  /** By cluster; a list without names is left out. */
  readonly outcomes: Readonly<Record<string, Partial<InstanceOutcomes>>>;
  /** Services that authorization.yaml lets in, sorted. */
  readonly authorizedServices: readonly string[];
  /** Earlier files of the service that stay as they are. */
  readonly untouched: readonly string[];
  /** In a run about some instances, those of every type that there are; null when they cannot be told. */
  readonly named?: readonly string[] | null;
}

/** Names of instances of one service in one cluster, by what became of them. */
export interface InstanceOutcomes {
  readonly rendered: readonly string[];
  readonly notDeployed: readonly string[];
  readonly failed: readonly string[];
  /** Deployed but without an entry under `controls`: taken to be started. */
  readonly assumedControls: readonly string[];
}

/** What a run makes of one service besides its files. An earlier run's is read when it is asked for. */
export interface CompiledService {
  readonly result: ServiceResult;
  readonly summary: ServiceSummary;
}

/** What all services are compiled with. */
export interface ServiceRun {
  readonly input: CompileInput;
  readonly system: SystemConfig;
  readonly shared: SharedSources;
  readonly load: LoadOptions;
  /** About single clusters: their errors hold back everything there. */
  readonly clusterFindings: readonly Diagnostic[];
  /** Findings about the whole run hold back everything. */
  readonly isBlocked: boolean;
}

/** Loads, checks, resolves and renders one service. `earlier` are output files of earlier runs, null when there are none. */
export async function compileService(
  run: ServiceRun,
  service: string,
  soa: TreeReader,
  earlier: EarlierTexts | null,
): Promise<CompiledService & { readonly files: readonly RenderedFile[] }> {
  const { input, system, shared } = run;
  const loaded = loadService(soa, service, run.load);
  const hasAllClusters = run.load.onlyClusters === undefined;
  const checks = checkService(loaded, { checks: input.checks, configs: system.clusters, shared, hasAllClusters });
  const { sources, suppressions } = checks;
  const trace = input.provenance !== undefined;
  const resolutions = system.clusters.map(
    (config) => [config, resolveService(sources, config, shared, { trace })] as const,
  );
  const mesh = resolveSmartstack(sources, system.clusters, shared);
  const findings = dedupe([
    checks.schema,
    sources.diagnostics,
    mesh.diagnostics,
    resolutions.flatMap(([, { diagnostics }]) => diagnostics),
    checks.rules,
  ]);
  const weighed = withUnreadAutotuned(findings, loaded, system.clusters);
  const found = withSeverity(suppressions.without(weighed), input);
  const held = heldBack([...found, ...run.clusterFindings]);
  const isWanted = ({ cluster, instance }: ResolvedInstance): boolean =>
    !run.isBlocked && !held.has(cluster, service, instance) && (input.scope.instances?.includes(instance) ?? true);
  const instances = resolutions.flatMap(([, resolution]) => resolution.instances.filter(isWanted));
  const result = withoutRefused(sources, await renderService(instances, input), input);
  for (const { instance } of result.rendered) input.provenance?.(instance);
  const diagnostics = [...found, ...suppressions.without(result.diagnostics), ...suppressions.complaints()];
  const clusters: Record<string, ClusterSummary> = {};
  const outcomes: Record<string, Partial<InstanceOutcomes>> = {};
  const files = [...result.files];
  const untouched: string[] = [];
  for (const [config, resolution] of resolutions) {
    const rendered = result.rendered.filter(({ instance }) => instance.cluster === config.cluster);
    const failed = failedOf(resolution, input, rendered);
    const { known, notDeployed, assumedControls, unknownInstances: hasUnknownInstances } = resolution;
    const names = rendered.map(({ instance }) => instance.instance);
    outcomes[config.cluster] = withoutEmpty({ rendered: names, notDeployed, failed, assumedControls });
    const sensu = sensuOf(run, { service, config, resolution, rendered, earlier });
    diagnostics.push(...sensu.diagnostics);
    files.push(...wrapped(sensu.file));
    untouched.push(...wrapped(sensu.untouched));
    const { teams: sensuTeams } = sensu;
    const outcome = { known, rendered, notDeployed, failed, hasUnknownInstances, sensuTeams };
    clusters[config.cluster] = summariseCluster({ config, ...outcome });
  }
  const summary = {
    version: 1,
    service,
    clusters,
    proxyPorts: mesh.proxyPorts,
    smartstackSource: mesh.source,
    smartstack: isServiceHeldBack(found) ? null : mesh.namespaces,
  } as const;
  const authorizedServices = authorizedBy(sources);
  const named = input.scope.instances && { named: instanceNames([sources]) };
  return { files, summary, result: { diagnostics, outcomes, authorizedServices, untouched, ...named } };
}

/** Whether an error holds back a service as a whole, wherever it runs. */
function isServiceHeldBack(found: readonly Diagnostic[]): boolean {
  return found.some(({ severity, cluster, instance, instances }) => {
    return severity === 'error' && cluster === undefined && instance === undefined && instances === undefined;
  });
}

interface SensuInput {
  readonly service: string;
  readonly config: ClusterConfig;
  readonly resolution: ServiceResolution;
  readonly rendered: readonly RenderedInstance[];
  readonly earlier: EarlierTexts | null;
}

/** A service's Sensu checks; a run about some instances leaves them alone, since all stand in one file. */
function sensuOf(
  { input, isBlocked }: ServiceRun,
  { service, config, resolution, rendered, earlier }: SensuInput,
): SensuService {
  if (isBlocked || input.scope.instances !== undefined) return NO_SENSU;
  const { known, unknownInstances } = resolution;
  const isWhole = !unknownInstances && known.length === rendered.length;
  return sensuService({
    ...{ config, service, earlier: isWhole ? null : earlier, rendered: rendered.map(({ instance }) => instance) },
    isKept: (instance) => unknownInstances || known.includes(instance),
  });
}

const NO_SENSU: SensuService = { file: null, untouched: null, teams: [], diagnostics: [] };

function wrapped<T>(value: T | null): readonly T[] {
  return value === null ? [] : [value];
}

/** What soa-configs name, is deployed and in scope, but was not rendered. */
function failedOf(
  resolution: ServiceResolution,
  input: CompileInput,
  rendered: readonly RenderedInstance[],
): readonly string[] {
  const { known, notDeployed } = resolution;
  if (rendered.length === known.length) return [];
  const names = new Set(rendered.map(({ instance }) => instance.instance));
  const inScope = input.scope.instances === undefined ? known : known.filter((i) => input.scope.instances!.includes(i));
  return inScope.filter((instance) => !names.has(instance) && !notDeployed.includes(instance));
}

function withoutEmpty(outcomes: InstanceOutcomes): Partial<InstanceOutcomes> {
  return Object.fromEntries(
    Object.entries(outcomes).filter(([, names]: [string, readonly string[]]) => names.length > 0),
  );
}

/** Instances of a service by cluster, as a sink is told of them. */
export function knownInstances({ clusters }: ServiceSummary): KnownInstances {
  return Object.fromEntries(
    Object.entries(clusters)
      .filter(([, { known, hasUnknownInstances }]) => hasUnknownInstances || known.length > 0)
      .map(([cluster, { known, hasUnknownInstances }]) => [cluster, hasUnknownInstances ? null : known]),
  );
}

function authorizedBy({ authorization }: ServiceSources): readonly string[] {
  return authorization.kind === 'read' ? authorizedServices(authorization.document.value) : [];
}
