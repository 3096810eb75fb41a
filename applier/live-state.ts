import { isJsonMap, type JsonMap } from '../compiler/emit/json-data.ts';
import type { ApiClient } from '../cluster/api-client.ts';
import { ApiFailure } from '../cluster/api-failure.ts';
import { listPages } from '../cluster/list-pages.ts';
import { collectionPath, discover, objectPath, type Resource, type Resources } from '../cluster/resources.ts';
import { compareObject, type Comparison } from './compare-object.ts';
import type { DesiredObject } from './desired-object.ts';
import type { DesiredSet } from './desired-set.ts';
import { groupOf, liveObject, type LiveObject } from './live-object.ts';
import { PART_OF_LABEL, parentName, type SetName } from './names.ts';
import { heldLimits, overriddenUntil, type Overrides } from './overrides.ts';
import { parseParent, sorted, type ParentRecord } from './parent-record.ts';

/** A live object and, when it is desired too, how the two differ. */
export interface LiveEntry {
  readonly live: LiveObject;
  readonly comparison: Comparison | null;
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
  readonly metadataOnly?: boolean;
  readonly signal?: AbortSignal;
  /** Overrides that hold now; without them what stands on an autoscaler holds until its end. */
  readonly overrides?: Overrides;
}

/** A page is held whole while it is compared: of objects with pod templates it has half as many. */
const BULKY = new Set(['Deployment', 'StatefulSet', 'DaemonSet']);
/** Creates are looked up one by one up to this many; beyond, by listing the kind. */
const MOST_LOOKUPS = 20;

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
  const wanted = kindsOf(desired);
  return {
    ...{ resources, parent, objects, listed, unlisted, unreadable },
    unserved: unserved.filter((kind) => wanted.includes(kind)),
    dropped: unserved.filter((kind) => !wanted.includes(kind)),
  };
}

