import { aboutKey, type InstanceRule } from '../rule.ts';
import { isAutoscaled, isGenerated, providersOf } from '../settings.ts';

/** Fields that one kind of provider alone takes. */
const FIELDS: Readonly<Record<string, string>> = {
  metrics_query: 'arbitrary-promql',
  series_query: 'arbitrary-promql',
  target_type: 'arbitrary-promql',
  resources: 'arbitrary-promql',
  desired_active_requests_per_replica: 'active-requests',
};

/** A metrics provider has only fields that its type reads. PaaSTA: `INVALID_AUTOSCALING_FIELDS`. */
export const providerFieldsFit: InstanceRule = (view) => {
  if (!isAutoscaled(view.workload) || isGenerated(view)) return [];
  return providersOf(view).flatMap(({ type, settings, path }) =>
    Object.entries(FIELDS)
      .filter(([field, only]) => Object.hasOwn(settings, field) && only !== type)
      .map(([field, only]) => {
        const message = `a provider of type ${type} does not read ${field}: only ${only} does`;
        return aboutKey(view, [...path, field], { class: 'policy', code: 'unsupported-provider-field', message });
      }),
  );
};
