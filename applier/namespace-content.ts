import { mapAt, type JsonMap } from '../compiler/emit/json-data.ts';
import type { ApiClient } from '../cluster/api-client.ts';
import { ApiFailure } from '../cluster/api-failure.ts';
import { listPages } from '../cluster/list-pages.ts';
import { collectionPath, type Resource, type Resources } from '../cluster/resources.ts';

/** What every namespace has, and what goes by itself. */
const ALWAYS_THERE = new Set(['ConfigMap kube-root-ca.crt', 'ServiceAccount default']);
const PASSING = new Set(['Event', 'Endpoints', 'EndpointSlice', 'Lease', 'PodMetrics']);

/**
 * Why a namespace must not be deleted: the first thing in it that deleting it would take along, or that may not be seen; null when it is
 * empty. Members of the set are gone by then.
 */
export async function namespaceContent(
  client: ApiClient,
  resources: Resources,
  namespace: string,
): Promise<string | null> {
  for (const resource of resources.all()) {
    if (!resource.isNamespaced || !resource.verbs.has('list') || PASSING.has(resource.kind)) continue;
    const found = await firstIn(client, resource, namespace);
    if (found !== null) return found;
  }
  return null;
}

async function firstIn(client: ApiClient, resource: Resource, namespace: string): Promise<string | null> {
  const found: string[] = [];
  const visit = (object: JsonMap): void => {
    const name = `${resource.kind} ${String(mapAt(object, 'metadata')?.['name'])}`;
    if (!ALWAYS_THERE.has(name)) found.push(name);
  };
  try {
    await listPages(client, collectionPath(resource, namespace), { metadataOnly: true }, visit);
  } catch (error) {
    if (!(error instanceof ApiFailure)) throw error;
    if (error.kind === 'not-found') return null;
    return `it cannot be seen whether it holds a ${resource.kind}: ${error.message}`;
  }
  return found[0] === undefined ? null : `it holds ${found[0]}`;
}
