import type { Comparison } from './compare-object.ts';
import type { DesiredObject } from './desired-object.ts';
import type { DesiredSet } from './desired-set.ts';
import type { LiveObject } from './live-object.ts';
import type { LiveEntry, LiveState } from './live-state.ts';
import { PART_OF_LABEL } from './names.ts';
import { ownerText } from './managed-fields.ts';
import { isInScope, type PlanScope, scopedDesired, scopedLive } from './plan-scope.ts';
import { isOverriddenBy, overriddenUntil, type Override, type Overrides } from './overrides.ts';
import { refusalOf, wrongCluster, type Refusal } from './refusals.ts';
import { bounceClass, replicaStep, type ReplicaStep } from './replicas.ts';
import { retirements } from './retire.ts';

const WORKLOADS = ['Deployment', 'StatefulSet'];

/** What is done about one object. */
export type Action = 'create' | 'change' | 'drift' | 'adopt' | 'retire' | 'unchanged';

export interface PlanItem {
  readonly key: string;
  readonly action: Action;
  readonly desired: DesiredObject | null;
  readonly live: LiveObject | null;
  readonly comparison: Comparison | null;
  readonly service: string | null;
  readonly instance: string | null;
  /** Pods are replaced. */
  readonly restarts: boolean;
  /** What is to be gone before it can be created: it is being deleted. */
  readonly isTerminating: boolean;
  /** The live object is deleted first, because the caller asked for it. */
  readonly recreates: boolean;
  readonly replicas: ReplicaStep;
  /** Other limits for a while, to be set; `end` takes back what is over. */
  readonly override: Override | 'end' | null;
  /** 0 new version, 1 change of configuration, 2 drift only. */
  readonly bounceClass: number;
  readonly reasons: readonly string[];
  /** For `retire`: before or after the object that takes its place is applied. */
  readonly retire: { readonly when: 'before' | 'after'; readonly successor: string } | null;
}

export interface Plan {
  /** In the order of applying. */
  readonly items: readonly PlanItem[];
  readonly refusals: readonly Refusal[];
  /** Members that are neither desired nor replaced: what pruning looks at. */
  readonly orphans: readonly LiveObject[];
}

export interface PlanOptions {
  readonly adopt: 'none' | 'paasta' | 'unowned';
  /** Tools whose objects are taken over; see other-tools. */
  readonly adoptFrom: ReadonlySet<string>;
  /** Replicas that an autoscaled instance starts with. */
  readonly initialReplicas: 'min' | 'max';
  readonly scope: PlanScope;
  /** Only these keys, when a plan that was looked at is carried out; null for all that is in scope. */
  readonly only: ReadonlySet<string> | null;
  /** `service.instance` of workloads to delete and create again. */
  readonly recreate: ReadonlySet<string>;
  /** Limits of autoscalers to set for a while. */
  readonly overrides?: Overrides;
  /** Report drift and leave it. */
  readonly heal: boolean;
}

/** Decides about every object, from data alone. */
export function makePlan(
  desired: DesiredSet,
  { objects: live, unreadable }: Pick<LiveState, 'objects' | 'unreadable'>,
  options: PlanOptions,
): Plan {
  const refusals: Refusal[] = [];
  const items: PlanItem[] = [];
  for (const object of objectsInScope(desired, live, options)) {
    if (unreadable.has(object.key)) continue;
    const entry = live.get(object.key) ?? null;
    const refusal = entry === null ? null : refusalOf(object, entry.live, desired.setId, options);
    if (refusal === null) items.push(itemOf(object, entry, desired, options));
    else refusals.push(refusal);
  }
  const others = [...live.values()].map((entry) => entry.live).filter((one) => isMember(one, desired.setId));
  refusals.push(...wrongCluster(others, desired.cluster));
  const unwanted = others.filter((one) => !desired.objects.has(one.key) && !one.isTerminating);
  const retired = retirements(
    desired,
    unwanted.filter((one) => isInScope(options.scope, scopedLive(one)) && options.only?.has(one.key) !== false),
  );
  refusals.push(...retired.refusals);
  const retiredKeys = new Set(retired.items.map(({ key }) => key));
  return {
    items: [...items, ...retired.items],
    refusals,
    orphans: unwanted.filter(({ key }) => !retiredKeys.has(key) && !retired.held.has(key)),
  };
}

/**
 * What a run is about, and what of the shared objects it cannot do without: a namespace, account or limit that does not exist yet is created
 * by whoever needs it first; one that exists is left to a run that is about all.
 */
