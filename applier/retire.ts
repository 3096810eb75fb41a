import { mapAt, mapsAt, type JsonMap } from '../compiler/emit/json-data.ts';
import type { DesiredObject } from './desired-object.ts';
import type { DesiredSet } from './desired-set.ts';
import { keepingAnnotation } from './keeping-annotation.ts';
import type { LiveObject } from './live-object.ts';
import { INSTANCE_LABEL, SERVICE_LABEL } from './names.ts';
import type { PlanItem } from './plan.ts';
import type { Refusal } from './refusals.ts';

const WORKLOADS = ['Deployment', 'StatefulSet'];
const FOLLOWERS = ['HorizontalPodAutoscaler', 'PodDisruptionBudget'];

export interface Retirements {
  readonly items: readonly PlanItem[];
  readonly refusals: readonly Refusal[];
  /** Keys of objects that a refused move leaves in place. */
  readonly held: ReadonlySet<string>;
}

/**
 * Objects of an instance whose workload now stands under another kind or in another namespace, and autoscalers of workloads whose
 * size is now fixed. They go within the run that replaces them: the old after the new is up, or before it where both must not be there
 * at once. What an annotation keeps stays. (PaaSTA: the setup job writes the new kind for ever without success, and its cleanup moves namespaces over two runs.)
 */
export function retirements(desired: DesiredSet, unwanted: readonly LiveObject[]): Retirements {
  const successors = workloadsByInstance(desired);
  const items: PlanItem[] = [];
  const refusals: Refusal[] = [];
  const held = new Set<string>();
  const moved = new Map<string, LiveObject>();
  for (const old of unwanted) {
    const successor = WORKLOADS.includes(old.kind) ? successors.get(instanceKey(old)) : undefined;
    if (successor === undefined) continue;
    const annotation = keepingAnnotation(old.annotations);
    if (annotation !== null) {
      if (goesFirst(successor)) refusals.push(refusedKeeping(old, successor, annotation));
      continue;
    }
    const isMove = successor.object.metadata.namespace !== old.namespace;
    moved.set(instanceKey(old), old);
    if (isMove && (old.kind === 'StatefulSet' || successor.object.kind === 'StatefulSet')) {
      held.add(old.key);
      refusals.push(refusedMove(old, successor));
    } else items.push(retired(old, successor, goesFirst(successor) ? 'before' : 'after'));
  }
  for (const old of unwanted.filter(({ kind }) => FOLLOWERS.includes(kind))) {
    const successor = successors.get(instanceKey(old));
    if (successor === undefined || keepingAnnotation(old.annotations) !== null) continue;
    const predecessor = moved.get(instanceKey(old));
    const isMove =
      predecessor !== undefined &&
      predecessor.namespace === old.namespace &&
      successor.object.metadata.namespace !== old.namespace;
    if (isMove && held.has(predecessor.key)) held.add(old.key);
    else if (isMove) items.push(retired(old, successor, goesFirst(successor) ? 'before' : 'after'));
    else if (old.kind === 'HorizontalPodAutoscaler' && successor.object.metadata.namespace === old.namespace) {
      items.push(retired(old, successor, 'before'));
    }
  }
  return { items, refusals, held };
}

function instanceKey({ labels }: LiveObject): string {
  return `${labels[SERVICE_LABEL] ?? ''}.${labels[INSTANCE_LABEL] ?? ''}`;
}

function workloadsByInstance(desired: DesiredSet): ReadonlyMap<string, DesiredObject> {
  const found = [...desired.objects.values()].filter(
    ({ object, service, instance }) => WORKLOADS.includes(object.kind) && service !== null && instance !== null,
  );
  return new Map(found.map((one) => [`${one.service!}.${one.instance!}`, one]));
}

/** Both must not run at once: the strategy says so, a volume can be attached once only, or nothing is to run. */
export function goesFirst({ object }: DesiredObject): boolean {
  const spec = mapAt(object as JsonMap, 'spec');
  if (spec?.['replicas'] === 0 || mapAt(spec, 'strategy')?.['type'] === 'Recreate') return true;
  const volumes = mapsAt(mapAt(mapAt(spec, 'template'), 'spec'), 'volumes');
  return volumes.some(
    (volume) => volume['persistentVolumeClaim'] !== undefined || volume['awsElasticBlockStore'] !== undefined,
  );
}

function refusedMove(old: LiveObject, successor: DesiredObject): Refusal {
  const job = `${successor.service!}.${successor.instance!}`;
  const message = `statefulset_bounce_${job}: ${old.key} cannot move to namespace ${successor.object.metadata.namespace ?? ''}: its volumes stay behind. Move it by hand, or keep the namespace`;
  return { code: 'stateful-move', message };
}

function refusedKeeping(old: LiveObject, { key }: DesiredObject, annotation: string): Refusal {
  const message = `${old.key} is kept by its annotation ${annotation}, and must be gone before ${key} starts: take the annotation away`;
  return { code: 'kept', message };
}

function retired(old: LiveObject, successor: DesiredObject, when: 'before' | 'after'): PlanItem {
  const { service, instance } = successor;
  return {
    ...{ key: old.key, action: 'retire', desired: null, live: old, comparison: null, service, instance },
    ...{
      restarts: false,
      isTerminating: false,
      recreates: false,
      replicas: { kind: 'as-rendered' },
      override: null,
      bounceClass: 1,
    },
    reasons: [when === 'before' ? `goes before ${successor.key} is applied` : `goes once ${successor.key} is up`],
    retire: { when, successor: successor.key },
  };
}
