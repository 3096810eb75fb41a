import { compareText, type Diagnostic } from './diagnostics/diagnostic.ts';
import { heldBack } from './held-back.ts';
import {
  authorizedServices,
  compareAuthenticating,
  createForeignCache,
  listServices,
  loadService,
  loadShared,
  loadSystemConfig,
  type LoadOptions,
  type SystemConfig,
} from './load/index.ts';
import type { ClusterConfig } from './model/cluster-config.ts';
import type { RenderedFile } from './model/rendered-file.ts';
import type { ResolvedInstance } from './model/resolved-instance.ts';
import type { ServiceSources, SharedSources } from './model/service-sources.ts';
import type { ClusterSummary, ServiceSummary } from './model/service-summary.ts';
import type { TreeReader } from './model/tree-reader.ts';
import { placeFindings } from './place-findings.ts';
import {
  aggregateFiles,
  renderService,
  summariseCluster,
  sensuService,
  type EarlierTexts,
  type KeptOutput,
  type RenderedInstance,
  type RenderOptions,
  type SensuService,
} from './render/index.ts';
import {
  resolveService,
  resolveSmartstack,
  smartstackAcross,
  smartstackOfCluster,
  type ServiceResolution,
} from './resolve/index.ts';
import { checkService, withoutRefused, type CheckOptions } from './service-checks.ts';
import { withSeverity, type SeverityPolicy } from './severity.ts';
import { collapseRepeats, dedupe } from './validate/index.ts';

export { withSeverity } from './severity.ts';
export type { CheckOptions } from './service-checks.ts';

/** Part of the fleet that a run is about; without a member, all of it. */
export interface CompileScope {
  readonly clusters?: readonly string[];
  readonly services?: readonly string[];
  readonly instances?: readonly string[];
}

export interface CompileInput extends RenderOptions, SeverityPolicy {
  readonly soa: TreeReader;
  readonly system: TreeReader;
  readonly scope: CompileScope;
  /** Checks of schemas, rules and objects; false leaves them out. Default: all, of what is deployed. */
  readonly checks?: CheckOptions | false;
}

/** Where output goes while the run is under way; nothing is kept of a service once it was handed over. */
export interface CompileSink {
  /** Called once, before anything else, with every configured cluster of the run; not called when nothing can be rendered. */
  begin(clusters: readonly string[]): void;
  /** Files of one service, every cluster of the run; `known` are its instances by cluster, null where they cannot be told. */
  service(service: string, files: readonly RenderedFile[], known: KnownInstances): void;
  /** Earlier output of instances that this run does not render; null when there is none. */
  kept(
    cluster: string,
    isKept: (service: string, instance: string) => boolean,
    /** Shared files are asked for even if no instance is kept. */
    always: boolean,
  ): KeptOutput | null;
  /** Single files of earlier runs; without it there are none. */
  readonly earlier?: EarlierTexts;
  /** Files that several services share, of all clusters; `untouched` are earlier ones that stay as they are. */
  aggregates(files: readonly RenderedFile[], untouched: readonly string[]): void;
  progress(done: number, total: number): void;
}

/** Instances of one service that soa-configs name, by cluster; null where a file that may hold more could not be read. */
export type KnownInstances = Readonly<Record<string, readonly string[] | null>>;

/** What became of one cluster's instances; names are `service.instance`, sorted. */
export interface ClusterOutcome {
  readonly cluster: string;
  readonly rendered: readonly string[];
  readonly notDeployed: readonly string[];
  readonly failed: readonly string[];
  /** Deployed but without an entry under `controls`: taken to be started. */
  readonly assumedControls: readonly string[];
}

export interface Compilation {
  readonly clusters: readonly ClusterOutcome[];
  /** Clusters that are configured but broken: nothing of them was rendered, nothing may be removed. */
  readonly failedClusters: readonly string[];
  readonly summaries: readonly ServiceSummary[];
  readonly diagnostics: readonly Diagnostic[];
}

