import type { ResolvedDisruption } from '../model/resolved-instance.ts';
import type { Facts } from './facts.ts';
import { readChoice } from './readers.ts';
import { marginPercent, readMarginFactor } from './strategy.ts';

const EVICTION_POLICIES = ['IfHealthyBudget', 'AlwaysAllow'] as const;

/**
 * The disruption budget. `bounce_margin_factor` decides it only where it is set; otherwise the system's
 * `pdb_max_unavailable` does. `unhealthy_pod_eviction_policy` of the instance comes before the system's.
 */
export function resolveDisruption(facts: Facts): ResolvedDisruption {
  const { journal } = facts;
  return {
    maxUnavailable: journal.member('disruption.maxUnavailable', resolveMaxUnavailable, facts),
    unhealthyPodEvictionPolicy: journal.member('disruption.unhealthyPodEvictionPolicy', resolveEvictionPolicy, facts),
  };
}

function resolveMaxUnavailable(facts: Facts): ResolvedDisruption['maxUnavailable'] {
  const { keys, system } = facts;
  return keys.has('bounce_margin_factor') ? marginPercent(readMarginFactor(facts)) : system.get('pdbMaxUnavailable');
}

function resolveEvictionPolicy({ keys, system }: Facts): string {
  const field = keys.field('unhealthy_pod_eviction_policy');
  if (!field.isSet) return system.get('unhealthyPodEvictionPolicy');
  // PaaSTA sends an explicit null as it is, and Kubernetes takes it for this.
  return readChoice(field, EVICTION_POLICIES, { default: 'IfHealthyBudget', whenNull: 'IfHealthyBudget' });
}
