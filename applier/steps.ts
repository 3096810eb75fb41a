import { applyStage } from '../compiler/model/apply-order.ts';
import { compareText } from '../compiler/diagnostics/diagnostic.ts';
import { mapAt, type JsonMap } from '../compiler/emit/json-data.ts';
import type { DesiredObject } from './desired-object.ts';
import { groupOf } from './live-object.ts';
import type { Plan, PlanItem } from './plan.ts';

/** What must have happened to another object first: it was sent, it is up, or it no longer exists. */
export interface Need {
  readonly key: string;
  readonly until: 'done' | 'current' | 'gone';
}

/** One thing to do: apply an object, delete an old one, or only wait for one that is as it should be. */
export interface Step {
  readonly key: string;
  readonly op: 'apply' | 'delete' | 'wait';
  readonly item: PlanItem;
  readonly needs: readonly Need[];
  /** Counts for the limits on rollouts. */
  readonly isRollout: boolean;
}

const WORKLOADS = ['Deployment', 'StatefulSet', 'DaemonSet'];
const SYNC_WAVE = 'argocd.argoproj.io/sync-wave';

/**
 * The steps of a plan and what each needs. Global order only where the API needs it (types before their objects, namespaces before what
 * is in them); everything else is ordered within one instance, so that a bad instance blocks no other. Objects of `awaited` are waited for
 * even when nothing is to be done about them.
 */
export function stepsOf(plan: Plan, awaited: ReadonlySet<string> = new Set()): readonly Step[] {
  const { items } = plan;
  const retired = items.filter(({ action }) => action === 'retire');
  const successors = new Set(retired.map(({ retire }) => retire!.successor));
  const active = new Map(
    items
      .filter(({ action, key }) => action !== 'unchanged' || successors.has(key) || awaited.has(key))
      .map((item) => [item.key, item]),
  );
  const lookup = indexOf([...active.values()]);
  const steps = [...active.values()].map((item) => ({
    ...{ key: item.key, item, op: opOf(item) },
    needs: item.action === 'retire' ? retireNeeds(item, retired) : applyNeeds(item, lookup, retired),
    isRollout:
      item.desired !== null &&
      WORKLOADS.includes(item.desired.object.kind) &&
      (item.action === 'create' || item.restarts),
  }));
  return steps.sort(compareSteps);
}

function opOf(item: PlanItem): Step['op'] {
  if (item.action === 'retire') return 'delete';
  return item.action === 'unchanged' ? 'wait' : 'apply';
}

/** New versions before changes of configuration, these before repairs; within, the order of applying. */
function compareSteps(a: Step, b: Step): number {
  const rank = (step: Step): number => (step.isRollout ? step.item.bounceClass : -1);
  const name = ({ item }: Step): string => `${item.service ?? ''}.${item.instance ?? ''}`;
  return rank(a) - rank(b) || (rank(a) < 0 ? 0 : compareText(name(a), name(b)));
}

interface Lookup {
  readonly types: ReadonlyMap<string, string>;
  readonly namespaces: ReadonlyMap<string, string>;
  readonly byInstance: ReadonlyMap<string, readonly PlanItem[]>;
  readonly byNamespace: ReadonlyMap<string, readonly PlanItem[]>;
}

function indexOf(items: readonly PlanItem[]): Lookup {
  const types = new Map<string, string>();
  const namespaces = new Map<string, string>();
  const byInstance = new Map<string, PlanItem[]>();
  const byNamespace = new Map<string, PlanItem[]>();
  for (const item of items) {
    const { desired } = item;
    if (desired === null) continue;
    const { object } = desired;
    if (object.kind === 'CustomResourceDefinition') types.set(typeKey(object as JsonMap), item.key);
    if (object.kind === 'Namespace') namespaces.set(object.metadata.name, item.key);
    const [map, group] =
      desired.instance === null ? [byNamespace, object.metadata.namespace ?? ''] : [byInstance, instanceGroup(desired)];
    map.set(group, [...(map.get(group) ?? []), item]);
  }
  return { types, namespaces, byInstance, byNamespace };
}

function typeKey(definition: JsonMap): string {
  const spec = mapAt(definition, 'spec');
  return `${String(mapAt(spec, 'names')?.['kind'])}.${String(spec?.['group'])}`;
}

function instanceGroup({ object, service, instance }: DesiredObject): string {
  return `${object.metadata.namespace ?? ''} ${service!}.${instance!}`;
}

function applyNeeds(item: PlanItem, lookup: Lookup, retired: readonly PlanItem[]): readonly Need[] {
  const desired = item.desired!;
  const { object } = desired;
  const needs: Need[] = [];
  const type = lookup.types.get(`${object.kind}.${groupOf(object.apiVersion)}`);
  if (type !== undefined) needs.push({ key: type, until: 'current' });
  const namespace =
    object.metadata.namespace === undefined ? undefined : lookup.namespaces.get(object.metadata.namespace);
  if (namespace !== undefined) needs.push({ key: namespace, until: 'current' });
  for (const other of peersOf(item, lookup)) needs.push(other);
  for (const old of retired) {
    if (old.retire!.successor !== item.key || old.retire!.when !== 'before') continue;
    needs.push({ key: old.key, until: old.live!.kind === 'HorizontalPodAutoscaler' ? 'done' : 'gone' });
  }
  return needs;
}

/** What of the same instance, and of the namespace that all share, comes first. */
function peersOf(item: PlanItem, lookup: Lookup): readonly Need[] {
  const desired = item.desired!;
  const stage = applyStage(desired.object.kind);
  const shared = lookup.byNamespace.get(desired.object.metadata.namespace ?? '') ?? [];
  if (desired.instance === null) {
    const wave = waveOf(desired);
    return shared
      .filter((other) => !other.desired!.isGenerated && !desired.isGenerated && waveOf(other.desired!) < wave)
      .map(({ key }) => ({ key, until: 'current' as const }));
  }
  const own = lookup.byInstance.get(instanceGroup(desired)) ?? [];
  const earlier = own.filter((other) => applyStage(other.desired!.object.kind) < stage);
  return [...earlier, ...shared.filter((other) => isUsed(other.desired!, desired))].map(({ key }) => ({
    key,
    until: 'done' as const,
  }));
}

/** Of the shared objects a workload needs its account and the limits that apply to its pods. */
function isUsed({ object: shared }: DesiredObject, { object }: DesiredObject): boolean {
  if (!WORKLOADS.includes(object.kind)) return false;
  if (shared.kind === 'LimitRange' || shared.kind === 'ResourceQuota') return true;
  const pod = mapAt(mapAt(mapAt(object as JsonMap, 'spec'), 'template'), 'spec');
  return shared.kind === 'ServiceAccount' && pod?.['serviceAccountName'] === shared.metadata.name;
}

/** Explicit order of hand-written files; generated ones carry waves for other tools, which say what the stages say. */
function waveOf({ object, isGenerated }: DesiredObject): number {
  const wave = Number(object.metadata.annotations?.[SYNC_WAVE] ?? 0);
  return isGenerated || !Number.isInteger(wave) ? 0 : wave;
}

function retireNeeds(item: PlanItem, retired: readonly PlanItem[]): readonly Need[] {
  const { when, successor } = item.retire!;
  const sameInstance = retired.filter((other) => other !== item && other.retire!.successor === successor);
  const later = sameInstance.filter(
    (other) => applyStage(other.live!.kind) > applyStage(item.live!.kind) && other.retire!.when === when,
  );
  const before = later.map(({ key }) => ({ key, until: 'done' as const }));
  return when === 'after' ? [{ key: successor, until: 'current' }, ...before] : before;
}
