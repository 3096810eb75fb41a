import { canonicalQuantities, canonicalResourceList, canonicalResources } from './canonical-resources.ts';
import { isEmpty, type JsonMap, mapAt, mapsAt } from './json-data.ts';

/** Brings the containers and volumes of a pod to the stored form, in place. */
export function canonicalPodSpec(spec: JsonMap | undefined): void {
  for (const kind of ['initContainers', 'containers', 'ephemeralContainers']) {
    mapsAt(spec, kind).forEach(canonicalContainer);
  }
  mapsAt(spec, 'volumes').forEach(canonicalVolume);
  canonicalResources(mapAt(spec, 'resources'));
  canonicalResourceList(spec?.['overhead']);
}

function canonicalContainer(container: JsonMap): void {
  canonicalResources(mapAt(container, 'resources'));
  for (const port of mapsAt(container, 'ports')) port['protocol'] ??= 'TCP';
  replaceList(container, 'ports', firstOfEach(mapsAt(container, 'ports'), portKey));
  replaceList(
    container,
    'env',
    lastOfEach(mapsAt(container, 'env'), (variable) => variable['name']),
  );
  for (const variable of mapsAt(container, 'env')) {
    canonicalQuantities(mapAt(mapAt(variable, 'valueFrom'), 'resourceFieldRef'), ['divisor']);
  }
  for (const mount of mapsAt(container, 'volumeMounts')) dropReadWrite(mount);
}

function canonicalVolume(volume: JsonMap): void {
  canonicalQuantities(mapAt(volume, 'emptyDir'), ['sizeLimit']);
  dropReadWrite(mapAt(volume, 'awsElasticBlockStore'));
  const claim = mapAt(mapAt(volume, 'ephemeral'), 'volumeClaimTemplate');
  canonicalResources(mapAt(mapAt(claim, 'spec'), 'resources'));
}

/** The server drops this zero value. */
function dropReadWrite(holder: JsonMap | undefined): void {
  if (holder?.['readOnly'] === false) delete holder['readOnly'];
}

function portKey(port: JsonMap): unknown {
  return `${String(port['containerPort'])}/${String(port['protocol'])}`;
}

function replaceList(holder: JsonMap, key: string, items: readonly JsonMap[]): void {
  if (!isEmpty(items)) holder[key] = items;
}

/** Server-side apply refuses two ports of one number; the later ones would add nothing. */
function firstOfEach(items: readonly JsonMap[], keyOf: (item: JsonMap) => unknown): JsonMap[] {
  const seen = new Set<unknown>();
  return items.filter((item) => !seen.has(keyOf(item)) && seen.add(keyOf(item)));
}

/**
 * Server-side apply refuses two variables of one name; the kubelet lets the last one win. It stays where it stands: what its value
 * refers to with `$(NAME)` is defined before it.
 */
function lastOfEach(items: readonly JsonMap[], keyOf: (item: JsonMap) => unknown): JsonMap[] {
  const last = new Map(items.map((item, index) => [keyOf(item), index]));
  return items.filter((item, index) => last.get(keyOf(item)) === index);
}
