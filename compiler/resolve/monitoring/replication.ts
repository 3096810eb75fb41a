import type {
  ExpectedReplicas,
  ReplicationMonitoring,
  ReplicationPath,
  ReplicationThreshold,
} from '../../model/monitoring.ts';
import { isNumeric, pythonText, toNumber } from '../../model/yaml-value.ts';
import type { Facts } from '../facts.ts';
import { readInteger, readText, shown } from '../readers.ts';
import { monitoringField, ownMonitoringField } from './monitoring-keys.ts';
import type { SystemKeys } from '../system-keys.ts';
import { secondsOrNull, textOrNull, wholeNumber } from './read-values.ts';

const MINUTE = 60;
/** Names of node labels that keep Yelp's prefix. PaaSTA: `DISCOVERY_ATTRIBUTES`. */
const YELP_ATTRIBUTES = ['region', 'superregion', 'ecosystem', 'habitat', 'pool', 'hostname', 'owner'];

/**
 * Seconds before a replication alert: key `alert_after` of the merged block; else 20 minutes for a lone replica that is not
 * autoscaled (a bounce leaves it at none), else 10 minutes. PaaSTA: `check_kubernetes_pod_replication`.
 */
export function resolveAlertAfterSeconds(facts: Facts): number | null {
  const expected = resolveExpected(facts);
  const isLone = expected.kind === 'fixed' && expected.instances === 1;
  const seconds = (isLone ? 20 : 10) * MINUTE;
  const field = ownMonitoringField(facts, 'alert_after');
  field.note(() => `PaaSTA: monitoring.alert_after ${seconds}`);
  return secondsOrNull(field, seconds);
}

/** Key `alert_after` as checks other than replication read it: 5 minutes unless the merged block sets it. PaaSTA: `send_event`. */
export function resolveGenericAlertAfter(facts: Facts): number | null {
  return secondsOrNull(ownMonitoringField(facts, 'alert_after'), 5 * MINUTE);
}

/** Key `realert_every` of the merged block, cut to a whole number; default -1. PaaSTA: `send_event`. */
export function resolveSentRealertEvery(facts: Facts): number {
  const field = ownMonitoringField(facts, 'realert_every');
  field.note('PaaSTA: monitoring.realert_every -1');
  return wholeNumber(field, -1);
}

/** Key `runbook`, else the cluster's default one, `y/unhealthy-paasta-instances`. PaaSTA: `DEFAULT_REPLICATION_RUNBOOK`. */
export function resolveReplicationRunbook(facts: Facts): string | null {
  const field = monitoringField(facts, 'runbook');
  return field.isSet ? textOrNull(field) : facts.system.get('defaults').runbook;
}

/** Key `tip`, else the status command of the instance, or what the cluster's defaults say. PaaSTA: `send_replication_event`. */
export function resolveReplicationTip(facts: Facts): string | null {
  const field = monitoringField(facts, 'tip');
  if (field.isSet) return textOrNull(field);
  const { service, instance, cluster } = facts;
  const names: Readonly<Record<string, string>> = { service, instance, cluster };
  let tip = '';
  // What stands between two texts is a name.
  for (const [index, piece] of facts.system.once('tip', tipPieces).entries())
    tip += index % 2 === 0 ? piece : names[piece]!;
  return tip;
}

function tipPieces(system: SystemKeys): readonly string[] {
  return system.get('defaults').tip.split(/\{(service|instance|cluster)\}/);
}

/** Key `replication_threshold`, percent of replicas below which the instance is in trouble; default 50. */
export function resolveThreshold({ keys }: Facts): ReplicationThreshold {
  const field = keys.field('replication_threshold');
  field.note('PaaSTA: replication_threshold 50');
  const { value } = field;
  if (isNumeric(value)) return { percent: Math.trunc(toNumber(value)), text: pythonText(value) };
  if (field.isSet) field.warn('bad-monitoring', `replication_threshold is ${shown(value)}, expected a percentage`);
  return { percent: 50, text: '50' };
}

/** Replicas that ought to be there: `instances` (1), or the limits of an autoscaled instance; stopping changes nothing. */
export function resolveExpected({ keys, minInstances, maxInstances }: Facts): ExpectedReplicas {
  const max = maxInstances();
  if (max !== null) return { kind: 'autoscaled', min: minInstances(), max };
  return { kind: 'fixed', instances: readInteger(keys.field('instances'), { default: 1, min: 0 }) };
}

/**
 * Where replicas are counted: in the mesh when the instance's first registration is its own name and the namespace of that name
 * has a `proxy_port`, per location of type `discover` (region); among the pods otherwise. PaaSTA: `check_kubernetes_pod_replication`.
 */
export function resolvePath({ service, instance, registrations, mesh, pool, system }: Facts): ReplicationPath {
  const { entry, isInMesh } = mesh();
  const isOwn = registrations()[0] === `${service}.${instance}`;
  if (!isOwn || !isInMesh || entry === null || entry.at('proxy_port').value === null) return { kind: 'pods' };
  const discover = readText(entry.at('discover'), { default: 'region', whenNull: 'region' });
  const statistics = { port: system.get('synapsePort'), urlFormat: system.get('synapseHaproxyUrlFormat') };
  return { kind: 'discovery', locationLabel: locationLabel(discover), pool: pool(), statistics };
}

/** All that the replication check needs. */
export function resolveReplication(facts: Facts): ReplicationMonitoring {
  return {
    runbook: resolveReplicationRunbook(facts),
    tip: resolveReplicationTip(facts),
    alertAfterSeconds: resolveAlertAfterSeconds(facts),
    realertEvery: resolveSentRealertEvery(facts),
    threshold: resolveThreshold(facts),
    expected: resolveExpected(facts),
    path: resolvePath(facts),
  };
}

/** PaaSTA: `paasta_prefixed`. */
function locationLabel(attribute: string): string {
  if (attribute.includes('/')) return attribute;
  return `${YELP_ATTRIBUTES.includes(attribute) ? 'yelp.com' : 'paasta.yelp.com'}/${attribute}`;
}