interface Run {
  readonly input: CompileInput;
  readonly system: SystemConfig;
  readonly shared: SharedSources;
  readonly load: LoadOptions;
  readonly sink: CompileSink;
  readonly diagnostics: Diagnostic[];
  /** About single clusters: their errors hold back everything there. */
  readonly clusterFindings: readonly Diagnostic[];
  /** Findings about the whole run hold back everything. */
  readonly isBlocked: boolean;
  /** Earlier files that stay as they are, found on the way. */
  readonly untouched: string[];
}

/**
 * The loop over services: load, resolve, render, hand over, keep the summary. Then the files that services share.
 * What is wrong with the input is in the diagnostics; this throws for our own mistakes only.
 */
export async function compile(input: CompileInput, sink: CompileSink): Promise<Compilation> {
  const diagnostics: Diagnostic[] = [];
  const add = (found: readonly Diagnostic[]): void => void diagnostics.push(...withSeverity(found, input));
  const system = loadSystemConfig(input.system, input.scope.clusters && { onlyClusters: input.scope.clusters });
  const listed = listServices(input.soa);
  const shared = loadShared(input.soa, sharedOptions(system, listed.services));
  add([...system.diagnostics, ...listed.diagnostics, ...shared.diagnostics]);
  const services = listed.services.filter((service) => input.scope.services?.includes(service) ?? true);
  add(unknownServices(input.scope.services ?? [], listed.services));
  const load = {
    clusters: new Set(system.universe),
    customPrefixes: new Set(system.customPrefixes),
    foreign: createForeignCache(),
    ...(input.scope.clusters && { onlyClusters: new Set(input.scope.clusters) }),
  };
  const clusterFindings = withSeverity(
    system.clusters.flatMap((config) => smartstackOfCluster(config, shared)),
    input,
  );
  add(clusterFindings);
  const isBlocked = heldBack(diagnostics).everything;
  const run: Run = { untouched: [], input, system, shared, load, sink, diagnostics, clusterFindings, isBlocked };
  if (!isBlocked) sink.begin([...system.clusters.map(({ cluster }) => cluster), ...system.failed]);
  const summaries: ServiceSummary[] = [];
  const outcomes = new Map(system.clusters.map(({ cluster }) => [cluster, newOutcome(cluster)]));
  for (const [index, service] of services.entries()) {
    summaries.push(await compileService(run, service, outcomes, add));
    sink.progress(index + 1, services.length);
  }
  const isWhole = input.scope.services === undefined && input.scope.instances === undefined;
  if (isWhole && !isBlocked) add(await aggregate(run, summaries));
  if (isWhole && !shared.isAuthenticatingDerived) add(authenticatingFindings(run, summaries));
  return {
    clusters: [...outcomes.values()].map(finishOutcome),
    failedClusters: system.failed,
    summaries,
    diagnostics: collapseRepeats(withSeverity(diagnostics, input)),
  };
}

