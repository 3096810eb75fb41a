import { aboutKey, type InstanceRule } from '../rule.ts';
import { isAutoscaled, isGenerated, providersOf } from '../settings.ts';

/** A provider of type arbitrary-promql has a query. PaaSTA: `_validate_arbitrary_promql_autoscaling_configs`. */
export const promqlHasQuery: InstanceRule = (view) => {
  if (!isAutoscaled(view.workload) || isGenerated(view)) return [];
  return providersOf(view).flatMap(({ type, settings, path }) => {
    const query = settings['metrics_query'];
    if (type !== 'arbitrary-promql' || (query !== undefined && query !== null && query !== '')) return [];
    const message = 'a provider of type arbitrary-promql needs metrics_query';
    return [aboutKey(view, [...path, 'metrics_query'], { class: 'policy', code: 'missing-key', message })];
  });
};
