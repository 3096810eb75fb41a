import type { ExpectedReplicas, MeshPath, ReplicationPath } from '../../compiler/model/monitoring.ts';
import type { CheckedInstance } from './verdict.ts';

/** One instance, and what soa-configs say of its replicas. */
export interface ReplicationTarget extends CheckedInstance {
  readonly expected: ExpectedReplicas;
  readonly path: ReplicationPath;
}

/** What runs right now. */
export interface ReplicationSource {
  /** Pods of the instance that are ready, terminating ones and those of other workloads included. */
  readyPods(target: ReplicationTarget): Promise<number>;
  /** What the workload asks for; null when there is none. */
  wantedReplicas(target: ReplicationTarget): Promise<number | null>;
  /** Backends that are up, by location. */
  backends(target: ReplicationTarget, path: MeshPath): Promise<ReadonlyMap<string, number>>;
}

/** The cluster or the mesh gives no answer that a verdict could rest on. */
export class CheckProblem extends Error {}
