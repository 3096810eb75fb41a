import { compareText } from '../diagnostics/diagnostic.ts';
import { isJsonMap, type JsonMap } from '../emit/json-data.ts';
import { HELD_FOR_ANNOTATION, heldFor, type Hold, holdsOf, isWorkload } from '../model/held-object.ts';
import { objectKey } from '../model/object-identity.ts';
import type { KubeObject } from '../model/rendered-file.ts';

/** An object and the file of the output tree in which it stands. */
export interface PlacedObject {
  readonly path: string;
  readonly object: KubeObject;
}

/** A change that a tool which applies one commit at a time makes in two of them. */
export type Transition = 'kind switch' | 'namespace move' | 'hand-over to the autoscaler';

/** The first of the two commits. */
export interface FirstPhase {
  readonly transition: Transition;
  readonly hold: Hold;
  /** All objects of the instance for now. */
  readonly objects: readonly PlacedObject[];
  /** Keys of what stays besides what is rendered, or is not stated anew: sorted. */
  readonly kept: readonly string[];
}

/**
 * What an instance's output is until the second commit; null when one commit is enough. A workload of another kind or namespace stays
 * beside the new one until that is current. One that is replaced by "downthenup" ends all its pods first, and the new one follows. A
 * number of replicas stays until the autoscaler, or somebody else, holds it in the cluster: dropped before, it would be reset to 1.
 */
export function firstPhase(earlier: readonly PlacedObject[], rendered: readonly PlacedObject[]): FirstPhase | null {
  for (const next of rendered) {
    if (!isWorkload(next.object) || replicasOf(next.object) === 0) continue;
    const found = phaseTo(next, earlier, rendered);
    if (found !== null) return found;
  }
  return null;
}

function phaseTo(
  next: PlacedObject,
  earlier: readonly PlacedObject[],
  rendered: readonly PlacedObject[],
): FirstPhase | null {
  const keys = new Set(rendered.map(({ object }) => objectKey(object)));
  const gone = earlier.filter(({ object }) => !keys.has(objectKey(object)));
  const { name, namespace } = next.object.metadata;
  const old = gone.find(({ object }) => isWorkload(object) && object.metadata.name === name);
  if (old === undefined) return handOver(earlier, rendered, next);
  if (replicasOf(old.object) === 0 && heldFor(old.object) === null) return null;
  const isMove = old.object.metadata.namespace !== namespace;
  const transition = isMove ? 'namespace move' : 'kind switch';
  const left = isMove ? gone : gone.filter(({ object }) => object.kind !== 'HorizontalPodAutoscaler');
  return [old, next].some(({ object }) => endsFirst(object))
    ? endOld(transition, old, left, rendered)
    : keepOld(transition, left, rendered, next);
}

function keepOld(
  transition: Transition,
  left: readonly PlacedObject[],
  rendered: readonly PlacedObject[],
  { object: next }: PlacedObject,
): FirstPhase {
  const kept = left.map(({ path, object }) => ({ path, object: marked(object, objectKey(next)) }));
  return phase(transition, [...rendered, ...kept], kept);
}

/** The old workload at no pods; the new one and its autoscaler follow in the second commit. */
function endOld(
  transition: Transition,
  old: PlacedObject,
  left: readonly PlacedObject[],
  rendered: readonly PlacedObject[],
): FirstPhase {
  const kept = left
    .filter(({ object }) => object.kind !== 'HorizontalPodAutoscaler')
    .map(({ path, object }) => {
      const held = marked(object, objectKey(old.object));
      return { path, object: isWorkload(object) ? withReplicas(held, 0) : held };
    });
  const company = rendered.filter(({ object }) => !isWorkload(object) && object.kind !== 'HorizontalPodAutoscaler');
  return phase(transition, [...company, ...kept], kept);
}

function handOver(
  earlier: readonly PlacedObject[],
  rendered: readonly PlacedObject[],
  next: PlacedObject,
): FirstPhase | null {
  const key = objectKey(next.object);
  const replicas = replicasOf(earlier.find(({ object }) => objectKey(object) === key)?.object);
  const scaler = rendered.find(
    ({ object }) => object.kind === 'HorizontalPodAutoscaler' && object.metadata.name === next.object.metadata.name,
  );
  if (replicas === null || replicas === 0 || scaler === undefined || replicasOf(next.object) !== null) return null;
  const object = withReplicas(marked(next.object, objectKey(scaler.object)), replicas);
  const kept = { path: next.path, object };
  return phase(
    'hand-over to the autoscaler',
    rendered.map((each) => (each === next ? kept : each)),
    [kept],
  );
}

function phase(transition: Transition, objects: readonly PlacedObject[], kept: readonly PlacedObject[]): FirstPhase {
  const [hold] = holdsOf(objects.map(({ object }) => object));
  return { transition, hold: hold!, objects, kept: kept.map(({ object }) => objectKey(object)).sort(compareText) };
}

/** PaaSTA's bounce "downthenup": no two generations of pods at once. */
function endsFirst({ spec }: KubeObject): boolean {
  const strategy = isJsonMap(spec) ? spec['strategy'] : undefined;
  return isJsonMap(strategy) && strategy['type'] === 'Recreate';
}

function replicasOf(object: KubeObject | undefined): number | null {
  const replicas = isJsonMap(object?.['spec']) ? object['spec']['replicas'] : undefined;
  return typeof replicas === 'number' ? replicas : null;
}

function marked(object: KubeObject, key: string): KubeObject {
  const annotations = { ...object.metadata.annotations, [HELD_FOR_ANNOTATION]: key };
  return { ...object, metadata: { ...object.metadata, annotations } };
}

function withReplicas(object: KubeObject, replicas: number): KubeObject {
  return { ...object, spec: { ...(object['spec'] as JsonMap), replicas } };
}
