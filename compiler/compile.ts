import { CompileCache, digestOfAll, textOfData, type Recalled, type Recording } from './cache/index.ts';
import {
  type CompiledService,
  type InstanceOutcomes,
  knownInstances,
  type KnownInstances,
  type ServiceResult,
} from './compile-service.ts';
import type { Diagnostic } from './diagnostics/diagnostic.ts';
import { type Findings, findingsOf, isWhole, resultsOf } from './findings.ts';
import { type MadeService, makeService } from './make-service.ts';
import type { PlacedFile, RenderedFile } from './model/rendered-file.ts';
import type { ResolvedInstance } from './model/resolved-instance.ts';
import type { ServiceSummary } from './model/service-summary.ts';
import type { TreeReader } from './model/tree-reader.ts';
import { placeFindings } from './place-findings.ts';
import { type PreparedRun, prepareRun } from './prepare-run.ts';
import { aggregateFiles, type EarlierTexts, type KeptOutput, type RenderOptions } from './render/index.ts';
import { smartstackAcross } from './resolve/index.ts';
import type { CheckOptions } from './service-checks.ts';
import type { SeverityPolicy } from './severity.ts';

export type { KnownInstances } from './compile-service.ts';
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
  /** False leaves synapse's objects as they are. Default: they are rendered. */
  readonly hasMesh?: boolean;
  /** Gets every rendered instance with its origins, in a run without `cache`; without it nothing is traced. */
  readonly provenance?: (instance: ResolvedInstance) => void;
  /** Results of earlier runs; only with a sink that can keep what they wrote. */
  readonly cache?: CompileCache;
  /** Makes the services in place of this thread when no result of an earlier run can be used; only without `provenance`. */
  readonly maker?: ServiceMaker;
}

/** Makes services elsewhere, several at a time, as `makeService` does. */
export interface ServiceMaker {
  /** Begins with these services; each will be asked for once, in this order. */
  begin(services: readonly string[]): void;
  make(service: string): Promise<MadeService>;
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
  /** Owners of a cluster's earlier files, to name what stays; without it nothing of earlier runs is named. */
  earlierInstances?(cluster: string): readonly EarlierInstance[];
  /** Single files of earlier runs; without it there are none. */
  readonly earlier?: EarlierTexts;
  /**
   * Files that several services share, of all clusters or of some; `untouched` are earlier ones that stay as they are. Called at least
   * once when the run renders such files.
   */
  aggregates(files: readonly RenderedFile[], untouched: readonly string[]): void;
  /** For runs with a cache. */
  readonly keeping?: KeepingSink;
  progress(done: number, total: number): void;
}

/** Whose file of an earlier run it is; null for what several services or instances share. */
export interface EarlierInstance {
  readonly service: string | null;
  readonly instance: string | null;
}

/** The part of a sink that can leave files of earlier runs in place, unseen. */
export interface KeepingSink {
  /** In place of `service`: the same files, as an earlier run placed them. Null, and nothing done, unless all are in place. */
  service(service: string, files: readonly PlacedFile[], known: KnownInstances): readonly PlacedFile[] | null;
  /** In place of `aggregates`, likewise. */
  aggregates(files: readonly PlacedFile[], untouched: readonly string[]): readonly PlacedFile[] | null;
  /**
   * In place of either, with null for `aggregates`: so many files that nobody touched since an earlier run placed them. False, and
   * nothing done, when another service has one of them now.
   */
  untouched(service: string | null, files: number): boolean;
  /** Rendered files with what tells that they are in place; null when one is not. */
  placed(files: readonly RenderedFile[]): readonly PlacedFile[] | null;
}

/** What became of one cluster's instances; names are `service.instance`, sorted. */
export interface ClusterOutcome extends InstanceOutcomes {
  readonly cluster: string;
}

export interface Compilation extends Findings {
  /** Clusters that are configured but broken: nothing of them was rendered, nothing may be removed. */
  readonly failedClusters: readonly string[];
  /** Of an earlier run's results they are read when they are asked for. */
  readonly summaries: () => readonly ServiceSummary[];
  /**
   * Whether the findings surely are those of the last complete run. Then they are put together when they are asked for, which may be when
   * the sink has written all, from what it tells of earlier runs.
   */
  readonly isAsEarlier: boolean;
}

interface Run extends PreparedRun {
  readonly sink: CompileSink;
  /** Null in a run that keeps nothing for later ones. */
  readonly cache: { readonly results: CompileCache; readonly keeping: KeepingSink } | null;
  /** Null when services are made in this thread. */
  readonly maker: ServiceMaker | null;
}

/** The unit of all that services share, in the cache; no service has this name. */
const SHARED_UNIT = '';

/**
 * The loop over services: load, resolve, render, hand over, keep the summary. Then the files that services share.
 * What is wrong with the input is in the diagnostics; this throws for our own mistakes only.
 */
