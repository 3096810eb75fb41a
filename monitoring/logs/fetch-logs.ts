import type { ApiClient } from '../../cluster/api-client.ts';
import { ApiFailure } from '../../cluster/api-failure.ts';
import type { ContainerRun } from './containers.ts';
import { compareTimes, type LogLine } from './log-line.ts';
import { readLog, type LogRange } from './read-log.ts';

export interface FetchInput {
  readonly client: ApiClient;
  readonly runs: readonly ContainerRun[];
  readonly range: LogRange;
  /** Lines after this time are left out. */
  readonly until: string | null;
  /** Only so many, the last ones, of all containers together. */
  readonly last: number | null;
  readonly signal: AbortSignal;
  readonly onLine: (run: ContainerRun, line: LogLine) => void;
  /** A container whose log cannot be read, and why. */
  readonly onTrouble: (run: ContainerRun, why: string) => void;
}

interface Head {
  readonly run: ContainerRun;
  readonly lines: AsyncIterator<LogLine>;
  line: LogLine;
}

/**
 * Logs that are there, of all containers, in the order of time. Holds one line of each, and the last ones where only they count. False
 * when no container's log could be read.
 */
export async function fetchLogs(input: FetchInput): Promise<boolean> {
  const { until, last, onLine } = input;
  const unread = new Set<ContainerRun>();
  const onTrouble = (run: ContainerRun, why: string): void => {
    unread.add(run);
    input.onTrouble(run, why);
  };
  const kept: [ContainerRun, LogLine][] = [];
  for await (const [run, line] of merged({ ...input, onTrouble })) {
    if (until !== null && compareTimes(line.time, until) > 0) continue;
    if (last === null) onLine(run, line);
    else {
      kept.push([run, line]);
      if (kept.length > 2 * last + 1000) kept.splice(0, kept.length - last);
    }
  }
  if (last !== null) for (const [run, line] of kept.slice(Math.max(0, kept.length - last))) onLine(run, line);
  return unread.size < input.runs.length;
}

async function* merged(input: FetchInput): AsyncGenerator<readonly [ContainerRun, LogLine]> {
  const { client, runs, range, signal } = input;
  const opened = runs.map(async (run): Promise<Head | null> => {
    const lines = readLog(client, run, range, signal);
    const line = await nextLine(input, run, lines);
    return line === null ? null : { run, lines, line };
  });
  let heads = (await Promise.all(opened)).filter((head) => head !== null);
  while (heads.length > 0) {
    const first = heads.reduce((a, b) => (compareTimes(b.line.time, a.line.time) < 0 ? b : a));
    yield [first.run, first.line];
    const line = await nextLine(input, first.run, first.lines);
    if (line === null) heads = heads.filter((head) => head !== first);
    else first.line = line;
  }
}

async function nextLine(
  { onTrouble, signal }: FetchInput,
  run: ContainerRun,
  lines: AsyncIterator<LogLine>,
): Promise<LogLine | null> {
  try {
    const next = await lines.next();
    return next.done === true ? null : next.value;
  } catch (error) {
    if (signal.aborted) throw error;
    onTrouble(run, whyNoLog(error));
    return null;
  }
}

/** Why a log cannot be read: a 400 without more means that the container has not started. */
export function whyNoLog(error: unknown): string {
  if (error instanceof ApiFailure && error.status === 400) {
    return error.message === 'status 400' ? 'not started yet' : error.message;
  }
  return error instanceof Error ? error.message : String(error);
}
