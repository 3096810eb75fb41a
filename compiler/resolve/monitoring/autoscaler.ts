import type { AutoscalerAlert } from '../../model/monitoring.ts';
import { isNumeric, toNumber } from '../../model/yaml-value.ts';
import type { Facts } from '../facts.ts';
import { shown } from '../readers.ts';

/**
 * When an instance at its upper limit is in trouble, for each of its metrics: key `max_instances_alert_threshold` of the metrics
 * provider, else the setpoint. PaaSTA: `check_autoscaler_max_instances`.
 */
export function resolveAutoscalerAlerts({ keys, providers }: Facts): readonly AutoscalerAlert[] {
  const field = keys.field('autoscaling').at('metrics_providers');
  return providers().map(({ type, setpoint }, index) => {
    const own = field.at(index).at('max_instances_alert_threshold');
    own.note('PaaSTA: max_instances_alert_threshold setpoint');
    if (isNumeric(own.value)) return { type, setpoint, threshold: toNumber(own.value) };
    if (own.isSet) own.warn('bad-monitoring', `${own.name} is ${shown(own.value)}, expected a number`);
    return { type, setpoint, threshold: setpoint };
  });
}
