import type { ApiClient } from '../cluster/api-client.ts';
import { ApiFailure } from '../cluster/api-failure.ts';
import type { DesiredSet } from './desired-set.ts';
import type { Listen, ObjectResult } from './events.ts';
import type { Revision } from './guards.ts';
import { kindName } from './live-object.ts';
import type { LiveState } from './live-state.ts';
import { explainMissingNamespace } from './missing-namespace.ts';
import { PARENT_MANAGER, parentName, type SetName } from './names.ts';
import { parentObject, sorted, type ParentRecord } from './parent-record.ts';
import { isMember } from './plan.ts';
import { applyObject } from './write-object.ts';

/** Of a run, what its record depends on. */
export interface RecordFacts {
  readonly name: SetName;
  readonly version: string;
  readonly isNarrowed: boolean;
  /** Ends a hold. */
  readonly resume: boolean;
  readonly revision: Revision;
  readonly listen: Listen;
}

/** What is recorded before anything is written: kinds and namespaces of before and of the tree together. */
export async function recordOf(
  desired: DesiredSet,
  { parent }: LiveState,
  goesBack: boolean,
  { isNarrowed, resume, revision }: RecordFacts,
): Promise<ParentRecord> {
  const objects = [...desired.objects.values()].map(({ object }) => object);
  const { commit } = revision;
  return {
    cluster: desired.cluster,
    kinds: sorted([...(parent?.kinds ?? []), ...objects.map(({ apiVersion, kind }) => kindName(apiVersion, kind))]),
    namespaces: sorted([...(parent?.namespaces ?? []), ...objects.flatMap(({ metadata }) => metadata.namespace ?? [])]),
    phase: 'applying',
    sourceRevision: isNarrowed ? (parent?.sourceRevision ?? '') : await revision.source(),
    outputRevision: isNarrowed ? (parent?.outputRevision ?? '') : commit,
    hold: goesBack ? commit : resume ? '' : (parent?.hold ?? ''),
    counts: parent?.counts ?? '',
  };
}

/** What is recorded after a run that did everything: kinds and namespaces shrink to what is there, unless not all of it was seen. */
export function finalRecord(
  desired: DesiredSet,
  state: LiveState,
  record: ParentRecord,
  results: readonly ObjectResult[],
  { isNarrowed }: RecordFacts,
): ParentRecord {
  if (isNarrowed || state.unlisted.length > 0) return { ...record, phase: 'idle' };
  const deleted = new Set(
    results.filter(({ outcome }) => outcome === 'deleted' || outcome === 'gone-already').map(({ key }) => key),
  );
  const leftovers = [...state.objects.values()]
    .map(({ live }) => live)
    .filter((live) => isMember(live, desired.setId) && !deleted.has(live.key));
  const wanted = [...desired.objects.values()].map(({ object }) => object);
  const kinds = sorted([...wanted, ...leftovers].map(({ apiVersion, kind }) => kindName(apiVersion, kind)));
  const namespaces = sorted(
    [...wanted.map(({ metadata }) => metadata.namespace), ...leftovers.map((live) => live.namespace)].filter(
      (one) => one != null,
    ),
  );
  const counts = JSON.stringify({
    objects: wanted.length,
    instances: new Set(wanted.map(({ metadata }) => metadata.labels?.['paasta.yelp.com/instance'])).size,
  });
  return { ...record, phase: 'idle', kinds, namespaces, counts };
}

/** Applies the record; what somebody else changed in it is taken back, and said. */
export async function writeRecord(
  client: ApiClient,
  state: LiveState,
  record: ParentRecord,
  { name, version, listen }: RecordFacts,
): Promise<void> {
  const resource = state.resources.find('v1', 'ConfigMap')!;
  const object = parentObject(name, record, version);
  try {
    await applyObject(client, resource, object, { manager: PARENT_MANAGER, force: false });
  } catch (error) {
    if (!(error instanceof ApiFailure && error.kind === 'conflict')) throw explainMissingNamespace(error, name);
    listen({ kind: 'note', text: `somebody else changed the ConfigMap ${parentName(name)}: ${error.message}` });
    await applyObject(client, resource, object, { manager: PARENT_MANAGER, force: true });
  }
}
