import type { Chart } from 'cdk8s';
import type { ResolvedInstance } from '../compiler/model/resolved-instance.ts';

/** Construct ids of what an instance's chart holds before users' constructs run: `chart.node.findChild('workload')`. */
export const INSTANCE_IDS = {
  workload: 'workload',
  pdb: 'pdb',
  hpa: 'hpa',
  nerve: 'nerve',
  hacheck: 'hacheck',
} as const;

/**
 * What a module of users' constructs exports as `default`. It is called once for each instance, with the instance's chart,
 * which holds the objects rendered so far, and the frozen instance. It may add API objects, change the metadata of those
 * that are there and patch them. Objects without a namespace go to the instance's; an empty namespace marks a custom kind
 * as cluster-scoped.
 *
 * It must be a pure, synchronous function of its arguments: no files, clock, environment or network.
 */
export type ExtendInstance = (chart: Chart, instance: ResolvedInstance) => void;
