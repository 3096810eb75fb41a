import type { JsonMap } from '../compiler/emit/json-data.ts';
import type { ApiClient } from '../cluster/api-client.ts';
import { ApiFailure } from '../cluster/api-failure.ts';
import { getOrNull } from '../cluster/get-object.ts';
import { listPages } from '../cluster/list-pages.ts';
import { collectionPath, objectPath, type Resource } from '../cluster/resources.ts';
import { compareObject } from './compare-object.ts';
import type { DesiredObject } from './desired-object.ts';
import type { DesiredSet } from './desired-set.ts';
import { foreignFields } from './foreign-fields.ts';
import { groupOf, kindName, liveObject, type LiveObject } from './live-object.ts';
import type { LiveEntry, ReadOptions } from './live-state.ts';
import { PART_OF_LABEL } from './names.ts';
import { heldLimits, overriddenUntil } from './overrides.ts';
import { sorted, type ParentRecord } from './parent-record.ts';

/** A page is held whole while it is compared: of objects with pod templates it has half as many. */
const BULKY = new Set(['Deployment', 'StatefulSet', 'DaemonSet']);
/** Objects are looked up one by one up to this many; beyond, by listing the kind. */
const MOST_LOOKUPS = 20;

/** Lists kinds and compares each object as it comes, so that no more than a page is held whole. */
export class StateReader {
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
    if (this.isMetadataOnly(resource)) await this.readWhole(resource, selector);
    await this.findUnlabelled(resource);
  }

  /** Of what was compared by its metadata only, what differs is read whole. */
  private async readWhole(resource: Resource, selector: string): Promise<void> {
    const name = kindName(resource.apiVersion, resource.kind);
    const differing = [...this.objects.values()].filter(
      ({ live, comparison }) =>
        comparison !== null && comparison.state !== 'in-sync' && kindName(live.apiVersion, live.kind) === name,
    );
    if (differing.length > MOST_LOOKUPS && this.listed.has(name)) {
      await this.list(resource, collectionPath(resource), selector, false);
      return;
    }
    for (const { live } of differing) {
      const object = await getOrNull(this.client, objectPath(resource, live.namespace, live.name));
      if (object === null) this.objects.delete(live.key);
      else this.keep(object, resource);
    }
  }

  private isMetadataOnly({ kind }: Resource): boolean {
    return this.options.isMetadataEnough?.(kind) === true;
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

  private async list(
    resource: Resource,
    path: string,
    labelSelector: string,
    metadataOnly = this.isMetadataOnly(resource),
  ): Promise<void> {
    const { pageSize, signal } = this.options;
    const limit = BULKY.has(resource.kind) && !metadataOnly ? Math.ceil(pageSize / 2) : pageSize;
    const options = { labelSelector, pageSize: limit, signal, metadataOnly };
    await listPages(this.client, path, options, (object) => {
      this.keep(object, resource);
    });
  }

  private keep(object: JsonMap, resource: Resource): void {
    const live = liveObject(object, resource.apiVersion, resource.kind);
    const desired = this.desired.objects.get(live.key);
    if (desired === undefined) {
      this.objects.set(live.key, { live, comparison: null, foreign: [] });
      return;
    }
    const { isAllowedManager } = this.options;
    const foreign = isAllowedManager === undefined ? [] : foreignFields(desired, object, isAllowedManager);
    const comparison = compareObject(desired, object, this.overridden(live, desired, object));
    this.objects.set(live.key, { live: sharing(live, desired), comparison, foreign });
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
