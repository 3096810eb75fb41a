import { DeliveryProblem } from '../problem.ts';
import type { Credentials } from './docker-credentials.ts';
import { isLoopback, parseRegistry } from './registry-host.ts';

/** Kinds of manifests that an image can have. PaaSTA: `DOCKER_REGISTRY_MANIFEST_ACCEPT_HEADER`. */
const ACCEPT = [
  'application/vnd.oci.image.index.v1+json',
  'application/vnd.oci.image.manifest.v1+json',
  'application/vnd.docker.distribution.manifest.list.v2+json',
  'application/vnd.docker.distribution.manifest.v2+json',
].join(', ');

const SECONDS = 30;
const MAX_REDIRECTS = 5;
const MAX_ANSWER_BYTES = 1_000_000;

/** Whether a registry has an image, and its digest where the registry tells. */
export type ImageState = { readonly exists: false } | { readonly exists: true; readonly digest: string | null };

export interface ImageQuestion {
  /** `docker_registry` as configured. */
  readonly registry: string;
  /** `services-web` */
  readonly repository: string;
  readonly tag: string;
  readonly credentials: Credentials | null;
}

/**
 * Asks a registry for the manifest of an image by its HTTP API. https; plain http only where the server speaks no TLS and no
 * credentials are stored for it, or on this machine. Throws DeliveryProblem when the registry cannot be asked.
 * PaaSTA: `is_docker_image_already_in_registry`.
 */
export async function imageInRegistry(question: ImageQuestion): Promise<ImageState> {
  const { host, prefix } = parseRegistry(question.registry);
  const path = `/v2/${prefix}${question.repository}/manifests/${encodeURIComponent(question.tag)}`;
  const secure = new URL(`https://${host}${path}`);
  try {
    return await ask(secure, question);
  } catch (error) {
    if (!isNoTls(error)) throw asProblem(error, question.registry);
    if (question.credentials !== null && !isLoopback(secure.hostname)) {
      throw new DeliveryProblem(
        `${question.registry} speaks plain http, and there are credentials for it that must not go over that`,
        'give the registry a certificate',
      );
    }
  }
  try {
    return await ask(new URL(`http://${host}${path}`), question);
  } catch (error) {
    throw asProblem(error, question.registry);
  }
}

async function ask(url: URL, { registry, credentials }: ImageQuestion): Promise<ImageState> {
  const first = await request(url, 'HEAD', { accept: ACCEPT });
  if (first.status !== 401) return stateOf(first, registry);
  const authorization = await authorize(first.headers.get('www-authenticate') ?? '', url, credentials);
  if (authorization === null) throw notAllowed(registry, credentials);
  const second = await request(url, 'HEAD', { accept: ACCEPT, authorization });
  if (second.status === 401 || second.status === 403) throw notAllowed(registry, credentials);
  return stateOf(second, registry);
}

function stateOf(response: Response, registry: string): ImageState {
  if (response.status === 200) return { exists: true, digest: response.headers.get('docker-content-digest') };
  if (response.status === 404) return { exists: false };
  if (response.status === 403) throw notAllowed(registry, null);
  throw new DeliveryProblem(`${registry} answered with status ${response.status}`, 'try again later');
}

function notAllowed(registry: string, credentials: Credentials | null): DeliveryProblem {
  const hint =
    credentials === null ? `log in with docker login ${registry}` : 'the stored credentials may not read this image';
  return new DeliveryProblem(`${registry} does not allow to look for the image`, hint);
}

/** The header that answers a challenge, or null when none can. Credentials go to the registry, or to the token server it names. */
async function authorize(challenge: string, url: URL, credentials: Credentials | null): Promise<string | null> {
  if (/^basic\b/i.test(challenge)) {
    return credentials?.kind === 'password' ? basic(credentials.user, credentials.password) : null;
  }
  const parameters = bearerParameters(challenge);
  const realm = parameters.get('realm');
  if (realm === undefined || !URL.canParse(realm)) return null;
  const server = new URL(realm);
  if (
    server.protocol !== 'https:' &&
    !(server.protocol === 'http:' && isLoopback(server.hostname) && isLoopback(url.hostname))
  ) {
    throw new DeliveryProblem(
      `${url.host} names ${JSON.stringify(server.host)} as its token server, which does not speak https`,
    );
  }
  const token = await fetchToken(server, parameters, credentials);
  return token === null ? null : `Bearer ${token}`;
}

