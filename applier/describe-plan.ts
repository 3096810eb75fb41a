import { isJsonMap, mapAt, type JsonMap } from '../compiler/emit/json-data.ts';
import { emitDocument } from '../compiler/emit/yaml.ts';
import type { ServerAnswer } from './ask-server.ts';
import type { LostField } from './compare-object.ts';
import type { ObjectResult } from './events.ts';
import type { LiveObject } from './live-object.ts';
import type { LiveState } from './live-state.ts';
import { ownerText, type Owner } from './managed-fields.ts';
import type { Mask } from '../differences/mask.ts';
import {
  CONFIG_SHA_LABEL,
  GIT_SHA_LABEL,
  HASH_ANNOTATION,
  INSTANCE_LABEL,
  OWNER_ANNOTATION,
  PART_OF_LABEL,
} from './names.ts';
import type { Plan, PlanItem } from './plan.ts';
import { serviceOf, type PrunePlan } from './prune-plan.ts';
import { sameView } from './owned-view.ts';
import { unifiedDiff } from '../differences/unified-diff.ts';

/** One object of a plan as it is shown; the same data in every format. */
export interface ObjectReport {
  readonly key: string;
  /** `apps/v1/Deployment`, `v1/ConfigMap` */
  readonly gvk: string;
  readonly namespace: string | null;
  readonly name: string;
  /** Of the live object; null when there is none. */
  readonly uid: string | null;
  readonly action: PlanItem['action'] | 'prune' | 'kept' | 'foreign';
  readonly service: string | null;
  readonly instance: string | null;
  readonly restart: boolean;
  /** How pods are replaced, such as `+100%/-5%`; empty without a restart. */
  readonly strategy: string;
  /** Pods that are replaced. */
  readonly pods: number;
  readonly reasons: readonly string[];
  /** Who changed paths of ours. */
  readonly owners: readonly (Owner & { readonly paths: readonly string[] })[];
  /** Lines of a unified diff, secrets hidden. */
  readonly diff: readonly string[];
}

export interface Summary {
  readonly create: number;
  readonly change: number;
  readonly drift: number;
  readonly adopt: number;
  readonly move: number;
  readonly prune: number;
  /** Objects with fields that others set beside ours; only where that was asked for. */
  readonly foreign: number;
  readonly unchanged: number;
  readonly blocked: number;
  /** Left for the next run by a limit on rollouts. */
  readonly postponed: number;
  readonly failed: number;
  /** Workloads that are rolled out, and the pods that this replaces. */
  readonly rollouts: number;
  readonly pods: number;
}

/** Every object of a plan that is not as it should be, in the order of applying, and what would be pruned. */
export function describePlan(
  plan: Plan,
  prune: PrunePlan | null,
  mask: Mask,
  answers: ReadonlyMap<string, ServerAnswer> = new Map(),
): readonly ObjectReport[] {
  const changed = plan.items.filter(({ action }) => action !== 'unchanged');
  const items = changed.map((item) => describeItem(item, mask, answers.get(item.key)));
  const gone = prune?.objects.map((live) => describeOrphan(live, 'prune', 'is in the set and not in the tree')) ?? [];
  const kept = prune?.kept.map(({ live, why }) => describeOrphan(live, 'kept', why)) ?? [];
  return [...items, ...gone, ...kept];
}

/** Objects with fields that nobody in the plan speaks for. */
export function describeForeign({ objects }: Pick<LiveState, 'objects'>): readonly ObjectReport[] {
  return [...objects.values()]
    .filter(({ foreign }) => foreign.length > 0)
    .map(({ live, foreign }) => ({
      ...describeOrphan(live, 'foreign', ''),
      reasons: foreign.map(({ path, owner }) =>
        owner === null ? `${path} was altered by the server` : `${path} set by ${ownerText(owner)}`,
      ),
      owners: ownersOf(foreign.map(({ path, owner }) => ({ path, owners: owner === null ? [] : [owner] }))),
    }));
}

function describeOrphan(live: LiveObject, action: 'prune' | 'kept' | 'foreign', reason: string): ObjectReport {
  return {
    ...identity(live.key, live),
    ...{ action, service: serviceOf(live), instance: live.labels[INSTANCE_LABEL] ?? null },
    ...{ restart: false, strategy: '', pods: 0, reasons: [reason], owners: [], diff: [] },
  };
}

function identity(
  key: string,
  object: { apiVersion: string; kind: string; namespace: string | null; name: string; uid: string | null },
): Pick<ObjectReport, 'key' | 'gvk' | 'namespace' | 'name' | 'uid'> {
  const { apiVersion, kind, namespace, name, uid } = object;
  return { key, gvk: `${apiVersion}/${kind}`, namespace, name, uid };
}

function describeItem(item: PlanItem, mask: Mask, answer: ServerAnswer | undefined): ObjectReport {
  const { key, action, desired, live, service, instance } = item;
  const restarts = item.restarts && !keepsPods(item, answer);
  const version = restarts ? versionChange(item) : [];
  const { apiVersion, kind, metadata } = desired?.object ?? { ...live!, metadata: live! };
  return {
    ...identity(key, {
      ...{ apiVersion, kind, namespace: metadata.namespace ?? null, name: metadata.name, uid: live?.uid ?? null },
    }),
    ...{ action, service, instance },
    restart: restarts,
    strategy: restarts ? strategyOf(desired) : '',
    pods: restarts ? (live?.replicas ?? 0) : 0,
    reasons: [...version, ...replicaReason(item), ...item.reasons, ...answerReason(item, answer)],
    owners: ownersOf(item.comparison?.lost ?? []),
    diff: diffOf(item, mask, answer),
  };
}

