import { mapAt, mapsAt, type JsonMap } from '../../compiler/emit/json-data.ts';
import type { AutoscalerAlert } from '../../compiler/model/monitoring.ts';
import { pythonFloatText } from '../../compiler/model/yaml-value.ts';
import { STATUS, type Status } from '../events/sensu-event.ts';
import { quantityValue } from './quantity-value.ts';

export interface AutoscalerVerdict {
  readonly status: Status;
  readonly output: string;
}

/** Texts that every event of this check carries. PaaSTA: `check_autoscaler_max_instances`. */
export const AUTOSCALER_CHECK = 'check_autoscaler_max_instances';
export const AUTOSCALER_RUNBOOK = 'y/check-autoscaler-max-instances';
export const AUTOSCALER_REALERT_EVERY = 60;
export const AUTOSCALER_TIP =
  'The autoscaler wants to scale up to handle additional load because your service is overloaded, but cannot scale any' +
  ' higher because of max_instances. You may want to bump max_instances. To make this alert quieter, adjust' +
  ' autoscaling.metrics_providers[n].max_instances_alert_threshold in yelpsoa-configs.';

/**
 * Whether an autoscaler that is at its upper limit wants more: the utilisation of a metric is above its threshold. Metrics and providers
 * belong together by their order, and the last metric decides, as in PaaSTA. Canaries that cannot scale are left alone.
 */
export function judgeAutoscaler(
  job: { readonly service: string; readonly instance: string },
  autoscaler: JsonMap,
  alerts: readonly AutoscalerAlert[],
): AutoscalerVerdict {
  const name = `${job.service}.${job.instance}`;
  const spec = mapAt(autoscaler, 'spec');
  const max = Number(spec?.['maxReplicas']);
  const desired = Number(mapAt(autoscaler, 'status')?.['desiredReplicas'] ?? 0);
  if (Number(spec?.['minReplicas'] ?? 1) === max && job.instance.includes('canary')) {
    const why = 'as the instance name contains "canary" and min_instances == max_instances.';
    return { status: STATUS.ok, output: `Not checking ${name} ${why}` };
  }
  if (desired < max) return { status: STATUS.ok, output: `${name} is below max_instances.` };
  let verdict: AutoscalerVerdict = { status: STATUS.unknown, output: 'how are there no metrics for this thing?' };
  const metrics = metricsOf(autoscaler);
  for (const [index, alert] of alerts.slice(0, metrics.length).entries()) {
    verdict = judgeMetric(name, metrics[index]!, alert, verdict);
  }
  return verdict;
}

function judgeMetric(
  name: string,
  metric: Metric,
  alert: AutoscalerAlert,
  before: AutoscalerVerdict,
): AutoscalerVerdict {
  const { setpoint, threshold, type } = alert;
  const { current, target } = metric;
  if (current === undefined || target === undefined || target === 0) {
    const trouble = `there is an error fetching your ${type} metric. Check your autoscaling configs or reach out to #paasta.`;
    return { ...before, output: `${name}: Service is at max_instances, and ${trouble}` };
  }
  const utilization = (setpoint * current) / target;
  const limit = threshold === setpoint ? 'setpoint' : 'max_instances_alert_threshold';
  const isAbove = utilization > threshold;
  const [conjunction, relation] = isAbove ? ['and', 'greater'] : ['but', 'less'];
  const values = `utilization (${pythonFloatText(utilization)}) is ${relation} than ${limit} (${threshold}).`;
  return {
    status: isAbove ? STATUS.critical : STATUS.ok,
    output: `${name}: Service is at max_instances, ${conjunction} ${values}`,
  };
}

interface Metric {
  readonly target: number | undefined;
  readonly current: number | undefined;
}

/** The metrics of the specification in order, each with what the status says of the one of that name. */
function metricsOf(autoscaler: JsonMap): readonly Metric[] {
  const current = new Map(
    mapsAt(mapAt(autoscaler, 'status'), 'currentMetrics').map((metric) => [metricName(metric), metric]),
  );
  return mapsAt(mapAt(autoscaler, 'spec'), 'metrics').map((metric) => ({
    target: valueOf(mapAt(sourceOf(metric), 'target')),
    current: valueOf(mapAt(sourceOf(current.get(metricName(metric)) ?? {}), 'current')),
  }));
}

function sourceOf(metric: JsonMap): JsonMap | undefined {
  const type = metric['type'];
  return typeof type === 'string' ? mapAt(metric, type.charAt(0).toLowerCase() + type.slice(1)) : undefined;
}

function metricName(metric: JsonMap): string {
  const source = sourceOf(metric);
  return String(mapAt(source, 'metric')?.['name'] ?? source?.['name'] ?? '');
}

function valueOf(values: JsonMap | undefined): number | undefined {
  const found = values?.['averageValue'] ?? values?.['averageUtilization'] ?? values?.['value'];
  return typeof found === 'string' || typeof found === 'number' ? quantityValue(found) : undefined;
}
