import { aboutKey, type InstanceRule } from '../rule.ts';
import { numberOf } from '../settings.ts';

/** Metrics are not served on the service's own port by accident. */
export const portsDiffer: InstanceRule = (view) => {
  const prometheus = numberOf(view.workload, 'prometheus_port');
  const container = numberOf(view.workload, 'container_port') ?? 8888;
  if (prometheus === undefined || prometheus !== container) return [];
  const message = `prometheus_port ${prometheus} is the container port: the metrics are served there`;
  const hint = 'if they are not, set prometheus_port to their own port';
  return [aboutKey(view, ['prometheus_port'], { class: 'info', code: 'port-clash', message, hint })];
};
