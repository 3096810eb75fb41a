import { basename, dirname, resolve } from 'node:path';
import type { DesiredSet } from '../applier/desired-set.ts';
import { exitOfError, EXIT } from '../applier/exit-status.ts';
import type { SetName } from '../applier/names.ts';
import type { LiveState } from '../applier/live-state.ts';
import { type PlanScope, unknownNames } from '../applier/plan-scope.ts';
import { createClient, type ApiClient } from '../cluster/api-client.ts';
import { openConnection } from '../cluster/connection.ts';
import { contextOf } from './cluster-access.ts';
import { REPORT_FORMATS, type ClusterReport, type ReportFormat } from './cluster-report.ts';
import type { Io } from './io.ts';
import { loadProject, type Project } from './project.ts';
import { safeText } from './safe-text.ts';
import {
  isOn,
  outputOption,
  textOf,
  textsOf,
  UsageError,
  type Call,
  type OptionSpecs,
  type OptionValues,
} from './verb.ts';
import { version } from './version.ts';

/** Flags of every verb that reaches the applier's set in a cluster. */
export const CLUSTER_OPTIONS: OptionSpecs = {
  cluster: {
    short: 'c',
    value: 'CLUSTER',
    help: 'cluster (default: that of --dir, else the only one in the project file)',
  },
  context: { value: 'CONTEXT', help: "kubeconfig context (default: the project's clusters.<cluster>.context)" },
  dir: { value: 'DIR', help: 'rendered tree, or its clusters/<cluster> folder (default: project out)' },
  set: { value: 'NAME', help: 'name of the set of objects (default main)' },
  'inventory-namespace': { value: 'NS', help: 'namespace of the record and the lock (default paasta)' },
  'page-size': { value: 'N', help: 'objects in one answer of a list (default 500)' },
  qps: { value: 'N', help: 'requests a second (default 50)' },
  burst: { value: 'N', help: 'requests at once after a quiet time (default 100)' },
  concurrency: { value: 'N', help: 'requests under way at once (default 16)' },
  output: outputOption(),
};

/** Flags of verbs that may be about some of the objects. */
export const NARROWING_OPTIONS: OptionSpecs = {
  service: { short: 's', value: 'SERVICE', multiple: true, help: 'only this service (repeatable)' },
  instance: { short: 'i', value: 'INSTANCE', multiple: true, help: 'only this instance (repeatable)' },
  namespace: { short: 'n', value: 'NS', multiple: true, help: 'only this namespace (repeatable)' },
  kinds: { value: 'KINDS', help: 'only these kinds, separated by commas' },
};

/** The forms of verbs that report objects. */
export const REPORT_OUTPUT: OptionSpecs = {
  output: outputOption('text', ...Object.keys(REPORT_FORMATS)),
};

/** What a verb works with, once the flags are understood. */
export interface ClusterCall {
  readonly verb: string;
  readonly project: Project;
  readonly cluster: string;
  readonly name: SetName;
  readonly client: ApiClient;
  readonly values: OptionValues;
  readonly io: Io;
  /** Null for text. */
  readonly format: ReportFormat | null;
  readonly pageSize: number;
}

/** Something in the call or the input that ends the run before anything is written. */
class Refused extends Error {
  readonly exit: number;
  readonly details: readonly string[];
  constructor(exit: number, message: string, details: readonly string[]) {
    super(message);
    this.exit = exit;
    this.details = details;
  }
}

/** Refuses a run with a status and one line, and a line below it for each detail. */
export function refuse(exit: number, message: string, details: readonly string[] = []): never {
  throw new Refused(exit, message, details);
}

/** Runs a verb against a cluster: reads project and flags, connects, and turns what goes wrong into one line and a status. */
export async function withCluster(
  call: Call,
  verb: string,
  run: (call: ClusterCall) => Promise<number>,
): Promise<number> {
  const { values, io } = call;
  let client: ApiClient | undefined;
  try {
    const { project, diagnostics } = loadProject(values, io);
    const [broken] = diagnostics;
    if (broken !== undefined) refuse(EXIT.invalid, `${broken.file}: ${broken.message}`);
    const cluster = clusterOf(values, project, io);
    client = await connect(values, contextOf(values, project, cluster), io);
    const name = { set: textOf(values, 'set') ?? 'main', namespace: textOf(values, 'inventory-namespace') ?? 'paasta' };
    const pageSize = numberOf(values, 'page-size', 500);
    const format = formatOf(values);
    const status = await run({ verb, project, cluster, name, client, values, io, format, pageSize });
    for (const warning of client.warnings) io.err(`warning: ${safeText(warning)}\n`);
    return status;
  } catch (error) {
    const known = error instanceof Refused ? error : exitOfError(error);
    if (known === null) throw error;
    const { exit, message } = known;
    const details = error instanceof Refused ? error.details : [];
    const format = formatOf(values);
    if (format === null)
      io.err(`paasta-gitops: ${[message, ...details.map((each) => `  ${each}`)].map(safeText).join('\n')}\n`);
    else io.out(REPORT_FORMATS[format](emptyReport(verb, values, { exit, message: [message, ...details].join('\n') })));
    return exit;
  } finally {
    client?.close();
  }
}

