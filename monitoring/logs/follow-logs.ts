import { setTimeout as pause } from 'node:timers/promises';
import type { ApiClient } from '../../cluster/api-client.ts';
import { ApiFailure } from '../../cluster/api-failure.ts';
import { listPages } from '../../cluster/list-pages.ts';
import { watchOnce } from '../../cluster/watch.ts';
import type { JsonMap } from '../../compiler/emit/json-data.ts';
import { containerRuns, type ContainerRun } from './containers.ts';
import { whyNoLog } from './fetch-logs.ts';
import { compareTimes, type LogLine } from './log-line.ts';
import { readLog, type LogRange } from './read-log.ts';

export interface FollowInput {
  readonly client: ApiClient;
  readonly namespace: string;
  readonly labelSelector: string;
  readonly isWanted: (run: ContainerRun) => boolean;
  /** What is read of containers that run when it begins; of later ones, everything. */
  readonly initial: LogRange;
  /** Ends it all. */
  readonly signal: AbortSignal;
  readonly onLine: (run: ContainerRun, line: LogLine) => void;
  /** Something that is tried again, and why. */
  readonly onTrouble: (why: string) => void;
  /** First pause before something is tried again, in milliseconds; doubled up to twenty times as much. Default 250. */
  readonly backoffMs?: number;
}

/** So many failures in a row pass without a word: containers start, connections break. */
const PATIENCE = 2;

/**
 * Follows the logs of all containers of an instance, those that come later too, until the signal ends it. A stream that breaks is opened
 * again where it broke; a line is printed once. Throws an ApiFailure when the server refuses to list or watch.
 */
export async function followLogs(input: FollowInput): Promise<void> {
  const { signal } = input;
  const follower = new Follower(input);
  let failures = 0;
  while (!signal.aborted) {
    try {
      await follower.watch(() => (failures = 0));
    } catch (error) {
      if (signal.aborted) break;
      const isRefused = error instanceof ApiFailure && ['forbidden', 'unauthorized', 'not-found'].includes(error.kind);
      if (isRefused) throw error;
      if (!(error instanceof ApiFailure && error.kind === 'expired')) {
        input.onTrouble(`the pods cannot be watched: ${error instanceof Error ? error.message : String(error)}`);
        await quietPause(backoff(input, failures++), signal);
      }
    }
  }
  await follower.ended();
}

class Follower {
  readonly #input: FollowInput;
  /** The newest run of each container, as the last look found it. */
  readonly #newest = new Map<string, ContainerRun>();
  /** What is to be read of each run. */
  readonly #ranges = new Map<string, LogRange>();
  /** Runs of which there is nothing more to read. */
  readonly #done = new Set<string>();
  /** Containers whose logs are being read, one stream at a time: so no line comes twice. */
  readonly #reading = new Map<string, Promise<void>>();
  #isFirstLook = true;

  constructor(input: FollowInput) {
    this.#input = input;
  }

  /** Looks at all pods once, then at what changes, until the server ends the watch. */
  async watch(onAnswer: () => void): Promise<void> {
    const { client, namespace, labelSelector, signal, onTrouble } = this.#input;
    const collection = `/api/v1/namespaces/${namespace}/pods`;
    const seen = new Set<string>();
    const visit = (pod: JsonMap): void => {
      for (const { id } of this.#look(pod)) seen.add(id);
    };
    let resourceVersion = await listPages(client, collection, { labelSelector, signal }, visit);
    onAnswer();
    for (const id of this.#newest.keys()) if (!seen.has(id)) this.#newest.delete(id);
    if (this.#isFirstLook && seen.size === 0) onTrouble(`no pods in ${namespace} yet`);
    this.#isFirstLook = false;
    while (!signal.aborted) {
      const options = { labelSelector, resourceVersion, signal };
      resourceVersion = await watchOnce(client, collection, options, ({ type, object }) => {
        if (type === 'DELETED') for (const { id } of containerRuns(object)) this.#newest.delete(id);
        else this.#look(object);
      });
    }
  }

  async ended(): Promise<void> {
    await Promise.all(this.#reading.values());
  }

  #look(pod: JsonMap): readonly ContainerRun[] {
    const runs = containerRuns(pod).filter(this.#input.isWanted);
    for (const run of runs) {
      this.#newest.set(run.id, run);
      // What ended before we came is over; what ends before we see it run is not.
      if (this.#isFirstLook && !run.isRunning && run.hasStarted) this.#done.add(run.key);
      if (!this.#ranges.has(run.key)) this.#ranges.set(run.key, this.#isFirstLook ? this.#input.initial : {});
      if (!this.#reading.has(run.id) && this.#next(run.id) !== undefined) {
        this.#reading.set(run.id, this.#read(run.id));
      }
    }
    return runs;
  }

  /** The run of a container that is to be read now. */
  #next(id: string): ContainerRun | undefined {
    const run = this.#newest.get(id);
    return run?.hasStarted === true && !this.#done.has(run.key) && !this.#input.signal.aborted ? run : undefined;
  }

  /** Reads a container's runs one after the other, each to its end, however often the stream breaks. */
  async #read(id: string): Promise<void> {
    const { signal, onTrouble } = this.#input;
    let last = '';
    let failures = 0;
    for (let run = this.#next(id); run !== undefined; run = this.#next(id)) {
      const floor = last;
      const trouble = await this.#stream(run, (line) => {
        failures = 0;
        if (floor !== '' && line.time !== '' && compareTimes(line.time, floor) <= 0) return false;
        if (line.time !== '') last = line.time;
        return true;
      });
      if (last !== floor) this.#ranges.set(run.key, { sinceTime: last });
      const isHopeless = failures === PATIENCE || this.#done.has(run.key);
      if (trouble !== null && isHopeless && !signal.aborted) onTrouble(`${run.pod} ${run.container}: ${trouble}`);
      await quietPause(backoff(this.#input, failures++), signal);
      const now = this.#newest.get(id);
      if (trouble === null && !(now?.key === run.key && now.isRunning)) this.#done.add(run.key);
    }
    this.#reading.delete(id);
  }

  /** Reads a log as far as it goes; why the stream broke, or null at its end. */
  async #stream(run: ContainerRun, isNew: (line: LogLine) => boolean): Promise<string | null> {
    const { client, signal, onLine } = this.#input;
    try {
      const range = { ...this.#ranges.get(run.key), follow: true };
      for await (const line of readLog(client, run, range, signal)) if (isNew(line)) onLine(run, line);
      return null;
    } catch (error) {
      const kind = error instanceof ApiFailure ? error.kind : null;
      if (kind === 'not-found') this.#newest.delete(run.id);
      if (kind === 'forbidden' || kind === 'unauthorized') this.#done.add(run.key);
      return whyNoLog(error);
    }
  }
}

function backoff({ backoffMs = 250 }: FollowInput, failures: number): number {
  return Math.min(backoffMs * 2 ** failures, backoffMs * 20);
}

async function quietPause(milliseconds: number, signal: AbortSignal): Promise<void> {
  await pause(milliseconds, undefined, { signal }).catch(() => undefined);
}
