import type { ApiClient } from '../cluster/api-client.ts';
import { sendEvents } from '../monitoring/events/send-event.ts';
import type { SensuEvent } from '../monitoring/events/sensu-event.ts';
import { CheckProblem } from '../monitoring/replication/target.ts';
import type { ClusterConfig } from '../compiler/model/cluster-config.ts';
import { contextOf, openCluster } from './cluster-access.ts';
import type { Io } from './io.ts';
import { loadProject, type Project } from './project.ts';
import { isOn, textOf, UsageError, type Call, type OptionValues } from './verb.ts';

/** One run of the verb: what it was asked, and a time after which everything ends. */
export interface CheckCall {
  readonly values: OptionValues;
  readonly io: Io;
  readonly project: Project;
  readonly signal: AbortSignal;
  /** The client of the cluster; opened when it is first asked for. */
  client(cluster: string): Promise<ApiClient>;
  /** The result, unless time runs out first. */
  bounded<T>(result: Promise<T>): Promise<T>;
  close(): void;
}

const DEFAULT_TIMEOUT_SECONDS = 45;
/** A check runs again in a minute: no long retries within one. */
const ATTEMPTS = 2;
const EVENT_TIMEOUT_MS = 5000;

/** Reads flags and project; nothing is sent yet. */
export function openChecks({ values, io }: Call): CheckCall {
  const { project, diagnostics } = loadProject(values, io);
  if (diagnostics.length > 0) throw new CheckProblem(`${diagnostics[0]!.file}: ${diagnostics[0]!.message}`);
  const seconds = numberOf(values, 'timeout', DEFAULT_TIMEOUT_SECONDS);
  const abort = new AbortController();
  const timer = setTimeout(() => {
    abort.abort(new CheckProblem(`no answer within ${seconds} s`));
  }, seconds * 1000);
  let client: Promise<ApiClient> | undefined;
  return {
    ...{ values, io, project, signal: abort.signal },
    client: (cluster) =>
      (client ??= openCluster(values, contextOf(values, project, cluster), io, { attempts: ATTEMPTS })),
    bounded: (result) =>
      new Promise((resolve, reject) => {
        const giveUp = (): void => {
          // The reason is always an Error: it is given above.
          reject(abort.signal.reason as Error);
        };
        abort.signal.addEventListener('abort', giveUp);
        result.then(resolve, (error: unknown) => {
          if (abort.signal.aborted) giveUp();
          else reject(error instanceof Error ? error : new Error(String(error)));
        });
      }),
    close: () => {
      clearTimeout(timer);
      abort.abort(new CheckProblem('the check is over'));
      client?.then(
        (opened) => {
          opened.close();
        },
        () => undefined,
      );
    },
  };
}

/** A flag that is a number, not below 0. */
export function numberOf(values: OptionValues, name: string, fallback: number): number {
  const text = textOf(values, name);
  if (text === undefined) return fallback;
  if (!/^\d+(\.\d+)?$/.test(text)) throw new UsageError(`--${name} is a number; found "${text}"`);
  return Number(text);
}

/** The client's address for a cluster; null when events are switched off. PaaSTA: `sensu_host` localhost, `sensu_port` 3030. */
function sensuClient({ raw }: ClusterConfig): { readonly host: string; readonly port: number } | null {
  const host = Object.hasOwn(raw, 'sensu_host') ? raw['sensu_host'] : 'localhost';
  if (typeof host !== 'string' || host === '') return null;
  const port = Object.hasOwn(raw, 'sensu_port') ? Number(raw['sensu_port']) : 3030;
  return { host, port };
}

/** Sends or prints events when that was asked for; null when all went well, else what did not. */
export async function emit(
  { values, io }: CheckCall,
  config: ClusterConfig,
  events: readonly (SensuEvent | null)[],
): Promise<string | null> {
  if (!isOn(values, 'emit')) return null;
  const due = events.filter((event) => event !== null);
  if (isOn(values, 'dry-run')) {
    io.out(due.map((event) => `${JSON.stringify(event)}\n`).join(''));
    return null;
  }
  const client = sensuClient(config);
  if (client === null) return null;
  const problems = await sendEvents(client, due, EVENT_TIMEOUT_MS);
  if (problems.length === 0) return null;
  return `${problems.length} of ${due.length} events were not sent, such as ${problems[0]!}`;
}
