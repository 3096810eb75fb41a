import type { MetricsProvider } from '../model/resolved-instance.ts';
import type { Inputs } from './facts.ts';
import type { Field } from './field.ts';
import { readChoice, readInteger, readItems, readMap, readNumber, readText, requireText, toPlain } from './readers.ts';

/** Every kind of metrics provider that PaaSTA knows. */
export const PROVIDER_TYPES = [
  'cpu',
  'memory',
  'uwsgi',
  'uwsgi-v2',
  'gunicorn',
  'piscina',
  'active-requests',
  'arbitrary-promql',
  'worker-load',
] as const;

const DEFAULT_SETPOINT = 0.8;
const DEFAULT_PROMQL_SETPOINT = 1;
/** Far above any sense, and within Kubernetes' 32-bit percentages. */
const MAX_SHARE = 1_000_000;
/** Seconds. */
const DEFAULT_WINDOW = 1800;

/** What an instance without `metrics_providers` scales on. */
const CPU_PROVIDER: MetricsProvider = Object.freeze({
  type: 'cpu',
  decisionPolicy: 'proportional',
  setpoint: DEFAULT_SETPOINT,
  movingAverageWindowSeconds: DEFAULT_WINDOW,
  desiredActiveRequestsPerReplica: 1,
  metricsQuery: null,
  seriesQuery: null,
  targetType: 'AverageValue',
  resources: null,
});

/**
 * Key `autoscaling.metrics_providers` with defaults filled in, in order; none configured: cpu at 0.8.
 * Also made for instances that are not autoscaled: their providers make adapter rules.
 * PaaSTA: `get_autoscaling_params`.
 */
export function resolveProviders({ keys }: Inputs): readonly MetricsProvider[] {
  const field = readMap(keys.field('autoscaling')).at('metrics_providers');
  const items = readItems(field);
  return items.length === 0 ? [CPU_PROVIDER] : items.map(readProvider);
}

function readProvider(item: Field): MetricsProvider {
  const provider = readMap(item);
  const type = readChoice(provider.at('type'), PROVIDER_TYPES, { default: 'cpu' as const });
  const isPromql = type === 'arbitrary-promql';
  const metricsQuery = provider.at('metrics_query');
  return {
    type,
    decisionPolicy: readText(provider.at('decision_policy'), { default: 'proportional' }),
    setpoint: readSetpoint(provider.at('setpoint'), type),
    movingAverageWindowSeconds: readInteger(provider.at('moving_average_window_seconds'), {
      default: DEFAULT_WINDOW,
      min: 1,
    }),
    desiredActiveRequestsPerReplica: readNumber(provider.at('desired_active_requests_per_replica'), { default: 1 }),
    metricsQuery: isPromql ? requireText(metricsQuery) : null,
    seriesQuery: isPromql ? readText(provider.at('series_query'), { default: null, whenNull: null }) : null,
    targetType: readText(provider.at('target_type'), { default: 'AverageValue' }),
    resources: isPromql ? readResources(provider.at('resources')) : null,
  };
}

/** The load that one replica should have. Kubernetes wants a positive target, and at least 1 % for cpu and memory. */
function readSetpoint(field: Field, type: string): number {
  const fallback = type === 'arbitrary-promql' ? DEFAULT_PROMQL_SETPOINT : DEFAULT_SETPOINT;
  const setpoint = readNumber(field, { default: fallback });
  const isPercent = type === 'cpu' || type === 'memory';
  const isTarget = isPercent ? setpoint <= MAX_SHARE && Math.trunc(setpoint * 100) >= 1 : setpoint > 0;
  if (!isTarget && type !== 'active-requests') {
    const expected = isPercent ? `a number from 0.01 to ${MAX_SHARE}` : 'a number above zero';
    field.error('bad-value', `${field.name} is ${setpoint}, expected ${expected}`);
  }
  return setpoint;
}

function readResources(field: Field): MetricsProvider['resources'] {
  const resources = readMap(field);
  resources.note('PaaSTA: overrides of namespace and deployment');
  return field.isSet ? (toPlain(field.value!) as Record<string, unknown>) : null;
}
