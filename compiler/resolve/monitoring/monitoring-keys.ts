import type { ServiceFile } from '../../model/service-sources.ts';
import { documentField } from '../document-fields.ts';
import type { Inputs } from '../facts.ts';
import { childOf, type Field } from '../field.ts';
import type { Journal } from '../journal.ts';

/**
 * Where a monitoring key may stand, strongest first: the instance's `monitoring` with all layers merged, monitoring.yaml (which
 * a `monitoring` of service.yaml hides from the merge), the same key at the top of service.yaml, and `monitoring_defaults`
 * of the system configuration, which is ours. The first place that has the key wins, also with an explicit null.
 * PaaSTA: `__get_monitoring_config_value`.
 */
export function monitoringField(inputs: Inputs, key: string): Field {
  const own = ownMonitoringField(inputs, key);
  if (own.isSet) return own;
  const { sources, journal, system } = inputs;
  const weaker = fieldIn(sources.monitoring, key, journal) ?? fieldIn(sources.serviceYaml, key, journal);
  if (weaker !== null) return weaker;
  const byDefault = system.field('monitoringDefaults', system.get('monitoringDefaults')).at(key);
  return byDefault.isSet ? byDefault : own;
}

/** The key in the merged `monitoring` block alone: PaaSTA's checks read some keys nowhere else. */
export function ownMonitoringField({ keys }: Inputs, key: string): Field {
  return keys.field('monitoring').at(key);
}

/** The key at the top of a file; null when it is not there. */
function fieldIn(file: ServiceFile, key: string, journal: Journal): Field | null {
  if (file.kind !== 'read' || childOf(file.document.value, key) === undefined) return null;
  return documentField(journal, file.document, [key]);
}
