import type { Diagnostic } from '../../diagnostics/diagnostic.ts';
import { isNumeric, toNumber } from '../../model/yaml-value.ts';
import { aboutKey, type InstanceRule } from '../rule.ts';
import { isAutoscaled, isGenerated, providersOf, registrationsOf } from '../settings.ts';

const DEFAULT_SETPOINT = 0.8;

/**
 * Scaling by active requests counts those of one registration, against `desired_active_requests_per_replica`.
 * PaaSTA: `_validate_active_requests_autoscaling_configs`.
 */
export const activeRequestsFit: InstanceRule = (view) => {
  if (!isAutoscaled(view.workload) || isGenerated(view)) return [];
  const registrations = registrationsOf(view.workload, view.service.sources.service);
  return providersOf(view).flatMap(({ type, settings, path }): readonly Diagnostic[] => {
    if (type !== 'active-requests') return [];
    const { setpoint } = settings;
    const isOther = isNumeric(setpoint) && toNumber(setpoint) !== DEFAULT_SETPOINT;
    const hint = 'set desired_active_requests_per_replica instead';
    const message = 'a provider of type active-requests does not read setpoint';
    const several = `active-requests cannot follow ${registrations.length} registrations`;
    return [
      ...(isOther
        ? [aboutKey(view, [...path, 'setpoint'], { class: 'policy', code: 'bad-setpoint', message, hint })]
        : []),
      ...(registrations.length > 1
        ? [aboutKey(view, [...path, 'type'], { class: 'policy', code: 'several-registrations', message: several })]
        : []),
    ];
  });
};
