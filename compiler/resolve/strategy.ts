import type { ResolvedStrategy } from '../model/resolved-instance.ts';
import type { Facts, Inputs } from './facts.ts';
import { readChoice, readInteger, readMap, readNumber } from './readers.ts';
import type { SystemKeys } from './system-keys.ts';

const BOUNCE_METHODS = ['crossover', 'brutal', 'downthenup'] as const;
const DEFAULT_MARGIN_FACTOR = 0.95;

/**
 * How pods are replaced: `bounce_method`, with `bounce_margin_factor` (the share that must stay up, 0.95) and
 * `bounce_overprovision_factor` (the share added meanwhile, 1). A StatefulSet has none.
 * PaaSTA: `get_deployment_strategy_config`; percentages are cut off in binary floating point: a margin of 0.9 gives `9%`.
 */
export function resolveStrategy(facts: Facts): ResolvedStrategy | null {
  const field = facts.keys.field('bounce_method');
  const method = readChoice(field, BOUNCE_METHODS, { default: 'crossover' as const });
  if (facts.kind() === 'StatefulSet') return null;
  if (method === 'downthenup') return { type: 'Recreate' };
  const maxSurge = resolveMaxSurge(facts);
  const maxUnavailable = method === 'brutal' ? '100%' : marginPercent(readMarginFactor(facts));
  if (maxSurge === '0%' && maxUnavailable === '0%') {
    const hint = 'raise bounce_overprovision_factor, lower bounce_margin_factor, or use bounce_method: downthenup';
    const decisive = ['bounce_overprovision_factor', 'bounce_margin_factor'].find((key) => facts.keys.has(key));
    const place = decisive === undefined ? field : facts.keys.field(decisive);
    place.error('bad-strategy', 'nothing may be added and nothing taken down, so pods could never be replaced', hint);
  }
  return { type: 'RollingUpdate', maxSurge, maxUnavailable };
}

/** Key `bounce_margin_factor`, from 0 to 1. */
export function readMarginFactor({ keys }: Inputs): number {
  return readNumber(keys.field('bounce_margin_factor'), { default: DEFAULT_MARGIN_FACTOR, min: 0, max: 1 });
}

/** What a margin leaves to be down: `trunc((1 - margin) * 100)%`. */
export function marginPercent(margin: number): string {
  return `${Math.trunc((1 - margin) * 100)}%`;
}

/**
 * Key `bounce_health_params.min_task_uptime`: seconds a new pod must be ready to count, 0. Not read for a StatefulSet.
 * Kubernetes wants it below its deadline for progress, 600.
 */
export function resolveMinReadySeconds({ keys, kind }: Facts): number {
  if (kind() === 'StatefulSet') return 0;
  return readInteger(readMap(keys.field('bounce_health_params')).at('min_task_uptime'), {
    default: 0,
    min: 0,
    max: 599,
  });
}

/** Key `pod_management_policy`: whether a StatefulSet starts its pods in order. Not read for a Deployment. */
export function resolvePodManagementPolicy({ keys, kind }: Facts): string {
  if (kind() === 'Deployment') return 'OrderedReady';
  return readChoice(keys.field('pod_management_policy'), ['OrderedReady', 'Parallel'], { default: 'OrderedReady' });
}

/** Rounded to two decimals before the cut, so that 0.29 gives `29%`. */
function resolveMaxSurge({ keys, system }: Inputs): string {
  const field = keys.field('bounce_overprovision_factor');
  if (field.isSet) return surgePercent(readNumber(field, { default: 1, min: 0, max: 1000 }));
  return system.once('max surge', defaultSurge);
}

function defaultSurge(system: SystemKeys): string {
  return surgePercent(system.get('defaultBounceOverprovisionFactor'));
}

function surgePercent(factor: number): string {
  return `${Math.trunc(Number((factor * 100).toFixed(2)))}%`;
}
