import { compareText } from '../diagnostics/diagnostic.ts';
import { filesOf } from './settled-index.ts';
import type { IndexedFiles } from './tree-index.ts';

/** A file of an earlier run. */
export interface EarlierFile {
  readonly cluster: string;
  readonly path: string;
  readonly sha256: string;
  readonly service: string | null;
  readonly instance: string | null;
}

/** What a run with `-s`, `-i` or `-c` is about. Within it things are removed as ever, outside it never; shared files stay. */
export interface RunScope {
  readonly services?: readonly string[];
  readonly instances?: readonly string[];
}

export interface RemovalInput {
  readonly cluster: string;
  readonly earlier: IndexedFiles;
  /** Paths this run rendered. */
  readonly rendered: { has(path: string): boolean };
  /** Keys (`ownerKey`) of the instances this run rendered whole. */
  readonly renderedOwners: ReadonlySet<string>;
  /** By service, every instance that soa-configs name in the cluster; null when they cannot be told. */
  readonly known: ReadonlyMap<string, readonly string[] | null>;
  /** Whether the files that services share were rendered. */
  readonly hasAggregates: boolean;
  readonly scope: RunScope | null;
  /** Whether the files of an owner, a service or null for what services share, are surely to be kept; asked before anything else. */
  isUntouched?(service: string | null): boolean;
  /** Files to keep for reasons of the caller's: held back, not deployed, aggregates that are incomplete. */
  keep(file: EarlierFile): boolean;
}

export interface RemovalPlan {
  readonly cluster: string;
  /** Files of instances that are rendered to other files now. Removing these takes nothing away. */
  readonly replaced: readonly EarlierFile[];
  /** Files whose instance or service is gone from soa-configs, and shared files that nothing needs any more. */
  readonly gone: readonly EarlierFile[];
}

/** Removing too much at once: what the guard stops. */
export interface GuardRefusal {
  readonly cluster: string;
  /** Jobs (`service.instance`) that would go, sorted. */
  readonly instances: readonly string[];
  /** How many instances the cluster has in the index. */
  readonly of: number;
  /** Files that would go, sorted. */
  readonly files: readonly string[];
}

/** A key for one instance of a service. */
export function ownerKey(service: string, instance: string): string {
  return `${service} ${instance}`;
}

/**
 * Which files of earlier runs go. A file of an instance goes when soa-configs do not name the instance any more, or when the instance
 * was rendered to other files; one of a whole service, when the service is gone or the run made no such file; a shared one, when
 * the run made the shared files and this was none of them.
 */
export function planRemovals(input: RemovalInput): RemovalPlan {
  const replaced: EarlierFile[] = [];
  const gone: EarlierFile[] = [];
  const isTouched = (service: string | null): boolean => input.isUntouched?.(service) !== true;
  for (const [path, entry] of filesOf(input.earlier, isTouched)) {
    if (input.rendered.has(path)) continue;
    const file = { cluster: input.cluster, path, ...entry };
    if (!isInScope(file, input.scope) || input.keep(file)) continue;
    if (isReplaced(file, input)) replaced.push(file);
    else if (isGone(file, input)) gone.push(file);
  }
  const byPath = (a: EarlierFile, b: EarlierFile): number => compareText(a.path, b.path);
  return { cluster: input.cluster, replaced: replaced.sort(byPath), gone: gone.sort(byPath) };
}

function isInScope({ service, instance }: EarlierFile, scope: RunScope | null): boolean {
  if (scope === null) return true;
  if (service === null) return false;
  if (scope.services !== undefined && !scope.services.includes(service)) return false;
  return scope.instances === undefined || (instance !== null && scope.instances.includes(instance));
}

function isReplaced({ service, instance }: EarlierFile, { renderedOwners }: RemovalInput): boolean {
  return service !== null && instance !== null && renderedOwners.has(ownerKey(service, instance));
}

function isGone({ service, instance }: EarlierFile, { known, hasAggregates }: RemovalInput): boolean {
  if (service === null) return hasAggregates;
  const instances = known.get(service);
  if (instances === null) return false;
  if (instances === undefined) return true;
  return instance === null ? hasAggregates : !instances.includes(instance);
}

/**
 * The guard against an input that is broken or half there: removing more than half of a cluster's instances, or all files of a cluster,
 * is refused. Undefined when the plan may be carried out.
 */
export function guardRemovals(
  earlier: IndexedFiles,
  plan: RemovalPlan,
  isWholeCluster: boolean,
): GuardRefusal | undefined {
  if (plan.gone.length === 0) return undefined;
  const paths = new Set(plan.gone.map(({ path }) => path));
  const all = new Set<string>();
  const left = new Set<string>();
  for (const [path, { service, instance }] of earlier) {
    if (service === null || instance === null) continue;
    all.add(`${service}.${instance}`);
    if (!paths.has(path)) left.add(`${service}.${instance}`);
  }
  const instances = [...all].filter((job) => !left.has(job)).sort(compareText);
  const isTooMuch = instances.length * 2 > all.size || (isWholeCluster && paths.size > 0);
  return isTooMuch ? { cluster: plan.cluster, instances, of: all.size, files: [...paths] } : undefined;
}
