import { spawn } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { DeliveryProblem } from '../problem.ts';

/** What docker has stored for one registry. Never printed. */
export type Credentials =
  | { readonly kind: 'password'; readonly user: string; readonly password: string }
  /** A refresh token, which the registry's token server takes instead of a password. */
  | { readonly kind: 'identity-token'; readonly token: string };

type Environment = Readonly<Record<string, string | undefined>>;

const HELPER_SECONDS = 30;

/**
 * Credentials for a host from docker's configuration (`$DOCKER_CONFIG/config.json`, `~/.docker/config.json`, and the old
 * `~/.dockercfg` that PaaSTA reads): a helper for the host, then the store for all hosts, then what stands in the file.
 * Null without any. Throws DeliveryProblem when a configured helper fails or has a name that is more than a name.
 */
export async function dockerCredentials(host: string, env: Environment): Promise<Credentials | null> {
  const home = env['HOME'] ?? '';
  const config = readJson(join(env['DOCKER_CONFIG'] ?? join(home, '.docker'), 'config.json'));
  const helper = entryFor(config['credHelpers'], host) ?? config['credsStore'];
  if (typeof helper === 'string' && helper !== '') {
    const found = await askHelper(helper, host, env);
    if (found !== null) return found;
  }
  return storedIn(entryFor(config['auths'], host)) ?? storedIn(entryFor(readJson(join(home, '.dockercfg')), host));
}

type JsonMap = Readonly<Record<string, unknown>>;

function readJson(path: string): JsonMap {
  try {
    const value: unknown = JSON.parse(readFileSync(path, 'utf8'));
    return isMap(value) ? value : {};
  } catch {
    return {};
  }
}

function isMap(value: unknown): value is JsonMap {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** Docker stores a host bare or as a URL such as `https://host/v1/`; never another host. */
function entryFor(map: unknown, host: string): unknown {
  if (!isMap(map)) return undefined;
  for (const [key, value] of Object.entries(map)) {
    const bare = key.replace(/^https?:\/\//, '').replace(/\/.*$/, '');
    if (bare === host) return value;
  }
  return undefined;
}

function storedIn(entry: unknown): Credentials | null {
  if (!isMap(entry)) return null;
  const token = entry['identitytoken'];
  if (typeof token === 'string' && token !== '') return { kind: 'identity-token', token };
  const auth = entry['auth'];
  if (typeof auth !== 'string') return null;
  const text = Buffer.from(auth, 'base64').toString('utf8').replace(/\0+$/, '');
  const colon = text.indexOf(':');
  return colon < 1 ? null : { kind: 'password', user: text.slice(0, colon), password: text.slice(colon + 1) };
}

/** `docker-credential-NAME get` with the host on its input, started without a shell. */
async function askHelper(name: string, host: string, env: Environment): Promise<Credentials | null> {
  if (!/^[a-z0-9-]+$/.test(name)) {
    throw new DeliveryProblem(
      `the credential helper ${JSON.stringify(name)} in docker's configuration has no valid name`,
    );
  }
  const program = `docker-credential-${name}`;
  const { status, output } = await runHelper(program, host, env);
  const answer = parseAnswer(output);
  if (status !== 0) {
    if (/credentials not found/i.test(output)) return null;
    throw new DeliveryProblem(`${program} ended with status ${status}`, 'log in again with docker login');
  }
  const { Username: user, Secret: secret } = answer;
  if (typeof user !== 'string' || typeof secret !== 'string')
    throw new DeliveryProblem(`${program} gave no answer that can be read`);
  return user === '<token>' ? { kind: 'identity-token', token: secret } : { kind: 'password', user, password: secret };
}

function parseAnswer(output: string): JsonMap {
  try {
    const value: unknown = JSON.parse(output);
    return isMap(value) ? value : {};
  } catch {
    return {};
  }
}

function runHelper(program: string, host: string, env: Environment): Promise<{ status: number; output: string }> {
  return new Promise((resolve, reject) => {
    const child = spawn(program, ['get'], { env, stdio: ['pipe', 'pipe', 'ignore'] });
    const timer = setTimeout(() => child.kill('SIGKILL'), HELPER_SECONDS * 1000);
    let output = '';
    child.stdout.on('data', (chunk: Buffer) => (output += chunk.toString()));
    child.stdin.on('error', () => undefined);
    child.on('error', () => {
      clearTimeout(timer);
      reject(
        new DeliveryProblem(`${program} could not be started`, "install it, or take it out of docker's configuration"),
      );
    });
    child.on('close', (status) => {
      clearTimeout(timer);
      resolve({ status: status ?? -1, output });
    });
    child.stdin.end(host);
  });
}
