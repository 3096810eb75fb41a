import { closeSync, openSync, writeSync } from 'node:fs';
import type { ClusterConfig } from '../compiler/model/cluster-config.ts';
import { isMap, type YamlValue } from '../compiler/model/yaml-value.ts';
import { interpolate } from '../compiler/resolve/interpolate.ts';
import type { Clock } from './clock.ts';
import { pythonJson } from './deployments-text.ts';
import { DeliveryProblem } from './problem.ts';

/** Who acts, and where. */
export interface Actor {
  readonly user: string;
  readonly host: string;
}

/** What a line is about; a member that is left out becomes `N/A`. */
export interface EventScope {
  readonly service: string;
  readonly cluster?: string;
  readonly instance?: string;
}

/** Records what delivery verbs do, in PaaSTA's line format. Never fails: a line that cannot be written is shown instead. */
export interface EventLog {
  event(component: 'build' | 'deploy', scope: EventScope, message: string): void;
  audit(action: string, scope: EventScope, details?: Readonly<Record<string, string | null>>): void;
}

const ANY = 'N/A';
/** Stands for the service in the path of audit lines. PaaSTA: `AUDIT_LOG_STREAM`. */
const AUDIT_STREAM = 'stream_paasta-audit-log';

interface EventLogOptions {
  readonly clusters: readonly ClusterConfig[];
  readonly clock: Clock;
  readonly actor: Actor;
  /** Shows a line that could not be written. */
  readonly warn: (text: string) => void;
}

/** Takes one line for one path; the line has its delimiter. */
type Sink = (path: Readonly<Record<string, string>>, line: string) => void;

/**
 * The event log of `log_writer` in the system configuration: that of the cluster a line is about, else the first cluster's
 * that has one. Without any nothing is recorded. Throws DeliveryProblem for a driver or an option that is not known, before
 * anything is done.
 */
export function createEventLog({ clusters, clock, actor, warn }: EventLogOptions): EventLog {
  const sinks = new Map(
    clusters.map(({ cluster, raw, fileOf }) => [cluster, sinkOf(raw['log_writer'], fileOf['log_writer'] ?? '', warn)]),
  );
  const first = [...sinks.values()].find((sink) => sink !== null) ?? null;
  const sinkFor = (cluster: string | undefined): Sink | null =>
    cluster === undefined ? first : (sinks.get(cluster) ?? first);
  return {
    event(component, { service, cluster, instance }, message) {
      const names = { service, component, level: 'event', cluster: cluster ?? ANY, instance: instance ?? ANY };
      const line = { ...names, message: plain(message), timestamp: isoTime(clock.now()) };
      sinkFor(cluster)?.(names, pythonJson(sorted(line)));
    },
    audit(action, { service, cluster, instance }, details = {}) {
      const scope = { cluster: cluster ?? ANY, instance: instance ?? ANY };
      const line = {
        ...scope,
        ...actor,
        action,
        action_details: sorted(details),
        service,
        timestamp: isoTime(clock.now()),
      };
      sinkFor(cluster)?.({ ...scope, service: AUDIT_STREAM, component: '', level: '' }, pythonJson(sorted(line)));
    },
  };
}

function sinkOf(config: YamlValue | undefined, file: string, warn: (text: string) => void): Sink | null {
  if (config === undefined) return null;
  const driver = isMap(config) ? config['driver'] : undefined;
  if (driver === 'null') return () => undefined;
  if (driver === 'file') return fileSink(isMap(config) ? config['options'] : undefined, file, warn);
  const found = typeof driver === 'string' ? `"${driver}"` : 'none';
  throw new DeliveryProblem(
    `${file}: log_writer needs a driver that is known here; found ${found}`,
    'use "file" (with options.path_format) or "null"',
  );
}

/** PaaSTA's `FileLogWriter`: one write for a line, to a file opened for appending, so that lines of several writers never mix. */
function fileSink(options: YamlValue | undefined, file: string, warn: (text: string) => void): Sink {
  const { path_format: format, mode, line_delimiter: delimiter } = isMap(options) ? options : {};
  if (typeof format !== 'string') {
    throw new DeliveryProblem(
      `${file}: log_writer "file" needs options.path_format`,
      'such as "/var/log/paasta/{service}.log"',
    );
  }
  if (mode !== undefined && mode !== 'a' && mode !== 'a+') {
    throw new DeliveryProblem(`${file}: options.mode of log_writer is "a" or "a+"`, 'lines are only ever added');
  }
  const end = typeof delimiter === 'string' ? delimiter : '\n';
  const known = { service: '', component: '', level: '', cluster: '', instance: '' };
  const check = interpolate(format, known);
  if (check.kind === 'bad')
    throw new DeliveryProblem(`${file}: options.path_format of log_writer has ${check.problem}`);
  return (names, line) => {
    const filled = interpolate(format, names);
    if (filled.kind === 'text') append(filled.text, `${line}${end}`, warn);
  };
}

function append(path: string, line: string, warn: (text: string) => void): void {
  try {
    const file = openSync(path, 'a');
    try {
      writeSync(file, line);
    } finally {
      closeSync(file);
    }
  } catch (error) {
    warn(
      `Could not log to ${path}: ${error instanceof Error ? error.message : String(error)} -- would have logged: ${line}`,
    );
  }
}

/** As PaaSTA: stripped, and without terminal sequences. */
function plain(message: string): string {
  return message.trim().replace(/\x1b\[[0-9;?]*[A-Za-z]/g, '');
}

/** Python's `datetime.utcnow().isoformat()`: microseconds unless they are zero, no zone. */
function isoTime(time: Date): string {
  const text = time.toISOString();
  const milliseconds = text.slice(20, 23);
  return milliseconds === '000' ? text.slice(0, 19) : `${text.slice(0, 23)}000`;
}

function sorted<T>(record: Readonly<Record<string, T>>): Readonly<Record<string, T>> {
  return Object.fromEntries(Object.entries(record).sort(([a], [b]) => (a < b ? -1 : 1)));
}
