import type { ApiClient } from '../cluster/api-client.ts';
import { getOrNull } from '../cluster/get-object.ts';
import { listPages } from '../cluster/list-pages.ts';
import { collectionPath, objectPath, type Resources } from '../cluster/resources.ts';
import type { DesiredSet } from './desired-set.ts';
import { liveObject, type LiveObject } from './live-object.ts';
import {
  CONFIG_SHA_LABEL,
  GIT_SHA_LABEL,
  INSTANCE_LABEL,
  MANAGED_LABEL,
  PART_OF_LABEL,
  SERVICE_LABEL,
} from './names.ts';
import { keepingAnnotation } from './keeping-annotation.ts';
import { compareDeletion, planPrune, type PruneOptions, type PrunePlan } from './prune-plan.ts';

/** PaaSTA's cleanup job looks at no object that lacks one of them. */
const LABELS = [SERVICE_LABEL, INSTANCE_LABEL, GIT_SHA_LABEL, CONFIG_SHA_LABEL];
const WORKLOADS = ['Deployment', 'StatefulSet'];
/** What goes with a workload of the same name. */
const FOLLOWERS = [
  ['policy/v1', 'PodDisruptionBudget'],
  ['autoscaling/v2', 'HorizontalPodAutoscaler'],
] as const;

/** Workloads that PaaSTA made and that are in no set. */
export async function paastaWorkloads(client: ApiClient, resources: Resources): Promise<readonly LiveObject[]> {
  const found: LiveObject[] = [];
  for (const kind of WORKLOADS) {
    const resource = resources.find('apps/v1', kind)!;
    await listPages(client, collectionPath(resource), { labelSelector: MANAGED_LABEL }, (object) => {
      const live = liveObject(object, resource.apiVersion, kind);
      if (live.labels[PART_OF_LABEL] === undefined && LABELS.every((label) => live.labels[label] !== undefined))
        found.push(live);
    });
  }
  return found;
}

/**
 * What PaaSTA's cleanup job would delete: workloads of instances that the tree does not have, each with its budget and autoscaler,
 * unless an annotation keeps them.
 * PaaSTA: `cleanup_kubernetes_jobs`; the share is of objects to delete in live instances.
 */
export async function planPaastaCleanup(
  client: ApiClient,
  resources: Resources,
  desired: DesiredSet,
  workloads: readonly LiveObject[],
  options: Omit<PruneOptions, 'isListed' | 'countsObjects'>,
): Promise<PrunePlan> {
  const wanted = [...desired.objects.values()].filter(({ object }) => WORKLOADS.includes(object.kind));
  const known = new Set(wanted.map(({ service, instance }) => `${service ?? ''}.${instance ?? ''}`));
  const orphans = workloads.filter(({ labels }) => !known.has(`${labels[SERVICE_LABEL]!}.${labels[INSTANCE_LABEL]!}`));
  const plan = planPrune(desired, workloads, orphans, { ...options, isListed: () => true, countsObjects: true });
  const followers: LiveObject[] = [];
  for (const { namespace, name } of plan.objects) {
    for (const [apiVersion, kind] of FOLLOWERS) {
      const object = await getOrNull(client, objectPath(resources.find(apiVersion, kind)!, namespace, name));
      if (object === null) continue;
      const live = liveObject(object, apiVersion, kind);
      const isFree = live.labels[PART_OF_LABEL] === undefined && keepingAnnotation(live.annotations) === null;
      if (isFree) followers.push(live);
    }
  }
  return { ...plan, objects: [...plan.objects, ...followers].sort(compareDeletion) };
}
