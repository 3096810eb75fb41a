import { mapAt, type JsonMap } from '../compiler/emit/json-data.ts';
import { compareText } from '../compiler/diagnostics/diagnostic.ts';
import type { LostField } from './compare-object.ts';
import type { DesiredObject } from './desired-object.ts';
import type { DesiredSet } from './desired-set.ts';
import { autoscalerTrouble, healthOf, instanceState } from './health.ts';
import type { LiveObject } from './live-object.ts';
import type { LiveEntry, LiveState } from './live-state.ts';
import { ownerText } from './managed-fields.ts';
import { overriddenUntil } from './overrides.ts';
import { isMember } from './plan.ts';
import { CONFIG_SHA_LABEL, GIT_SHA_LABEL, INSTANCE_LABEL, SERVICE_LABEL } from './names.ts';

export interface Versions {
  readonly gitSha: string;
  readonly configSha: string;
}

/** How one instance stands. */
export interface InstanceStatus {
  readonly service: string;
  readonly instance: string;
  /** PaaSTA's word, or `Missing` (not live), `Removed` (not in the tree). */
  readonly state: string;
  readonly kind: string;
  readonly namespace: string;
  readonly replicas: {
    readonly desired: number;
    readonly updated: number;
    readonly ready: number;
    readonly available: number;
  } | null;
  readonly wanted: Versions | null;
  readonly live: Versions | null;
  /** The tree says something else than was applied. */
  readonly isOutdated: boolean;
  /** Paths that somebody else changed, with who and when. */
  readonly drift: readonly (LostField & { readonly key: string })[];
  readonly autoscaler: {
    readonly min: number;
    readonly current: number;
    readonly max: number;
    readonly isPaused: boolean;
    /** End of an override of its limits, such as `2026-01-05T18:00:00.000Z`; null without one. */
    readonly overriddenUntil: string | null;
    /** Why the autoscaler does nothing; empty when it works, or when nothing runs. */
    readonly trouble: string;
  } | null;
  /** What is awaited or went wrong; empty when up. */
  readonly reason: string;
}

const WORKLOADS = ['Deployment', 'StatefulSet'];

/** One entry an instance of the tree or the cluster, sorted. */
export function instanceStatuses(desired: DesiredSet, state: Pick<LiveState, 'objects'>): readonly InstanceStatus[] {
  const wanted = [...desired.objects.values()].filter(
    ({ object, instance }) => WORKLOADS.includes(object.kind) && instance !== null,
  );
  const live = [...state.objects.values()].filter((entry) => WORKLOADS.includes(entry.live.kind));
  const rows = [
    ...wanted.map((one) => statusOf(one, state.objects.get(one.key) ?? null, desired, state)),
    ...live
      .filter((entry) => !desired.objects.has(entry.live.key) && isNamed(entry.live))
      .map((entry) => statusOf(null, entry, desired, state)),
  ];
  return rows.sort(
    (a, b) =>
      compareText(a.service, b.service) || compareText(a.instance, b.instance) || compareText(a.namespace, b.namespace),
  );
}

function isNamed({ labels }: LiveObject): boolean {
  return labels[SERVICE_LABEL] !== undefined && labels[INSTANCE_LABEL] !== undefined;
}

function statusOf(
  wanted: DesiredObject | null,
  entry: LiveEntry | null,
  desired: DesiredSet,
  state: Pick<LiveState, 'objects'>,
): InstanceStatus {
  const live = entry?.live ?? null;
  const object = wanted?.object;
  const namespace = live?.namespace ?? object?.metadata.namespace ?? '';
  const kind = live?.kind ?? object!.kind;
  const health = live === null ? null : healthOf(kind, live.brief);
  const replicas = live === null ? null : replicasOf(live.brief);
  return {
    service: wanted?.service ?? live!.labels[SERVICE_LABEL]!,
    instance: wanted?.instance ?? live!.labels[INSTANCE_LABEL]!,
    state: live === null ? 'Missing' : wanted === null ? 'Removed' : wordFor(replicas!, live.brief),
    ...{ kind, namespace, replicas },
    wanted: object === undefined ? null : versionsOf(object.metadata.labels ?? {}),
    live: live === null ? null : versionsOf(live.labels),
    isOutdated:
      entry?.comparison?.state === 'change' && !(isMember(entry.live, desired.setId) && entry.comparison.holdsReplicas),
    drift: wanted === null ? [] : driftOf(wanted, desired, state),
    autoscaler: autoscalerAt(namespace, live?.name ?? object!.metadata.name, state),
    reason: health === null || health.state === 'current' ? '' : health.reason,
  };
}

function replicasOf(brief: JsonMap): NonNullable<InstanceStatus['replicas']> {
  const status = mapAt(brief, 'status') ?? {};
  const count = (value: unknown, fallback = 0): number => (typeof value === 'number' ? value : fallback);
  return {
    desired: count(mapAt(brief, 'spec')?.['replicas'], 1),
    updated: count(status['updatedReplicas']),
    ready: count(status['readyReplicas']),
    available: count(status['availableReplicas']),
  };
}