/** `Deployment.apps`, `ConfigMap.` */
export function kindName(apiVersion: string, kind: string): string {
  return `${kind}.${groupOf(apiVersion)}`;
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

export async function getOrNull(client: ApiClient, path: string): Promise<JsonMap | null> {
  try {
    const { body } = await client.request({ method: 'GET', path });
    return isJsonMap(body) ? body : null;
  } catch (error) {
    if (error instanceof ApiFailure && error.kind === 'not-found') return null;
    throw error;
  }
}

class StateReader {
  readonly objects = new Map<string, LiveEntry>();
  readonly listed = new Set<string>();
  readonly unlisted: string[] = [];
  readonly unreadable = new Set<string>();
  private readonly client: ApiClient;
  private readonly desired: DesiredSet;
  private readonly options: ReadOptions;
  private readonly namespaces: readonly string[];

  constructor(client: ApiClient, desired: DesiredSet, options: ReadOptions, parent: ParentRecord | null) {
    this.client = client;
    this.desired = desired;
    this.options = options;
    const wanted = [...desired.objects.values()].map(({ object }) => object.metadata.namespace ?? '');
    this.namespaces = sorted([...wanted, ...(parent?.namespaces ?? [])]).filter((namespace) => namespace !== '');
  }

  async readKind(name: string, resource: Resource): Promise<void> {
    if (!resource.verbs.has('list')) return;
    const selector = `${PART_OF_LABEL}=${this.desired.setId}`;
    try {
      await this.list(resource, collectionPath(resource), selector);
      this.listed.add(name);
    } catch (error) {
      if (!(error instanceof ApiFailure) || error.kind !== 'forbidden') throw error;
      await this.readNamespaces(resource, selector, error);
    }
    await this.findUnlabelled(resource);
  }

  /** Without the right to list everywhere, the namespaces we know of are listed, and nothing is deleted elsewhere. */
  private async readNamespaces(resource: Resource, selector: string, refusal: ApiFailure): Promise<void> {
    if (!resource.isNamespaced) {
      this.unlisted.push(`${resource.plural}: ${refusal.message}`);
      return;
    }
    this.unlisted.push(`${resource.plural} of other namespaces: ${refusal.message}`);
    for (const namespace of this.namespaces) {
      try {
        await this.list(resource, collectionPath(resource, namespace), selector);
        this.listed.add(`${kindName(resource.apiVersion, resource.kind)} ${namespace}`);
      } catch (error) {
        if (!(error instanceof ApiFailure) || error.kind !== 'forbidden') throw error;
        this.unlisted.push(`${resource.plural} in ${namespace}: ${error.message}`);
      }
    }
  }

  private async list(resource: Resource, path: string, labelSelector: string): Promise<void> {
    const { pageSize, metadataOnly, signal } = this.options;
    const limit = BULKY.has(resource.kind) ? Math.ceil(pageSize / 2) : pageSize;
    const options = { labelSelector, pageSize: limit, signal, ...(metadataOnly && { metadataOnly }) };
    await listPages(this.client, path, options, (object) => {
      this.keep(object, resource);
    });
  }

  private keep(object: JsonMap, resource: Resource): void {
    const live = liveObject(object, resource.apiVersion, resource.kind);
    const desired = this.desired.objects.get(live.key);
    const comparison =
      desired === undefined ? null : compareObject(desired, object, this.overridden(live, desired, object));
    this.objects.set(live.key, { live: desired === undefined ? live : sharing(live, desired), comparison });
  }

  private overridden(live: LiveObject, { service, instance }: DesiredObject, object: JsonMap): readonly string[] {
    const until = overriddenUntil(live);
    if (until === null) return [];
    const held = heldLimits(object);
    const { overrides } = this.options;
    if (overrides === undefined) return until > Date.now() ? held : [];
    const override = overrides.get(`${service ?? ''}.${instance ?? ''}`);
    return override === undefined ? [] : held.filter((limit) => Object.hasOwn(override, limit));
  }

  private async lookUp({ key, object: { metadata } }: DesiredObject, resource: Resource): Promise<void> {
    try {
      const found = await getOrNull(this.client, objectPath(resource, metadata.namespace ?? null, metadata.name));
      if (found !== null) this.keep(found, resource);
    } catch (error) {
      const mayNotList = !this.listed.has(kindName(resource.apiVersion, resource.kind));
      if (!mayNotList || !(error instanceof ApiFailure) || error.kind !== 'forbidden') throw error;
      this.unreadable.add(key);
      this.unlisted.push(`${key} is left alone: ${error.message}`);
    }
  }

  /** Desired objects that are not among the members may exist all the same, made by somebody else. */
  private async findUnlabelled(resource: Resource): Promise<void> {
    const missing = [...this.desired.objects.values()].filter(
      (one) => isOf(one, resource) && !this.objects.has(one.key),
    );
    if (missing.length === 0) return;
    if (missing.length <= MOST_LOOKUPS || !this.listed.has(kindName(resource.apiVersion, resource.kind))) {
      for (const one of missing) await this.lookUp(one, resource);
      return;
    }
    const keys = new Set(missing.map(({ key }) => key));
    const found: string[] = [];
    const { pageSize, signal } = this.options;
    await listPages(this.client, collectionPath(resource), { pageSize, signal, metadataOnly: true }, (object) => {
      const { key, namespace, name } = liveObject(object, resource.apiVersion, resource.kind);
      if (keys.has(key)) found.push(objectPath(resource, namespace, name));
    });
    for (const path of found) {
      const object = await getOrNull(this.client, path);
      if (object !== null) this.keep(object, resource);
    }
  }
}

/** Thousands of objects are held whose labels and annotations are the rendered ones: those are held once. */
function sharing(live: LiveObject, { object: { metadata } }: DesiredObject): LiveObject {
  const { labels = {}, annotations = {} } = metadata;
  return {
    ...live,
    labels: areSame(live.labels, labels) ? labels : live.labels,
    annotations: areSame(live.annotations, annotations) ? annotations : live.annotations,
  };
}

function areSame(a: Readonly<Record<string, string>>, b: Readonly<Record<string, string>>): boolean {
  const names = Object.keys(a);
  return names.length === Object.keys(b).length && names.every((name) => a[name] === b[name]);
}

function isOf({ object }: DesiredObject, resource: Resource): boolean {
  return object.kind === resource.kind && groupOf(object.apiVersion) === resource.group;
}
