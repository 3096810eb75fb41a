import type { Chart } from 'cdk8s';
import type { ExtendInstance } from '../../constructs/extend-instance.ts';
import type { Diagnostic } from '../diagnostics/diagnostic.ts';
import { freezeDeep } from '../model/freeze.ts';
import type { ResolvedInstance } from '../model/resolved-instance.ts';

/** One module of users' constructs. */
export interface UserConstructs {
  /** Path of the module relative to the project, for messages. */
  readonly module: string;
  readonly extend: ExtendInstance;
}

/** A failure inside users' code, with the module that it happened in. */
export class UserConstructError extends Error {
  readonly module: string;
  constructor(module: string, cause: unknown) {
    super(errorText(cause), { cause });
    this.module = module;
  }
}

/** The constructs that a loaded module exports as `default`; a finding when it exports something else. */
export function userConstructsOf(module: string, exported: unknown): UserConstructs | Diagnostic {
  const main =
    typeof exported === 'object' && exported !== null && 'default' in exported ? exported.default : undefined;
  // A function is all that can be told about it before it is called.
  if (typeof main === 'function') return { module, extend: main as ExtendInstance };
  return {
    severity: 'error',
    code: 'construct-module',
    message: `${module} exports ${main === undefined ? 'no default' : `a ${typeof main} as default`}, expected a function`,
    root: 'project',
    file: module,
    path: [],
    hint: 'export default function (chart, instance) { … }',
  };
}

/**
 * Runs every module on one instance's chart, in order. They cannot change the instance: what is in it may belong to the whole cluster.
 * Throws a UserConstructError.
 */
export function runUserConstructs(modules: readonly UserConstructs[], chart: Chart, instance: ResolvedInstance): void {
  freezeDeep(instance);
  for (const { module, extend } of modules) {
    let result: unknown;
    try {
      result = extend(chart, instance) as unknown;
    } catch (error) {
      throw new UserConstructError(module, error);
    }
    if (isPromise(result)) {
      result.then(undefined, () => undefined);
      throw new UserConstructError(module, new Error('it returned a promise: constructs must be synchronous'));
    }
  }
}

/** The finding for a failure of users' code on one instance; the stack only when asked for. */
export function constructFailed(
  instance: ResolvedInstance,
  modules: readonly UserConstructs[],
  error: unknown,
  verbose: boolean,
): Diagnostic {
  const known = error instanceof UserConstructError;
  const cause = known ? error.cause : error;
  const names = known ? error.module : moduleNames(modules);
  return {
    severity: 'error',
    code: 'construct-failed',
    message: `${names} failed on ${instance.service}.${instance.instance}: ${errorText(cause)}`,
    root: 'project',
    file: known ? error.module : modules[0]!.module,
    path: [],
    service: instance.service,
    cluster: instance.cluster,
    instance: instance.instance,
    ...(verbose && cause instanceof Error && cause.stack !== undefined && { hint: cause.stack }),
  };
}

/** The modules that a finding may be about. */
export function moduleNames(modules: readonly UserConstructs[]): string {
  return modules.map(({ module }) => module).join(', ');
}

function errorText(error: unknown): string {
  const text = error instanceof Error ? error.message : String(error);
  return text === '' ? 'an error without a message' : text;
}

function isPromise(value: unknown): value is Promise<unknown> {
  return typeof value === 'object' && value !== null && 'then' in value && typeof value.then === 'function';
}
