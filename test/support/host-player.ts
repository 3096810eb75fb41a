/** Plays GitHub, GitLab or Gitea on a loopback port, from the fixtures in test/fixtures/hosts. */
import { readFileSync } from 'node:fs';
import { createServer, type IncomingMessage } from 'node:http';
import type { AddressInfo } from 'node:net';

export type HostName = 'github' | 'gitlab' | 'gitea';

interface Exchange {
  readonly method: string;
  readonly path: string;
  /** Parameters, or members of the body, that the description knows. */
  readonly allows: readonly string[];
  readonly status: number;
}

/** What the description of a host's API says, cut down to pull requests. */
export interface HostFixture {
  readonly description: string;
  readonly authorization: readonly [header: string, value: string];
  readonly headers: Readonly<Record<string, string>>;
  readonly list: Exchange & { readonly filters: Readonly<Record<string, string>> };
  readonly create: Exchange & { readonly requires: readonly string[] };
  readonly update: Exchange & { readonly requires: readonly string[] };
  readonly pull: Readonly<Record<string, unknown>>;
  /** Where people see the request. */
  readonly url: string;
  readonly exists: { readonly status: number; readonly answer: unknown };
  readonly unauthorized: { readonly status: number; readonly answer: unknown };
}

export function hostFixture(host: HostName): HostFixture {
  const file = new URL(`../fixtures/hosts/${host}.json`, import.meta.url);
  return JSON.parse(readFileSync(file, 'utf8')) as HostFixture;
}

export interface PlayedHost {
  readonly url: string;
  /** Operations in their order: `list`, `create`, `update`. */
  readonly asked: readonly string[];
  /** Bodies of the requests that had one. */
  readonly bodies: readonly Readonly<Record<string, unknown>>[];
  /** What the description does not allow. */
  readonly mistakes: readonly string[];
}

export interface Play {
  readonly token: string;
  /** A request between the same branches is open. */
  readonly isOpen?: boolean;
  /** Other open requests that a list without filters gives first. */
  readonly others?: number;
}

/** Plays a host while the task runs. */
export async function playHost(host: HostName, play: Play, task: (played: PlayedHost) => Promise<void>): Promise<void> {
  const fixture = hostFixture(host);
  const played = { url: '', asked: [] as string[], bodies: [] as Record<string, unknown>[], mistakes: [] as string[] };
  const server = createServer((request, response) => {
    let text = '';
    request.on('data', (chunk: Buffer) => (text += chunk.toString()));
    request.on('end', () => {
      const body = text === '' ? undefined : (JSON.parse(text) as Record<string, unknown>);
      if (body !== undefined) played.bodies.push(body);
      const { status, answer } = answerTo(request, body, fixture, play, played);
      response.writeHead(status, { 'Content-Type': 'application/json' });
      response.end(JSON.stringify(answer));
    });
  });
  await new Promise<void>((resolve) => void server.listen(0, '127.0.0.1', resolve));
  played.url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  try {
    await task(played);
  } finally {
    await new Promise((resolve) => server.close(resolve));
  }
}

interface Answer {
  readonly status: number;
  readonly answer: unknown;
}

function answerTo(
  request: IncomingMessage,
  body: Readonly<Record<string, unknown>> | undefined,
  fixture: HostFixture,
  play: Play,
  played: { readonly asked: string[]; readonly mistakes: string[] },
): Answer {
  const url = new URL(request.url!, 'http://host');
  const [header, form] = fixture.authorization;
  if (request.headers[header] !== form.replace('{token}', play.token)) return fixture.unauthorized;
  for (const [name, value] of Object.entries(fixture.headers)) {
    if (request.headers[name] !== value) played.mistakes.push(`${name}: ${String(request.headers[name])}`);
  }
  const operation = (['list', 'create', 'update'] as const).find(
    (name) => fixture[name].method === request.method && fixture[name].path === url.pathname,
  );
  if (operation === undefined) {
    played.mistakes.push(`${request.method!} ${url.pathname}`);
    return { status: 404, answer: { message: 'Not Found' } };
  }
  played.asked.push(operation);
  const given = operation === 'list' ? [...url.searchParams.keys()] : Object.keys(body ?? {});
  const unknown = given.filter((key) => !fixture[operation].allows.includes(key));
  played.mistakes.push(...unknown.map((key) => `${operation} has ${key}`));
  if (operation === 'list') return { status: 200, answer: listed(url.searchParams, fixture, play) };
  const missing = fixture[operation].requires.filter((key) => !given.includes(key));
  played.mistakes.push(...missing.map((key) => `${operation} lacks ${key}`));
  if (operation === 'create' && play.isOpen === true) return fixture.exists;
  return { status: fixture[operation].status, answer: { ...fixture.pull, ...body, head: fixture.pull['head'] } };
}

/** One page; a filter that is not given lets requests between other branches in. */
function listed(query: URLSearchParams, fixture: HostFixture, { isOpen, others = 0 }: Play): readonly unknown[] {
  const fits = Object.entries(fixture.list.filters).every(([key, value]) => query.get(key) === value);
  if (!fits) return [];
  const other = { ...fixture.pull, number: 1, iid: 1, head: { ref: 'other' }, source_branch: 'other' };
  const all = [
    ...(fixture.list.allows.includes('base') || fixture.list.allows.includes('target_branch')
      ? []
      : Array.from({ length: others }, () => other)),
    ...(isOpen === true ? [fixture.pull] : []),
  ];
  const size = Number(query.get('limit') ?? query.get('per_page') ?? 30);
  const page = Number(query.get('page') ?? 1);
  return all.slice((page - 1) * size, page * size);
}
