import { chmodSync, mkdirSync, writeFileSync } from 'node:fs';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { DeliveryProblem } from '../delivery/problem.ts';
import { dockerCredentials, type Credentials } from '../delivery/registry/docker-credentials.ts';
import { imageInRegistry, type ImageState } from '../delivery/registry/registry-client.ts';
import { isLoopback, parseRegistry } from '../delivery/registry/registry-host.ts';
import { tempDir } from './support/git-repository.ts';

type Handler = (request: IncomingMessage, response: ServerResponse) => void;

const servers: Server[] = [];

/** A registry on this machine that answers as the handler says; its address. */
async function serve(handler: Handler): Promise<string> {
  const server = createServer(handler);
  servers.push(server);
  await new Promise<void>((ready) => server.listen(0, '127.0.0.1', ready));
  return `127.0.0.1:${(server.address() as AddressInfo).port}`;
}

function question(registry: string, credentials: Credentials | null = null) {
  return imageInRegistry({ registry, repository: 'services-web', tag: 'paasta-abc', credentials });
}

async function problem(promise: Promise<unknown>): Promise<string> {
  try {
    await promise;
  } catch (error) {
    if (error instanceof DeliveryProblem) return `${error.message} ${error.hint ?? ''}`;
    throw error;
  }
  throw new Error('it succeeded');
}

const password: Credentials = { kind: 'password', user: 'bot', password: 'hunter2' };
const basicHeader = `Basic ${Buffer.from('bot:hunter2').toString('base64')}`;

test('an image that is there has its digest, one that is not is absent', async () => {
  const asked: string[] = [];
  const registry = await serve((request, response) => {
    asked.push(`${request.method!} ${request.url!} ${request.headers.accept!.split(', ').length}`);
    response.writeHead(request.url!.includes('abc') ? 200 : 404, { 'docker-content-digest': 'sha256:1' }).end();
  });
  assert.equal(await question(registry), { exists: true, digest: 'sha256:1' });
  const missing = await imageInRegistry({
    registry: `${registry}/team`,
    repository: 'services-web',
    tag: 'nope',
    credentials: null,
  });
  assert.equal(missing, { exists: false });
  assert.equal(asked, ['HEAD /v2/services-web/manifests/paasta-abc 4', 'HEAD /v2/team/services-web/manifests/nope 4']);
});

test('a bearer challenge is answered with a token of the realm, asked for with the stored credentials', async () => {
  const seen: string[] = [];
  const registry: string = await serve((request, response) => {
    const url = new URL(request.url!, `http://${request.headers.host!}`);
    const { authorization } = request.headers;
    if (url.pathname === '/token') {
      seen.push(`${authorization ?? 'none'} ${url.searchParams.get('service')!} ${url.searchParams.get('scope')!}`);
      response.end(JSON.stringify({ token: authorization === basicHeader ? 'good' : 'anonymous' }));
    } else if (authorization === 'Bearer good') response.writeHead(200).end();
    else {
      const challenge = `Bearer realm="http://${request.headers.host!}/token",service="reg",scope="repository:services-web:pull"`;
      response.writeHead(401, { 'www-authenticate': challenge }).end();
    }
  });
  assert.equal(await question(registry, password), { exists: true, digest: null });
  assert.equal(seen, [`${basicHeader} reg repository:services-web:pull`]);
  assert.match(await problem(question(registry)), 'docker login');
});

test('a basic challenge is answered with the stored credentials, and without them with a hint', async () => {
  const registry = await serve((request, response) => {
    const isGood = request.headers.authorization === basicHeader;
    response.writeHead(isGood ? 200 : 401, { 'www-authenticate': 'Basic realm="r"' }).end();
  });
  assert.ok((await question(registry, password)).exists);
  assert.match(await problem(question(registry)), 'docker login');
  const wrong = await problem(question(registry, { ...password, password: 'no' }));
  assert.match(wrong, 'may not read');
  assert.not.match(wrong, /hunter2/);
});

test('a realm that does not speak https gets nothing', async () => {
  const registry = await serve((_request, response) => {
    response.writeHead(401, { 'www-authenticate': 'Bearer realm="http://tokens.example.com/token",service="x"' }).end();
  });
  assert.match(await problem(question(registry, password)), 'does not speak https');
  for (const realm of ['file:///etc/passwd', 'ftp://127.0.0.1/x', 'nonsense', '']) {
    const odd = await serve((_request, response) => {
      response.writeHead(401, { 'www-authenticate': `Bearer realm="${realm}"` }).end();
    });
    assert.ok(await problem(question(odd, password)));
  }
});

test('a redirect takes no credentials to another host', async () => {
  const seen: (string | undefined)[] = [];
  const other = await serve((request, response) => {
    seen.push(request.headers.authorization);
    response.writeHead(200).end();
  });
  const registry = await serve((request, response) => {
    if (request.headers.authorization === undefined)
      response.writeHead(401, { 'www-authenticate': 'Basic realm="r"' }).end();
    else response.writeHead(307, { location: `http://${other}/blob` }).end();
  });
  assert.ok((await question(registry, password)).exists);
  assert.equal(seen, [undefined]);
  const loop: string = await serve((request, response) => {
    response.writeHead(302, { location: request.url! }).end();
  });
  assert.match(await problem(question(loop)), 'redirects');
});

