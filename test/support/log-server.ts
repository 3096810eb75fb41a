import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo, Socket } from 'node:net';
import { setImmediate as turn } from 'node:timers/promises';

/** One request for a log. */
export interface LogRequest {
  readonly pod: string;
  readonly query: URLSearchParams;
  readonly response: ServerResponse;
  /** How many requests for this container came before. */
  readonly number: number;
}

export interface LogServer {
  readonly url: string;
  readonly requests: readonly { readonly pod: string; readonly query: URLSearchParams }[];
  /** Sends an event to everybody who watches. */
  event(type: 'ADDED' | 'MODIFIED' | 'DELETED', pod: object): void;
  close(): Promise<void>;
}

/** Speaks the parts of the API that logs need: a list of pods, a watch, and logs by a handler of the test. */
export async function startLogServer(
  pods: readonly object[],
  log: (request: LogRequest) => void | Promise<void>,
): Promise<LogServer> {
  const requests: { pod: string; query: URLSearchParams }[] = [];
  const watchers = new Set<ServerResponse>();
  const sockets = new Set<Socket>();
  const handle = (request: IncomingMessage, response: ServerResponse): void => {
    const { pathname, searchParams: query } = new URL(request.url!, 'http://localhost');
    const pod = /\/pods\/([^/]+)\/log$/.exec(pathname)?.[1];
    if (pod !== undefined) {
      const number = requests.filter((each) => each.pod === pod).length;
      requests.push({ pod, query });
      void log({ pod, query, response, number });
    } else if (query.has('watch')) {
      response.flushHeaders();
      watchers.add(response);
      response.on('close', () => watchers.delete(response));
    } else {
      response.end(JSON.stringify({ kind: 'PodList', metadata: { resourceVersion: '1' }, items: pods }));
    }
  };
  const server = createServer(handle);
  server.on('connection', (socket) => {
    sockets.add(socket);
    socket.on('close', () => sockets.delete(socket));
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    requests,
    event: (type, pod) => {
      for (const watcher of watchers) watcher.write(`${JSON.stringify({ type, object: pod })}\n`);
    },
    close: () =>
      new Promise((resolve) => {
        for (const socket of sockets) socket.destroy();
        server.close(() => {
          resolve();
        });
      }),
  };
}

/** A pod of `shop.main` with these containers; a container is running unless it is said to wait. */
export function logPod(
  name: string,
  {
    containers = ['main'],
    restarts = 0,
    state = { running: {} },
  }: { containers?: string[]; restarts?: number; state?: object } = {},
): object {
  return {
    metadata: { name, namespace: 'paastasvc-shop', uid: `uid-${name}`, resourceVersion: '2' },
    spec: { containers: containers.map((container) => ({ name: container })) },
    status: { containerStatuses: containers.map((container) => ({ name: container, restartCount: restarts, state })) },
  };
}

/** Writes a text in pieces of a few bytes, which end in the middle of lines and of characters. */
export async function inPieces(response: ServerResponse, text: string, size = 3): Promise<void> {
  const bytes = Buffer.from(text);
  for (let start = 0; start < bytes.length; start += size) {
    response.write(bytes.subarray(start, start + size));
    await turn();
  }
}
