import { aboutKey, type InstanceRule } from '../rule.ts';
import { textOf } from '../settings.ts';

/** Pods with persistent volumes are replaced one by one, whatever the bounce method says. */
export const volumesSurviveBounces: InstanceRule = (view) => {
  const volumes = view.workload.keys.get('persistent_volumes');
  const method = textOf(view.workload, 'bounce_method');
  if (!Array.isArray(volumes) || volumes.length === 0 || method !== 'crossover') return [];
  const message = 'bounce_method crossover has no effect beside persistent_volumes: pods are replaced one by one';
  return [aboutKey(view, ['bounce_method'], { class: 'info', code: 'no-effect', message })];
};
