import { isJsonMap, mapAt, mapsAt, type JsonMap } from '../compiler/emit/json-data.ts';
import type { ApiClient } from './api-client.ts';

/** How the server serves one kind. */
export interface Resource {
  /** `apps/v1` or `v1`. */
  readonly apiVersion: string;
  readonly group: string;
  readonly kind: string;
  /** Plural name in paths. */
  readonly plural: string;
  readonly isNamespaced: boolean;
  /** Whether it can be listed, deleted and so on. */
  readonly verbs: ReadonlySet<string>;
}

/** Every kind the server serves. */
export interface Resources {
  /** By exact API version; undefined when it is not served. */
  find(apiVersion: string, kind: string): Resource | undefined;
  /** Every kind once, in the version that the server prefers. */
  all(): readonly Resource[];
  /** In the version that the server prefers. */
  preferred(group: string, kind: string): Resource | undefined;
}

const AGGREGATED = 'application/json;g=apidiscovery.k8s.io;v=v2;as=APIGroupDiscoveryList,application/json';

/** Asks for all kinds by two requests. */
export async function discover(client: ApiClient): Promise<Resources> {
  const byVersion = new Map<string, Resource>();
  const preferred = new Map<string, Resource>();
  for (const path of ['/api', '/apis']) {
    const { body } = await client.request({ method: 'GET', path, accept: AGGREGATED });
    for (const resource of resourcesIn(body)) {
      byVersion.set(`${resource.apiVersion} ${resource.kind}`, resource);
      const key = `${resource.group} ${resource.kind}`;
      if (!preferred.has(key)) preferred.set(key, resource);
    }
  }
  return {
    find: (apiVersion, kind) => byVersion.get(`${apiVersion} ${kind}`),
    all: () => [...preferred.values()],
    preferred: (group, kind) => preferred.get(`${group} ${kind}`),
  };
}

/** Versions come in the server's order of preference. */
function resourcesIn(body: unknown): readonly Resource[] {
  if (!isJsonMap(body)) return [];
  return mapsAt(body, 'items').flatMap((item) => {
    const group = String(mapAt(item, 'metadata')?.['name'] ?? '');
    return mapsAt(item, 'versions').flatMap((version) =>
      mapsAt(version, 'resources').map((resource) => resourceOf(group, String(version['version']), resource)),
    );
  });
}

function resourceOf(group: string, version: string, resource: JsonMap): Resource {
  const verbs = resource['verbs'];
  return {
    apiVersion: group === '' ? version : `${group}/${version}`,
    group,
    kind: String(mapAt(resource, 'responseKind')?.['kind'] ?? ''),
    plural: String(resource['resource']),
    isNamespaced: resource['scope'] === 'Namespaced',
    verbs: new Set(Array.isArray(verbs) ? verbs.map(String) : []),
  };
}

/** How the server will serve a type, from its CustomResourceDefinition; undefined for another group, or another object. */
export function definedBy(definition: JsonMap, apiVersion: string): Resource | undefined {
  if (definition['kind'] !== 'CustomResourceDefinition') return undefined;
  const spec = mapAt(definition, 'spec');
  const names = mapAt(spec, 'names');
  const group = String(spec?.['group']);
  if (!apiVersion.startsWith(`${group}/`)) return undefined;
  return {
    ...{ apiVersion, group, kind: String(names?.['kind']), plural: String(names?.['plural']) },
    isNamespaced: spec?.['scope'] === 'Namespaced',
    verbs: new Set(['get', 'list', 'watch', 'create', 'patch', 'delete']),
  };
}

/** Path of all objects of a kind, in all namespaces or one. */
export function collectionPath(resource: Resource, namespace?: string): string {
  const root = resource.group === '' ? `/api/${resource.apiVersion}` : `/apis/${resource.apiVersion}`;
  const inside =
    namespace === undefined || !resource.isNamespaced ? '' : `/namespaces/${encodeURIComponent(namespace)}`;
  return `${root}${inside}/${resource.plural}`;
}

/** Path of one object. */
export function objectPath(resource: Resource, namespace: string | null, name: string): string {
  return `${collectionPath(resource, namespace ?? undefined)}/${encodeURIComponent(name)}`;
}

/** `?a=b&c=d`; what is undefined is left out. */
export function query(values: Readonly<Record<string, string | number | boolean | undefined>>): string {
  const pairs = Object.entries(values).filter(([, value]) => value !== undefined);
  return pairs.length === 0
    ? ''
    : `?${pairs.map(([key, value]) => `${key}=${encodeURIComponent(String(value))}`).join('&')}`;
}
