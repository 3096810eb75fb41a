import { test } from 'uvu';
import * as assert from 'uvu/assert';
import type { DeploymentsDocument } from '../delivery/deployments-document.ts';
import type { FileContext, FileMark } from '../delivery/files/file-actions.ts';
import { markInFile, setStateInFile, versionsInHistory } from '../delivery/files/file-actions.ts';
import { isFileSourced, readDeployments } from '../delivery/files/read-deployments.ts';
import { DeliveryProblem } from '../delivery/problem.ts';
import { asGitFailure } from '../git/git-failure.ts';
import { openGit } from '../git/safe-git.ts';
import { bareRepository, cloneOf, git, GIT_ENV, tempDir, type TestRepository } from './support/git-repository.ts';

const A = 'a'.repeat(40);
const B = 'b'.repeat(40);
const NOW = '2026-01-02T03:04:05Z';

interface Setup {
  readonly origin: TestRepository;
  readonly work: TestRepository;
  context(more?: Partial<FileContext>): FileContext;
}

function setup(name: string, files: Readonly<Record<string, string>> = { 'soa/web/service.yaml': '{}\n' }): Setup {
  const origin = bareRepository(`${name}-config`);
  origin.git('config', 'uploadpack.allowFilter', 'true');
  const work = cloneOf(origin, `${name}-work`);
  work.commit('start', { 'README.md': 'x'.repeat(2000), ...files });
  work.git('push', '-q', 'origin', 'main');
  return { origin, work, context: (more) => contextFor(origin, more) };
}

function contextFor(origin: TestRepository, more: Partial<FileContext> = {}): FileContext {
  const dir = tempDir('file-scratch');
  git(dir, 'init', '-q', '--bare');
  return {
    git: openGit({ dir, env: GIT_ENV, allowFile: true }),
    clock: { now: () => new Date(NOW), sleep: () => Promise.resolve() },
    target: { url: `file://${origin.dir}`, base: 'main', branch: 'main' },
    identity: { name: 'Ann', email: 'ann@example.com' },
    service: 'web',
    path: 'soa/web/deployments.json',
    mayTakeOver: false,
    generator: 'paasta-gitops/test',
    ...more,
  };
}

function mark(sha: string, more: Partial<FileMark> = {}): FileMark {
  return {
    groups: ['prod'],
    version: { sha, imageVersion: null },
    digest: null,
    branchesOf: () => ['eu.main', 'us.main'],
    isRollback: false,
    ...more,
  };
}

function documentAt(origin: TestRepository, revision = 'main'): DeploymentsDocument {
  return JSON.parse(origin.git('show', `${revision}:soa/web/deployments.json`)) as DeploymentsDocument;
}

async function problem(promise: Promise<unknown>): Promise<string> {
  try {
    await promise;
  } catch (error) {
    return error instanceof DeliveryProblem ? `${error.message} (${error.hint ?? ''})` : asGitFailure(error).message;
  }
  throw new Error('it succeeded');
}

test('a mark is one commit that changes deployments.json and nothing else', async () => {
  const { origin, context } = setup('mark');
  const outcome = await markInFile(context(), mark(A));
  assert.is(outcome.commit, origin.git('rev-parse', 'main'));
  assert.equal(outcome.outcomes, [{ group: 'prod', before: null, isChanged: true }]);
  assert.is(origin.git('diff', '--name-only', 'main~1', 'main'), 'soa/web/deployments.json');
  assert.is(origin.git('log', '-1', '--format=%an <%ae> %cn', 'main'), 'Ann <ann@example.com> Ann');
  assert.is(origin.git('log', '-1', '--format=%s', 'main'), `web: mark prod to ${A}`);
  assert.match(origin.git('log', '-1', '--format=%b', 'main'), 'Generator: paasta-gitops/test');
  assert.equal(documentAt(origin), {
    source: 'file',
    v1: {
      'web:paasta-eu.main': { desired_state: 'start', docker_image: `services-web:paasta-${A}`, force_bounce: null },
      'web:paasta-us.main': { desired_state: 'start', docker_image: `services-web:paasta-${A}`, force_bounce: null },
    },
    v2: {
      controls: {
        'web:eu.main': { desired_state: 'start', force_bounce: null },
        'web:us.main': { desired_state: 'start', force_bounce: null },
      },
      deployments: { prod: { docker_image: `services-web:paasta-${A}`, git_sha: A, image_version: null } },
    },
  });
});

