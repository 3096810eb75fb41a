import { isJsonMap, type JsonMap } from '../compiler/emit/json-data.ts';
import { type Hold, holdsOf } from '../compiler/model/held-object.ts';
import type { SeenHold } from '../compiler/write/holds-file.ts';
import type { DesiredObject } from './desired-object.ts';
import type { DesiredSet } from './desired-set.ts';
import { healthOf } from './health.ts';
import type { LiveState } from './live-state.ts';
import { CONFIG_SHA_LABEL, FIELD_MANAGER, GIT_SHA_LABEL } from './names.ts';

/** Managers of what is delivered: while they alone hold a field, dropping it from the output resets it. */
const DELIVERY_MANAGERS = new Set([FIELD_MANAGER, 'argocd-controller', 'kustomize-controller']);

/** How the holds of a tree stand in its cluster, one for each held workload. */
export function holdStates(desired: DesiredSet, state: Pick<LiveState, 'objects'>): readonly SeenHold[] {
  const owners = new Map<string, DesiredObject[]>();
  for (const each of desired.objects.values()) {
    if (each.instance === null) continue;
    const job = `${each.service!}.${each.instance}`;
    owners.set(job, [...(owners.get(job) ?? []), each]);
  }
  return [...owners].flatMap(([instance, objects]) =>
    holdsOf(objects.map(({ object }) => object)).map((hold) => {
      const reason = awaited(hold, desired, state);
      return { ...hold, instance, isOver: reason === '', reason };
    }),
  );
}

/** What a hold still waits for; empty when it is over. */
function awaited(hold: Hold, desired: DesiredSet, { objects }: Pick<LiveState, 'objects'>): string {
  const live = objects.get(hold.waitsFor)?.live;
  if (live === undefined) return `${hold.waitsFor} is not there yet`;
  if (live.kind === 'HorizontalPodAutoscaler') {
    const managers = objects.get(hold.object)?.live.replicaManagers ?? [];
    if (managers.some((manager) => !DELIVERY_MANAGERS.has(manager))) return '';
    return `nobody but ${managers.join(', ') || 'the output'} holds the replicas of ${hold.object}`;
  }
  const version = `${live.labels[GIT_SHA_LABEL] ?? ''} ${live.labels[CONFIG_SHA_LABEL] ?? ''}`;
  if (version !== hold.version) return `${hold.waitsFor} is of another version`;
  const wanted = replicasOf(desired.objects.get(hold.waitsFor)?.object);
  if (wanted !== null && wanted !== live.replicas) return `${hold.waitsFor} is to have ${wanted} pods`;
  const health = healthOf(live.kind, live.brief);
  return health.state === 'current' ? '' : `${hold.waitsFor}: ${health.reason}`;
}

function replicasOf(object: JsonMap | undefined): number | null {
  const spec = object?.['spec'];
  const replicas = isJsonMap(spec) ? spec['replicas'] : undefined;
  return typeof replicas === 'number' ? replicas : null;
}
