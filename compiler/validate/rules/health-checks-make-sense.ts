import { isMap } from '../../model/yaml-value.ts';
import { aboutKey, type InstanceRule } from '../rule.ts';
import { numberOf, registrationsOf, textOf } from '../settings.ts';
import type { InstanceView } from '../view.ts';

const DEFAULT_SECONDS = 10;

/** A health check is not started again before it timed out, and asks for a path that somebody chose. */
export const healthChecksMakeSense: InstanceRule = (view) => {
  const { workload } = view;
  const interval = numberOf(workload, 'healthcheck_interval_seconds') ?? DEFAULT_SECONDS;
  const timeout = numberOf(workload, 'healthcheck_timeout_seconds') ?? DEFAULT_SECONDS;
  const mode = textOf(workload, 'healthcheck_mode');
  const isGuessed = mode === 'http' && workload.keys.get('healthcheck_uri') === undefined && !isInMesh(view);
  if (interval >= timeout && !isGuessed) return [];
  const isSet = workload.keys.get('healthcheck_interval_seconds') !== undefined;
  const key = isSet ? 'healthcheck_interval_seconds' : 'healthcheck_timeout_seconds';
  const slow = `a health check runs every ${interval} s and may take ${timeout} s`;
  const guessed = 'without healthcheck_uri and SmartStack the check asks for /status';
  return [
    ...(interval < timeout
      ? [aboutKey(view, [key], { class: 'warning', code: 'healthcheck-overlap', message: slow })]
      : []),
    ...(isGuessed
      ? [aboutKey(view, ['healthcheck_mode'], { class: 'info', code: 'default-healthcheck-uri', message: guessed })]
      : []),
  ];
};

function isInMesh({ service, workload }: InstanceView): boolean {
  const { smartstack, service: name } = service.sources;
  const namespace = registrationsOf(workload, name)[0]!.split('.')[1] ?? '';
  return smartstack.kind === 'read' && isMap(smartstack.document.value) && namespace in smartstack.document.value;
}
