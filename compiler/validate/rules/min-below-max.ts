import { aboutKey, type InstanceRule } from '../rule.ts';
import { numberOf } from '../settings.ts';

/** `min_instances` (1 unless set) is not above `max_instances`. PaaSTA: `validate_min_max_instances`. */
export const minBelowMax: InstanceRule = (view) => {
  const max = numberOf(view.workload, 'max_instances');
  const set = numberOf(view.workload, 'min_instances');
  const min = set ?? 1;
  if (max === undefined || min <= max) return [];
  const message = `min_instances ${min} is more than max_instances ${max}`;
  const hint = set === undefined ? 'min_instances is 1 unless set' : undefined;
  const path = [set === undefined ? 'max_instances' : 'min_instances'];
  return [aboutKey(view, path, { class: 'policy', code: 'min-above-max', message, hint })];
};