test('a registry that fails or does not answer is a problem that names it', async () => {
  const broken = await serve((_request, response) => {
    response.writeHead(500).end();
  });
  assert.match(await problem(question(broken)), `${broken} answered with status 500`);
  const forbidden = await serve((_request, response) => {
    response.writeHead(403).end();
  });
  assert.match(await problem(question(forbidden)), 'does not allow');
  assert.match(await problem(question('127.0.0.1:1')), '127.0.0.1:1 cannot be reached');
});

test('what is no registry is refused before anything is sent', async () => {
  for (const text of ['', 'https://x', 'x y', '-x', 'host/../x', 'host:port', 'user@host', 'host/$(id)', 'host\n']) {
    assert.match(await problem(question(text)), 'is no registry', text);
  }
  assert.equal(parseRegistry('registry.example.com:5000/team/a'), {
    host: 'registry.example.com:5000',
    prefix: 'team/a/',
  });
  assert.equal(parseRegistry('registry'), { host: 'registry', prefix: '' });
  assert.ok(isLoopback('127.0.0.2') && isLoopback('localhost') && !isLoopback('127.example.com'));
});

/** A home with docker's configuration; its environment. */
function home(config: object | null, old: object | null = null): Readonly<Record<string, string | undefined>> {
  const dir = tempDir('home');
  mkdirSync(join(dir, '.docker'));
  mkdirSync(join(dir, 'bin'));
  if (config !== null) writeFileSync(join(dir, '.docker/config.json'), JSON.stringify(config));
  if (old !== null) writeFileSync(join(dir, '.dockercfg'), JSON.stringify(old));
  return { HOME: dir, PATH: `${join(dir, 'bin')}:${process.env['PATH']!}` };
}

function helper(env: Readonly<Record<string, string | undefined>>, name: string, script: string): void {
  const file = join(env['HOME']!, 'bin', `docker-credential-${name}`);
  writeFileSync(file, `#!/bin/sh\n${script}\n`);
  chmodSync(file, 0o755);
}

const auth = Buffer.from('bot:hun:ter2').toString('base64');

test('credentials come from the file, by host, and from no other host', async () => {
  const env = home({ auths: { 'registry.example.com:5000': { auth }, 'https://index.docker.io/v1/': { auth } } });
  const expected = { kind: 'password', user: 'bot', password: 'hun:ter2' };
  assert.equal(await dockerCredentials('registry.example.com:5000', env), expected);
  assert.equal(await dockerCredentials('index.docker.io', env), expected);
  for (const host of ['registry.example.com', 'example.com:5000', 'evil.registry.example.com:5000']) {
    assert.is(await dockerCredentials(host, env), null, host);
  }
  assert.equal(await dockerCredentials('h', home({ auths: { h: { identitytoken: 't' } } })), {
    kind: 'identity-token',
    token: 't',
  });
  assert.equal(await dockerCredentials('h', home(null, { h: { auth } })), expected);
  assert.is(await dockerCredentials('h', home(null)), null);
  assert.is(await dockerCredentials('h', home({ auths: { h: { auth: '!!' } } })), null);
});

test('a helper for the host is asked before the store and the file', async () => {
  const env = home({ auths: { h: { auth } }, credHelpers: { h: 'own' }, credsStore: 'all' });
  helper(env, 'own', 'read host; echo "{\\"Username\\":\\"<token>\\",\\"Secret\\":\\"$1-$host\\"}"');
  helper(env, 'all', 'echo "{\\"Username\\":\\"all\\",\\"Secret\\":\\"s\\"}"');
  assert.equal(await dockerCredentials('h', env), { kind: 'identity-token', token: 'get-h' });
  assert.equal(await dockerCredentials('other', env), { kind: 'password', user: 'all', password: 's' });
});

test('a helper that knows nothing leaves the file, one that fails says so, one with a strange name never runs', async () => {
  const env = home({ auths: { h: { auth } }, credsStore: 'none' });
  helper(env, 'none', 'echo "credentials not found in native keychain"; exit 1');
  assert.is((await dockerCredentials('h', env))?.kind, 'password');
  const failing = home({ credsStore: 'bad' });
  helper(failing, 'bad', 'echo secret-on-stderr >&2; exit 3');
  assert.match(await problem(dockerCredentials('h', failing)), 'docker-credential-bad ended with status 3');
  assert.match(await problem(dockerCredentials('h', home({ credsStore: 'missing-one' }))), 'could not be started');
  for (const name of ['../x', 'a b', '$(id)', 'X', 'a;b']) {
    assert.match(await problem(dockerCredentials('h', home({ credsStore: name }))), 'no valid name');
  }
});

test('an identity token is exchanged, never sent to the registry', async () => {
  const seen: string[] = [];
  const registry: string = await serve((request, response) => {
    const { authorization, host } = request.headers;
    if (request.url === '/token') {
      let body = '';
      request.on('data', (chunk: Buffer) => (body += chunk.toString()));
      request.on('end', () => {
        seen.push(new URLSearchParams(body).get('refresh_token')!);
        response.end(JSON.stringify({ access_token: 'good' }));
      });
    } else if (authorization === 'Bearer good') response.writeHead(404).end();
    else response.writeHead(401, { 'www-authenticate': `Bearer realm="http://${host!}/token"` }).end();
  });
  const state: ImageState = await question(registry, { kind: 'identity-token', token: 'refresh' });
  assert.equal(state, { exists: false });
  assert.equal(seen, ['refresh']);
});

test.after(() => {
  for (const server of servers) {
    server.closeAllConnections();
    server.close();
  }
});

test.run();
