import { setTimeout as pause } from 'node:timers/promises';
import type { ApiClient } from '../../cluster/api-client.ts';
import { ApiFailure } from '../../cluster/api-failure.ts';
import { listPages } from '../../cluster/list-pages.ts';
import { watchOnce } from '../../cluster/watch.ts';
import type { JsonMap } from '../../compiler/emit/json-data.ts';
import { containerRuns, type ContainerRun } from './containers.ts';
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
  /** Runs as the last look found them. */
  readonly #runs = new Map<string, ContainerRun>();
  readonly #streams = new Map<string, Promise<void>>();
  #isFirstLook = true;

  constructor(input: FollowInput) {
    this.#input = input;
  }

  /** Looks at all pods once, then at what changes, until the server ends the watch. */
  async watch(onAnswer: () => void): Promise<void> {
    const { client, namespace, labelSelector, signal } = this.#input;
    const collection = `/api/v1/namespaces/${namespace}/pods`;
    const seen = new Set<string>();
    const visit = (pod: JsonMap): void => {
      for (const run of this.#look(pod)) seen.add(run.key);
    };
    let resourceVersion = await listPages(client, collection, { labelSelector, signal }, visit);
    onAnswer();
    for (const key of this.#runs.keys()) if (!seen.has(key)) this.#runs.delete(key);
    this.#isFirstLook = false;
    while (!signal.aborted) {
      const options = { labelSelector, resourceVersion, signal };
      resourceVersion = await watchOnce(client, collection, options, ({ type, object }) => {
        if (type === 'DELETED') for (const { key } of containerRuns(object)) this.#runs.delete(key);
        else this.#look(object);
      });
    }
  }

  async ended(): Promise<void> {
    await Promise.all(this.#streams.values());
  }

  #look(pod: JsonMap): readonly ContainerRun[] {
    const runs = containerRuns(pod).filter(this.#input.isWanted);
    const range = this.#isFirstLook ? this.#input.initial : {};
    for (const run of runs) {
      this.#runs.set(run.key, run);
      if (!run.isRunning || this.#streams.has(run.key)) continue;
      this.#streams.set(run.key, this.#follow(run, range));
    }
    return runs;
  }

  /** Reads one run to its end, however often the stream breaks. */
  async #follow(run: ContainerRun, range: LogRange): Promise<void> {
    const { client, signal, onLine, onTrouble } = this.#input;
    let last = '';
    for (let failures = 0; !signal.aborted;) {
      let isBroken = false;
      try {
        const from = last === '' ? range : { sinceTime: last };
        for await (const line of readLog(client, run, { ...from, follow: true }, signal)) {
          failures = 0;
          if (last !== '' && line.time !== '' && compareTimes(line.time, last) <= 0 && from.sinceTime === last)
            continue;
          if (line.time !== '') last = line.time;
          onLine(run, line);
        }
      } catch (error) {
        if (signal.aborted) return;
        if (error instanceof ApiFailure && error.kind === 'not-found') return;
        const isRefused = error instanceof ApiFailure && ['forbidden', 'unauthorized'].includes(error.kind);
        if (isRefused) {
          onTrouble(`${run.pod}: ${error.message}`);
          return;
        }
        isBroken = true;
      }
      await quietPause(backoff(this.#input, failures++), signal);
      const now = this.#runs.get(run.key);
      if (now === undefined || (!isBroken && !now.isRunning)) return;
    }
  }
}

function backoff({ backoffMs = 250 }: FollowInput, failures: number): number {
  return Math.min(backoffMs * 2 ** failures, backoffMs * 20);
}

async function quietPause(milliseconds: number, signal: AbortSignal): Promise<void> {
  await pause(milliseconds, undefined, { signal }).catch(() => undefined);
}
