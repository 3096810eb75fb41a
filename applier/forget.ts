import type { JsonMap } from '../compiler/emit/json-data.ts';
import type { ApiClient } from '../cluster/api-client.ts';
import type { LiveObject } from './live-object.ts';
import type { LiveState } from './live-state.ts';
import { HASH_ANNOTATION, INSTANCE_LABEL, OWNER_ANNOTATION, PART_OF_LABEL } from './names.ts';
import { serviceOf } from './prune-plan.ts';
import { objectPath } from '../cluster/resources.ts';

/** Members that belong to an instance, or to a whole service. */
export function membersOf(live: Iterable<LiveObject>, service: string, instance: string | null): readonly LiveObject[] {
  return [...live].filter((one) => serviceOf(one) === service && (instance === null || instanceOf(one) === instance));
}

/** What members can be named by: each service, and each `service.instance`. */
export function jobsOf(live: Iterable<LiveObject>): readonly string[] {
  const jobs = [...live].flatMap((one) => {
    const service = serviceOf(one);
    const instance = instanceOf(one);
    return service === null ? [] : [service, ...(instance === undefined ? [] : [`${service}.${instance}`])];
  });
  return [...new Set(jobs)];
}

function instanceOf({ labels, annotations }: LiveObject): string | undefined {
  return labels[INSTANCE_LABEL] ?? annotations[OWNER_ANNOTATION]?.split('.').slice(1).join('.');
}

/** Takes one object out of the set: our marks go, everything else stays as it is. Fails when the object changed meanwhile. */
export async function forgetObject(
  client: ApiClient,
  resources: LiveState['resources'],
  live: LiveObject,
): Promise<void> {
  const resource = resources.find(live.apiVersion, live.kind)!;
  const gone = (map: Readonly<Record<string, string>>, keys: readonly string[]): JsonMap =>
    Object.fromEntries(keys.filter((key) => map[key] !== undefined).map((key) => [key, null]));
  const metadata = {
    uid: live.uid,
    labels: gone(live.labels, [PART_OF_LABEL]),
    annotations: gone(live.annotations, [HASH_ANNOTATION, OWNER_ANNOTATION]),
  };
  await client.request({
    method: 'PATCH',
    path: objectPath(resource, live.namespace, live.name),
    contentType: 'application/merge-patch+json',
    body: JSON.stringify({ metadata }),
  });
}
