import type { DesiredObject } from './desired-object.ts';
import type { LiveObject } from './live-object.ts';
import { CLUSTER_LABEL, MANAGED_LABEL, PART_OF_LABEL, SERVICE_LABEL } from './names.ts';
import { trackedBy } from './other-tools.ts';
import type { PlanOptions } from './plan.ts';

/** What keeps the whole run from writing anything. */
export interface Refusal {
  readonly code: 'ownership' | 'cluster' | 'stateful-move' | 'kept' | 'unserved';
  readonly message: string;
}

/** Objects of others are never touched. */
export function refusalOf(
  desired: DesiredObject,
  live: LiveObject,
  setId: string,
  { adopt, adoptFrom }: PlanOptions,
): Refusal | null {
  const refuse = (why: string): Refusal => ({ code: 'ownership', message: `${desired.key} ${why}` });
  if (live.controller !== null) return refuse(`is controlled by ${live.controller}`);
  const part = live.labels[PART_OF_LABEL];
  if (part === setId) return null;
  if (part !== undefined) return refuse(`is a member of another set, ${part}`);
  const tool = trackedBy(live);
  if (tool !== null) {
    if (adoptFrom.has(tool.flag)) return null;
    return refuse(
      `is tracked by ${tool.title}; --adopt-from=${tool.flag} takes it over, once ${tool.title} leaves it alone`,
    );
  }
  const isPaasta =
    live.labels[MANAGED_LABEL] !== undefined &&
    live.labels[SERVICE_LABEL] === (desired.service ?? live.labels[SERVICE_LABEL]);
  if (adopt === 'unowned' || (adopt === 'paasta' && (isPaasta || isPaastaSupport(desired)))) return null;
  return refuse(`is live and not ours; --adopt=${isPaasta ? 'paasta' : 'unowned'} takes it over`);
}

/** What PaaSTA makes without its labels: namespaces and what stands in them for all services. */
function isPaastaSupport({ object }: DesiredObject): boolean {
  return [
    'Namespace',
    'ServiceAccount',
    'RoleBinding',
    'LimitRange',
    'PodDisruptionBudget',
    'HorizontalPodAutoscaler',
  ].includes(object.kind);
}

/** Members that say that they are of another cluster. */
export function wrongCluster(members: readonly LiveObject[], cluster: string): readonly Refusal[] {
  const wrong = members.find(({ labels }) => (labels[CLUSTER_LABEL] ?? cluster) !== cluster);
  if (wrong === undefined) return [];
  const message = `${wrong.key} carries the label of cluster ${wrong.labels[CLUSTER_LABEL]!}, and this tree is of ${cluster}`;
  return [{ code: 'cluster', message }];
}