async function compileService(
  run: Run,
  service: string,
  outcomes: ReadonlyMap<string, DraftOutcome>,
  add: (found: readonly Diagnostic[]) => void,
): Promise<ServiceSummary> {
  const { input, system, shared, sink } = run;
  const loaded = loadService(input.soa, service, run.load);
  const hasAllClusters = run.load.onlyClusters === undefined;
  const checks = checkService(loaded, { checks: input.checks, configs: system.clusters, shared, hasAllClusters });
  const { sources, suppressions } = checks;
  const resolutions = system.clusters.map((config) => [config, resolveService(sources, config, shared)] as const);
  const mesh = resolveSmartstack(sources, system.clusters, shared);
  const findings = dedupe([
    checks.schema,
    sources.diagnostics,
    mesh.diagnostics,
    resolutions.flatMap(([, { diagnostics }]) => diagnostics),
    checks.rules,
  ]);
  const found = withSeverity(suppressions.without(findings), input);
  const held = heldBack([...found, ...run.clusterFindings]);
  const isWanted = ({ cluster, instance }: ResolvedInstance): boolean =>
    !run.isBlocked && !held.has(cluster, service, instance) && (input.scope.instances?.includes(instance) ?? true);
  const instances = resolutions.flatMap(([, resolution]) => resolution.instances.filter(isWanted));
  const result = withoutRefused(sources, await renderService(instances, input), input);
  add([...found, ...suppressions.without(result.diagnostics), ...suppressions.complaints()]);
  const smartstack = isServiceHeldBack(found) ? null : mesh.namespaces;
  const clusters: Record<string, ClusterSummary> = {};
  const files = [...result.files];
  for (const [config, resolution] of resolutions) {
    const rendered = result.rendered.filter(({ instance }) => instance.cluster === config.cluster);
    const failed = failedOf(resolution, input, new Set(rendered.map(({ instance }) => instance.instance)));
    const { known, notDeployed, unknownInstances: hasUnknownInstances } = resolution;
    const sensu = sensuOf(run, service, config, resolution, rendered);
    add(sensu.diagnostics);
    files.push(...wrapped(sensu.file));
    const { teams: sensuTeams } = sensu;
    const outcome = { known, rendered, notDeployed, failed, hasUnknownInstances, sensuTeams };
    clusters[config.cluster] = summariseCluster({ config, ...outcome });
    noteOutcome(outcomes.get(config.cluster)!, service, clusters[config.cluster]!, resolution);
  }
  if (!run.isBlocked) sink.service(service, files, knownInstances(resolutions));
  return {
    version: 1,
    service,
    clusters,
    authorizedServices: authorizedBy(sources),
    proxyPorts: mesh.proxyPorts,
    smartstackSource: mesh.source,
    smartstack,
  };
}

/** Whether an error holds back a service as a whole, wherever it runs. */
function isServiceHeldBack(found: readonly Diagnostic[]): boolean {
  return found.some(({ severity, cluster, instance, instances }) => {
    return severity === 'error' && cluster === undefined && instance === undefined && instances === undefined;
  });
}

/** A service's Sensu checks; a run about some instances leaves them alone, since all stand in one file. */
function sensuOf(
  { input, sink, isBlocked, untouched }: Run,
  service: string,
  config: ClusterConfig,
  { known, unknownInstances }: ServiceResolution,
  rendered: readonly RenderedInstance[],
): SensuService {
  if (isBlocked || input.scope.instances !== undefined) return NO_SENSU;
  const made = sensuService({
    ...{ config, service, earlier: sink.earlier ?? null, rendered: rendered.map(({ instance }) => instance) },
    isKept: (instance) => unknownInstances || known.includes(instance),
  });
  untouched.push(...wrapped(made.untouched));
  return made;
}

const NO_SENSU: SensuService = { file: null, untouched: null, teams: [], diagnostics: [] };

function wrapped<T>(value: T | null): readonly T[] {
  return value === null ? [] : [value];
}

/** What soa-configs name, is deployed and in scope, but was not rendered. */
function failedOf(
  resolution: ServiceResolution,
  input: CompileInput,
  rendered: ReadonlySet<string>,
): readonly string[] {
  const { known, notDeployed } = resolution;
  const inScope = input.scope.instances === undefined ? known : known.filter((i) => input.scope.instances!.includes(i));
  return inScope.filter((instance) => !rendered.has(instance) && !notDeployed.includes(instance));
}

