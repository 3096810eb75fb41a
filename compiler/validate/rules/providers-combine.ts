import { aboutKey, type InstanceRule } from '../rule.ts';
import { isAutoscaled, isGenerated, providersOf } from '../settings.ts';

/** No type of provider occurs twice, and a bespoke one stands alone. PaaSTA: `validate_autoscaling_configs`. */
export const providersCombine: InstanceRule = (view) => {
  if (!isAutoscaled(view.workload) || isGenerated(view)) return [];
  const providers = providersOf(view);
  const seen = new Set<string>();
  return providers.flatMap(({ type, decisionPolicy, path }) => {
    const isRepeated = seen.has(type);
    seen.add(type);
    if (isRepeated) {
      const message = `a metrics provider of type ${type} stands above already`;
      return [aboutKey(view, [...path, 'type'], { class: 'policy', code: 'duplicate-provider', message })];
    }
    if (decisionPolicy !== 'bespoke' || providers.length === 1) return [];
    const message = 'a bespoke decision policy cannot be combined with other metrics providers';
    return [aboutKey(view, [...path, 'decision_policy'], { class: 'policy', code: 'mixed-bespoke', message })];
  });
};
