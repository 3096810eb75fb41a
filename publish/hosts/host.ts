/** A pull request (merge request) to be there. */
export interface Proposal {
  readonly head: string;
  readonly base: string;
  readonly title: string;
  readonly body: string;
}

/** A repository at a host, and how to speak to it. */
export interface HostTarget {
  /** Root of the API without a slash at the end: `https://api.github.com`. */
  readonly apiUrl: string;
  /** `owner/name`; GitLab has more than one owner level. */
  readonly repository: string;
  readonly token: string;
}

export interface Proposed {
  readonly url: string;
  readonly isNew: boolean;
}

/** Makes the request, or brings title and text of the open one between the same branches up to date. */
export type ProposeTo = (target: HostTarget, proposal: Proposal) => Promise<Proposed>;

/** The host did not do what was asked; the message holds neither the token nor what was sent. */
export class HostFailure extends Error {}

const TIMEOUT_MILLISECONDS = 30_000;
const LOOPBACK = /^(?:localhost|127\.0\.0\.1|\[::1\])$/;

/** One request with a JSON answer. Tokens go over https only, loopback aside, and no redirect is followed. */
export async function requestJson(
  target: Pick<HostTarget, 'apiUrl'>,
  headers: Readonly<Record<string, string>>,
  request: { readonly method: string; readonly path: string; readonly body?: unknown },
): Promise<unknown> {
  const url = new URL(`${target.apiUrl}${request.path}`);
  if (url.protocol !== 'https:' && !LOOPBACK.test(url.hostname)) {
    throw new HostFailure(`${url.origin}: the token is sent over https only`);
  }
  const where = `${request.method} ${url.origin}${url.pathname}`;
  let answer: Response;
  try {
    answer = await fetch(url, {
      method: request.method,
      redirect: 'error',
      signal: AbortSignal.timeout(TIMEOUT_MILLISECONDS),
      headers: { ...headers, 'User-Agent': 'paasta-gitops', 'Content-Type': 'application/json' },
      ...(request.body !== undefined && { body: JSON.stringify(request.body) }),
    });
  } catch {
    throw new HostFailure(`${where}: no answer`);
  }
  if (!answer.ok) throw new HostFailure(`${where}: status ${answer.status}`);
  try {
    return (await answer.json()) as unknown;
  } catch {
    throw new HostFailure(`${where}: the answer is no JSON`);
  }
}

/** A text of an answer; a HostFailure when it is not there. */
export function textIn(answer: unknown, key: string): string {
  const value = valueIn(answer, key);
  if (typeof value === 'string') return value;
  throw new HostFailure(`the answer has no ${key}`);
}

/** A whole number of an answer; a HostFailure when it is not there. */
export function numberIn(answer: unknown, key: string): number {
  const value = valueIn(answer, key);
  if (typeof value === 'number' && Number.isSafeInteger(value)) return value;
  throw new HostFailure(`the answer has no ${key}`);
}

export function valueIn(answer: unknown, key: string): unknown {
  return typeof answer === 'object' && answer !== null && Object.hasOwn(answer, key)
    ? (answer as Readonly<Record<string, unknown>>)[key]
    : undefined;
}

/** The items of an answer that is a list. */
export function listIn(answer: unknown): readonly unknown[] {
  if (Array.isArray(answer)) return answer as readonly unknown[];
  throw new HostFailure('the answer is no list');
}
