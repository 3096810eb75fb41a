import type { ApiClient } from '../../cluster/api-client.ts';
import { query } from '../../cluster/resources.ts';
import type { ContainerRun } from './containers.ts';
import { LineSplitter } from './line-splitter.ts';
import { parseLine, type LogLine } from './log-line.ts';

/** Which part of a log is read. */
export interface LogRange {
  readonly follow?: boolean;
  readonly previous?: boolean;
  readonly tailLines?: number | undefined;
  /** RFC 3339. */
  readonly sinceTime?: string | undefined;
  readonly sinceSeconds?: number | undefined;
}

/** The lines of one container's log, as they come. Throws an ApiFailure when there is no log, an Error when the stream breaks. */
export async function* readLog(
  client: ApiClient,
  { namespace, pod, container }: ContainerRun,
  range: LogRange,
  signal: AbortSignal,
): AsyncGenerator<LogLine> {
  const { follow, previous, tailLines, sinceTime, sinceSeconds } = range;
  const parameters = { container, timestamps: true, follow, previous, tailLines, sinceTime, sinceSeconds };
  const path = `/api/v1/namespaces/${namespace}/pods/${pod}/log${query(parameters)}`;
  const stream = await client.stream({ method: 'GET', path, accept: '*/*', signal });
  const splitter = new LineSplitter();
  try {
    for await (const piece of stream) {
      for (const line of splitter.push(Buffer.from(piece as Uint8Array))) yield parseLine(line);
    }
    for (const line of splitter.flush()) yield parseLine(line);
  } finally {
    stream.destroy();
  }
}
