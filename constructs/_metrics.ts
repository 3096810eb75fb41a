import { canonicalQuantity } from '../compiler/emit/quantity.ts';
import type { MetricsProvider, ResolvedInstance } from '../compiler/model/resolved-instance.ts';
import type { MetricSpec, MetricTarget } from './_plain.ts';

/** Providers whose adapter rule serves every instance with the same window. */
const TEMPLATED = ['uwsgi', 'uwsgi-v2', 'gunicorn', 'piscina', 'worker-load'];
/** Providers whose adapter rule belongs to one instance. */
const OWN_RULE = ['active-requests', 'arbitrary-promql'];

/** Whether one adapter rule per window serves all instances that use this provider. */
export function isTemplated(type: string): boolean {
  return TEMPLATED.includes(type);
}

/**
 * Name of the metric that prometheus-adapter serves to the HPA; null for `cpu` and `memory`, which need no adapter.
 * PaaSTA: `get_prometheus_metric_name`, `namespace_external_metric_name`.
 */
export function adapterMetricName(instance: Pick<ResolvedInstance, 'name'>, provider: MetricsProvider): string | null {
  if (isTemplated(provider.type)) return `${provider.type}-prom-${provider.movingAverageWindowSeconds}`;
  if (OWN_RULE.includes(provider.type)) return `${instance.name}-${provider.type}-prom`;
  return null;
}

/** The HPA's metric for a provider; null for a type that PaaSTA does not know. */
export function hpaMetric(instance: ResolvedInstance, provider: MetricsProvider, asStored = false): MetricSpec | null {
  if (provider.type === 'cpu' || provider.type === 'memory') {
    const averageUtilization = Math.trunc(provider.setpoint * 100);
    return { resource: { name: provider.type, target: { averageUtilization, type: 'Utilization' } }, type: 'Resource' };
  }
  const name = adapterMetricName(instance, provider);
  if (name === null) return null;
  return {
    object: {
      describedObject: { apiVersion: 'apps/v1', kind: 'Deployment', name: instance.name },
      metric: { name, ...(isTemplated(provider.type) && { selector: { matchLabels: metricLabels(instance) } }) },
      target: metricTarget(provider, asStored ? storedQuantity : asConfigured),
    },
    type: 'Object',
  };
}

function metricLabels(instance: ResolvedInstance): Record<string, string> {
  return {
    paasta_cluster: instance.cluster,
    paasta_instance: instance.instance,
    paasta_service: instance.service,
  };
}

/**
 * `AverageValue` where the query gives a total over all pods, `Value` where it gives the ratio of needed to present replicas.
 * The query of `active-requests` divides by the setpoint already.
 */
function metricTarget(provider: MetricsProvider, form: (value: number) => number | string): MetricTarget {
  switch (provider.type) {
    case 'active-requests':
      return { type: 'Value', value: form(1) };
    case 'uwsgi-v2':
    case 'worker-load':
      return { averageValue: form(provider.setpoint), type: 'AverageValue' };
    case 'arbitrary-promql':
      if (provider.targetType === 'AverageValue')
        return { averageValue: form(provider.setpoint), type: 'AverageValue' };
      return { type: 'Value', value: form(provider.setpoint) };
    default:
      return { type: 'Value', value: form(provider.setpoint) };
  }
}

function storedQuantity(value: number): number | string {
  return canonicalQuantity(value) ?? value;
}

function asConfigured(value: number): number {
  return value;
}