export async function compile(input: CompileInput, sink: CompileSink): Promise<Compilation> {
  const prepared = prepareRun(input);
  const { system, services, isBlocked } = prepared;
  const cache = input.cache && sink.keeping && !isBlocked ? { results: input.cache, keeping: sink.keeping } : null;
  if (!isBlocked) sink.begin([...system.clusters.map(({ cluster }) => cluster), ...system.failed]);
  await cache?.results.open(factsOf(prepared), (path) => sink.earlier?.read(path) ?? null);
  const maker = cache?.results.hasResults() === true ? null : (input.maker ?? null);
  maker?.begin(services);
  const run: Run = { ...prepared, sink, cache, maker };
  const compiled = new Map<string, CompiledService>();
  for (const service of services) {
    compiled.set(service, await compiledService(run, service));
    sink.progress(compiled.size, services.length);
  }
  const rendersShared = isWhole(run) && !isBlocked;
  const untouched = rendersShared ? untouchedShared(run, compiled) : null;
  const ofShared = rendersShared ? (untouched ?? (await aggregate(run, compiled))).diagnostics : [];
  // Findings about what all services are made with are among the facts by which results are found.
  const isAsEarlier = untouched !== null && areAsEarlier(run, compiled);
  const findings = (): Findings => findingsOf(run, compiled, ofShared);
  let found = isAsEarlier ? null : findings();
  return {
    failedClusters: system.failed,
    summaries: () => summariesOf(compiled),
    isAsEarlier,
    get clusters() {
      return (found ??= findings()).clusters;
    },
    get diagnostics() {
      return (found ??= findings()).diagnostics;
    },
  };
}

/** What all results follow from besides files, and besides the program: flags, the project's settings, what services share. */
function factsOf({ input, system, shared }: PreparedRun): string {
  const { filePer, verbose, strict, severity, checks, hasMesh, scope } = input;
  return textOfData({ filePer, verbose, strict, severity, checks, hasMesh, scope, system, shared });
}

/** Makes one service, or takes what an earlier run made of it. */
async function compiledService(run: Run, service: string): Promise<CompiledService> {
  const { sink, cache, isBlocked } = run;
  const untouched = cache?.results.untouched(service, '');
  if (cache && untouched && cache.keeping.untouched(service, untouched.fileCount)) {
    return untouched as CompiledService; // The cache gives back what was kept below.
  }
  const recalled = cache?.results.recall(service) ?? null;
  if (cache && recalled) {
    // The cache gives back what was kept below.
    const earlier = recalled as Recalled & CompiledService;
    const files = cache.keeping.service(service, earlier.files, knownInstances(earlier.summary));
    if (files !== null) {
      cache.results.keepRecalled(service, files);
      return earlier;
    }
  }
  const made = run.maker ? await run.maker.make(service) : await makeHere(run, service);
  const { result, summary, files, dependencies } = made;
  if (!isBlocked) sink.service(service, files, knownInstances(summary));
  if (cache) cache.results.keep(service, { dependencies, result, summary, files: cache.keeping.placed(files) });
  return { result, summary };
}

function makeHere(run: Run, service: string): Promise<MadeService> {
  const { sink, cache } = run;
  return makeService(run, service, { recording: cache?.results.record() ?? null, earlier: sink.earlier ?? null });
}

interface SharedResult {
  readonly diagnostics: readonly Diagnostic[];
  readonly untouched: readonly string[];
}

/** What the earlier run made of what services share, if nothing that it follows from was touched; null when it must be looked at. */
function untouchedShared({ cache }: Run, compiled: ReadonlyMap<string, CompiledService>): SharedResult | null {
  if (cache === null) return null;
  const { results: earlier, keeping } = cache;
  if (!earlier.isSettled) return null;
  for (const [service, made] of compiled) if (!isSameForOthers(made, earlier.earlier(service))) return null;
  const untouched = earlier.untouched(SHARED_UNIT);
  if (untouched === null || !keeping.untouched(null, untouched.fileCount)) return null;
  return untouched.result as SharedResult;
}

/** Whether of services nothing is told but what the earlier run told. */
function areAsEarlier({ cache }: Run, compiled: ReadonlyMap<string, CompiledService>): boolean {
  for (const [service, made] of compiled) {
    const earlier = cache?.results.earlier(service);
    if (made !== earlier && JSON.stringify(made.result) !== JSON.stringify(earlier?.result)) return false;
  }
  return true;
}

/** Whether what services share cannot tell what was made of a service from what the earlier run made of it. */
function isSameForOthers(made: CompiledService, earlier: Pick<Recalled, 'result' | 'summary'> | undefined): boolean {
  if (made === earlier) return true;
  if (earlier === undefined) return false;
  const { untouched } = earlier.result as ServiceResult;
  return JSON.stringify([earlier.summary, untouched]) === JSON.stringify([made.summary, made.result.untouched]);
}