test('the same mark again makes no commit; a digest does', async () => {
  const { origin, context } = setup('again');
  await markInFile(context(), mark(A));
  const before = origin.git('rev-parse', 'main');
  const again = await markInFile(context(), mark(A));
  assert.is(again.commit, null);
  assert.is(origin.git('rev-parse', 'main'), before);
  const digest = `sha256:${'1'.repeat(64)}`;
  await markInFile(context(), mark(A, { digest }));
  assert.is(documentAt(origin).v2.deployments['prod']?.digest, digest);
});

test('a branch for a pull request leaves the base alone and takes more commits', async () => {
  const { origin, context } = setup('branch');
  const target = { url: `file://${origin.dir}`, base: 'main', branch: 'paasta-gitops/web' };
  const base = origin.git('rev-parse', 'main');
  await markInFile(context({ target }), mark(A));
  await markInFile(context({ target }), mark(B, { groups: ['stage'], branchesOf: () => ['dev.main'] }));
  assert.is(origin.git('rev-parse', 'main'), base);
  assert.is(origin.git('rev-list', '--count', 'main..paasta-gitops/web'), '2');
  assert.equal(Object.keys(documentAt(origin, 'paasta-gitops/web').v2.deployments), ['prod', 'stage']);
  const again = await markInFile(context({ target }), mark(A));
  assert.is(again.commit, null);
});

test('two marks at once are both kept', async () => {
  const { origin, context } = setup('race');
  const groups = ['a', 'b', 'c', 'd'];
  await Promise.all(groups.map((group) => markInFile(context(), mark(A, { groups: [group] }))));
  assert.equal(Object.keys(documentAt(origin).v2.deployments).sort(), groups);
  assert.is(origin.git('rev-list', '--count', 'main'), '5');
});

test("another writer's change to the same file in between is kept", async () => {
  const { origin, work, context } = setup('between');
  let pushes = 0;
  const inner = context();
  const slow = {
    ...inner.git,
    run: async (args: readonly string[], input?: string | Uint8Array) => {
      if (args[0] === 'push' && pushes++ === 0) {
        const own = {
          source: 'file',
          v1: {},
          v2: { deployments: {}, controls: { 'web:eu.other': { desired_state: 'stop', force_bounce: 'x' } } },
        };
        work.commit('by hand', { 'soa/web/deployments.json': JSON.stringify(own) });
        work.git('push', '-q', 'origin', 'main');
      }
      return inner.git.run(args, input);
    },
  };
  await markInFile({ ...inner, git: slow }, mark(A));
  assert.is(pushes, 2);
  const document = documentAt(origin);
  assert.is(document.v2.deployments['prod']?.git_sha, A);
  assert.is(document.v2.controls['web:eu.other']?.desired_state, 'stop');
});

test('a stop outlives another image version and ends with another commit', async () => {
  const { origin, context } = setup('stop');
  await markInFile(context(), mark(A));
  const targets = [{ branch: 'eu.main', group: 'prod' }];
  const stopped = await setStateInFile(context(), targets, 'stop');
  assert.is(stopped.outcomes[0]?.kind, 'changed');
  const states = () => documentAt(origin).v2.controls['web:eu.main'];
  assert.equal(states(), { desired_state: 'stop', force_bounce: '20260102T030405' });
  assert.is((await setStateInFile(context(), targets, 'stop')).commit, null);
  await markInFile(context(), mark(A, { version: { sha: A, imageVersion: 'v2' } }));
  assert.is(states()?.desired_state, 'stop');
  await setStateInFile(context(), targets, 'start');
  assert.equal(states(), { desired_state: 'start', force_bounce: '20260102T030406' });
  await setStateInFile(context(), targets, 'stop');
  await markInFile(context(), mark(B));
  assert.equal(states(), { desired_state: 'start', force_bounce: null });
  const missing = await setStateInFile(context(), [{ branch: 'eu.x', group: 'never' }], 'stop');
  assert.is(missing.outcomes[0]?.kind, 'not-deployed');
  assert.is(missing.commit, null);
});

