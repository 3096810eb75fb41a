import { hostname, userInfo } from 'node:os';
import type { Diagnostic } from '../compiler/diagnostics/diagnostic.ts';
import { nearest } from '../compiler/diagnostics/did-you-mean.ts';
import { createDiskReader } from '../compiler/load/disk-reader.ts';
import {
  createForeignCache,
  listServices,
  loadService,
  loadSystemConfig,
  type SystemConfig,
} from '../compiler/load/index.ts';
import { isSafeName } from '../compiler/model/names.ts';
import type { ServiceSources } from '../compiler/model/service-sources.ts';
import type { TreeReader } from '../compiler/model/tree-reader.ts';
import { SYSTEM_CLOCK, type Clock } from '../delivery/clock.ts';
import { deployInstances, type DeployInstance } from '../delivery/deploy-branches.ts';
import { createEventLog, type Actor, type EventLog } from '../delivery/event-log.ts';
import { DeliveryProblem } from '../delivery/problem.ts';
import { adviceFor, GitFailure } from '../git/git-failure.ts';
import { reportStyle } from './frames.ts';
import type { Io } from './io.ts';
import { INPUT_OPTIONS, loadProject, type Project } from './project.ts';
import { formatDiagnostics, formatProblem } from './report.ts';
import { safeText } from './safe-text.ts';
import { isOn, outputOption, textOf, UsageError, type Call, type OptionSpecs, type OptionValues } from './verb.ts';

/** Flags of every delivery verb. */
export const DELIVERY_OPTIONS: OptionSpecs = {
  ...INPUT_OPTIONS,
  'allow-file': { help: 'allow repositories on this machine (file:// URLs and absolute paths)' },
  output: outputOption(),
};

/** The one service that a verb is about. */
export const SERVICE_OPTION: OptionSpecs = {
  service: { short: 's', value: 'SERVICE', help: 'the service; a leading "services-" is dropped' },
};

/** What delivery verbs work with. */
export interface Delivery {
  readonly io: Io;
  readonly values: OptionValues;
  readonly project: Project;
  readonly soa: TreeReader;
  readonly system: SystemConfig;
  readonly clock: Clock;
  readonly actor: Actor;
  readonly log: EventLog;
  readonly allowFile: boolean;
  readonly isJson: boolean;
  /** All services of the tree. */
  readonly services: readonly string[];
  /** Everything of one service. */
  load(service: string): ServiceSources;
  /** Prints findings with their places. */
  report(diagnostics: readonly Diagnostic[]): void;
  /** Prints one line of text, or nothing when the report is JSON. */
  say(line: string): void;
  /** Prints a warning. */
  warn(line: string): void;
}

/**
 * Runs a delivery verb: reads project and system configuration, opens the event log, and prints every problem as a sentence
 * with a hint. `failure` is the status of what cannot be done.
 */
export async function withDelivery(
  call: Call,
  task: (delivery: Delivery) => Promise<number>,
  failure = 1,
): Promise<number> {
  const { io } = call;
  try {
    const delivery = openDelivery(call);
    return delivery === null ? failure : await task(delivery);
  } catch (error) {
    if (!(error instanceof DeliveryProblem || error instanceof GitFailure)) throw error;
    const hint = error instanceof DeliveryProblem ? error.hint : adviceFor(error.kind);
    io.err(formatProblem(error.message, hint));
    return failure;
  }
}

