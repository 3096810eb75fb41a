import { applyStage } from '../compiler/model/apply-order.ts';
import { compareText } from '../compiler/diagnostics/diagnostic.ts';
import type { DesiredSet } from './desired-set.ts';
import { healthOf } from './health.ts';
import { kindName, type LiveObject } from './live-object.ts';
import type { LiveState } from './live-state.ts';
import { goesFirst } from './retire.ts';
import { keepingAnnotation } from './keeping-annotation.ts';
import { INSTANCE_LABEL, OWNER_ANNOTATION, SERVICE_LABEL } from './names.ts';

/** Kinds whose loss destroys more than themselves. */
export const NEVER_PRUNED = [
  ...['Namespace', 'PersistentVolumeClaim', 'PersistentVolume', 'CustomResourceDefinition'],
  ...['Secret', 'StorageClass', 'PriorityClass'],
];
const WORKLOADS = ['Deployment', 'StatefulSet'];

export interface PruneOptions {
  /** Share of live instances that may go at once. */
  readonly killThreshold: number;
  /** Most objects to delete; 0 is no limit. */
  readonly maxPrune: number;
  readonly minAgeMs: number;
  readonly force: boolean;
  readonly allowEmpty: boolean;
  /** Kinds of NEVER_PRUNED that may go all the same. */
  readonly extraKinds: readonly string[];
  /** Milliseconds since 1970. */
  readonly now: number;
  /** Services with an object that failed, was blocked or is not up yet. */
  readonly troubled: ReadonlySet<string>;
  /** PaaSTA's share: objects that go, not instances, in live instances. */
  readonly countsObjects?: boolean;
  /** What could not be listed: nothing of a kind and namespace that is named here may go. */
  readonly isListed: (object: LiveObject) => boolean;
}

export interface KeptObject {
  readonly live: LiveObject;
  readonly why: string;
}

export interface PrunePlan {
  /** In the order of deleting. */
  readonly objects: readonly LiveObject[];
  readonly kept: readonly KeptObject[];
  /** Why nothing may be deleted at all. */
  readonly refusals: readonly string[];
}

/** Which orphans may be deleted, from data alone. */
export function planPrune(
  desired: DesiredSet,
  members: readonly LiveObject[],
  orphans: readonly LiveObject[],
  options: PruneOptions,
): PrunePlan {
  const kept: KeptObject[] = [];
  const objects = orphans.filter((live) => {
    const why = whyKept(live, options);
    if (why !== null) kept.push({ live, why });
    return why === null;
  });
  objects.sort(compareDeletion);
  return { objects, kept, refusals: refusalsOf(desired, members, objects, options) };
}

/**
 * Services with a wanted workload that is missing or not up: what it takes the place of stays until then, unless the two must not run
 * at once.
 */
export function unreadyServices(desired: DesiredSet, { objects }: Pick<LiveState, 'objects'>): ReadonlySet<string> {
  const waiting = [...desired.objects.values()].filter((one) => {
    if (!WORKLOADS.includes(one.object.kind) || goesFirst(one)) return false;
    const live = objects.get(one.key)?.live;
    return live === undefined || healthOf(live.kind, live.brief).state !== 'current';
  });
  return new Set(waiting.map(({ service }) => service).filter((service) => service !== null));
}

/** Autoscalers before workloads before what they need; namespaces last. */
export function compareDeletion(a: LiveObject, b: LiveObject): number {
  return applyStage(b.kind) - applyStage(a.kind) || compareText(a.key, b.key);
}

function whyKept(live: LiveObject, options: PruneOptions): string | null {
  if (NEVER_PRUNED.includes(live.kind) && !options.extraKinds.includes(live.kind))
    return `${live.kind} is never pruned`;
  const annotation = keepingAnnotation(live.annotations);
  if (annotation !== null && live.kind !== 'Namespace') return `is kept by its annotation ${annotation}`;
  if (live.controller !== null) return `is controlled by ${live.controller}`;
  if (live.isTerminating) return 'is being deleted already';
  if (options.now - live.createdAt < options.minAgeMs) return 'is younger than --min-age';
  if (!options.isListed(live)) return 'its kind could not be listed completely';
  const service = serviceOf(live);
  if (service !== null && options.troubled.has(service)) return `${service} has objects that failed or are not up yet`;
  return null;
}

