import { request } from 'node:https';

export interface ApiCall {
  readonly url: string;
  readonly ca: string;
  readonly token: string;
  readonly method: string;
  readonly path: string;
  readonly body?: unknown;
  /** Default `application/json`; a body that is a string is sent as it is. */
  readonly contentType?: string | undefined;
}

export interface ApiAnswer {
  readonly status: number;
  readonly text: string;
  /** The parsed answer; undefined when it is no JSON. */
  readonly json: unknown;
}

/** One HTTPS request on a connection of its own. Rejects when there is no answer within 30 seconds. */
export function requestApi(call: ApiCall): Promise<ApiAnswer> {
  return new Promise((resolve, reject) => {
    const body = call.body === undefined || typeof call.body === 'string' ? call.body : JSON.stringify(call.body);
    const headers = {
      authorization: `Bearer ${call.token}`,
      accept: 'application/json',
      ...(body !== undefined && {
        'content-type': call.contentType ?? 'application/json',
        'content-length': Buffer.byteLength(body),
      }),
    };
    const options = { method: call.method, ca: call.ca, headers, agent: false, timeout: 30_000 };
    const sent = request(new URL(call.path, call.url), options, (answer) => {
      const chunks: Buffer[] = [];
      answer.on('data', (chunk: Buffer) => chunks.push(chunk));
      answer.on('error', reject);
      answer.on('end', () => {
        const text = Buffer.concat(chunks).toString('utf8');
        resolve({ status: answer.statusCode ?? 0, text, json: parseJson(text) });
      });
    });
    sent.on('timeout', () => sent.destroy(new Error(`no answer to ${call.method} ${call.path}`)));
    sent.on('error', reject);
    sent.end(body);
  });
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text) as unknown;
  } catch {
    return undefined;
  }
}
