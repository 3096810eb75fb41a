import type { PodMarks } from '../model/resolved-instance.ts';
import type { Facts, Inputs } from './facts.ts';
import { resolveRoleAnnotation } from './identity.ts';
import { checkedLabelValue } from './legal-names.ts';
import { readFlag, readText } from './readers.ts';

const UWSGI = ['uwsgi'];
const PISCINA = ['piscina'];
const GUNICORN = ['gunicorn', 'worker-load'];
const ROUTABLE_PROVIDERS = [...UWSGI, ...GUNICORN];

/** Facts that become labels and annotations of the pod template. PaaSTA: `get_pod_template_spec`. */
export function resolveMarks(facts: Facts): PodMarks {
  const { journal } = facts;
  return {
    pool: journal.member('pod.marks.pool', facts.pool, facts),
    isRoutableIp: journal.member('pod.marks.isRoutableIp', isRoutable, facts),
    usesUwsgi: journal.member('pod.marks.usesUwsgi', usesUwsgi, facts),
    iamRole: journal.member('pod.marks.iamRole', resolveRoleAnnotation, facts),
    prometheusShard: journal.member('pod.marks.prometheusShard', resolvePrometheusShard, facts),
    prometheusPath: journal.member('pod.marks.prometheusPath', resolvePrometheusPath, facts),
    prometheusPort: journal.member('pod.marks.prometheusPort', readPrometheusPort, facts),
    hasRegistrationLabels: journal.member('pod.marks.hasRegistrationLabels', hasRegistrationLabels, facts),
    isIstioInjected: journal.member('pod.marks.isIstioInjected', isIstioInjected, facts),
    costOwner: journal.member('pod.marks.costOwner', resolveCostOwner, facts),
    scrapesPiscina: journal.member('pod.marks.scrapesPiscina', scrapesPiscina, facts),
    scrapesGunicorn: journal.member('pod.marks.scrapesGunicorn', scrapesGunicorn, facts),
    hasAwsLbReadinessGate: journal.member('pod.marks.hasAwsLbReadinessGate', hasAwsLbReadinessGate, facts),
  };
}

/**
 * Whether the pod needs an address outside its node: key `routable_ip`, the mesh, a `prometheus_port`, or a metrics provider that is
 * scraped. PaaSTA: `has_routable_ip`.
 */
function isRoutable(facts: Facts): boolean {
  const { mesh, prometheusPort } = facts;
  if (readOwnFlag(facts, 'routable_ip') || mesh().isInMesh || prometheusPort() !== null) return true;
  return isScaledBy(facts, ROUTABLE_PROVIDERS);
}

function usesUwsgi(facts: Facts): boolean {
  return hasProvider(facts, UWSGI);
}

function resolvePrometheusPath(facts: Facts): string | null {
  return nonEmpty(facts, 'prometheus_path');
}

function readPrometheusPort({ prometheusPort }: Facts): number | null {
  return prometheusPort() === 0 ? null : prometheusPort();
}

function hasRegistrationLabels({ system }: Facts): boolean {
  return system.get('addRegistrationLabels');
}

function isIstioInjected(facts: Facts): boolean {
  return readOwnFlag(facts, 'is_istio_sidecar_injection_enabled');
}

function scrapesPiscina(facts: Facts): boolean {
  return isScaledBy(facts, PISCINA);
}

function scrapesGunicorn(facts: Facts): boolean {
  return isScaledBy(facts, GUNICORN);
}

function hasAwsLbReadinessGate(facts: Facts): boolean {
  return readOwnFlag(facts, 'enable_aws_lb_readiness_gate');
}

function readOwnFlag({ keys }: Facts, key: string): boolean {
  return readFlag(keys.field(key), { default: false, whenNull: false });
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

function hasProvider({ providers }: Facts, types: readonly string[]): boolean {
  return providers().some(({ type }) => types.includes(type));
}

function isScaledBy(facts: Facts, types: readonly string[]): boolean {
  return facts.maxInstances() !== null && hasProvider(facts, types);
}
