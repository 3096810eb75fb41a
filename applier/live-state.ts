import type { ApiClient } from '../cluster/api-client.ts';
import { getOrNull } from '../cluster/get-object.ts';
import { discover, type Resource, type Resources } from '../cluster/resources.ts';
import type { Comparison } from './compare-object.ts';
import type { DesiredSet } from './desired-set.ts';
import type { ForeignField } from './foreign-fields.ts';
import { groupOf, kindName, type LiveObject } from './live-object.ts';
import { parentName, type SetName } from './names.ts';
import type { Overrides } from './overrides.ts';
import { parseParent, sorted, type ParentRecord } from './parent-record.ts';
import { settleUnclear } from './settle-unclear.ts';
import { StateReader } from './state-reader.ts';

/** A live object and, when it is desired too, how the two differ. */
export interface LiveEntry {
  readonly live: LiveObject;
  readonly comparison: Comparison | null;
  /** What others hold beside our fields, when it was asked for. */
  readonly foreign: readonly ForeignField[];
}

/** What a cluster holds of a set, and what stands in its way. */
export interface LiveState {
  readonly resources: Resources;
  readonly parent: ParentRecord | null;
  /** Members by their label, and desired objects that are live without it. */
  readonly objects: ReadonlyMap<string, LiveEntry>;
  /** What was listed whole: `Kind.group`, or `Kind.group namespace` without the right to more. */
  readonly listed: ReadonlySet<string>;
  /** What could not be listed and why: nothing there may be deleted. */
  readonly unlisted: readonly string[];
  /** Desired objects that may not be read: they are left alone. */
  readonly unreadable: ReadonlySet<string>;
  /** Desired kinds that the server does not serve. */
  readonly unserved: readonly string[];
  /** Kinds of the record that the server no longer serves. */
  readonly dropped: readonly string[];
}

export interface ReadOptions {
  readonly name: SetName;
  readonly pageSize: number;
  /** Kinds whose metadata is enough to tell whether objects differ; the order of lists is then not seen. */
  readonly isMetadataEnough?: (kind: string) => boolean;
  /** Managers that may hold what we do not state; without it nobody is asked. */
  readonly isAllowedManager?: (manager: string) => boolean;
  readonly signal?: AbortSignal;
  /** Overrides that hold now; without them what stands on an autoscaler holds until its end. */
  readonly overrides?: Overrides;
}

/** Reads the parent and lists every kind that the set has or should have. Writes nothing. */
export async function readLiveState(client: ApiClient, desired: DesiredSet, options: ReadOptions): Promise<LiveState> {
  const parent = await readParent(client, options.name);
  const resources = await discover(client);
  const kinds = sorted([...(parent?.kinds ?? []), ...kindsOf(desired)]);
  const reader = new StateReader(client, desired, options, parent);
  const unserved: string[] = [];
  for (const kind of kinds) {
    const resource = resourceOf(resources, desired, kind);
    if (resource === undefined) unserved.push(kind);
    else await reader.readKind(kind, resource);
  }
  const { objects, listed, unlisted, unreadable } = reader;
  await settleUnclear(client, desired, resources, objects);
  const wanted = kindsOf(desired);
  return {
    ...{ resources, parent, objects, listed, unlisted, unreadable },
    unserved: unserved.filter((kind) => wanted.includes(kind)),
    dropped: unserved.filter((kind) => !wanted.includes(kind)),
  };
}

function kindsOf(desired: DesiredSet): readonly string[] {
  return sorted([...desired.objects.values()].map(({ object }) => kindName(object.apiVersion, object.kind)));
}

/** In the version that the tree uses, so that ownership compares; else as the server prefers. */
function resourceOf(resources: Resources, desired: DesiredSet, name: string): Resource | undefined {
  const dot = name.indexOf('.');
  const [kind, group] = [name.slice(0, dot), name.slice(dot + 1)];
  for (const { object } of desired.objects.values()) {
    if (object.kind === kind && groupOf(object.apiVersion) === group) return resources.find(object.apiVersion, kind);
  }
  return resources.preferred(group, kind);
}

export async function readParent(client: ApiClient, name: SetName): Promise<ParentRecord | null> {
  const path = `/api/v1/namespaces/${name.namespace}/configmaps/${parentName(name)}`;
  const found = await getOrNull(client, path);
  return found === null ? null : parseParent(found);
}
