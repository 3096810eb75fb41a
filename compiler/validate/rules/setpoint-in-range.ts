import { isNumeric, toNumber } from '../../model/yaml-value.ts';
import { aboutKey, type InstanceRule } from '../rule.ts';
import { isAutoscaled, providersOf } from '../settings.ts';

/** Providers whose setpoint is a share of capacity. */
const SHARES: ReadonlySet<string> = new Set([
  'cpu',
  'memory',
  'uwsgi',
  'uwsgi-v2',
  'gunicorn',
  'piscina',
  'worker-load',
]);

/** A setpoint is a share above 0 and at most 1; of arbitrary-promql any positive number. */
export const setpointInRange: InstanceRule = (view) => {
  if (!isAutoscaled(view.workload)) return [];
  return providersOf(view).flatMap(({ type, settings, path }) => {
    const { setpoint } = settings;
    if (!isNumeric(setpoint)) return [];
    const value = toNumber(setpoint);
    const isShare = SHARES.has(type);
    if (isShare ? value > 0 && value <= 1 : type !== 'arbitrary-promql' || value > 0) return [];
    const expected = isShare ? 'a share above 0 and at most 1' : 'a positive number';
    const message = `the setpoint of ${type} is ${value}, expected ${expected}`;
    const hint = isShare && value > 1 && value <= 100 ? `${value} % is ${value / 100}` : undefined;
    return [aboutKey(view, [...path, 'setpoint'], { class: 'policy', code: 'bad-setpoint', message, hint })];
  });
};
