import { isJsonMap, mapAt, type JsonMap } from '../compiler/emit/json-data.ts';
import { managedEntries, subtree, type FieldPath } from './managed-fields.ts';

/** What every decision needs to know of a live object; small, as thousands are held at once. */
export interface LiveObject {
  /** `apps/Deployment ns/name` */
  readonly key: string;
  readonly apiVersion: string;
  readonly kind: string;
  readonly namespace: string | null;
  readonly name: string;
  readonly uid: string;
  readonly resourceVersion: string;
  readonly generation: number;
  /** Milliseconds since 1970; what the server says. */
  readonly createdAt: number;
  readonly isTerminating: boolean;
  /** The object that controls it, such as `ReplicaSet web-abc`; null for one that stands alone. */
  readonly controller: string | null;
  readonly labels: Readonly<Record<string, string>>;
  readonly annotations: Readonly<Record<string, string>>;
  /** `spec.replicas`; null when the kind has none. */
  readonly replicas: number | null;
  /** Managers that hold `spec.replicas`. */
  readonly replicaManagers: readonly string[];
  /** Generation, deletion, status and what is small of the spec: no pod template, metrics, selector or data. */
  readonly brief: JsonMap;
}

const REPLICAS = ['f:spec', 'f:replicas'];

/** The summary of an object as the server gave it; the kind comes from the list, whose items leave it out. */
export function liveObject(object: JsonMap, apiVersion: string, kind: string): LiveObject {
  const metadata = mapAt(object, 'metadata') ?? {};
  const namespace = typeof metadata['namespace'] === 'string' ? metadata['namespace'] : null;
  const name = String(metadata['name']);
  const spec = mapAt(object, 'spec');
  const replicas = spec?.['replicas'];
  return {
    key: `${groupOf(apiVersion)}/${kind} ${namespace === null ? '' : `${namespace}/`}${name}`,
    ...{ apiVersion, kind, namespace, name },
    uid: String(metadata['uid']),
    resourceVersion: String(metadata['resourceVersion']),
    generation: typeof metadata['generation'] === 'number' ? metadata['generation'] : 0,
    createdAt: Date.parse(String(metadata['creationTimestamp'])),
    isTerminating: metadata['deletionTimestamp'] !== undefined,
    controller: controllerOf(metadata),
    labels: texts(metadata['labels']),
    annotations: texts(metadata['annotations']),
    replicas: typeof replicas === 'number' ? replicas : null,
    replicaManagers: replicas === undefined ? [] : managersOf(object, REPLICAS),
    brief: briefOf(object, metadata),
  };
}

export function groupOf(apiVersion: string): string {
  const slash = apiVersion.indexOf('/');
  return slash < 0 ? '' : apiVersion.slice(0, slash);
}

/** `Deployment.apps`, `ConfigMap.` */
export function kindName(apiVersion: string, kind: string): string {
  return `${kind}.${groupOf(apiVersion)}`;
}

function controllerOf(metadata: JsonMap): string | null {
  const owners = metadata['ownerReferences'];
  if (!Array.isArray(owners)) return null;
  const owner = owners.filter(isJsonMap).find((reference) => reference['controller'] === true);
  return owner === undefined ? null : `${String(owner['kind'])} ${String(owner['name'])}`;
}

function managersOf(object: JsonMap, path: FieldPath): readonly string[] {
  return managedEntries(object).flatMap(({ fields, manager }) =>
    subtree(fields, path) === undefined ? [] : [manager],
  );
}

function texts(map: unknown): Readonly<Record<string, string>> {
  if (!isJsonMap(map)) return {};
  const { 'kubectl.kubernetes.io/last-applied-configuration': _copy, ...rest } = map;
  return rest as Record<string, string>;
}

function briefOf(object: JsonMap, metadata: JsonMap): JsonMap {
  const { generation, deletionTimestamp } = metadata;
  const spec = mapAt(object, 'spec');
  const {
    template: _template,
    volumeClaimTemplates: _claims,
    metrics: _metrics,
    selector: _selector,
    ...rest
  } = spec ?? {};
  return {
    metadata: {
      ...(generation !== undefined && { generation }),
      ...(deletionTimestamp !== undefined && { deletionTimestamp }),
    },
    ...(spec !== undefined && { spec: rest }),
    ...(object['status'] !== undefined && { status: object['status'] }),
  };
}
