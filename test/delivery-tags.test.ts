import { chmodSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import type { Clock } from '../delivery/clock.ts';
import { latestDeploy, latestStates, rolledBackVersions } from '../delivery/refs/read-tags.ts';
import { openCodeRepository, type CodeRepository } from '../delivery/tags/code-repository.ts';
import { markByTag, rollbackByTag, setStateByTag } from '../delivery/tags/tag-actions.ts';
import { asGitFailure } from '../git/git-failure.ts';
import { openGit } from '../git/safe-git.ts';
import { bareRepository, cloneOf, GIT_ENV, tempDir, type TestRepository } from './support/git-repository.ts';

interface Setup {
  readonly origin: TestRepository;
  readonly repository: CodeRepository;
  readonly commits: readonly [string, string, string];
}

/** A clock that stands still unless somebody sleeps. */
function clockAt(text: string): Clock & { slept: number } {
  const clock = {
    slept: 0,
    now: () => new Date(new Date(text).getTime() + clock.slept),
    sleep: (milliseconds: number) => {
      clock.slept += milliseconds;
      return Promise.resolve();
    },
  };
  return clock;
}

function setup(name: string): Setup {
  const origin = bareRepository(`${name}-origin`);
  const work = cloneOf(origin, `${name}-work`);
  const commit = (text: string): string => work.commit(text, { VERSION: text, Makefile: 'itest:\n' });
  const commits = [commit('first'), commit('second'), commit('third')] as const;
  work.git('push', '-q', 'origin', 'main');
  return { origin, commits, repository: codeRepository(origin) };
}

function codeRepository(origin: TestRepository): CodeRepository {
  const dir = tempDir('scratch');
  const scratch = openGit({ dir, env: GIT_ENV, allowFile: true });
  const url = `file://${origin.dir}`;
  let ready: Promise<unknown> | undefined;
  const open = openCodeRepository(scratch, url);
  const prepared = (): Promise<unknown> => (ready ??= scratch.run(['init', '--quiet', '--bare']));
  return {
    url,
    refs: async (which) => (await prepared(), open.refs(which)),
    createTags: async (tags) => (await prepared(), open.createTags(tags)),
  };
}

function tagsOf(origin: TestRepository): readonly string[] {
  return origin
    .git('tag', '--list')
    .split('\n')
    .filter((tag) => tag !== '');
}

const version = (sha: string, imageVersion: string | null = null) => ({ sha, imageVersion });
const NOW = '2026-01-02T03:04:05Z';

test('a mark is one lightweight tag on the commit, also where the commit is no tip of a branch', async () => {
  const { origin, repository, commits } = setup('mark');
  const outcome = await markByTag(repository, clockAt(NOW), 'prod', version(commits[1]));
  assert.equal(outcome, { group: 'prod', before: null, isChanged: true });
  assert.equal(tagsOf(origin), ['paasta-prod-20260102T030405-deploy']);
  assert.is(origin.git('cat-file', '-t', 'paasta-prod-20260102T030405-deploy'), 'commit');
  assert.is(origin.git('rev-parse', 'paasta-prod-20260102T030405-deploy'), commits[1]);
});

test('marking the deployed version again changes nothing; another image version of it is another version', async () => {
  const { origin, repository, commits } = setup('again');
  await markByTag(repository, clockAt(NOW), 'prod', version(commits[1]));
  const again = await markByTag(repository, clockAt('2026-01-03T00:00:00Z'), 'prod', version(commits[1]));
  assert.is(again.isChanged, false);
  assert.is(tagsOf(origin).length, 1);
  await markByTag(repository, clockAt('2026-01-03T00:00:00Z'), 'prod', version(commits[1], 'v2'));
  assert.equal(tagsOf(origin), ['paasta-prod+v2-20260103T000000-deploy', 'paasta-prod-20260102T030405-deploy']);
});

test('a clock that lags still makes the newest tag', async () => {
  const { repository, commits } = setup('lag');
  await markByTag(repository, clockAt('2026-05-01T00:00:00Z'), 'prod', version(commits[0]));
  await markByTag(repository, clockAt(NOW), 'prod', version(commits[2]));
  const { latest } = latestDeploy(await repository.refs('all'), 'prod');
  assert.is(latest?.sha, commits[2]);
  assert.is(latest?.timestamp, '20260501T000001');
});

test('a tag that PaaSTA mistakes for the group is outdone too', async () => {
  const { origin, repository, commits } = setup('mistaken');
  origin.git('tag', 'paasta-prod.main-20260101T000000-deploy', commits[0]);
  origin.git('tag', 'paasta-prodxmain-20270101T000000-deploy', commits[1]);
  const outcome = await markByTag(repository, clockAt(NOW), 'prod.main', version(commits[0]));
  assert.ok(outcome.isChanged);
  const { latest, mistaken } = latestDeploy(await repository.refs('all'), 'prod.main');
  assert.is(latest?.timestamp, '20270101T000001');
  assert.is(mistaken, null);
});

test('two marks in one second: both tags are there, the second is newer', async () => {
  const { origin, commits } = setup('race');
  await Promise.all(commits.map((sha) => markByTag(codeRepository(origin), clockAt(NOW), 'prod', version(sha))));
  const tags = tagsOf(origin);
  assert.is(tags.length, 3);
  assert.equal(new Set(tags.map((tag) => origin.git('rev-parse', tag))), new Set(commits));
});

test('a push that another writer overtakes is decided anew, never forced', async () => {
  const { origin, repository, commits } = setup('overtaken');
  let overtaken = 0;
  const slow: CodeRepository = {
    ...repository,
    createTags: (tags) => {
      if (overtaken++ === 0) origin.git('tag', 'paasta-prod-20260102T030405-deploy', commits[0]);
      return repository.createTags(tags);
    },
  };
  const clock = clockAt(NOW);
  const outcome = await markByTag(slow, clock, 'prod', version(commits[2]));
  assert.is(overtaken, 2);
  assert.is(outcome.before?.sha, commits[0]);
  assert.is(origin.git('rev-parse', 'paasta-prod-20260102T030405-deploy'), commits[0]);
  assert.is(latestDeploy(await repository.refs('all'), 'prod').latest?.sha, commits[2]);
});

test('a writer that is always overtaken gives up and has changed nothing', async () => {
  const { repository, commits } = setup('starved');
  const never: CodeRepository = { ...repository, createTags: () => Promise.resolve(false) };
  const failure = await markByTag(never, clockAt(NOW), 'prod', version(commits[0])).catch(asGitFailure);
  assert.match('message' in failure ? failure.message : '', 'nothing was changed');
});

test('a server that declines says so once', async () => {
  const { origin, repository, commits } = setup('declined');
  const hook = join(origin.dir, 'hooks/pre-receive');
  writeFileSync(hook, '#!/bin/sh\necho "only releases" >&2\nexit 1\n');
  chmodSync(hook, 0o755);
  const clock = clockAt(NOW);
  const failure = await markByTag(repository, clock, 'prod', version(commits[0])).catch(asGitFailure);
  assert.match('message' in failure ? failure.message : '', 'only releases');
  assert.is(clock.slept, 0);
});

test('a commit that was never pushed is named', async () => {
  const { repository } = setup('unpushed');
  const failure = await markByTag(repository, clockAt(NOW), 'prod', version('f'.repeat(40))).catch(asGitFailure);
  assert.match('message' in failure ? failure.message : '', /f{40} is not in the repository/);
});

test('a rollback marks the old version and the one it leaves, in every group or in none', async () => {
  const { origin, repository, commits } = setup('rollback');
  for (const group of ['prod', 'canary']) {
    await markByTag(repository, clockAt('2026-01-01T00:00:00Z'), group, version(commits[0]));
    await markByTag(repository, clockAt('2026-01-01T01:00:00Z'), group, version(commits[2], 'v1'));
  }
  const outcomes = await rollbackByTag(repository, clockAt(NOW), ['canary', 'prod', 'new'], version(commits[0]));
  assert.equal(
    outcomes.map(({ group, before, isChanged }) => [group, before?.sha, isChanged]),
    [
      ['canary', commits[2], true],
      ['prod', commits[2], true],
      ['new', undefined, true],
    ],
  );
  const refs = await repository.refs('all');
  assert.is(latestDeploy(refs, 'prod').latest?.sha, commits[0]);
  assert.equal(
    rolledBackVersions(refs, 'prod').map((v) => [v.sha, v.imageVersion]),
    [[commits[2], 'v1']],
  );
  assert.equal(rolledBackVersions(refs, 'new'), []);
  const before = tagsOf(origin);
  const again = await rollbackByTag(repository, clockAt(NOW), ['canary', 'prod', 'new'], version(commits[0]));
  assert.ok(again.every((outcome) => !outcome.isChanged));
  assert.equal(tagsOf(origin), before);
});

test('one tag that cannot be made keeps all others from appearing', async () => {
  const { origin, repository, commits } = setup('atomic');
  origin.git('tag', 'paasta-b-20260102T030405-deploy', commits[0]);
  const isDone = await repository.createTags([
    { ref: 'refs/tags/paasta-a-20260102T030405-deploy', sha: commits[1] },
    { ref: 'refs/tags/paasta-b-20260102T030405-deploy', sha: commits[1] },
  ]);
  assert.is(isDone, false);
  assert.equal(tagsOf(origin), ['paasta-b-20260102T030405-deploy']);
});

test('a stop points at the deployed commit, holds when repeated, and a start ends it', async () => {
  const { origin, repository, commits } = setup('state');
  await markByTag(repository, clockAt(NOW), 'prod', version(commits[1]));
  const targets = [
    { branch: 'eu.main', group: 'prod' },
    { branch: 'us.main', group: 'prod' },
    { branch: 'eu.new', group: 'never' },
  ];
  const kinds = (outcomes: readonly { kind: string }[]): readonly string[] => outcomes.map((outcome) => outcome.kind);
  assert.equal(kinds(await setStateByTag(repository, clockAt(NOW), targets, 'stop')), [
    'changed',
    'changed',
    'not-deployed',
  ]);
  assert.is(origin.git('rev-parse', 'paasta-eu.main-20260102T030405-stop'), commits[1]);
  assert.equal(kinds(await setStateByTag(repository, clockAt(NOW), targets, 'stop')), [
    'already-stopped',
    'already-stopped',
    'not-deployed',
  ]);
  await setStateByTag(repository, clockAt(NOW), targets.slice(0, 1), 'start');
  const stateAt = latestStates(await repository.refs('all'));
  assert.equal(stateAt('eu.main', commits[1]), { state: 'start', forceBounce: '20260102T030406' });
  assert.equal(stateAt('us.main', commits[1]), { state: 'stop', forceBounce: '20260102T030405' });
});

test('a state tag without a time stamp that no new tag can outdo is an error that names it', async () => {
  const { origin, repository, commits } = setup('odd');
  await markByTag(repository, clockAt(NOW), 'prod', version(commits[1]));
  origin.git('tag', 'paasta-eu.main-zzz-stop', commits[1]);
  const failure = await setStateByTag(repository, clockAt(NOW), [{ branch: 'eu.main', group: 'prod' }], 'start').catch(
    asGitFailure,
  );
  assert.match('message' in failure ? failure.message : '', 'zzz');
});

test.run();