function openDelivery({ values, io }: Call): Delivery | null {
  const { project, diagnostics: ofProject } = loadProject(values, io);
  const soa = createDiskReader(project.soaDir);
  const system = loadSystemConfig(createDiskReader(project.systemConfigDir));
  const listed = listServices(soa);
  const report = (diagnostics: readonly Diagnostic[]): void => {
    io.err(formatDiagnostics(diagnostics, reportStyle(project, io)));
  };
  const errors = [...ofProject, ...system.diagnostics, ...listed.diagnostics].filter(
    ({ severity, code }) => severity === 'error' && code !== 'empty-soa-dir',
  );
  if (errors.length > 0) {
    report(errors);
    const isListed = !errors.some(({ root, file }) => root === 'soa' && file === '');
    if (ofProject.length > 0 || system.clusters.length === 0 || !isListed) return null;
  }
  const warn = (line: string): void => io.err(`paasta-gitops: warning: ${safeText(line)}\n`);
  const isJson = textOf(values, 'output') === 'json';
  const actor = currentActor(io);
  const options = {
    clusters: new Set(system.universe),
    customPrefixes: new Set(system.customPrefixes),
    foreign: createForeignCache(),
  };
  return {
    io,
    values,
    project,
    soa,
    system,
    clock: SYSTEM_CLOCK,
    actor,
    log: createEventLog({ clusters: system.clusters, clock: SYSTEM_CLOCK, actor, warn }),
    allowFile: isOn(values, 'allow-file'),
    isJson,
    services: listed.services,
    load: (service) => loadService(soa, service, options),
    report,
    say: (line) => {
      if (!isJson) io.out(`${line.split('\n').map(safeText).join('\n')}\n`);
    },
    warn,
  };
}

/** Who calls. PaaSTA: `get_username`, which also looks behind sudo. */
function currentActor({ env }: Io): Actor {
  const user = env['SUDO_USER'] ?? (env['USER'] || loginName());
  return { user, host: hostname() };
}

function loginName(): string {
  try {
    return userInfo().username;
  } catch {
    return 'unknown';
  }
}

/** The service that `-s` names; it must exist. Names that could be more than a name are refused first. */
export function serviceOf({ values, services }: Delivery, flag = 'service'): string {
  const given = textOf(values, flag);
  if (given === undefined) throw new UsageError('which service? give -s SERVICE');
  const service = given.replace(/^services-/, '').replace(/\/+$/, '');
  if (!isSafeName(service) || service.startsWith('-')) {
    throw new UsageError(
      `${JSON.stringify(given)} is not the name of a service: use letters, digits, ".", "_" and "-" only`,
    );
  }
  if (services.includes(service)) return service;
  const hint = nearest(service, services);
  throw new DeliveryProblem(
    `there is no service "${service}" in the soa-configs tree`,
    hint === undefined ? undefined : `did you mean "${hint}"?`,
  );
}

/** The instances of a service of every type; an unreadable file is an error that is printed with its place. */
export function instancesOf(delivery: Delivery, sources: ServiceSources): readonly DeployInstance[] {
  const { instances, errors } = deployInstances(sources);
  if (errors.length === 0) return instances;
  delivery.report(errors);
  throw new DeliveryProblem(`the instances of ${sources.service} cannot be told`, 'repair the files named above');
}

/** That a deploy group has no instance, with the nearest group that has. */
export function nobodyIn(group: string, service: string, instances: readonly DeployInstance[]): string {
  const meant = nearest(
    group,
    instances.flatMap((instance) => instance.group ?? []),
  );
  const hint = meant === undefined ? '' : `; did you mean "${meant}"?`;
  return `no instance of ${service} is in deploy group "${group}"${hint}`;
}

/** Prints a report as JSON, the keys in the order given. */
export function printJson({ io }: Delivery, value: unknown): void {
  io.out(`${JSON.stringify(value, null, 2)}\n`);
}

/** A flag that must be given. */
export function required(values: OptionValues, name: string, question: string): string {
  const value = textOf(values, name);
  if (value === undefined) throw new UsageError(question);
  return value;
}

/** A flag with a whole number of at least `least`. */
export function countOf(values: OptionValues, name: string, fallback: number, least = 0): number {
  const text = textOf(values, name);
  if (text === undefined) return fallback;
  const value = /^\d{1,9}$/.test(text) ? Number(text) : NaN;
  if (!(value >= least)) throw new UsageError(`--${name} is a whole number of at least ${least}; found "${text}"`);
  return value;
}
