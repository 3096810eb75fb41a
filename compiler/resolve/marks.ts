import type { PodMarks } from '../model/resolved-instance.ts';
import type { Facts, Inputs } from './facts.ts';
import { resolveRoleAnnotation } from './identity.ts';
import { checkedLabelValue } from './legal-names.ts';
import { readFlag, readText } from './readers.ts';

/** Facts that become labels and annotations of the pod template. PaaSTA: `get_pod_template_spec`. */
export function resolveMarks(facts: Facts): PodMarks {
  const { journal, keys, system, pool, prometheusPort } = facts;
  const mark = <T>(name: keyof PodMarks, make: () => T) => journal.member(`pod.marks.${name}`, make);
  const flag = (key: string) => readFlag(keys.field(key), { default: false, whenNull: false });
  return {
    pool: mark('pool', pool),
    isRoutableIp: mark('isRoutableIp', () => isRoutable(facts, flag('routable_ip'))),
    usesUwsgi: mark('usesUwsgi', () => hasProvider(facts, 'uwsgi')),
    iamRole: mark('iamRole', () => resolveRoleAnnotation(facts)),
    prometheusShard: mark('prometheusShard', () => resolvePrometheusShard(facts)),
    prometheusPath: mark('prometheusPath', () => nonEmpty(facts, 'prometheus_path')),
    prometheusPort: mark('prometheusPort', () => (prometheusPort() === 0 ? null : prometheusPort())),
    hasRegistrationLabels: mark('hasRegistrationLabels', () => system.get('addRegistrationLabels')),
    isIstioInjected: mark('isIstioInjected', () => flag('is_istio_sidecar_injection_enabled')),
    costOwner: mark('costOwner', () => resolveCostOwner(facts)),
    scrapesPiscina: mark('scrapesPiscina', () => isScaledBy(facts, 'piscina')),
    scrapesGunicorn: mark('scrapesGunicorn', () => isScaledBy(facts, 'gunicorn', 'worker-load')),
    hasAwsLbReadinessGate: mark('hasAwsLbReadinessGate', () => flag('enable_aws_lb_readiness_gate')),
  };
}

/**
 * Whether the pod needs an address outside its node: key `routable_ip`, the mesh, a `prometheus_port`, or a metrics provider that is
 * scraped. PaaSTA: `has_routable_ip`.
 */
function isRoutable(facts: Facts, isAskedFor: boolean): boolean {
  const { mesh, prometheusPort } = facts;
  if (isAskedFor || mesh().isInMesh || prometheusPort() !== null) return true;
  return isScaledBy(facts, 'uwsgi', 'gunicorn', 'worker-load');
}

/** Key `prometheus_shard`, a label. */
function resolvePrometheusShard(facts: Facts): string | null {
  return checkedLabelValue(
    facts.keys.field('prometheus_shard'),
    'prometheus_shard',
    nonEmpty(facts, 'prometheus_shard'),
  );
}

/** Key `cost_owner`, a label where the system's `enable_cost_owner_label` is on. */
function resolveCostOwner(facts: Facts): string | null {
  if (!facts.system.get('enableCostOwnerLabel')) return null;
  return checkedLabelValue(facts.keys.field('cost_owner'), 'cost_owner', nonEmpty(facts, 'cost_owner'));
}

function nonEmpty({ keys }: Inputs, key: string): string | null {
  const text = readText(keys.field(key), { default: null, whenNull: null });
  return text === '' ? null : text;
}

function hasProvider({ providers }: Facts, ...types: readonly string[]): boolean {
  return providers().some(({ type }) => types.includes(type));
}

function isScaledBy(facts: Facts, ...types: readonly string[]): boolean {
  return facts.maxInstances() !== null && hasProvider(facts, ...types);
}
