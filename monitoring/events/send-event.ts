import { createConnection } from 'node:net';
import { eventBytes, type SensuEvent } from './sensu-event.ts';

/** Where the Sensu client listens. */
export interface SensuClient {
  readonly host: string;
  readonly port: number;
}

/** Sends events one after the other, each on a connection of its own, as pysensu-yelp does; what fails is named. */
export async function sendEvents(
  client: SensuClient,
  events: readonly SensuEvent[],
  timeoutMs: number,
): Promise<readonly string[]> {
  const problems: string[] = [];
  for (const event of events) {
    const problem = await sendEvent(client, event, timeoutMs);
    if (problem !== null) problems.push(`${event.name}: ${problem}`);
  }
  return problems;
}

/** Null when the client took the event, else why it did not. */
function sendEvent({ host, port }: SensuClient, event: SensuEvent, timeoutMs: number): Promise<string | null> {
  return new Promise((resolve) => {
    const socket = createConnection({ host, port });
    const end = (problem: string | null): void => {
      clearTimeout(timer);
      socket.destroy();
      resolve(problem);
    };
    const timer = setTimeout(() => {
      end(`${host}:${port} did not take it within ${timeoutMs} ms`);
    }, timeoutMs);
    socket.on('error', (error) => {
      end(error.message);
    });
    socket.on('connect', () => {
      socket.end(eventBytes(event));
    });
    socket.resume();
    socket.on('finish', () => {
      end(null);
    });
  });
}