async function connect(values: OptionValues, context: string, io: Io): Promise<ApiClient> {
  const sockets = numberOf(values, 'concurrency', 16);
  const connection = await openConnection({ context, kubeconfig: io.env['KUBECONFIG'], sockets });
  return createClient(connection, {
    userAgent: `paasta-gitops/${version()}`,
    qps: numberOf(values, 'qps', 50),
    burst: numberOf(values, 'burst', 100),
  });
}

function formatOf(values: OptionValues): ReportFormat | null {
  const format = textOf(values, 'output') ?? 'text';
  return format === 'text' ? null : (format as ReportFormat);
}

/** Of a run that ended before anything was compared. */
function emptyReport(
  verb: string,
  values: OptionValues,
  { exit, message }: { exit: number; message: string },
): ClusterReport {
  const [cluster, set] = [textOf(values, 'cluster') ?? '', textOf(values, 'set') ?? 'main'];
  return {
    verb,
    cluster,
    set,
    revision: '',
    summary: null,
    objects: [],
    results: [],
    warnings: [],
    reason: message,
    exit,
  };
}

function clusterOf(values: OptionValues, project: Project, io: Io): string {
  const named = textOf(values, 'cluster');
  if (named !== undefined) return named;
  const dir = textOf(values, 'dir');
  const folder = dir === undefined ? undefined : resolve(io.cwd, dir);
  if (folder !== undefined && basename(dirname(folder)) === 'clusters') return basename(folder);
  const known = Object.keys(project.clusters);
  if (known.length === 1) return known[0]!;
  const more = known.length === 0 ? ', or name it under clusters in the project file' : `: one of ${known.join(', ')}`;
  throw new UsageError(`which cluster? Give --cluster${more}`);
}

/** A flag that takes a number of at least 0. */
export function numberOf(values: OptionValues, name: string, fallback: number): number {
  const text = textOf(values, name);
  if (text === undefined) return fallback;
  if (!/^\d+(\.\d+)?$/.test(text)) throw new UsageError(`--${name} takes a number, found ${JSON.stringify(text)}`);
  return Number(text);
}

/** A flag that takes a time such as `90s` or `10m`; milliseconds. */
export function timeOf(values: OptionValues, name: string, fallback: string): number {
  const text = textOf(values, name) ?? fallback;
  const match = /^(\d+(?:\.\d+)?)(ms|s|m|h)?$/.exec(text);
  if (match === null) throw new UsageError(`--${name} takes a time such as 90s or 10m, found ${JSON.stringify(text)}`);
  const unit = { ms: 1, s: 1000, m: 60_000, h: 3_600_000 }[match[2] ?? 's'] ?? 1000;
  return Number(match[1]) * unit;
}

/** Which objects a call is about. */
export function scopeOfCall(values: OptionValues): PlanScope {
  return {
    services: textsOf(values, 'service'),
    instances: textsOf(values, 'instance'),
    namespaces: textsOf(values, 'namespace'),
    kinds: (textOf(values, 'kinds') ?? '').split(',').filter((kind) => kind !== ''),
  };
}

/** Ends a run that names what there is not. */
export function refuseUnknownNames(values: OptionValues, desired: DesiredSet, state: LiveState): void {
  const [first, ...others] = unknownNames(scopeOfCall(values), desired, state);
  if (first !== undefined) refuse(EXIT.invalid, first, others);
}

/** Argo CD or Flux writes this cluster: what it owns must not be written by two. */
export function refuseOtherWriter({ project, cluster, values }: ClusterCall): void {
  const delivery = Object.hasOwn(project.clusters, cluster) ? project.clusters[cluster]!.delivery : 'applier';
  if (delivery === 'applier' || isOn(values, 'i-am-the-writer')) return;
  refuse(EXIT.refused, `${cluster} is delivered by ${delivery}; --i-am-the-writer writes all the same`);
}