function summariesOf(compiled: ReadonlyMap<string, CompiledService>): readonly ServiceSummary[] {
  return [...compiled.values()].map(({ summary }) => summary);
}

/** Makes what services share, or takes what an earlier run made of it. */
async function aggregate(run: Run, compiled: ReadonlyMap<string, CompiledService>): Promise<SharedResult> {
  const { sink, cache, system } = run;
  const untouched = resultsOf(compiled).flatMap((result) => result.untouched);
  const summaries = summariesOf(compiled);
  const across = smartstackAcross(summaries, system.clusters);
  const isMeshKept =
    across.some(({ service }) => service !== undefined) || summaries.some(({ smartstack }) => smartstack === null);
  const kept = new Map(
    system.clusters.map(({ cluster }) => [cluster, keptOf(sink, cluster, summaries, isMeshKept)] as const),
  );
  if ([...kept.values()].some((output) => output !== null)) cache?.results.restOnOutput();
  const facts = cache === null ? '' : digestOfAll([[...kept], untouched, ...summaries]);
  const recalled = cache?.results.recall(SHARED_UNIT, facts) ?? null;
  if (cache && recalled) {
    // The cache gives back what was kept below.
    const result = recalled.result as SharedResult;
    const files = cache.keeping.aggregates(recalled.files, result.untouched);
    if (files !== null) {
      cache.results.keepRecalled(SHARED_UNIT, files);
      return result;
    }
  }
  const recording = cache?.results.record();
  const { files, ...result } = await makeShared(run, { summaries, untouched, across, kept, recording });
  if (cache && recording) {
    const dependencies = recording.dependencies();
    cache.results.keep(SHARED_UNIT, { dependencies, result, summary: null, files }, facts);
  }
  return result;
}

interface SharedInput {
  readonly summaries: readonly ServiceSummary[];
  /** Earlier files of services that stay as they are. */
  readonly untouched: readonly string[];
  /** Findings across services, without their lines. */
  readonly across: readonly Diagnostic[];
  /** By cluster. */
  readonly kept: ReadonlyMap<string, KeptOutput | null>;
  readonly recording: Recording | undefined;
}

/** Makes and hands over one cluster after the other. Of its files only those are given back that a later run may leave in place. */
async function makeShared(
  { input, system, shared, sink, cache }: Run,
  { summaries, untouched, across, kept, recording }: SharedInput,
): Promise<SharedResult & { readonly files: readonly PlacedFile[] | null }> {
  const placed = placeFindings(recording?.soa ?? input.soa, across);
  const heldBack = new Set(across.flatMap(({ service }) => service ?? []));
  const mesh = input.hasMesh === false ? null : { locationTypes: shared.locationTypes, heldBack };
  sink.aggregates([], untouched);
  const made = [];
  for (const config of system.clusters) {
    const ofCluster = recordedOutput(kept.get(config.cluster) ?? null, recording);
    const { files, ...rest } = await aggregateFiles({
      ...{ config, summaries, filePer: input.filePer, kept: ofCluster, mesh },
    });
    sink.aggregates(files, rest.untouched);
    made.push({ ...rest, files: cache?.keeping.placed(files) ?? null });
  }
  return {
    files: allOrNone(made.map(({ files }) => files)),
    untouched: [...untouched, ...made.flatMap((each) => each.untouched)],
    diagnostics: [...placed, ...made.flatMap((each) => each.diagnostics)],
  };
}

/** Null when one of the lists is. */
function allOrNone<T>(lists: readonly (readonly T[] | null)[]): readonly T[] | null {
  const all = lists.flatMap((list) => list ?? []);
  return lists.includes(null) ? null : all;
}

/** Earlier output of a cluster that stays, and the shared files that hold part of it. */
function keptOf(
  sink: CompileSink,
  cluster: string,
  summaries: readonly ServiceSummary[],
  isMeshKept: boolean,
): KeptOutput | null {
  const absent = new Set(
    summaries.flatMap(({ service, clusters }) => {
      const { failed = [], notDeployed = [] } = clusters[cluster] ?? {};
      return [...failed, ...notDeployed].map((instance) => `${service}.${instance}`);
    }),
  );
  const unknown = new Set(
    summaries.filter(({ clusters }) => clusters[cluster]?.hasUnknownInstances).map(({ service }) => service),
  );
  const isKept = (service: string, instance: string): boolean =>
    unknown.has(service) || absent.has(`${service}.${instance}`);
  return sink.kept(cluster, isKept, isMeshKept);
}

/** Every earlier shared file that is read is noted. */
function recordedOutput(kept: KeptOutput | null, recording: Recording | undefined): KeptOutput | null {
  if (kept === null || recording === undefined) return kept;
  return {
    ...kept,
    objects(path) {
      recording.readEarlier(path);
      return kept.objects(path);
    },
  };
}
