import * as http from 'node:http';
import * as https from 'node:https';
import { promisify } from 'node:util';
import { gunzip } from 'node:zlib';
import { ApiFailure } from './api-failure.ts';
import type { Connection } from './connection.ts';

const unzip = promisify(gunzip);

export interface ApiRequest {
  readonly method: 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE';
  /** Path and query. */
  readonly path: string;
  /** JSON text. */
  readonly body?: string;
  /** Default `application/json`. */
  readonly contentType?: string;
  readonly accept?: string;
  /** No answer within this time is a failure. Default 60 seconds. */
  readonly timeoutMs?: number;
  readonly signal?: AbortSignal | undefined;
  /** Asked before the request is sent once more; without it that may always be. */
  readonly mayRepeat?: () => boolean;
}

export interface RawAnswer {
  readonly status: number;
  readonly text: string;
  readonly retryAfter: string | undefined;
  /** Texts of `Warning:` headers. */
  readonly warnings: readonly string[];
}

/** One exchange, without retry. A body always has a Content-Length: without it the server ignores the body of a DELETE. */
export async function send(connection: Connection, request: ApiRequest, userAgent: string): Promise<RawAnswer> {
  const response = await open(connection, request, userAgent);
  const chunks: Buffer[] = [];
  for await (const chunk of response) chunks.push(chunk as Buffer);
  if (!response.complete) throw new ApiFailure(0, 'the connection ended in the middle of an answer');
  const bytes = Buffer.concat(chunks);
  const isZipped = response.headers['content-encoding'] === 'gzip';
  return {
    status: response.statusCode ?? 0,
    text: (isZipped ? await unzip(bytes) : bytes).toString('utf8'),
    retryAfter: response.headers['retry-after'],
    warnings: warningsOf(response.headers['warning']),
  };
}

/** Starts an exchange and gives the answer as a stream, as soon as its head is there. */
export async function open(
  connection: Connection,
  request: ApiRequest,
  userAgent: string,
  agent = connection.agent,
): Promise<http.IncomingMessage> {
  const credentials = await connection.credentials();
  const { server } = connection;
  const { method, path, body, signal } = request;
  const headers = {
    ...credentials,
    'User-Agent': userAgent,
    Accept: request.accept ?? 'application/json',
    'Accept-Encoding': 'gzip',
    ...(body !== undefined && {
      'Content-Type': request.contentType ?? 'application/json',
      'Content-Length': Buffer.byteLength(body),
    }),
  };
  const url = new URL(server.pathname.replace(/\/$/, '') + path, server);
  return new Promise((resolve, reject) => {
    const options = { method, headers, agent };
    let answer: http.IncomingMessage | undefined;
    const sent = (server.protocol === 'http:' ? http : https).request(url, options, (response) => {
      answer = response;
      clearTimeout(timer);
      const stalled = setTimeout(() => response.destroy(new Error('the answer stalled')), request.timeoutMs ?? 60_000);
      response.on('close', () => clearTimeout(stalled));
      resolve(response);
    });
    const timer = setTimeout(() => sent.destroy(new Error(`no answer in time`)), request.timeoutMs ?? 60_000);
    sent.on('error', (error) => {
      clearTimeout(timer);
      reject(error);
    });
    // Not an option of the request: that destroys the request of a complete answer, when nobody listens to the socket's errors any more.
    const stop = (): void => void (answer ?? sent).destroy(signal?.reason as Error);
    signal?.addEventListener('abort', stop);
    sent.on('close', () => signal?.removeEventListener('abort', stop));
    if (signal?.aborted === true) stop();
    sent.end(body);
  });
}

function warningsOf(header: string | undefined): readonly string[] {
  if (header === undefined) return [];
  return [...header.matchAll(/299 \S+ "((?:[^"\\]|\\.)*)"/g)].map((match) => match[1]!.replace(/\\(.)/g, '$1'));
}