test('a rollback remembers what it left, and history knows when each version was marked', async () => {
  const { origin, context } = setup('rollback');
  await markInFile(context(), mark(A));
  await markInFile(context(), mark(B));
  await setStateInFile(context(), [{ branch: 'eu.main', group: 'prod' }], 'start');
  await markInFile(context(), mark(A, { isRollback: true }));
  assert.equal(documentAt(origin).v2.rolled_back, {
    prod: [{ sha: B, image_version: null, by: 'Ann', timestamp: '20260102T030405' }],
  });
  const history = await versionsInHistory(context(), ['prod', 'other']);
  assert.equal(
    history
      .get('prod')
      ?.map(({ sha }) => sha)
      .sort(),
    [A, B],
  );
  assert.equal(history.get('other'), []);
});

test('a file generated from tags is taken over only on request', async () => {
  const generated = JSON.stringify({
    v1: {},
    v2: { deployments: { prod: { docker_image: 'x', git_sha: A, image_version: null } }, controls: {} },
  });
  const { origin, context } = setup('foreign', { 'soa/web/deployments.json': generated });
  assert.match(await problem(markInFile(context(), mark(B))), '--mode file');
  await markInFile(context({ mayTakeOver: true }), mark(B));
  assert.is(documentAt(origin).source, 'file');
});

test('a file that is no deployments.json is never overwritten', async () => {
  for (const [index, text] of [
    '{',
    '[]',
    '{"v2": []}',
    '<<<<<<< HEAD',
    '{"v2": {"deployments": {"prod": {}}}}',
    '{"source": "tags", "v2": {}}',
  ].entries()) {
    const { origin, context } = setup(`broken-${index}`, { 'soa/web/deployments.json': text });
    assert.match(await problem(markInFile(context({ mayTakeOver: true }), mark(B))), 'cannot be changed');
    assert.is(origin.git('rev-list', '--count', 'main'), '1');
  }
});

test('keys that are not known are kept', async () => {
  const text = JSON.stringify({ source: 'file', note: 1, v2: { deployments: {}, controls: {}, extra: { a: [1] } } });
  const { origin, context } = setup('extra', { 'soa/web/deployments.json': text });
  await markInFile(context(), mark(B));
  const document = documentAt(origin) as unknown as { note: number; v2: { extra: unknown } };
  assert.is(document.note, 1);
  assert.equal(document.v2.extra, { a: [1] });
});

test('a base branch that does not exist and a symlink in place of the file are refused', async () => {
  const { origin, work, context } = setup('refused');
  const target = { url: `file://${origin.dir}`, base: 'nope', branch: 'nope' };
  assert.match(await problem(markInFile(context({ target }), mark(B))), /nope/);
  work.git(
    'update-index',
    '--add',
    '--cacheinfo',
    `120000,${git(work.dir, 'hash-object', '-w', 'README.md')},soa/web/deployments.json`,
  );
  work.git('commit', '-q', '-m', 'link');
  work.git('push', '-q', 'origin', 'main');
  assert.match(await problem(markInFile(context(), mark(B))), 'no plain file');
});

test('what a file says of its source is seen even when it is broken', () => {
  assert.ok(isFileSourced('{"source": "file", <<<<<<<'));
  assert.not.ok(isFileSourced('{"v2": {}}'));
  assert.not.ok(isFileSourced(null));
  assert.ok('document' in readDeployments(null));
});

test.run();