/** The service an object belongs to, by its labels or by the mark of the applier. */
export function serviceOf({ labels, annotations }: LiveObject): string | null {
  return labels[SERVICE_LABEL] ?? annotations[OWNER_ANNOTATION]?.split('.')[0] ?? null;
}

function instanceOf(live: LiveObject): string | null {
  const service = serviceOf(live);
  const instance = live.labels[INSTANCE_LABEL] ?? live.annotations[OWNER_ANNOTATION]?.split('.').slice(1).join('.');
  return service === null || instance === undefined || instance === '' ? null : `${service}.${instance}`;
}

function refusalsOf(
  desired: DesiredSet,
  members: readonly LiveObject[],
  objects: readonly LiveObject[],
  options: PruneOptions,
): readonly string[] {
  if (objects.length === 0) return [];
  const refusals: string[] = [];
  const wanted = [...desired.objects.values()];
  const workloads = members.filter(({ kind }) => WORKLOADS.includes(kind));
  const isEmpty =
    wanted.length === 0 || (workloads.length > 0 && !wanted.some(({ object }) => WORKLOADS.includes(object.kind)));
  if (isEmpty && !options.allowEmpty)
    refusals.push(
      `the tree holds no workloads and the cluster has ${workloads.length}: an empty tree deletes nothing without --allow-empty`,
    );
  if (options.maxPrune > 0 && objects.length > options.maxPrune) {
    refusals.push(`${objects.length} objects would go, and --max-prune is ${options.maxPrune}`);
  }
  if (!options.force)
    refusals.push(...ratioRefusal(members, objects, options), ...serviceRefusals(desired, workloads, objects));
  return refusals;
}

/** PaaSTA: the cleanup job stops when it would kill more than half of what runs. */
function ratioRefusal(
  members: readonly LiveObject[],
  objects: readonly LiveObject[],
  { killThreshold, countsObjects }: PruneOptions,
): readonly string[] {
  const live = instancesOf(members);
  const going = instancesOf(objects);
  const count = countsObjects ? objects.length : going.size;
  if (live.size === 0 || count / live.size <= killThreshold) return [];
  const names = [...going].sort(compareText);
  const shown = names.slice(0, 20).join(', ') + (names.length > 20 ? ` and ${names.length - 20} more` : '');
  return [
    `${count} of ${live.size} instances would go, more than the share of ${killThreshold} (--kill-threshold): ${shown}`,
  ];
}

function instancesOf(objects: readonly LiveObject[]): ReadonlySet<string> {
  const names = objects.filter(({ kind }) => WORKLOADS.includes(kind)).map(instanceOf);
  return new Set(names.filter((name) => name !== null));
}

/** A whole service that still has ready pods is more likely lost by mistake than done. */
function serviceRefusals(
  desired: DesiredSet,
  workloads: readonly LiveObject[],
  objects: readonly LiveObject[],
): readonly string[] {
  const wanted = new Set([...desired.objects.values()].map(({ service }) => service));
  const going = new Set(objects.map(({ key }) => key));
  const services = new Set(workloads.map(serviceOf).filter((service) => service !== null));
  return [...services].sort(compareText).flatMap((service) => {
    if (wanted.has(service)) return [];
    const own = workloads.filter((live) => serviceOf(live) === service);
    const ready = own.reduce((sum, live) => sum + readyPods(live), 0);
    if (ready === 0 || !own.every(({ key }) => going.has(key))) return [];
    return [`the whole service ${service} would go, which has ${ready} ready pods; --force-prune allows it`];
  });
}

function readyPods({ brief }: LiveObject): number {
  const status = brief['status'] as { readyReplicas?: number } | undefined;
  return status?.readyReplicas ?? 0;
}

/** Whether the lists were complete for an object's kind, everywhere or at least in its namespace. */
export function listedBy(listed: LiveState['listed']): PruneOptions['isListed'] {
  return ({ kind, apiVersion, namespace }) => {
    const name = kindName(apiVersion, kind);
    return listed.has(name) || listed.has(`${name} ${namespace ?? ''}`);
  };
}
