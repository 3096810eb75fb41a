import { canonicalResource } from '../emit/quantity.ts';
import { isNumeric, pythonText } from '../model/yaml-value.ts';
import type { Resources } from '../model/resolved-instance.ts';
import type { Inputs } from './facts.ts';
import { readInteger, readNumber } from './readers.ts';

const DEFAULTS = { cpus: 1, mem: 4096, disk: 1024 } as const;
const GPU = 'nvidia.com/gpu';

/** What a container asks for, as configured. */
export interface Request {
  /** A number for Kubernetes. */
  readonly amount: number;
  /** The same as Python prints it: `1.0`. */
  readonly text: string;
}

/** One of the keys `cpus` (cores, 1), `mem` (MiB, 4096) and `disk` (MiB, 1024). */
export function readRequest({ keys }: Inputs, key: keyof typeof DEFAULTS): Request {
  const field = keys.field(key);
  const amount = readNumber(field, { default: DEFAULTS[key], min: 0 });
  return { amount, text: isNumeric(field.value) ? pythonText(field.value) : String(amount) };
}

/** Key `gpus`: a whole number; null when unset or null. */
export function readGpus({ keys }: Inputs): number | null {
  return readInteger(keys.field('gpus'), { default: null, whenNull: null, min: 0 });
}

/**
 * Requests and limits of the main container. The cpu limit is `cpus` and `cpu_burst_add` (1) together; all other limits
 * equal the requests. PaaSTA: `get_resource_requirements`.
 */
export function resolveResources(inputs: Inputs): Resources {
  const cpus = readRequest(inputs, 'cpus').amount;
  const burst = readNumber(inputs.keys.field('cpu_burst_add'), { default: 1, min: 0 });
  const gpus = readGpus(inputs);
  const others = {
    memory: readMebibytes(inputs, 'mem'),
    'ephemeral-storage': readMebibytes(inputs, 'disk'),
    ...(gpus === null || gpus === 0 ? {} : { [GPU]: gpus }),
  };
  return { requests: { cpu: cpus, ...others }, limits: { cpu: cpus + burst, ...others } };
}

function readMebibytes(inputs: Inputs, key: 'mem' | 'disk'): string {
  const { text } = readRequest(inputs, key);
  if (canonicalResource(`${text}Mi`) === undefined) {
    inputs.keys.field(key).error('bad-quantity', `${key} is ${text}, expected a number of MiB that needs no exponent`);
  }
  return `${text}Mi`;
}
