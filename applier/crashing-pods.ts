import { setTimeout as pause } from 'node:timers/promises';
import { isJsonMap, mapAt, mapsAt, type JsonMap } from '../compiler/emit/json-data.ts';
import type { ApiClient } from '../cluster/api-client.ts';
import { ApiFailure } from '../cluster/api-failure.ts';
import { query } from '../cluster/resources.ts';
import { waitingContainers } from './health.ts';

const HOPELESS = /: (?:CrashLoopBackOff|ImagePullBackOff|ErrImagePull)\b/;
const LOOK_MS = 5000;

export interface CrashOptions {
  readonly namespace: string;
  /** Labels of the pods. */
  readonly labels: Readonly<Record<string, string>>;
  /** Revision that is rolled out, as far as it is known by now. */
  readonly revision: () => string;
  /** How long a pod may be so before it counts. */
  readonly patienceMs: number;
  readonly signal: AbortSignal;
}

/**
 * Looks at the pods of a revision until one crashes, or fails to get its image, for longer than the patience, and gives what it says.
 * Null when the signal ends it, or when pods may not be listed.
 */
export async function crashReason(client: ApiClient, options: CrashOptions): Promise<string | null> {
  const { namespace, labels, patienceMs, signal } = options;
  const labelSelector = Object.entries(labels).map((pair) => pair.join('='));
  const since = new Map<string, number>();
  for (;;) {
    await pause(Math.min(LOOK_MS, Math.max(patienceMs / 4, 100)), undefined, { signal }).catch(() => undefined);
    if (signal.aborted) return null;
    const revision = options.revision();
    if (revision === '') continue;
    const selector = [...labelSelector, `controller-revision-hash=${revision}`].join(',');
    const pods = await podsAt(client, `/api/v1/namespaces/${namespace}/pods${query({ labelSelector: selector })}`);
    if (pods === null) return null;
    for (const pod of pods) {
      const [uid, reason] = [String(mapAt(pod, 'metadata')?.['uid']), crashOf(pod)];
      if (reason === null) {
        if (isReady(pod)) since.delete(uid);
        continue;
      }
      const first = since.get(uid) ?? performance.now();
      since.set(uid, first);
      if (performance.now() - first >= patienceMs) return `${String(mapAt(pod, 'metadata')?.['name'])}: ${reason}`;
    }
  }
}

/** Between two crashes a container runs for a moment: only a pod that is ready has recovered. */
function isReady(pod: JsonMap): boolean {
  const conditions = mapsAt(mapAt(pod, 'status'), 'conditions');
  return conditions.some(({ type, status }) => type === 'Ready' && status === 'True');
}

function crashOf(pod: JsonMap): string | null {
  return waitingContainers(mapAt(pod, 'status') ?? {}).find((text) => HOPELESS.test(text)) ?? null;
}

async function podsAt(client: ApiClient, path: string): Promise<readonly JsonMap[] | null> {
  try {
    const { body } = await client.request({ method: 'GET', path });
    return isJsonMap(body) ? mapsAt(body, 'items') : [];
  } catch (error) {
    if (error instanceof ApiFailure) return error.kind === 'forbidden' ? null : [];
    throw error;
  }
}
