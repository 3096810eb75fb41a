import { canonicalJson } from '../compiler/emit/canonical-json.ts';
import { mapAt, type JsonMap } from '../compiler/emit/json-data.ts';
import type { ApiClient } from '../cluster/api-client.ts';
import { ApiFailure } from '../cluster/api-failure.ts';
import { getOrNull } from '../cluster/get-object.ts';
import { objectPath, type Resources } from '../cluster/resources.ts';
import { IN_SYNC } from './compare-object.ts';
import type { DesiredSet } from './desired-set.ts';
import type { LiveEntry } from './live-state.ts';
import { applyObject } from './write-object.ts';

/**
 * Asks the server, by a dry run, about objects whose record of ownership cannot be read: one that applying would not change is in
 * sync. Where it may not be asked, or refuses, they count as changed.
 */
export async function settleUnclear(
  client: ApiClient,
  desired: DesiredSet,
  resources: Resources,
  objects: Map<string, LiveEntry>,
): Promise<void> {
  for (const [key, entry] of objects) {
    const wanted = desired.objects.get(key);
    if (wanted === undefined || entry.comparison?.state !== 'unclear') continue;
    const { namespace, name, apiVersion, kind } = entry.live;
    const resource = resources.find(apiVersion, kind)!;
    try {
      const before = await getOrNull(client, objectPath(resource, namespace, name));
      const after = await applyObject(client, resource, wanted.object, { force: false, isDryRun: true });
      if (before !== null && content(before) === content(after)) objects.set(key, { ...entry, comparison: IN_SYNC });
    } catch (error) {
      if (!(error instanceof ApiFailure)) throw error;
    }
  }
}

function content(object: JsonMap): string {
  const {
    managedFields: _fields,
    resourceVersion: _version,
    generation: _number,
    ...kept
  } = mapAt(object, 'metadata') ?? {};
  return canonicalJson({ ...object, metadata: kept });
}
