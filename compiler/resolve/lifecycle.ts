import type { Facts, Inputs } from './facts.ts';
import type { Field } from './field.ts';
import { longestTimeoutMs } from './mesh-namespace.ts';
import { readFlag, readInteger, readMap, readText, readTexts } from './readers.ts';

/** Seconds that mesh clients get to notice a pod that goes. */
const MESH_DRAIN = 30;
/** Seconds; what waiting for open connections adds to the grace period at most. */
const LONGEST_WAIT = 1800;
/** Seconds that a mesh daemon may be stuck. */
const STUCK_DAEMON = 300;

/** Key `lifecycle.pre_stop_drain_seconds`: 30 in the mesh, else 0. PaaSTA: `get_prestop_sleep_seconds`. */
export function resolveDrainSeconds({ keys, mesh }: Facts): number {
  return readInteger(lifecycle(keys.field('lifecycle'), 'pre_stop_drain_seconds'), {
    default: mesh().isInMesh ? MESH_DRAIN : 0,
    min: 0,
  });
}

/** Key `lifecycle.pre_stop_wait_for_connections_to_complete`: default whether the instance is in the mesh. */
export function resolveWaitsForConnections({ keys, mesh }: Facts): boolean {
  const field = lifecycle(keys.field('lifecycle'), 'pre_stop_wait_for_connections_to_complete');
  return readFlag(field, { default: mesh().isInMesh, whenNull: false });
}

/**
 * What runs before the main container stops: key `lifecycle.pre_stop_command` (a string is one word, not a shell line);
 * else a sleep of the drain seconds, then, where asked for, waiting until no connection to the port is open.
 * PaaSTA: `get_kubernetes_container_termination_action`.
 */
export function resolvePreStop(facts: Facts): readonly string[] {
  const { keys, drainSeconds, waitsForConnections, containerPort } = facts;
  const own = readOwnCommand(lifecycle(keys.field('lifecycle'), 'pre_stop_command'));
  if (own.length > 0) return own;
  const sleep = `sleep ${drainSeconds()}`;
  if (!waitsForConnections()) return ['/bin/sh', '-c', sleep];
  const port = containerPort().toString(16).toUpperCase().padStart(4, '0');
  const isConnected = `grep '^ *[0-9]*: ........:${port} ........:.... 01 ' /proc/net/tcp`;
  return ['/bin/sh', '-c', `${sleep}; while ${isConnected}; do sleep 1; echo; done`];
}

/**
 * Seconds a pod gets to stop: key `lifecycle.termination_grace_period_seconds` (null leaves Kubernetes' 30). Default: null
 * outside the mesh; in it the drain seconds + 2 and, when waiting for connections, the longest time-out of the namespace +
 * 300, at most 1800. PaaSTA: `get_termination_grace_period`.
 */
export function resolveTerminationGracePeriod(facts: Facts): number | null {
  const { keys, mesh, drainSeconds, waitsForConnections } = facts;
  const field = lifecycle(keys.field('lifecycle'), 'termination_grace_period_seconds');
  if (field.isSet || !mesh().isInMesh) return readInteger(field, { default: null, whenNull: null, min: 0 });
  const longest = longestTimeoutMs(mesh()) / 1000 + STUCK_DAEMON;
  return drainSeconds() + 2 + (waitsForConnections() ? Math.ceil(Math.min(LONGEST_WAIT, longest)) : 0);
}

/** Key `container_port`: where the service listens, 8888. */
export function resolveContainerPort({ keys }: Inputs): number {
  return readInteger(keys.field('container_port'), { default: 8888, min: 1, max: 65535 });
}

function lifecycle(field: Field, key: string): Field {
  return readMap(field).at(key);
}

function readOwnCommand(field: Field): readonly string[] {
  if (typeof field.value === 'string') {
    const command = readText(field, { default: '' });
    return command === '' ? [] : [command];
  }
  return readTexts(field, { default: [], whenNull: [] });
}
