import type { Probe } from '../model/resolved-instance.ts';
import type { Facts, Inputs } from './facts.ts';
import { HEALTH_MODES, namespaceHealthMode, namespaceHealthUri, type HealthMode } from './mesh-namespace.ts';
import { readChoice, readInteger, readText } from './readers.ts';

/**
 * The liveness check; null when nothing sets a mode. Mode: `healthcheck_mode`, else what the SmartStack namespace says.
 * PaaSTA: `get_liveness_probe`, with 60 s before the first check, one every 10 s, 10 s each, 30 failures in a row.
 */
export function resolveLiveness(facts: Facts): Probe | null {
  const mode = resolveMode(facts);
  if (mode === null) return null;
  const { keys, gracePeriodSeconds } = facts;
  return {
    action: resolveAction(facts, mode),
    initialDelaySeconds: gracePeriodSeconds(),
    periodSeconds: readInteger(keys.field('healthcheck_interval_seconds'), { default: 10, min: 0 }),
    timeoutSeconds: readInteger(keys.field('healthcheck_timeout_seconds'), { default: 10, min: 0 }),
    failureThreshold: readInteger(keys.field('healthcheck_max_consecutive_failures'), { default: 30, min: 0 }),
  };
}

/** In the mesh the sidecar has the readiness check; elsewhere it is the liveness check. PaaSTA: `get_readiness_probe`. */
export function resolveReadiness(facts: Facts): Probe | null {
  return facts.mesh().isInMesh ? null : resolveLiveness(facts);
}

/** Key `healthcheck_grace_period_seconds`: seconds before the first check, 60. */
export function resolveGracePeriodSeconds({ keys }: Inputs): number {
  return readInteger(keys.field('healthcheck_grace_period_seconds'), { default: 60, min: 0 });
}

function resolveMode({ keys, mesh }: Facts): HealthMode | null {
  const field = keys.field('healthcheck_mode');
  const own = readChoice(field, HEALTH_MODES, { default: null, whenNull: null, defaultFrom: 'SmartStack namespace' });
  return field.isSet && field.value !== null ? own : namespaceHealthMode(mesh());
}

function resolveAction(facts: Facts, mode: HealthMode): Probe['action'] {
  const { keys, containerPort } = facts;
  if (mode === 'cmd') return { type: 'exec', command: ['/bin/sh', '-c', readCommand(facts)] };
  if (mode === 'tcp') return { type: 'tcp', port: containerPort() };
  const field = keys.field('healthcheck_uri');
  const path = field.isSet ? readText(field, { default: '/', whenNull: null }) : namespaceHealthUri(facts.mesh());
  const scheme = mode === 'https' ? 'HTTPS' : 'HTTP';
  return { type: 'http', path: path === null || path === '' ? '/' : path, port: containerPort(), scheme };
}

/** Key `healthcheck_cmd`, which mode `cmd` needs. */
function readCommand({ keys }: Facts): string {
  const field = keys.field('healthcheck_cmd');
  if (!field.isSet || field.value === null) {
    const hint = 'set healthcheck_cmd to a shell command that succeeds when the service is well';
    const place = keys.has('healthcheck_mode') ? keys.field('healthcheck_mode') : field;
    place.error('missing-key', 'healthcheck_mode "cmd" needs a healthcheck_cmd', hint);
    return '';
  }
  return readText(field, { default: '' });
}