function objectsInScope(
  desired: DesiredSet,
  live: ReadonlyMap<string, LiveEntry>,
  { scope, only }: PlanOptions,
): readonly DesiredObject[] {
  const objects = [...desired.objects.values()].filter(({ key }) => only?.has(key) !== false);
  const chosen = new Set(objects.filter((object) => isInScope(scope, scopedDesired(object))));
  const namespaces = new Set([...chosen].map(({ object }) => object.metadata.namespace));
  const isSupport = ({ key, object, service }: DesiredObject): boolean =>
    service === null &&
    !live.has(key) &&
    namespaces.has(object.kind === 'Namespace' ? object.metadata.name : object.metadata.namespace);
  return objects.filter((object) => chosen.has(object) || isSupport(object));
}

export function isMember(live: LiveObject, setId: string): boolean {
  return live.labels[PART_OF_LABEL] === setId;
}

function itemOf(desired: DesiredObject, entry: LiveEntry | null, set: DesiredSet, options: PlanOptions): PlanItem {
  const { key, service, instance } = desired;
  const live = entry?.live ?? null;
  const comparison = entry?.comparison ?? null;
  const isTerminating = live?.isTerminating === true;
  const recreates = live !== null && !isTerminating && isRecreated(desired, options);
  const override = overrideOf(desired, entry, options.overrides);
  const planned = actionOf(live, comparison, set.setId, options);
  const isForced = recreates || (override !== null && (planned === 'unchanged' || planned === 'drift'));
  const action = isForced && planned !== 'adopt' ? 'change' : planned;
  const replicas =
    action === 'unchanged'
      ? { kind: 'as-rendered' as const }
      : replicaStep(desired, isTerminating || recreates ? null : live, comparison, set, options.initialReplicas);
  const restarts = recreates || (live !== null && !isTerminating && comparison?.restarts === true);
  return {
    ...{
      key,
      action,
      desired,
      live,
      comparison,
      service,
      instance,
      isTerminating,
      recreates,
      replicas,
      override,
      restarts,
    },
    bounceClass: bounceClass(desired, live, action),
    reasons: [
      ...(recreates ? ['is deleted first: --recreate'] : []),
      ...overrideReasons(override),
      ...reasonsOf(action, comparison, isTerminating),
    ],
    retire: null,
  };
}

/** What is to be done about the limits of an autoscaler besides applying it. */
function overrideOf(
  { object, service, instance }: DesiredObject,
  entry: LiveEntry | null,
  overrides: Overrides | undefined,
): PlanItem['override'] {
  if (object.kind !== 'HorizontalPodAutoscaler') return null;
  const wanted = overrides?.get(`${service ?? ''}.${instance ?? ''}`);
  if (wanted !== undefined) return entry !== null && isOverriddenBy(entry.live, wanted) ? null : wanted;
  const isOver = entry !== null && overriddenUntil(entry.live) !== null && entry.comparison?.overridden.length === 0;
  return isOver ? 'end' : null;
}

function overrideReasons(override: PlanItem['override']): readonly string[] {
  if (override === null) return [];
  if (override === 'end') return ['its override is over'];
  const { minReplicas = '', maxReplicas = '', until } = override;
  return [`has the limits ${minReplicas}..${maxReplicas} until ${new Date(until * 1000).toISOString()}`];
}

function isRecreated({ object, service, instance }: DesiredObject, { recreate }: PlanOptions): boolean {
  return WORKLOADS.includes(object.kind) && instance !== null && recreate.has(`${service!}.${instance}`);
}

function actionOf(live: LiveObject | null, comparison: Comparison | null, setId: string, options: PlanOptions): Action {
  if (live === null || live.isTerminating) return 'create';
  if (!isMember(live, setId)) return 'adopt';
  if (comparison === null || comparison.state === 'in-sync') return 'unchanged';
  if (comparison.state === 'drift') return options.heal ? 'drift' : 'unchanged';
  return 'change';
}

function reasonsOf(action: Action, comparison: Comparison | null, isTerminating: boolean): readonly string[] {
  if (isTerminating) return ['is being deleted: it is created again once it is gone'];
  if (comparison === null || action === 'create') return [];
  return comparison.lost.map(({ path, owners }) => {
    const [owner] = owners;
    if (owner === undefined) return `${path} was removed`;
    return `${path} changed by ${ownerText(owner)}`;
  });
}
