/** What is read of git's index is what git wrote there, in each of its formats. */
import { lstatSync, mkdirSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { findCheckout, parseIndex } from '../git/index-file.ts';
import { git, tempDir, workRepository } from './support/git-repository.ts';

const FILES = {
  'a.yaml': 'a: 1\n',
  'b/é ü.yaml': '',
  'b/c/long-enough-to-share-a-start.yaml': 'x',
  'b/c/long.yaml': 'y',
};

function entriesOf(dir: string): readonly string[] {
  const { paths, numbers } = parseIndex(readFileSync(findCheckout(dir)!.index));
  for (const [place, path] of paths.entries()) {
    const { size, mtimeMs, ctimeMs, ino } = lstatSync(join(dir, path));
    assert.equal([...numbers.subarray(4 * place, 4 * place + 4)], [size, mtimeMs, ctimeMs, ino % 2 ** 32], path);
  }
  return paths;
}

test('each version of the format tells paths and stamps', () => {
  for (const version of [2, 3, 4]) {
    const { dir } = workRepository('index-version');
    git(dir, 'config', 'index.version', String(version));
    for (const [path, text] of Object.entries(FILES)) {
      mkdirSync(join(dir, path, '..'), { recursive: true });
      writeFileSync(join(dir, path), text);
    }
    git(dir, 'add', '-A');
    git(dir, 'update-index', '--index-version', String(version));
    assert.equal(entriesOf(dir), Object.keys(FILES).sort(), `version ${version}`);
  }
});

test('names of blobs may be longer', () => {
  const dir = tempDir('index-sha256');
  git(dir, 'init', '-q', '--object-format=sha256');
  writeFileSync(join(dir, 'a.yaml'), 'a: 1\n');
  git(dir, 'add', '-A');
  assert.equal(entriesOf(dir), ['a.yaml']);
});

test('what git does not look at, or what is no regular file, is left out', () => {
  const repository = workRepository('index-flags');
  const { dir } = repository;
  repository.commit('all', { 'a.yaml': 'a: 1\n', 'assumed.yaml': '', 'skipped.yaml': '', 'both.yaml': 'one\n' });
  symlinkSync('a.yaml', join(dir, 'link.yaml'));
  writeFileSync(join(dir, 'intended.yaml'), '');
  const other = workRepository('index-submodule');
  other.commit('one', { x: '' });
  git(dir, '-c', 'protocol.file.allow=always', 'submodule', '--quiet', 'add', other.dir, 'module');
  git(dir, 'add', 'link.yaml');
  git(dir, 'add', '-N', 'intended.yaml');
  git(dir, 'update-index', '--assume-unchanged', 'assumed.yaml');
  git(dir, 'update-index', '--skip-worktree', 'skipped.yaml');
  assert.equal(entriesOf(dir), ['.gitmodules', 'a.yaml', 'both.yaml']);
  // A conflict: three entries of one path, none of which is what stands there.
  git(dir, 'commit', '-qm', 'main');
  git(dir, 'checkout', '-qb', 'other', 'HEAD~1');
  repository.commit('theirs', { 'both.yaml': 'two\n' });
  git(dir, 'checkout', '-q', 'main');
  repository.commit('ours', { 'both.yaml': 'three\n' });
  assert.throws(() => git(dir, 'merge', '-q', 'other'));
  assert.equal(entriesOf(dir), ['.gitmodules', 'a.yaml', 'intended.yaml']);
  assert.equal(entriesOf(join(dir, 'module')), ['x'], 'a submodule has an index of its own');
});

test('an index that cannot be read alone has no entries', () => {
  const repository = workRepository('index-split');
  repository.commit('all', FILES);
  const { index } = findCheckout(repository.dir)!;
  const bytes = readFileSync(index);
  assert.is(parseIndex(bytes).paths.length, 4);
  for (const at of [0, 5, 20, 100, bytes.length - 1]) {
    const damaged = Buffer.from(bytes);
    damaged[at]! ^= 1;
    assert.equal(parseIndex(damaged).paths, [], `byte ${at}`);
  }
  assert.equal(parseIndex(bytes.subarray(0, 50)).paths, []);
  assert.equal(parseIndex(Buffer.alloc(0)).paths, []);
  // No checksum, as some configurations have it.
  assert.equal(parseIndex(Buffer.from(bytes).fill(0, bytes.length - 20)).paths, []);
  repository.git('update-index', '--split-index');
  assert.equal(parseIndex(readFileSync(index)).paths, []);
});

test('the checkout of a folder is the one that git finds', () => {
  const repository = workRepository('index-find');
  repository.commit('all', FILES);
  const top = repository.dir;
  assert.equal(findCheckout(top), { top, prefix: '', index: join(top, '.git/index') });
  assert.equal(findCheckout(join(top, 'b/c')), { top, prefix: 'b/c/', index: join(top, '.git/index') });
  const linked = join(tempDir('index-linked'), 'tree');
  repository.git('worktree', 'add', '-q', linked);
  assert.is(
    findCheckout(join(linked, 'b'))!.index,
    git(join(linked, 'b'), 'rev-parse', '--path-format=absolute', '--git-path', 'index'),
  );
  assert.equal(entriesOf(linked), Object.keys(FILES).sort());
  assert.is(findCheckout('/'), null);
});

test.run();