function bearerParameters(challenge: string): ReadonlyMap<string, string> {
  if (!/^bearer\s/i.test(challenge)) return new Map();
  return new Map([...challenge.matchAll(/([a-z_]+)="([^"]*)"/gi)].map((match) => [match[1]!.toLowerCase(), match[2]!]));
}

async function fetchToken(
  server: URL,
  parameters: ReadonlyMap<string, string>,
  credentials: Credentials | null,
): Promise<string | null> {
  const fields = ['service', 'scope'].flatMap((name) => {
    const value = parameters.get(name);
    return value === undefined ? [] : [[name, value] as [string, string]];
  });
  if (credentials?.kind === 'identity-token') {
    const form = new URLSearchParams([
      ...fields,
      ['grant_type', 'refresh_token'],
      ['client_id', 'paasta-gitops'],
      ['refresh_token', credentials.token],
    ]);
    return tokenIn(
      await request(server, 'POST', { 'content-type': 'application/x-www-form-urlencoded' }, form.toString()),
    );
  }
  for (const [name, value] of fields) server.searchParams.set(name, value);
  const headers = credentials === null ? {} : { authorization: basic(credentials.user, credentials.password) };
  return tokenIn(await request(server, 'GET', headers));
}

async function tokenIn(response: Response): Promise<string | null> {
  if (response.status !== 200) return null;
  const text = await response.text();
  if (text.length > MAX_ANSWER_BYTES) return null;
  try {
    const answer = JSON.parse(text) as { token?: unknown; access_token?: unknown };
    const token = answer.token ?? answer.access_token;
    return typeof token === 'string' && /^[\x21-\x7e]+$/.test(token) ? token : null;
  } catch {
    return null;
  }
}

function basic(user: string, password: string): string {
  return `Basic ${Buffer.from(`${user}:${password}`).toString('base64')}`;
}

/** One request; redirects are followed here so that credentials never reach another host and https never becomes http. */
async function request(
  start: URL,
  method: string,
  headers: Readonly<Record<string, string>>,
  body?: string,
): Promise<Response> {
  let url = start;
  let sent = headers;
  for (let hops = 0; ; hops++) {
    const signal = AbortSignal.timeout(SECONDS * 1000);
    const response = await fetch(url, {
      method,
      headers: sent,
      redirect: 'manual',
      signal,
      ...(body === undefined ? {} : { body }),
    });
    const location = response.headers.get('location');
    if (response.status < 300 || response.status > 399 || location === null) return response;
    const next = new URL(location, url);
    const isDowngrade = next.protocol !== 'https:' && next.protocol !== url.protocol;
    if (hops === MAX_REDIRECTS || isDowngrade || method === 'POST') {
      throw new DeliveryProblem(`${url.host} redirects to where it must not be followed`);
    }
    if (next.host !== url.host)
      sent = Object.fromEntries(Object.entries(sent).filter(([name]) => name !== 'authorization'));
    url = next;
  }
}

/** Codes with which a TLS handshake ends when the other side speaks something else. */
const NO_TLS = new Set([
  'ERR_SSL_WRONG_VERSION_NUMBER',
  'ERR_SSL_PACKET_LENGTH_TOO_LONG',
  'ERR_SSL_HTTP_REQUEST',
  'EPROTO',
]);

function isNoTls(error: unknown): boolean {
  return NO_TLS.has(causeCode(error));
}

function causeCode(error: unknown): string {
  const cause = error instanceof Error ? (error.cause as { code?: unknown } | undefined) : undefined;
  return typeof cause?.code === 'string' ? cause.code : '';
}

function asProblem(error: unknown, registry: string): DeliveryProblem {
  if (error instanceof DeliveryProblem) return error;
  const why = causeCode(error) || (error instanceof Error ? error.name : String(error));
  return new DeliveryProblem(
    `the registry ${registry} cannot be reached (${why})`,
    'is docker_registry right, and can it be reached from here?',
  );
}
