import { constants, createGunzip } from 'node:zlib';
import type { IncomingMessage } from 'node:http';
import type { Readable } from 'node:stream';
import { setTimeout as pause } from 'node:timers/promises';
import { ApiFailure, failureOf } from './api-failure.ts';
import type { Connection } from './connection.ts';
import { rateLimit, type Timer } from './rate-limit.ts';
import { open, send, type ApiRequest, type RawAnswer } from './send.ts';

export interface Answer {
  readonly status: number;
  /** The parsed JSON. */
  readonly body: unknown;
}

/** What was sent so far. */
export interface Traffic {
  requests: number;
  writes: number;
}

/** Requests to one API server, within a rate, repeated where repeating may help. */
export interface ApiClient {
  readonly context: string;
  readonly traffic: Traffic;
  /** Deprecations and the like that the server warned about, each text once. */
  readonly warnings: ReadonlySet<string>;
  /** Throws an ApiFailure for every answer of 400 or more and when no answer comes. All we send may be sent twice. */
  request(request: ApiRequest): Promise<Answer>;
  /** The answer as a stream of text, for watches and logs; not repeated. Throws an ApiFailure for an answer of 400 or more. */
  stream(request: ApiRequest): Promise<NodeJS.ReadableStream & { destroy(): void }>;
  close(): void;
}

export interface ClientOptions {
  readonly userAgent: string;
  /** Requests a second and how many at once after a quiet time. Default 50 and 100. */
  readonly qps?: number;
  readonly burst?: number;
  /** Attempts for one request. Default 6. */
  readonly attempts?: number;
  /** First pause between attempts; doubled each time, with jitter, up to 10 s. Default 250. */
  readonly backoffMs?: number;
  readonly timer?: Timer;
}

const REAL_TIME: Timer = {
  now: () => performance.now(),
  pause: (milliseconds, signal) => pause(milliseconds, undefined, signal ? { signal } : {}),
};

const MAX_BACKOFF_MS = 10_000;
const MAX_RETRY_AFTER_MS = 30_000;
/** A request that failed for so long is not sent once more, however few its attempts. */
const LONGEST_REQUEST_MS = 60_000;
/** A busy server may send so many 429 before they count as attempts. */
const FREE_RETRIES = 5;

export function createClient(connection: Connection, options: ClientOptions): ApiClient {
  const timer = options.timer ?? REAL_TIME;
  const limit = rateLimit(options.qps ?? 50, options.burst ?? 100, timer);
  const traffic: Traffic = { requests: 0, writes: 0 };
  const warnings = new Set<string>();
  const attempts = options.attempts ?? 6;

  async function once(request: ApiRequest): Promise<RawAnswer> {
    await limit.take(request.signal);
    traffic.requests++;
    if (request.method !== 'GET') traffic.writes++;
    const answer = await send(connection, request, options.userAgent);
    for (const warning of answer.warnings) warnings.add(warning);
    if (answer.status >= 400) throw failureOf(answer.status, answer.text, answer.retryAfter);
    return answer;
  }

  async function request(call: ApiRequest): Promise<Answer> {
    let freeRetries = FREE_RETRIES;
    let hasReloaded = false;
    const startedAt = timer.now();
    for (let attempt = 1; ;) {
      try {
        const answer = await once(call);
        return { status: answer.status, body: parse(answer.text) };
      } catch (error) {
        if (call.signal?.aborted) throw error;
        const failure = asFailure(error);
        if (failure.kind === 'unauthorized' && !hasReloaded) {
          hasReloaded = true;
          connection.reload();
          continue;
        }
        const isLate = failure.status !== 429 && timer.now() - startedAt > LONGEST_REQUEST_MS;
        if (!mayHelpToRepeat(failure) || isLate || call.mayRepeat?.() === false) throw failure;
        if (failure.status === 429) limit.slowDown();
        if (failure.status === 429 && freeRetries > 0) freeRetries--;
        else if (++attempt > attempts) throw failure;
        await timer.pause(pauseAfter(failure, attempt, options.backoffMs ?? 250), call.signal);
      }
    }
  }

  return {
    context: connection.context,
    traffic,
    warnings,
    request,
    stream: async (call) => {
      await limit.take(call.signal);
      traffic.requests++;
      const request = { ...call, timeoutMs: call.timeoutMs ?? 330_000 };
      const response = await open(connection, request, options.userAgent, connection.streams).catch(
        (error: unknown) => {
          throw asFailure(error);
        },
      );
      const status = response.statusCode ?? 0;
      if (status < 400) return decoded(response);
      const chunks: Buffer[] = [];
      for await (const chunk of decoded(response)) chunks.push(Buffer.from(chunk));
      throw failureOf(status, Buffer.concat(chunks).toString('utf8'), response.headers['retry-after']);
    },
    close: () => {
      connection.close();
    },
  };
}

/** A client whose writes are repeated only while that is allowed: what was sent before may still be under way, nothing is sent anew. */
export function whileAllowed(client: ApiClient, mayRepeat: () => boolean): ApiClient {
  return {
    ...client,
    request: (call) => client.request(call.method === 'GET' ? call : { ...call, mayRepeat }),
  };
}

function decoded(response: IncomingMessage): Readable {
  if (response.headers['content-encoding'] !== 'gzip') return response;
  const unzip = createGunzip({ flush: constants.Z_SYNC_FLUSH });
  response.on('error', (error) => unzip.destroy(error));
  unzip.on('close', () => response.destroy());
  return response.pipe(unzip);
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text) as unknown;
  } catch {
    return undefined;
  }
}

function asFailure(error: unknown): ApiFailure {
  if (error instanceof ApiFailure) return error;
  return new ApiFailure(0, error instanceof Error ? error.message : String(error));
}

/** Overload, a server that is not ready, and lost connections pass; an invalid request does not. */
function mayHelpToRepeat(failure: ApiFailure): boolean {
  if (failure.kind === 'conflict') return failure.message.includes('Operation cannot be fulfilled on resourcequota');
  return failure.kind === 'overloaded' || failure.kind === 'unreachable';
}

function pauseAfter(failure: ApiFailure, attempt: number, firstMs: number): number {
  if (failure.retryAfterSeconds !== null) {
    return Math.min(failure.retryAfterSeconds * 1000, MAX_RETRY_AFTER_MS) + Math.random() * firstMs;
  }
  return Math.random() * Math.min(MAX_BACKOFF_MS, firstMs * 2 ** (attempt - 1));
}