async function aggregate(run: Run, summaries: readonly ServiceSummary[]): Promise<readonly Diagnostic[]> {
  const across = placeFindings(run.input.soa, smartstackAcross(summaries, run.system.clusters));
  const heldBack = new Set(across.flatMap(({ service }) => service ?? []));
  const mesh = { locationTypes: run.shared.locationTypes, heldBack };
  const isMeshKept = heldBack.size > 0 || summaries.some(({ smartstack }) => smartstack === null);
  const made = [];
  for (const config of run.system.clusters) {
    const absent = new Set(
      summaries.flatMap(({ service, clusters }) => {
        const { failed = [], notDeployed = [] } = clusters[config.cluster] ?? {};
        return [...failed, ...notDeployed].map((instance) => `${service}.${instance}`);
      }),
    );
    const unknown = new Set(
      summaries.filter(({ clusters }) => clusters[config.cluster]?.hasUnknownInstances).map(({ service }) => service),
    );
    const isKept = (service: string, instance: string): boolean =>
      unknown.has(service) || absent.has(`${service}.${instance}`);
    const kept = run.sink.kept(config.cluster, isKept, isMeshKept);
    made.push(await aggregateFiles({ config, summaries, filePer: run.input.filePer, kept, mesh }));
  }
  run.sink.aggregates(
    made.flatMap(({ files }) => files),
    [...run.untouched, ...made.flatMap(({ untouched }) => untouched)],
  );
  return [...across, ...made.flatMap(({ diagnostics }) => diagnostics)];
}

function knownInstances(resolutions: readonly (readonly [ClusterConfig, ServiceResolution])[]): KnownInstances {
  return Object.fromEntries(
    resolutions
      .filter(([, { known, unknownInstances }]) => unknownInstances || known.length > 0)
      .map(([{ cluster }, { known, unknownInstances }]) => [cluster, unknownInstances ? null : known]),
  );
}

function sharedOptions(system: SystemConfig, services: readonly string[]) {
  const alwaysAuthenticating = [...new Set(system.clusters.flatMap((config) => config.alwaysAuthenticatingServices))];
  const usesTokens = system.clusters.some((config) => config.serviceAuthTokenSettings !== null);
  return { services, alwaysAuthenticating: alwaysAuthenticating.sort(compareText), usesTokens };
}

function authorizedBy({ authorization }: ServiceSources): readonly string[] {
  return authorization.kind === 'read' ? authorizedServices(authorization.document.value) : [];
}

function authenticatingFindings({ system, shared }: Run, summaries: readonly ServiceSummary[]): readonly Diagnostic[] {
  const always = system.clusters.flatMap((config) => config.alwaysAuthenticatingServices);
  const derived = new Set([...always, ...summaries.flatMap((summary) => summary.authorizedServices)]);
  return compareAuthenticating(shared.authenticatingServices, derived);
}

function unknownServices(wanted: readonly string[], services: readonly string[]): readonly Diagnostic[] {
  return wanted
    .filter((service) => !services.includes(service))
    .map((service) => ({
      severity: 'error',
      code: 'missing-service',
      message: `there is no service ${JSON.stringify(service)} in the tree`,
      root: 'soa',
      file: '',
      path: [],
      service,
    }));
}

type DraftOutcome = Readonly<Record<'rendered' | 'notDeployed' | 'failed' | 'assumedControls', string[]>> & {
  readonly cluster: string;
};

function newOutcome(cluster: string): DraftOutcome {
  return { cluster, rendered: [], notDeployed: [], failed: [], assumedControls: [] };
}

function noteOutcome(
  draft: DraftOutcome,
  service: string,
  summary: ClusterSummary,
  resolution: ServiceResolution,
): void {
  const job = (instance: string): string => `${service}.${instance}`;
  draft.rendered.push(...summary.rendered.map(({ instance }) => job(instance)));
  draft.notDeployed.push(...summary.notDeployed.map(job));
  draft.failed.push(...summary.failed.map(job));
  draft.assumedControls.push(...resolution.assumedControls.map(job));
}

function finishOutcome(draft: DraftOutcome): ClusterOutcome {
  for (const list of [draft.rendered, draft.notDeployed, draft.failed, draft.assumedControls]) list.sort(compareText);
  return draft;
}
