import type { Diagnostic } from '../../diagnostics/diagnostic.ts';
import { aboutKey, type InstanceRule } from '../rule.ts';
import { isAutoscaled, numberOf, providersOf } from '../settings.ts';
import { mapUnder, type InstanceView } from '../view.ts';

/** `instances` counts without autoscaling only, and `min_instances` with it only; an autoscaler has room to move. */
export const replicaKeysAgree: InstanceRule = (view) => {
  const { keys, instance, file } = view.workload;
  if (!isAutoscaled(view.workload)) {
    if (keys.get('min_instances') === undefined) return [];
    return [noEffect(view, 'min_instances', 'min_instances counts with max_instances only')];
  }
  const settings = mapUnder(file.document?.value, instance);
  const found = Object.hasOwn(settings, 'instances')
    ? [noEffect(view, 'instances', 'max_instances is set, so instances is ignored')]
    : [];
  const [min, max] = [numberOf(view.workload, 'min_instances') ?? 1, numberOf(view.workload, 'max_instances')];
  const isFixed = min === max && max > 0 && providersOf(view)[0]?.path.length !== 1;
  if (!isFixed) return found;
  const message = `min_instances and max_instances are both ${max}: the metrics providers have no effect`;
  return [...found, aboutKey(view, ['max_instances'], { class: 'info', code: 'fixed-autoscaler', message })];
};

function noEffect(view: InstanceView, key: string, message: string): Diagnostic {
  return aboutKey(view, [key], { class: 'warning', code: 'ignored-key', message, hint: `remove ${key}` });
}