function wordFor(replicas: NonNullable<InstanceStatus['replicas']>, brief: JsonMap): string {
  const status = mapAt(brief, 'status') ?? {};
  const ready = typeof status['readyReplicas'] === 'number' ? status['readyReplicas'] : null;
  const total = typeof status['replicas'] === 'number' ? status['replicas'] : 0;
  return instanceState({ desired: replicas.desired, updated: replicas.updated, ready, total });
}

function versionsOf(labels: Readonly<Record<string, string>>): Versions {
  return { gitSha: labels[GIT_SHA_LABEL] ?? '', configSha: labels[CONFIG_SHA_LABEL] ?? '' };
}

/** Drift of everything that belongs to the instance. */
function driftOf(
  workload: DesiredObject,
  desired: DesiredSet,
  state: Pick<LiveState, 'objects'>,
): InstanceStatus['drift'] {
  const own = [...(ownersIndex(desired).get(`${workload.service!}.${workload.instance!}`) ?? [])];
  return own.flatMap((key) => {
    const lost = state.objects.get(key)?.comparison?.lost ?? [];
    return lost.map((field) => ({ ...field, key }));
  });
}

const indexes = new WeakMap<DesiredSet, ReadonlyMap<string, readonly string[]>>();

function ownersIndex(desired: DesiredSet): ReadonlyMap<string, readonly string[]> {
  const known = indexes.get(desired);
  if (known !== undefined) return known;
  const index = new Map<string, string[]>();
  for (const { key, service, instance } of desired.objects.values()) {
    if (instance !== null) index.set(`${service!}.${instance}`, [...(index.get(`${service!}.${instance}`) ?? []), key]);
  }
  indexes.set(desired, index);
  return index;
}

function autoscalerAt(
  namespace: string,
  name: string,
  { objects }: Pick<LiveState, 'objects'>,
): InstanceStatus['autoscaler'] {
  const entry = objects.get(`autoscaling/HorizontalPodAutoscaler ${namespace}/${name}`);
  if (entry === undefined) return null;
  const spec = mapAt(entry.live.brief, 'spec') ?? {};
  const behavior = mapAt(spec, 'behavior');
  const status = mapAt(entry.live.brief, 'status') ?? {};
  const current = status['currentReplicas'];
  const until = overriddenUntil(entry.live);
  const isDisabled = (side: string): boolean => mapAt(behavior, side)?.['selectPolicy'] === 'Disabled';
  return {
    min: Number(spec['minReplicas'] ?? 1),
    max: Number(spec['maxReplicas'] ?? 1),
    current: typeof current === 'number' ? current : 0,
    isPaused: isDisabled('scaleUp') && isDisabled('scaleDown'),
    overriddenUntil: until === null ? null : new Date(until).toISOString(),
    trouble: autoscalerTrouble(status),
  };
}

/** A line an instance, columns aligned, and a line a drifted path. */
export function statusText(rows: readonly InstanceStatus[], safe: (text: string) => string): string {
  const cells = rows.map((row) => cellsOf(row).map(safe));
  const table = [['INSTANCE', 'STATE', 'READY', 'UPDATED', 'VERSION', 'AUTOSCALER', ''], ...cells];
  const widths = table[0]!.map((_, column) => Math.max(...table.map((line) => line[column]!.length)));
  const lines = table.map((line) =>
    line
      .map((cell, column) => cell.padEnd(widths[column]!))
      .join('  ')
      .trimEnd(),
  );
  return lines
    .flatMap((line, at) => [line, ...(at === 0 ? [] : driftLines(rows[at - 1]!).map(safe))])
    .map((line) => `${line}\n`)
    .join('');
}

function cellsOf(row: InstanceStatus): readonly string[] {
  const { replicas, autoscaler } = row;
  const version = (row.live ?? row.wanted)!;
  const notes = [row.isOutdated ? 'differs from the tree' : '', row.reason, autoscaler?.trouble ?? ''];
  const note = notes.filter((text) => text !== '').join('; ');
  return [
    `${row.service}.${row.instance}`,
    row.state,
    replicas === null ? '-' : `${replicas.ready}/${replicas.desired}`,
    replicas === null ? '-' : String(replicas.updated),
    `${version.gitSha.slice(0, 8)} ${version.configSha}`,
    autoscaler === null ? '-' : limitsText(autoscaler),
    note,
  ];
}

function limitsText({ min, max, isPaused, overriddenUntil: until }: NonNullable<InstanceStatus['autoscaler']>): string {
  return `${min}..${max}${isPaused ? ' paused' : ''}${until === null ? '' : ` until ${until}`}`;
}

function driftLines({ drift }: InstanceStatus): readonly string[] {
  return drift.map(({ key, path, owners }) => {
    const [owner] = owners;
    const who = owner === undefined ? 'was removed' : `changed by ${ownerText(owner)}`;
    return `    DRIFT ${key} ${path} ${who}`;
  });
}
