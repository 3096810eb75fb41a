import type { ReplicationSource, ReplicationTarget } from './target.ts';
import { judgeLocations, judgePods, type ReplicationVerdict } from './verdict.ts';

/** The verdict on one instance, where its replicas are counted. PaaSTA: `check_kubernetes_pod_replication`. */
export async function checkReplication(
  source: ReplicationSource,
  target: ReplicationTarget,
): Promise<ReplicationVerdict> {
  const expected = await expectedReplicas(source, target);
  const { path } = target;
  if (path.kind === 'pods') return judgePods(target, await source.readyPods(target), expected);
  return judgeLocations(target, await source.backends(target, path), expected);
}

/**
 * How many replicas there ought to be: an autoscaled instance has what its workload asks for, within the limits, and the upper limit when
 * there is no workload. PaaSTA: `get_instances`.
 */
export async function expectedReplicas(source: ReplicationSource, target: ReplicationTarget): Promise<number> {
  const { expected } = target;
  if (expected.kind === 'fixed') return expected.instances;
  const wanted = await source.wantedReplicas(target);
  if (wanted === null) return expected.max;
  return Math.max(expected.min, Math.min(expected.max, wanted));
}
