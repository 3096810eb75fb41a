import type { KubeObject } from '../model/rendered-file.ts';
import { isShared } from '../model/shared-part.ts';
import { isEmpty, isJsonMap, type JsonMap, mapAt, MEANINGFUL_WHEN_EMPTY } from './json-data.ts';
import { canonicalQuantity, canonicalResource } from './quantity.ts';

type Check = (spec: JsonMap) => boolean;

/** What `canonicalObject` does for these kinds beyond its general rules; kinds that are not here need a closer look. */
const BY_KIND: ReadonlyMap<string, Check> = new Map<string, Check>([
  ['apps/v1 Deployment', isDeploymentSpec],
  ['autoscaling/v2 HorizontalPodAutoscaler', isHpaSpec],
  ['policy/v1 PodDisruptionBudget', () => true],
  ['v1 ConfigMap', () => true],
]);

/**
 * Whether an object is plain JSON data that `canonicalObject` would only copy, keys in order. False also where telling takes more
 * than a glance: what our constructs make is canonical nearly always, and to see that costs a fraction of a copy.
 */
export function isCanonicalObject(object: KubeObject): boolean {
  const check = BY_KIND.get(`${object.apiVersion} ${object.kind}`);
  if (check === undefined || 'status' in object || !isStoredMap(object)) return false;
  const spec = object['spec'];
  return spec === undefined || check(spec as JsonMap);
}

/** Shared parts of which that is known. */
const STORED = new WeakSet<object>();

/** Keys sorted, nothing null, nothing empty that means nothing. */
function isStored(value: unknown, key: string): boolean {
  if (typeof value === 'string' || typeof value === 'boolean') return true;
  if (typeof value === 'number') return Number.isFinite(value);
  if (typeof value !== 'object' || value === null) return false;
  const isPart = isShared(value);
  if (isPart && STORED.has(value)) return true;
  const isWell = Array.isArray(value) ? isStoredList(value) : isStoredMap(value as JsonMap);
  if (!isWell) return MEANINGFUL_WHEN_EMPTY.has(key) && isJsonMap(value) && isEmpty(value);
  if (isPart) STORED.add(value);
  return true;
}

function isStoredMap(map: JsonMap): boolean {
  let before: string | undefined;
  for (const key of Object.keys(map)) {
    if ((before !== undefined && key < before) || !isStored(map[key], key)) return false;
    before = key;
  }
  return before !== undefined;
}

function isStoredList(items: readonly unknown[]): boolean {
  for (const item of items) {
    if (typeof item === 'string') continue;
    if (Array.isArray(item) || !isStored(item, 'item')) return false;
  }
  return items.length > 0;
}

function isDeploymentSpec(spec: JsonMap): boolean {
  const pod = mapAt(mapAt(spec, 'template'), 'spec');
  if (spec['minReadySeconds'] === 0 || pod === undefined) return false;
  if ('initContainers' in pod || 'ephemeralContainers' in pod || 'resources' in pod || 'overhead' in pod) return false;
  return each(pod['containers'], isContainer) && each(pod['volumes'], isVolume);
}

function isContainer(container: JsonMap): boolean {
  const resources = mapAt(container, 'resources');
  return (
    (resources === undefined || each(Object.values(resources), isResourceList)) &&
    isPorts(container['ports']) &&
    isEnv(container['env']) &&
    each(container['volumeMounts'], isNotReadWrite)
  );
}

function isResourceList(list: JsonMap): boolean {
  for (const name of Object.keys(list)) {
    const value = list[name];
    if (typeof value !== 'string' || canonicalResource(value) !== value) return false;
  }
  return true;
}

function isPorts(ports: unknown): boolean {
  const seen: number[] = [];
  return each(ports, ({ containerPort, protocol }) => {
    if (protocol !== 'TCP' || typeof containerPort !== 'number' || seen.includes(containerPort)) return false;
    seen.push(containerPort);
    return true;
  });
}

function isEnv(env: unknown): boolean {
  if (env === undefined) return true;
  const names = new Set<unknown>();
  const isOnce = ({ name, valueFrom }: JsonMap): boolean => {
    names.add(name);
    return valueFrom === undefined || !('resourceFieldRef' in (valueFrom as object));
  };
  return each(env, isOnce) && names.size === (env as readonly unknown[]).length;
}

function isNotReadWrite(holder: JsonMap): boolean {
  return holder['readOnly'] !== false;
}

function isVolume(volume: JsonMap): boolean {
  if ('ephemeral' in volume) return false;
  const { emptyDir, awsElasticBlockStore: disk } = volume;
  if (emptyDir !== undefined && Object.keys(emptyDir as object).length > 0) return false;
  return disk === undefined || isNotReadWrite(disk as JsonMap);
}

function isHpaSpec(spec: JsonMap): boolean {
  return each(spec['metrics'], (metric) => {
    for (const source of Object.values(metric)) {
      const target = isJsonMap(source) ? mapAt(source, 'target') : undefined;
      if (target !== undefined && !(isQuantity(target['value']) && isQuantity(target['averageValue']))) return false;
    }
    return true;
  });
}

function isQuantity(value: unknown): boolean {
  return value === undefined || (typeof value === 'string' && canonicalQuantity(value) === value);
}

/** Whether a list has nothing but maps that pass, or there is none. */
function each(list: unknown, passes: (map: JsonMap) => boolean): boolean {
  if (list === undefined) return true;
  if (!Array.isArray(list)) return false;
  for (const item of list as readonly unknown[]) {
    if (typeof item !== 'object' || item === null || !passes(item as JsonMap)) return false;
  }
  return true;
}
