import { chmodSync, existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { asGitFailure, failureOf, type GitFailure } from '../git/git-failure.ts';
import { openGit, type SafeGit } from '../git/safe-git.ts';
import { bareRepository, cloneOf, GIT_ENV, tempDir, workRepository } from './support/git-repository.ts';

async function failure(promise: Promise<unknown>): Promise<GitFailure> {
  try {
    await promise;
  } catch (error) {
    return asGitFailure(error);
  }
  throw new Error('the command succeeded');
}

function gitIn(dir: string, more: Partial<Parameters<typeof openGit>[0]> = {}): SafeGit {
  return openGit({ dir, env: GIT_ENV, ...more });
}

test('a command that says nothing and ends with a non-zero status rejects', async () => {
  const repository = workRepository('status');
  const first = repository.commit('one', { f: '1\n' });
  const second = repository.commit('two', { f: '2\n' });
  const git = gitIn(repository.dir);
  const found = await failure(git.run(['merge-base', '--is-ancestor', second, first]));
  assert.is(found.exitCode, 1);
  assert.is(await git.run(['merge-base', '--is-ancestor', first, second]), '');
});

test('a server that does not want a push is told from another writer who was faster', async () => {
  const checkedOut = workRepository('checked-out');
  checkedOut.commit('one', { f: '1\n' });
  const clone = cloneOf(checkedOut, 'pusher');
  clone.commit('two', { f: '2\n' });
  const push = ['push', '--porcelain', `file://${checkedOut.dir}`, 'HEAD:refs/heads/main'];
  const found = await failure(gitIn(clone.dir, { allowFile: true }).run(push));
  assert.is(found.kind, 'declined');
  assert.match(found.message, 'branch is currently checked out');
  const line = (reason: string): string => `!\tHEAD:refs/heads/main\t${reason}\nDone`;
  for (const reason of [
    '[rejected] (fetch first)',
    '[rejected] (non-fast-forward)',
    '[rejected] (stale info)',
    '[remote rejected] (cannot lock ref: is at 1 but expected 2)',
    '[remote rejected] (failed to update ref)',
    '[remote rejected] (incorrect old value provided)',
  ])
    assert.is(failureOf(1, line(reason), '').kind, 'rejected', reason);
  for (const reason of ['pre-receive hook declined', 'protected branch hook declined', 'shallow update not allowed'])
    assert.is(failureOf(1, line(`[remote rejected] (${reason})`), '').kind, 'declined', reason);
  const both = `${line('[remote rejected] (atomic transaction failed)')}\n${line('[remote rejected] (failed to update ref)')}`;
  assert.is(failureOf(1, both, '').kind, 'rejected');
});

test('variables that git gives to hooks do not lead to the repository of the hook', async () => {
  const hooked = workRepository('hooked');
  hooked.commit('one', { f: '1\n' });
  const other = workRepository('other');
  const index = join(hooked.dir, '.git/index');
  const before = readFileSync(index);
  writeFileSync(join(other.dir, 'g'), '2\n');
  const env = { ...GIT_ENV, GIT_DIR: join(hooked.dir, '.git'), GIT_INDEX_FILE: index, GIT_WORK_TREE: hooked.dir };
  const git = gitIn(other.dir, { env });
  await git.run(['add', 'g']);
  assert.equal(readFileSync(index), before);
  const own = join(other.dir, 'own-index');
  await git.withEnv({ GIT_INDEX_FILE: own }).run(['add', 'g']);
  assert.ok(existsSync(own), 'ours are passed on');
});

test('what a remote side says has lines as people write them', () => {
  const said = 'remote: error: no   \r\nremote: really no        \rremote: end\t\n';
  assert.is(failureOf(1, '', said).message, 'remote: error: no\nremote: really no\nremote: end');
  assert.is(failureOf(1, '', 'call:\n\tgit x').message, 'call:\n  git x');
});

test('only https and ssh are spoken unless files are allowed', async () => {
  const repository = bareRepository('protocols');
  const git = gitIn(repository.dir);
  for (const url of [
    `file://${repository.dir}`,
    'ext::sh -c "touch /tmp/pwned"',
    'git://localhost/x',
    'http://localhost/x',
  ]) {
    assert.match((await failure(git.run(['ls-remote', url]))).message, /not allowed|blocked|permitted/);
  }
  assert.is(await gitIn(repository.dir, { allowFile: true }).run(['ls-remote', `file://${repository.dir}`]), '');
});

test('a URL rewritten by configuration still cannot name another transport', async () => {
  const repository = workRepository('rewrite');
  repository.git('config', 'url.ext::sh -c id;.insteadOf', 'https://host/');
  assert.match((await failure(gitIn(repository.dir).run(['ls-remote', 'https://host/x']))).message, 'not allowed');
});

test('hooks of the repository never run', async () => {
  const origin = bareRepository('hook-origin');
  const repository = cloneOf(origin, 'hooks');
  const sign = join(tempDir('sign'), 'ran');
  for (const hook of ['pre-commit', 'pre-push', 'reference-transaction', 'post-checkout', 'fsmonitor']) {
    const file = join(repository.dir, '.git/hooks', hook);
    writeFileSync(file, `#!/bin/sh\ntouch ${sign}\n`);
    chmodSync(file, 0o755);
  }
  repository.git('config', 'core.fsmonitor', join(repository.dir, '.git/hooks/fsmonitor'));
  const git = gitIn(repository.dir, { allowFile: true });
  await git.run(['commit', '--allow-empty', '-m', 'x']);
  await git.run(['status', '--porcelain']);
  await git.run(['push', 'origin', 'HEAD:refs/heads/main']);
  assert.not.ok(existsSync(sign));
  assert.ok(origin.git('rev-parse', 'main').length === 40);
});

test('variables that would redirect git are dropped, the author and ssh command pass', async () => {
  const repository = workRepository('env');
  repository.commit('one', { f: '1\n' });
  const elsewhere = {
    ...GIT_ENV,
    GIT_DIR: '/nope',
    GIT_EXTERNAL_DIFF: '/nope',
    EDITOR: '/nope',
    GIT_CONFIG_COUNT: '1',
  };
  const git = openGit({ dir: repository.dir, env: { ...elsewhere, GIT_AUTHOR_NAME: 'Someone Else' } });
  await git.run(['commit', '--allow-empty', '-m', 'x']);
  assert.is((await git.run(['log', '-1', '--format=%an'])).trim(), 'Someone Else');
  const ssh = openGit({
    dir: repository.dir,
    env: { ...GIT_ENV, GIT_SSH_COMMAND: 'sh -c "echo ours >&2; exit 1" --' },
  });
  assert.match((await failure(ssh.run(['ls-remote', 'ssh://git@host/x']))).message, 'ours');
});

test('a server that does not answer is given up', async () => {
  const repository = workRepository('slow');
  const env = { ...GIT_ENV, GIT_SSH_COMMAND: 'sh -c "exec sleep 30" --' };
  const found = await failure(
    openGit({ dir: repository.dir, env, timeoutSeconds: 0.2 }).run(['ls-remote', 'ssh://git@host/x']),
  );
  assert.is(found.kind, 'timeout');
});

test('a rejected push is told from other failures, and credentials are not repeated', async () => {
  const origin = bareRepository('rejected');
  const one = cloneOf(origin, 'one');
  const two = cloneOf(origin, 'two');
  one.commit('a', { f: '1\n' });
  one.git('push', '-q', 'origin', 'main');
  two.commit('b', { f: '2\n' });
  const found = await failure(gitIn(two.dir, { allowFile: true }).run(['push', 'origin', 'HEAD:refs/heads/main']));
  assert.is(found.kind, 'rejected');
  const secret = await failure(
    gitIn(two.dir, { timeoutSeconds: 5 }).run(['ls-remote', 'https://user:hunter2@localhost:1/x']),
  );
  assert.not.match(secret.message, 'hunter2');
});

test('git that is not installed is said so, without a stack', async () => {
  const dir = tempDir('nogit');
  const found = await failure(openGit({ dir, env: { PATH: '/nonexistent' } }).run(['version']));
  assert.is(found.kind, 'no-git');
  assert.not.match(found.message, /\n\s+at /);
});

test('input reaches the command and objects come back byte for byte', async () => {
  const repository = workRepository('input');
  const git = gitIn(repository.dir);
  const id = (await git.run(['hash-object', '-w', '--stdin'], Buffer.from([0, 255, 10, 13, 128]))).trim();
  const output = await git.catFile(`${id}\n`);
  assert.equal([...output.subarray(output.indexOf(10) + 1, -1)], [0, 255, 10, 13, 128]);
});

test.run();
