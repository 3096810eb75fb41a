import { compareText } from '../../compiler/diagnostics/diagnostic.ts';
import type { ReplicationThreshold } from '../../compiler/model/monitoring.ts';
import { pythonFloatText } from '../../compiler/model/yaml-value.ts';
import { describeBackends, describeHealthy, describePods } from './descriptions.ts';
import { shareOf } from './share.ts';

/** The instance that is looked at. */
export interface CheckedInstance {
  readonly service: string;
  readonly instance: string;
  readonly cluster: string;
  readonly threshold: ReplicationThreshold;
}

/** What the replication check found. */
export interface ReplicationVerdict {
  readonly isCritical: boolean;
  /** One line, or for the mesh one for each location, as PaaSTA prints it. */
  readonly output: string;
  /** What it means and what can be done. */
  readonly description: string;
}

/** The mesh that is asked, as PaaSTA names it in its messages. */
const PROVIDER = 'Smartstack';

/** The verdict on pods that are ready. PaaSTA: `check_under_replication`. */
export function judgePods(instance: CheckedInstance, available: number, expected: number): ReplicationVerdict {
  const { threshold } = instance;
  const isCritical = shareOf(available, expected, threshold.percent).isTooLow;
  return {
    isCritical,
    output: `${jobOf(instance)} has ${available}/${expected} replicas available (threshold: ${threshold.text}%)`,
    description: isCritical ? describePods(instance) : describeHealthy(instance),
  };
}

/**
 * The verdict on backends that are up, by location: each location ought to have its whole share of the expected, and one bad location
 * makes the instance critical, as no location at all does. PaaSTA: `check_replication_for_instance`.
 */
export function judgeLocations(
  instance: CheckedInstance,
  available: ReadonlyMap<string, number>,
  expected: number,
): ReplicationVerdict {
  const job = jobOf(instance);
  const description = describeBackends(instance, PROVIDER);
  if (available.size === 0) {
    const advice =
      'Make sure the discover key in the corresponding config (e.g. smartstack.yaml for Smartstack) is valid!';
    return { isCritical: true, output: `Service ${job} has no ${PROVIDER} replication info. ${advice}\n`, description };
  }
  const perLocation = Math.trunc(expected / available.size);
  const critical: string[] = [];
  const healthy: string[] = [];
  for (const [location, up] of [...available].sort(([a], [b]) => compareText(a, b))) {
    const { percent, isTooLow } = shareOf(up, perLocation, instance.threshold.percent);
    const where = `${job} has ${up}/${perLocation} replicas in ${location} according to ${PROVIDER}`;
    (isTooLow ? critical : healthy).push(`${where} (${isTooLow ? 'CRITICAL' : 'OK'}: ${pythonFloatText(percent)}%)\n`);
  }
  const between = critical.length > 0 && healthy.length > 0 ? '. The following locations are OK: ' : '';
  const isCritical = critical.length > 0;
  return {
    isCritical,
    output: `${critical.join(', ')}${between}${healthy.join(', ')}`,
    description: isCritical ? description : describeHealthy(instance),
  };
}

/** The instance's name in checks and messages. */
export function jobOf({ service, instance }: Pick<CheckedInstance, 'service' | 'instance'>): string {
  return `${service}.${instance}`;
}
