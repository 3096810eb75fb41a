import { isJsonMap, mapAt, mapsAt, type JsonMap } from '../compiler/emit/json-data.ts';
import type { ApiClient } from '../cluster/api-client.ts';
import { ApiFailure } from '../cluster/api-failure.ts';
import { query } from '../cluster/resources.ts';
import type { ObjectResult } from './events.ts';
import { waitingContainers } from './health.ts';
import { INSTANCE_LABEL, SERVICE_LABEL } from './names.ts';

const MOST_OBJECTS = 20;
const EVENTS_SHOWN = 3;

/** Adds to objects that did not come up what their events and the containers of their pods say; nothing where that may not be read. */
export async function describeTrouble(client: ApiClient, results: readonly ObjectResult[]): Promise<void> {
  const stuck = results.filter(({ health }) => health !== null && health.state !== 'current').slice(0, MOST_OBJECTS);
  for (const result of stuck) {
    const place = /^\S+ ([^/]+)\/(.+)$/.exec(result.key);
    if (place === null) continue;
    const [, namespace, name] = place as unknown as [string, string, string];
    result.details = [...(await containersOf(client, namespace, result)), ...(await eventsOf(client, namespace, name))];
  }
}

async function eventsOf(client: ApiClient, namespace: string, name: string): Promise<readonly string[]> {
  const path = `/api/v1/namespaces/${namespace}/events${query({ fieldSelector: `involvedObject.name=${name}`, limit: 20 })}`;
  const events = await itemsAt(client, path);
  const time = (event: JsonMap): string => String(event['lastTimestamp'] ?? event['eventTime'] ?? '');
  return events
    .sort((a, b) => (time(a) < time(b) ? 1 : -1))
    .slice(0, EVENTS_SHOWN)
    .map((event) => `event ${String(event['reason'])}: ${String(event['message'])}`);
}

async function containersOf(
  client: ApiClient,
  namespace: string,
  { service, instance }: ObjectResult,
): Promise<readonly string[]> {
  if (service === null || instance === null) return [];
  const labelSelector = `${SERVICE_LABEL}=${service},${INSTANCE_LABEL}=${instance}`;
  const pods = await itemsAt(client, `/api/v1/namespaces/${namespace}/pods${query({ labelSelector, limit: 20 })}`);
  const waiting = pods.flatMap((pod) => waitingContainers(mapAt(pod, 'status') ?? {}));
  return [...new Set(waiting)].slice(0, EVENTS_SHOWN).map((container) => `container ${container}`);
}

async function itemsAt(client: ApiClient, path: string): Promise<JsonMap[]> {
  try {
    const { body } = await client.request({ method: 'GET', path });
    return isJsonMap(body) ? [...mapsAt(body, 'items')] : [];
  } catch (error) {
    if (error instanceof ApiFailure) return [];
    throw error;
  }
}
