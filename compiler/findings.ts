import type { ClusterOutcome, CompileSink, EarlierInstance } from './compile.ts';
import type { CompiledService, InstanceOutcomes, ServiceResult } from './compile-service.ts';
import { compareText, type Diagnostic } from './diagnostics/diagnostic.ts';
import { emptyOutcome, withHidden } from './hidden-instances.ts';
import { compareAuthenticating } from './load/index.ts';
import type { PreparedRun } from './prepare-run.ts';
import { scopeFindings } from './scope-findings.ts';
import { withSeverity } from './severity.ts';
import { collapseRepeats } from './validate/index.ts';

/** What is told of the input. */
export interface Findings {
  /** With the broken ones of which earlier output stays. */
  readonly clusters: readonly ClusterOutcome[];
  readonly diagnostics: readonly Diagnostic[];
}

/** What findings are put together from. */
export interface FindingsInput extends PreparedRun {
  readonly sink: Pick<CompileSink, 'earlierInstances'>;
}

/** Puts together what is told of the services and of what they share. */
export function findingsOf(
  run: FindingsInput,
  compiled: ReadonlyMap<string, CompiledService>,
  ofShared: readonly Diagnostic[],
): Findings {
  const { input, shared } = run;
  const results = resultsOf(compiled);
  const isNarrowed = input.scope.instances !== undefined;
  const lists = [
    run.diagnostics,
    ...results.map((result) => result.diagnostics),
    isNarrowed ? scopeFindings(input.scope, { instances: namedIn(results) }) : [],
    ofShared,
    isWhole(run) && !shared.isAuthenticatingDerived ? authenticatingFindings(run, results) : [],
  ];
  const diagnostics = lists.flatMap((found) => withSeverity(found, input));
  return {
    clusters: outcomesOf(run, compiled, diagnostics),
    diagnostics: collapseRepeats(withSeverity(diagnostics, input)),
  };
}

/** Whether a run is about all services. */
export function isWhole({ input: { scope } }: Pick<PreparedRun, 'input'>): boolean {
  return scope.services === undefined && scope.instances === undefined;
}

export function resultsOf(compiled: ReadonlyMap<string, CompiledService>): readonly ServiceResult[] {
  return [...compiled.values()].map(({ result }) => result);
}

function authenticatingFindings(
  { system, shared }: FindingsInput,
  results: readonly ServiceResult[],
): readonly Diagnostic[] {
  const always = system.clusters.flatMap((config) => config.alwaysAuthenticatingServices);
  const derived = new Set([...always, ...results.flatMap((result) => result.authorizedServices)]);
  return compareAuthenticating(shared.authenticatingServices, derived);
}

/** Instances that services have; null when they cannot be told of each. */
function namedIn(results: readonly ServiceResult[]): readonly string[] | null {
  const named = results.map((result) => result.named ?? null);
  return named.length === 0 || named.includes(null) ? null : named.flatMap((names) => names ?? []);
}

/** Outcomes of all clusters. What errors hide is looked for in a run that has some. */
function outcomesOf(
  { system, sink, input: { scope } }: FindingsInput,
  compiled: ReadonlyMap<string, CompiledService>,
  diagnostics: readonly Diagnostic[],
): readonly ClusterOutcome[] {
  const outcomes = system.clusters.map(({ cluster }) => outcomeOf(cluster, compiled));
  if (!diagnostics.some(({ severity }) => severity === 'error')) return outcomes;
  const earlier = (cluster: string): readonly EarlierInstance[] => sink.earlierInstances?.(cluster) ?? [];
  const isHidden = (cluster: string, service: string): boolean =>
    compiled.get(service)?.summary.clusters[cluster]?.hasUnknownInstances === true;
  const failed = system.failed.map((cluster) => withHidden(emptyOutcome(cluster), earlier(cluster), () => true, scope));
  return [
    ...outcomes.map((each) =>
      withHidden(each, earlier(each.cluster), (service) => isHidden(each.cluster, service), scope),
    ),
    ...failed.filter((each) => each.failed.length > 0),
  ];
}

function outcomeOf(cluster: string, compiled: ReadonlyMap<string, CompiledService>): ClusterOutcome {
  const outcome = { rendered: [], notDeployed: [], failed: [], assumedControls: [] } as Record<
    keyof InstanceOutcomes,
    string[]
  >;
  const names = Object.keys(outcome) as (keyof InstanceOutcomes)[];
  for (const [service, { result }] of compiled) {
    const ofCluster = result.outcomes[cluster]!;
    for (const name of names) {
      const instances = ofCluster[name];
      if (instances !== undefined) outcome[name].push(...instances.map((each) => `${service}.${each}`));
    }
  }
  for (const jobs of Object.values(outcome)) jobs.sort(compareText);
  return { cluster, ...outcome };
}
