/** A plain-HTTP proxy on loopback in front of an API server: counts requests, and does one fault at a chosen write. */
import * as http from 'node:http';
import * as https from 'node:https';
import type { AddressInfo } from 'node:net';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { ControlPlane } from './control-plane.ts';

/** What happens at the nth write (from 1): `before` it reaches the server, or `after` the server answered and before the client knows. */
export interface Fault {
  readonly at: number;
  readonly when: 'before' | 'after';
  /** Lets the write through once this is done, without any other fault. */
  readonly pause?: () => Promise<void>;
  /** `call`: run this and cut the connection; a number: answer with this status and text. */
  readonly answer?: { readonly status: number; readonly text: string; readonly headers?: Record<string, string> };
  readonly call?: () => void;
}

export interface FaultProxy {
  readonly kubeconfigPath: string;
  requests: number;
  /** Bodies of deletions, with their Content-Length. */
  readonly deletions: { readonly length: string | undefined; readonly body: string }[];
  /** Method and path of every write. */
  readonly writes: string[];
  fault: Fault | null;
  /** Answers in place of the server, or gives null to let a request through. */
  answer: ((method: string, url: string) => NonNullable<Fault['answer']> | null) | null;
  stop(): Promise<void>;
}

export async function startFaultProxy(plane: ControlPlane, folder: string): Promise<FaultProxy> {
  const agent = new https.Agent({ keepAlive: true, ca: plane.ca });
  const server = http.createServer((incoming, outgoing) => {
    void handle(incoming, outgoing);
  });
  const handle = async (incoming: http.IncomingMessage, outgoing: http.ServerResponse): Promise<void> => {
    proxy.requests++;
    const isWrite = incoming.method !== 'GET';
    if (isWrite) proxy.writes.push(`${incoming.method ?? ''} ${incoming.url?.split('?')[0] ?? ''}`);
    const fault = isWrite && proxy.fault?.at === proxy.writes.length ? proxy.fault : null;
    const chunks: Buffer[] = [];
    for await (const chunk of incoming) chunks.push(chunk as Buffer);
    const answer = proxy.answer?.(incoming.method ?? '', incoming.url ?? '') ?? null;
    if (answer !== null) {
      happen({ at: 0, when: 'before', answer }, outgoing);
      return;
    }
    if (incoming.method === 'DELETE')
      proxy.deletions.push({ length: incoming.headers['content-length'], body: Buffer.concat(chunks).toString() });
    if (fault?.pause !== undefined) {
      await fault.pause();
      forward(incoming, outgoing, Buffer.concat(chunks), null);
      return;
    }
    if (fault?.when === 'before') {
      happen(fault, outgoing);
      return;
    }
    forward(incoming, outgoing, Buffer.concat(chunks), fault);
  };
  const forward = (
    incoming: http.IncomingMessage,
    outgoing: http.ServerResponse,
    body: Buffer,
    fault: Fault | null,
  ): void => {
    const { host: _host, connection: _connection, 'transfer-encoding': _encoding, ...headers } = incoming.headers;
    const options = { method: incoming.method, headers, agent };
    const sent = https.request(new URL(incoming.url ?? '/', plane.url), options, (answer) => {
      if (fault !== null) {
        answer.resume();
        answer.on('end', () => {
          happen(fault, outgoing);
        });
        return;
      }
      outgoing.writeHead(answer.statusCode ?? 502, answer.headers);
      answer.pipe(outgoing);
      outgoing.on('close', () => answer.destroy());
    });
    sent.on('error', () => outgoing.destroy());
    sent.end(body);
  };
  await new Promise<void>((resolve) => {
    server.listen(0, '127.0.0.1', resolve);
  });
  const { port } = server.address() as AddressInfo;
  const kubeconfigPath = join(folder, 'proxy.kubeconfig');
  const config = {
    ...{ apiVersion: 'v1', kind: 'Config' },
    contexts: [{ name: 'test', context: { cluster: 'test', user: 'admin' } }],
    users: [{ name: 'admin', user: { token: plane.token } }],
    clusters: [{ name: 'test', cluster: { server: `http://127.0.0.1:${port}`, 'insecure-skip-tls-verify': true } }],
  };
  writeFileSync(kubeconfigPath, JSON.stringify(config), { mode: 0o600 });
  const proxy: FaultProxy = {
    ...{ kubeconfigPath, requests: 0, writes: [], deletions: [], fault: null, answer: null },
    stop: async () => {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
      agent.destroy();
    },
  };
  return proxy;
}

function happen(fault: Fault, outgoing: http.ServerResponse): void {
  fault.call?.();
  if (fault.answer === undefined) outgoing.destroy();
  else
    outgoing
      .writeHead(fault.answer.status, { 'content-type': 'application/json', ...fault.answer.headers })
      .end(fault.answer.text);
}
