import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { HostFailure, type HostTarget, requestJson } from '../publish/hosts/host.ts';
import { HOSTS, repositoryOf } from '../publish/hosts/index.ts';
import { hostFixture, playHost, type HostName } from './support/host-player.ts';

const TOKEN = 'token-of-host';
const PROPOSAL = { head: 'paasta-gitops/all', base: 'main', title: 'new title', body: 'new text' };

function targetAt(apiUrl: string, token = TOKEN): HostTarget {
  return { apiUrl, repository: 'o/r', token };
}

/** The failure of a task, which must be one for people. */
async function failureOf(task: Promise<unknown>): Promise<string> {
  try {
    await task;
  } catch (error) {
    if (error instanceof HostFailure) return error.message;
    throw error;
  }
  throw new Error('it did not fail');
}

for (const host of ['github', 'gitlab', 'gitea'] as const satisfies readonly HostName[]) {
  const { propose } = HOSTS[host];
  const textOf = (body: Readonly<Record<string, unknown>>): unknown => body['body'] ?? body['description'];

  test(`${host}: a request is made when none is open between the branches`, async () => {
    await playHost(host, { token: TOKEN }, async ({ url, asked, bodies, mistakes }) => {
      assert.equal(await propose(targetAt(url), PROPOSAL), { url: hostFixture(host).url, isNew: true });
      assert.is(asked.at(-1), 'create');
      assert.equal(mistakes, []);
      assert.equal([bodies[0]!['title'], textOf(bodies[0]!)], ['new title', 'new text']);
    });
  });

  test(`${host}: an open one gets the new title and text, however many others are open`, async () => {
    await playHost(host, { token: TOKEN, isOpen: true, others: 120 }, async ({ url, asked, bodies, mistakes }) => {
      assert.equal(await propose(targetAt(url), PROPOSAL), { url: hostFixture(host).url, isNew: false });
      assert.equal([asked.at(-1), asked.includes('create')], ['update', false]);
      assert.equal(mistakes, []);
      assert.equal([bodies[0]!['title'], textOf(bodies[0]!)], ['new title', 'new text']);
    });
  });

  test(`${host}: a refusal names the request and its status, and holds no token`, async () => {
    await playHost(host, { token: 'another' }, async ({ url }) => {
      const message = await failureOf(propose(targetAt(url), PROPOSAL));
      assert.match(message, /^GET http:\/\/127\.0\.0\.1:\d+\/.*: status 401$/);
      assert.not.match(message, TOKEN);
    });
  });
}

test('a token goes over https only, to no host that a redirect names, and not into a message', async () => {
  const headers = { Authorization: `Bearer ${TOKEN}` };
  const plain = await failureOf(
    requestJson({ apiUrl: 'http://git.example.com' }, headers, { method: 'GET', path: '/x' }),
  );
  assert.is(plain, 'http://git.example.com: the token is sent over https only');
  let isReached = false;
  const server = createServer((request, response) => {
    if (request.url === '/other') isReached = true;
    response.writeHead(302, { Location: '/other' }).end();
  });
  await new Promise<void>((resolve) => void server.listen(0, '127.0.0.1', resolve));
  const apiUrl = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  assert.match(await failureOf(requestJson({ apiUrl }, headers, { method: 'GET', path: '/x' })), 'no answer');
  await new Promise((resolve) => server.close(resolve));
  assert.not.ok(isReached);
  assert.match(await failureOf(requestJson({ apiUrl }, headers, { method: 'GET', path: '/x' })), 'no answer');
});

test('an answer that is no JSON, or lacks what is needed, is a failure', async () => {
  const answers = ['<html>', '[]', '{}'];
  const server = createServer((_, response) => response.end(answers.shift()));
  await new Promise<void>((resolve) => void server.listen(0, '127.0.0.1', resolve));
  const target = targetAt(`http://127.0.0.1:${(server.address() as AddressInfo).port}`);
  assert.match(await failureOf(HOSTS.github.propose(target, PROPOSAL)), 'the answer is no JSON');
  assert.is(await failureOf(HOSTS.github.propose(target, PROPOSAL)), 'the answer has no html_url');
  await new Promise((resolve) => server.close(resolve));
});

test('host and repository come from every form of a git URL', () => {
  const expected = { host: 'git.example.com', repository: 'group/sub/manifests' };
  for (const url of [
    'https://git.example.com/group/sub/manifests.git',
    'https://bob:secret@git.example.com:8443/group/sub/manifests',
    'ssh://git@git.example.com:2222/group/sub/manifests.git',
    'git@git.example.com:group/sub/manifests.git',
  ]) {
    assert.equal(repositoryOf(url), expected, url);
  }
  assert.is(repositoryOf('/srv/git/manifests'), null);
  assert.is(HOSTS.github.apiUrl('github.com'), 'https://api.github.com');
  assert.is(HOSTS.github.apiUrl('ghe.example.com'), 'https://ghe.example.com/api/v3');
  assert.is(HOSTS.gitlab.apiUrl('gitlab.com'), 'https://gitlab.com/api/v4');
  assert.is(HOSTS.gitea.apiUrl('codeberg.org'), 'https://codeberg.org/api/v1');
});

test.run();
