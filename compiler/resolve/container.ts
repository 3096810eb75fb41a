import type { MainContainer } from '../model/resolved-instance.ts';
import { share } from '../model/shared-part.ts';
import type { Facts, Inputs } from './facts.ts';
import { readFlag, readInteger, readText, readTexts } from './readers.ts';

/** Capabilities every container loses, in PaaSTA's order. PaaSTA: `CAPS_DROP`. */
const DROPPED: readonly string[] = share([
  'SETPCAP',
  'MKNOD',
  'AUDIT_WRITE',
  'CHOWN',
  'NET_RAW',
  'DAC_OVERRIDE',
  'FOWNER',
  'FSETID',
  'KILL',
  'SETGID',
  'SETUID',
  'NET_BIND_SERVICE',
  'SYS_CHROOT',
  'SETFCAP',
]);
const NONE_ADDED: MainContainer['capabilities'] = share({ add: null, drop: DROPPED });

/**
 * Key `cmd`: a string runs in `sh -c`, a list as it stands; null when unset or empty: the image's own command.
 * PaaSTA: `get_cmd`.
 */
export function resolveCommand({ keys }: Inputs): readonly string[] | null {
  const field = keys.field('cmd');
  if (typeof field.value === 'string') {
    const line = readText(field, { default: '' });
    return line === '' ? null : ['sh', '-c', line];
  }
  const command = readTexts(field, { default: null, whenNull: null });
  return command === null || command.length === 0 ? null : command;
}

/**
 * Key `args`: an empty list unless set, null when it is an explicit null or when there is a command; both is an error.
 * PaaSTA: `get_args`.
 */
export function resolveArgs(inputs: Inputs): readonly string[] | null {
  const field = inputs.keys.field('args');
  if (resolveCommand(inputs) === null) return readTexts(field, { default: [], whenNull: null });
  if (field.isSet && field.value !== null) {
    const hint = 'remove args, or put the whole command line into cmd';
    field.error('cmd-and-args', 'args is set beside cmd, and only one of them may be', hint);
  }
  return null;
}

/** The container port, and key `prometheus_port` when it is another one. */
export function resolvePorts({ containerPort, prometheusPort }: Facts): readonly number[] {
  const prometheus = prometheusPort();
  const isOther = prometheus !== null && prometheus !== 0 && prometheus !== containerPort();
  return isOther ? [containerPort(), prometheus] : [containerPort()];
}

/** Key `prometheus_port`; null when unset or null, 0 is allowed and means no port. */
export function resolvePrometheusPort({ keys }: Inputs): number | null {
  return readInteger(keys.field('prometheus_port'), { default: null, whenNull: null, min: 0, max: 65535 });
}

/** Key `cap_add`: capabilities to add; the others of the fixed set are dropped, sorted as soon as the key is a list. */
export function resolveCapabilities({ keys }: Inputs): MainContainer['capabilities'] {
  const add = readTexts(keys.field('cap_add'), { default: null, whenNull: null });
  if (add === null) return NONE_ADDED;
  return { add, drop: DROPPED.filter((capability) => !add.includes(capability)).sort() };
}

/** Key `privileged`, rendered only when it is there. */
export function resolvePrivileged({ keys }: Inputs): boolean | null {
  return readFlag(keys.field('privileged'), { default: null, whenNull: null });
}