/** The server would store the pod template as it is. */
function keepsPods({ comparison, recreates }: PlanItem, answer: ServerAnswer | undefined): boolean {
  const template = (object: JsonMap | null | undefined): unknown =>
    mapAt(mapAt(object ?? undefined, 'spec'), 'template');
  return answer?.after != null && !recreates && sameView(template(comparison?.view), template(answer.after));
}

function answerReason({ comparison }: PlanItem, answer: ServerAnswer | undefined): readonly string[] {
  if (answer === undefined) return [];
  if (answer.after === null) return [answer.refusal];
  const isSame = comparison?.view !== undefined && sameView(shown(comparison.view), shown(answer.after));
  return isSame ? ['the server would store the same values'] : [];
}

/** `+100%/-5%`, or the name of a strategy without such numbers. */
function strategyOf(desired: PlanItem['desired']): string {
  const spec = mapAt(desired?.object as JsonMap | undefined, 'spec');
  const strategy = mapAt(spec, 'strategy') ?? mapAt(spec, 'updateStrategy');
  const rolling = mapAt(strategy, 'rollingUpdate');
  if (rolling?.['maxSurge'] === undefined) return typeof strategy?.['type'] === 'string' ? strategy['type'] : '';
  return `+${String(rolling['maxSurge'])}/-${String(rolling['maxUnavailable'])}`;
}

function ownersOf(lost: readonly LostField[]): ObjectReport['owners'] {
  const paths = new Map<string, { owner: Owner; paths: string[] }>();
  for (const { path, owners } of lost) {
    for (const owner of owners) {
      const id = `${owner.manager} ${owner.operation} ${owner.time}`;
      if (!paths.has(id)) paths.set(id, { owner, paths: [] });
      paths.get(id)!.paths.push(path);
    }
  }
  return [...paths.values()].map((one) => ({ ...one.owner, paths: one.paths }));
}

function replicaReason({ replicas }: PlanItem): readonly string[] {
  if (replicas.kind === 'initial') return [`starts with ${replicas.replicas} replicas, then the autoscaler decides`];
  return replicas.kind === 'hand-over' ? [`hands ${replicas.replicas} replicas over to the autoscaler`] : [];
}

function versionChange({ desired, live }: PlanItem): readonly string[] {
  const of = (label: string): string => {
    const [before, after] = [live?.labels[label] ?? '', desired?.object.metadata.labels?.[label] ?? ''];
    return before === after || before === '' ? '' : `${before.slice(0, 15)} -> ${after.slice(0, 15)}`;
  };
  const [version, config] = [of(GIT_SHA_LABEL), of(CONFIG_SHA_LABEL)];
  if (version !== '') return [`new version ${version}`];
  return config === '' ? [] : [`configuration ${config}`];
}

function diffOf({ desired, comparison, action }: PlanItem, mask: Mask, answer?: ServerAnswer): readonly string[] {
  const view = comparison?.view;
  if (desired === null || action === 'create' || view === undefined) return [];
  const [before, after] = [shown(view), shown(answer?.after ?? (desired.object as JsonMap))];
  if (sameView(before, after)) return [];
  return unifiedDiff(linesOf(mask.object(before)), linesOf(mask.object(after)));
}

/** Without the marks of the applier, with sorted keys. */
function shown(object: JsonMap): JsonMap {
  const metadata = mapAt(object, 'metadata') ?? {};
  const { labels, annotations, ...rest } = metadata;
  const shownLabels = without(labels, [PART_OF_LABEL]);
  const shownAnnotations = without(annotations, [HASH_ANNOTATION, OWNER_ANNOTATION]);
  const marks = {
    ...(shownLabels && { labels: shownLabels }),
    ...(shownAnnotations && { annotations: shownAnnotations }),
  };
  return sortKeys({ ...object, metadata: { ...rest, ...marks } }) as JsonMap;
}

function without(map: unknown, keys: readonly string[]): JsonMap | undefined {
  if (!isJsonMap(map)) return undefined;
  const kept = Object.entries(map).filter(([key]) => !keys.includes(key));
  return kept.length === 0 ? undefined : Object.fromEntries(kept);
}

function sortKeys(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(sortKeys);
  if (!isJsonMap(value)) return value;
  return Object.fromEntries(
    Object.keys(value)
      .sort()
      .map((key) => [key, sortKeys(value[key])]),
  );
}

function linesOf(object: JsonMap): readonly string[] {
  return emitDocument(object)
    .split('\n')
    .filter((line) => line !== '' && !line.startsWith('#'));
}

export function summarise(
  plan: Plan,
  reports: readonly ObjectReport[],
  results: readonly ObjectResult[] = [],
): Summary {
  const became = (outcome: ObjectResult['outcome']): number =>
    results.filter((result) => result.outcome === outcome).length;
  const count = (action: ObjectReport['action']): number => reports.filter((report) => report.action === action).length;
  const restarted = reports.filter(({ restart }) => restart);
  return {
    create: count('create'),
    change: count('change'),
    drift: count('drift'),
    adopt: count('adopt'),
    move: count('retire'),
    prune: count('prune'),
    foreign: count('foreign'),
    unchanged: plan.items.filter(({ action }) => action === 'unchanged').length,
    blocked: became('blocked'),
    postponed: became('postponed'),
    failed: became('failed'),
    rollouts: restarted.length,
    pods: restarted.reduce((sum, { pods }) => sum + pods, 0),
  };
}
