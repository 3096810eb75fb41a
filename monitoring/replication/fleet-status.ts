import type { ReplicationVerdict } from './verdict.ts';

/** When a whole cluster counts as in trouble. */
export interface FleetLimits {
  /** Percent of instances, default 10. */
  readonly percent: number;
  /** And at least so many, default 5. */
  readonly count: number;
}

/** One checked instance. */
export interface FleetMember {
  /** Null when it could not be checked. */
  readonly verdict: ReplicationVerdict | null;
  /** Only instances that are counted in the mesh decide about the fleet. */
  readonly isInMesh: boolean;
}

export interface FleetStatus {
  readonly isCritical: boolean;
  readonly underReplicated: number;
  readonly total: number;
  readonly percent: number;
}

/**
 * Whether the fleet is in trouble: both the share and the number of under-replicated instances reach their limits. Instances whose pods
 * are counted decide nothing. PaaSTA: `check_services_replication`, which returns None for them.
 */
export function fleetStatus(members: readonly FleetMember[], limits: FleetLimits): FleetStatus {
  const counted = members.flatMap(({ verdict, isInMesh }) => (isInMesh && verdict !== null ? [verdict] : []));
  const underReplicated = counted.filter(({ isCritical }) => isCritical).length;
  const percent = counted.length === 0 ? 0 : (100 * underReplicated) / counted.length;
  const isCritical = percent >= limits.percent && underReplicated >= limits.count;
  return { isCritical, underReplicated, total: counted.length, percent };
}
