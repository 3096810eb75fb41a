import { mapAt, type JsonMap } from '../compiler/emit/json-data.ts';
import { ApiFailure } from '../cluster/api-failure.ts';
import type { ApiClient } from '../cluster/api-client.ts';
import type { Resource } from '../cluster/resources.ts';
import { crashReason } from './crashing-pods.ts';
import type { Listen } from './events.ts';
import type { Health } from './health.ts';
import { getOrNull } from '../cluster/get-object.ts';
import type { PlanItem } from './plan.ts';
import { rolloutWaves } from './rollout-gate.ts';
import type { Waiter } from './waiter.ts';

export interface AwaitContext {
  readonly client: ApiClient;
  readonly waiter: Waiter;
  /** Longest wait for one object, unless its own deadlines are longer. */
  readonly timeoutMs: number;
  /** How long pods of a StatefulSet may crash before its rollout counts as failed. */
  readonly crashPatienceMs: number;
  readonly signal: AbortSignal;
  readonly listen: Listen;
}

/** Waits until what a step made is up, failed, or its time is over; tells every change of what is awaited. */
export async function awaitHealth(item: PlanItem, resource: Resource, context: AwaitContext): Promise<Health> {
  const { waiter, listen } = context;
  const { key } = item;
  if (resource.kind === 'PersistentVolumeClaim' && (await bindsWithItsPod(waiter.seen(key), context.client)))
    return { state: 'current', reason: '' };
  const tell = (health: Health): void => {
    listen({ kind: 'health', key, health });
  };
  const stop = new AbortController();
  const signal = AbortSignal.any([context.signal, stop.signal]);
  const rollout = waiter.current(key, resource, { timeoutMs: waitTime(item, context.timeoutMs), signal, tell });
  const crash = resource.kind === 'StatefulSet' ? [crashed(item, signal, context)] : [];
  const health = await Promise.race([rollout, ...crash]);
  stop.abort();
  tell(health);
  return health;
}

/** A StatefulSet has no condition that says that its rollout failed: its pods tell. Never settles while they do not crash. */
async function crashed(item: PlanItem, signal: AbortSignal, context: AwaitContext): Promise<Health> {
  const { client, waiter, crashPatienceMs: patienceMs } = context;
  const labels = mapAt(mapAt(mapAt(item.desired?.object as JsonMap | undefined, 'spec'), 'selector'), 'matchLabels');
  const reason = await crashReason(client, {
    namespace: item.desired?.object.metadata.namespace ?? '',
    labels: Object.fromEntries(Object.entries(labels ?? {}).map(([name, value]) => [name, String(value)])),
    revision: () => String(mapAt(waiter.seen(item.key) ?? undefined, 'status')?.['updateRevision'] ?? ''),
    ...{ patienceMs, signal },
  });
  return reason === null ? new Promise(() => undefined) : { state: 'failed', reason };
}

/** A claim of such a class stays unbound until a pod uses it; one whose class may not be read is not waited for either. */
async function bindsWithItsPod(claim: JsonMap | null, client: ApiClient): Promise<boolean> {
  const name = mapAt(claim ?? undefined, 'spec')?.['storageClassName'];
  if (typeof name !== 'string' || name === '') return false;
  try {
    const found = await getOrNull(client, `/apis/storage.k8s.io/v1/storageclasses/${encodeURIComponent(name)}`);
    return found?.['volumeBindingMode'] === 'WaitForFirstConsumer';
  } catch (error) {
    if (error instanceof ApiFailure && error.kind === 'forbidden') return true;
    throw error;
  }
}

/** A rollout with deadlines of its own gets at least as long. */
function waitTime({ desired, live }: PlanItem, timeoutMs: number): number {
  const spec = mapAt(desired?.object as JsonMap | undefined, 'spec') ?? {};
  const number = (key: string): number => (typeof spec[key] === 'number' ? spec[key] : 0);
  const deadline = spec['progressDeadlineSeconds'] === undefined ? 0 : number('progressDeadlineSeconds') + 60;
  const replicas = spec['replicas'] === undefined ? (live?.replicas ?? 1) : number('replicas');
  const waves = number('minReadySeconds') * rolloutWaves(spec, replicas);
  return Math.max(timeoutMs, deadline * 1000, waves * 1000);
}
