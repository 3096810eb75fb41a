import { isJsonMap, mapAt, type JsonMap } from '../compiler/emit/json-data.ts';
import type { KubeObject } from '../compiler/model/rendered-file.ts';
import type { ApiClient } from '../cluster/api-client.ts';
import { ApiFailure } from '../cluster/api-failure.ts';
import { objectPath, query, type Resource } from '../cluster/resources.ts';
import type { LiveObject } from './live-object.ts';
import { getOrNull } from '../cluster/get-object.ts';
import { FIELD_MANAGER } from './names.ts';

export interface ApplyOptions {
  readonly manager?: string;
  /** Take over fields that others hold. */
  readonly force: boolean;
  /** Ask the server what would happen, and change nothing. */
  readonly isDryRun?: boolean;
  /** Only the metadata of the stored object is wanted back. */
  readonly metadataOnly?: boolean;
}

const METADATA_ONLY = 'application/json;as=PartialObjectMetadata;g=meta.k8s.io;v=v1';
const MOST_DELETE_ATTEMPTS = 4;

/** Server-side apply of one object. Returns the object as stored. */
export async function applyObject(
  client: ApiClient,
  resource: Resource,
  object: KubeObject | JsonMap,
  { manager = FIELD_MANAGER, force, isDryRun, metadataOnly }: ApplyOptions,
): Promise<JsonMap> {
  const metadata = mapAt(object as JsonMap, 'metadata');
  const namespace = typeof metadata?.['namespace'] === 'string' ? metadata['namespace'] : null;
  const parameters = query({
    fieldManager: manager,
    force,
    fieldValidation: 'Strict',
    timeout: '30s',
    dryRun: isDryRun ? 'All' : undefined,
  });
  const { body } = await client.request({
    method: 'PATCH',
    path: objectPath(resource, namespace, String(metadata?.['name'])) + parameters,
    contentType: 'application/apply-patch+yaml',
    ...(metadataOnly && { accept: METADATA_ONLY }),
    body: JSON.stringify(object),
  });
  return isJsonMap(body) ? body : {};
}

export type Propagation = 'Foreground' | 'Background' | 'Orphan';

/** Workloads go with their pods; others need not be waited for. */
export function propagationOf(kind: string): Propagation {
  return ['Deployment', 'StatefulSet', 'DaemonSet', 'Job'].includes(kind) ? 'Foreground' : 'Background';
}

/**
 * Deletes exactly the object that was seen: uid and version must be as they were. When only the version moved on (the server writes
 * status all the time), the object is read again and `stillWanted` decides. Returns false when it was gone or is not the same any more.
 */
export async function deleteObject(
  client: ApiClient,
  resource: Resource,
  live: LiveObject,
  propagation: Propagation,
  stillWanted: (object: JsonMap) => boolean,
): Promise<boolean> {
  const path = objectPath(resource, live.namespace, live.name);
  let { resourceVersion } = live;
  for (let attempt = 1; ; attempt++) {
    try {
      await client.request({ method: 'DELETE', path, body: deleteOptions(propagation, live.uid, resourceVersion) });
      return true;
    } catch (error) {
      if (!(error instanceof ApiFailure)) throw error;
      if (error.kind === 'not-found') return false;
      if (error.kind !== 'conflict' || attempt === MOST_DELETE_ATTEMPTS) throw error;
      const object = await getOrNull(client, path);
      const metadata = mapAt(object ?? undefined, 'metadata');
      if (object === null || metadata?.['uid'] !== live.uid || !stillWanted(object)) return false;
      if (metadata['deletionTimestamp'] !== undefined) return true;
      resourceVersion = String(metadata['resourceVersion']);
    }
  }
}

function deleteOptions(propagationPolicy: Propagation, uid: string, resourceVersion: string): string {
  return JSON.stringify({
    apiVersion: 'v1',
    kind: 'DeleteOptions',
    propagationPolicy,
    preconditions: { uid, resourceVersion },
  });
}
