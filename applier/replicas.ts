import { mapAt, type JsonMap } from '../compiler/emit/json-data.ts';
import type { Comparison } from './compare-object.ts';
import type { DesiredObject } from './desired-object.ts';
import type { DesiredSet } from './desired-set.ts';
import type { LiveObject } from './live-object.ts';
import { GIT_SHA_LABEL, IMAGE_VERSION_LABEL } from './names.ts';

/**
 * How `spec.replicas` is sent. `initial` states a number once, for an object that is new or was stopped; `hand-over` first lets a
 * second manager hold the live number, because dropping a number that only we hold would reset it to 1.
 */
export type ReplicaStep =
  | { readonly kind: 'as-rendered' }
  | { readonly kind: 'initial'; readonly replicas: number }
  | { readonly kind: 'hand-over'; readonly replicas: number };

const AS_RENDERED: ReplicaStep = { kind: 'as-rendered' };

export function replicaStep(
  desired: DesiredObject,
  live: LiveObject | null,
  comparison: Comparison | null,
  set: DesiredSet,
  initial: 'min' | 'max',
): ReplicaStep {
  const spec = mapAt(desired.object as JsonMap, 'spec');
  if (!isScalable(desired.object.kind) || spec?.['replicas'] !== undefined) return AS_RENDERED;
  const limits = mapAt(autoscalerOf(desired, set)?.object as JsonMap | undefined, 'spec');
  if (limits === undefined) return AS_RENDERED;
  if (live === null || live.replicas === 0) {
    const replicas = limits[initial === 'min' ? 'minReplicas' : 'maxReplicas'];
    return typeof replicas === 'number' ? { kind: 'initial', replicas } : AS_RENDERED;
  }
  const isHeld = comparison?.holdsReplicas === true && live.replicas !== null;
  return isHeld ? { kind: 'hand-over', replicas: live.replicas } : AS_RENDERED;
}

function isScalable(kind: string): boolean {
  return kind === 'Deployment' || kind === 'StatefulSet';
}

/** The rendered autoscaler of a workload. */
function autoscalerOf({ object }: DesiredObject, set: DesiredSet): DesiredObject | undefined {
  const { namespace, name } = object.metadata;
  const sameName = set.objects.get(`autoscaling/HorizontalPodAutoscaler ${namespace ?? ''}/${name}`);
  if (sameName !== undefined && targets(sameName, object.kind, name)) return sameName;
  return [...set.objects.values()].find(
    (one) =>
      one.object.kind === 'HorizontalPodAutoscaler' &&
      one.object.metadata.namespace === namespace &&
      targets(one, object.kind, name),
  );
}

function targets(autoscaler: DesiredObject, kind: string, name: string): boolean {
  const target = mapAt(mapAt(autoscaler.object as JsonMap, 'spec'), 'scaleTargetRef');
  return target?.['kind'] === kind && target['name'] === name;
}

/** Developers' pushes go before changes of configuration, these before repairs (PaaSTA: order of the setup job). */
export function bounceClass(desired: DesiredObject, live: LiveObject | null, action: string): number {
  if (action === 'drift') return 2;
  if (live === null) return 0;
  const labels = desired.object.metadata.labels ?? {};
  const isNewVersion = [GIT_SHA_LABEL, IMAGE_VERSION_LABEL].some((name) => labels[name] !== live.labels[name]);
  return isNewVersion ? 0 : 1;
}
