import { mkdirSync, symlinkSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { GitFailure } from '../git/git-failure.ts';
import { openGitTree } from '../git/git-tree-reader.ts';
import { openGit } from '../git/safe-git.ts';
import type { ReadResult } from '../compiler/model/tree-reader.ts';
import { GIT_ENV, workRepository } from './support/git-repository.ts';

const repository = workRepository('tree');
mkdirSync(join(repository.dir, 'soa/web'), { recursive: true });
symlinkSync('service.yaml', join(repository.dir, 'soa/web/link.yaml'));
symlinkSync('../outside.txt', join(repository.dir, 'soa/out'));
symlinkSync('/etc/passwd', join(repository.dir, 'soa/absolute'));
symlinkSync('loop-b', join(repository.dir, 'soa/loop-a'));
symlinkSync('loop-a', join(repository.dir, 'soa/loop-b'));
symlinkSync('web', join(repository.dir, 'soa/alias'));
symlinkSync('nothing', join(repository.dir, 'soa/dangling'));
symlinkSync('../alias/nothing.yaml', join(repository.dir, 'soa/web/over.yaml'));
mkdirSync(join(repository.dir, 'soa/sub'));
repository.git('update-index', '--add', '--cacheinfo', `160000,${'1'.repeat(40)},soa/sub`);
const first = repository.commit('one', {
  'soa/web/service.yaml': 'description: one\n',
  'soa/web/sub/deep.yaml': '',
  'soa/with space\tand ü.yaml': 'x: 1\n',
  'outside.txt': 'outside\n',
});
repository.commit('two', { 'soa/web/service.yaml': 'description: two\n' });
const git = openGit({ dir: repository.dir, env: GIT_ENV });
const tree = await openGitTree(git, first, 'soa');

function textOf(found: ReadResult): string {
  return found.kind === 'file'
    ? Buffer.from(found.bytes).toString()
    : found.kind === 'unreadable'
      ? found.reason
      : found.kind;
}

test('files read as they were at the revision, whatever stands on disk now', async () => {
  assert.is(tree.commit, first);
  assert.is(textOf(tree.read('web/service.yaml')), 'description: one\n');
  assert.is(textOf((await openGitTree(git, 'HEAD', 'soa')).read('web/service.yaml')), 'description: two\n');
  assert.is(textOf(tree.read('web/sub/deep.yaml')), '');
  assert.is(textOf(tree.read('with space\tand ü.yaml')), 'x: 1\n');
});

test('links are followed inside the tree only', () => {
  assert.is(textOf(tree.read('web/link.yaml')), 'description: one\n');
  assert.is(textOf(tree.read('alias/link.yaml')), 'description: one\n');
  assert.is(textOf(tree.read('out')), 'outside-tree');
  assert.is(textOf(tree.read('absolute')), 'outside-tree');
  assert.is(textOf(tree.read('loop-a')), 'symlink-loop');
  for (const path of ['dangling', 'dangling/service.yaml', 'web/over.yaml'])
    assert.is(textOf(tree.read(path)), 'broken-symlink', path);
  for (const path of ['alias/nothing.yaml', 'web/link.yaml/x']) assert.is(textOf(tree.read(path)), 'absent', path);
  assert.is(textOf(tree.read('../outside.txt')), 'outside-tree');
});

test('directories list sorted, links as what they lead to', () => {
  const root = tree.list('');
  assert.is(root.kind, 'directory');
  const shown = root.kind === 'directory' ? root.entries.map(({ name, kind }) => `${name} ${kind}`) : [];
  assert.equal(shown, [
    'absolute hidden',
    'alias directory',
    'dangling hidden',
    'loop-a hidden',
    'loop-b hidden',
    'out hidden',
    'sub hidden',
    'web directory',
    'with space\tand ü.yaml file',
  ]);
  const aliased = tree.list('alias');
  assert.equal(aliased.kind === 'directory' ? aliased.entries.map(({ name }) => name) : [], [
    'link.yaml',
    'over.yaml',
    'service.yaml',
    'sub',
  ]);
});

test('what is not there is absent, what is no file or no directory says so', () => {
  assert.is(textOf(tree.read('nope.yaml')), 'absent');
  assert.is(tree.list('nope').kind, 'absent');
  assert.is(textOf(tree.read('web')), 'not-a-file');
  assert.is(tree.list('web/service.yaml').kind, 'unreadable');
  assert.ok(tree.exists('web/sub') && tree.exists('out') && !tree.exists('web/nope'));
});

test('a revision or a folder that does not exist rejects, an option is no revision', async () => {
  for (const [revision, root, message] of [
    ['nope', '', 'there is no revision "nope"'],
    [first, 'nope', `the revision "${first}" has no folder nope`],
    [first, 'outside.txt', `the revision "${first}" has no folder outside.txt`],
    ['--all', '', 'there is no revision "--all"'],
    ['-h', '', 'there is no revision "-h"'],
  ] as const) {
    const failure = await openGitTree(git, revision, root).catch((error: unknown) => error);
    assert.ok(failure instanceof GitFailure);
    assert.is(failure.message, message);
  }
});

test('an empty tree is an empty directory', async () => {
  const empty = workRepository('empty');
  empty.commit('none', {});
  const reader = await openGitTree(openGit({ dir: empty.dir, env: GIT_ENV }), 'HEAD');
  assert.equal(reader.list(''), { kind: 'directory', entries: [] });
});

test.run();
