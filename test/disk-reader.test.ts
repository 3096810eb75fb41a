import { spawnSync } from 'node:child_process';
import { chmodSync, mkdirSync, mkdtempSync, rmSync, symlinkSync, truncateSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { createDiskReader } from '../compiler/load/disk-reader.ts';
import type { ListResult, ReadResult } from '../compiler/model/tree-reader.ts';
import { skipSuite } from './support/skip.ts';

interface Context {
  /** Holds the tree and things beside it. */
  base: string;
  tree: string;
}

function diskSuite(name: string) {
  const test = suite<Context>(name);
  test.before.each((context) => {
    context.base = mkdtempSync(join(tmpdir(), 'disk-reader-'));
    context.tree = join(context.base, 'soa');
    for (const folder of ['web/secrets', 'empty']) mkdirSync(join(context.tree, folder), { recursive: true });
    mkdirSync(join(context.base, 'soa-other'));
    writeFileSync(join(context.tree, 'web/service.yaml'), 'a: 1\n');
    writeFileSync(join(context.tree, 'web/secrets/web.json'), '{}');
    writeFileSync(join(context.base, 'outside.yaml'), 'secret: 1\n');
    writeFileSync(join(context.base, 'soa-other/service.yaml'), 'secret: 1\n');
  });
  test.after.each(({ base }) => {
    rmSync(base, { recursive: true, force: true });
  });
  return test;
}

/** Text of a file, or why there is none. */
function shown(result: ReadResult): string {
  if (result.kind === 'file') return Buffer.from(result.bytes).toString('utf8');
  return result.kind === 'absent' ? 'absent' : result.reason;
}

function listed(result: ListResult): string {
  if (result.kind === 'directory') return result.entries.map(({ name, kind }) => `${name} ${kind}`).join(', ');
  return result.kind === 'absent' ? 'absent' : result.reason;
}

const test = diskSuite('disk reader');

test('reads files, and tells what is absent', ({ tree }) => {
  const reader = createDiskReader(tree);
  assert.is(shown(reader.read('web/service.yaml')), 'a: 1\n');
  assert.is(shown(reader.read('web/secrets/web.json')), '{}');
  for (const path of ['web/nothing.yaml', 'nowhere/service.yaml', 'web/service.yaml/x', `web/${'n'.repeat(300)}`]) {
    assert.is(shown(reader.read(path)), 'absent', path);
    assert.is(reader.exists(path), false, path);
  }
  for (const path of ['', 'web', 'web/service.yaml', 'empty']) assert.is(reader.exists(path), true, path);
});

test('an absent root has nothing in it', ({ base }) => {
  const reader = createDiskReader(join(base, 'nowhere'));
  assert.is(shown(reader.read('web/service.yaml')), 'absent');
  assert.is(listed(reader.list('')), 'absent');
  assert.is(reader.exists(''), false);
});

test('lists directories by code unit, files and other things named', ({ tree }) => {
  for (const name of ['b', 'B', 'a-b', 'a.b', 'é', '10', '9']) writeFileSync(join(tree, 'empty', name), '');
  mkdirSync(join(tree, 'empty/c'));
  const reader = createDiskReader(tree);
  assert.is(listed(reader.list('')), 'empty directory, web directory');
  assert.is(listed(reader.list('web')), 'secrets directory, service.yaml file');
  assert.is(listed(reader.list('empty')), '10 file, 9 file, B file, a-b file, a.b file, b file, c directory, é file');
  assert.is(listed(reader.list('nowhere')), 'absent');
  assert.is(listed(reader.list('web/service.yaml')), 'failed');
});

test('an empty file is a file', ({ tree }) => {
  writeFileSync(join(tree, 'web/empty.yaml'), '');
  assert.equal(createDiskReader(tree).read('web/empty.yaml'), { kind: 'file', bytes: Buffer.alloc(0) });
});

test('a path never leads upwards', ({ tree }) => {
  const reader = createDiskReader(tree);
  for (const path of ['../outside.yaml', 'web/../../outside.yaml', '/etc/passwd', '..', 'web/..']) {
    assert.is(shown(reader.read(path)), 'outside-tree', path);
    assert.is(listed(reader.list(path)), 'outside-tree', path);
  }
  for (const path of ['./web', 'web//service.yaml', 'web/./service.yaml', 'web/', 'web\0', 'web/\0/x']) {
    assert.is(shown(reader.read(path)), 'absent', path);
  }
});

test('symlinks inside the tree are followed', ({ tree }) => {
  symlinkSync('service.yaml', join(tree, 'web/link.yaml'));
  symlinkSync(join(tree, 'web'), join(tree, 'alias'));
  symlinkSync('../alias/link.yaml', join(tree, 'empty/chain.yaml'));
  const reader = createDiskReader(tree);
  for (const path of ['web/link.yaml', 'alias/service.yaml', 'alias/link.yaml', 'empty/chain.yaml']) {
    assert.is(shown(reader.read(path)), 'a: 1\n', path);
    assert.is(reader.exists(path), true, path);
  }
  assert.is(shown(reader.read('alias/secrets/web.json')), '{}');
  assert.is(listed(reader.list('alias')), 'link.yaml file, secrets directory, service.yaml file');
  assert.is(listed(reader.list('')), 'alias directory, empty directory, web directory');
});

test('a root that is a symlink is followed', ({ base, tree }) => {
  symlinkSync(tree, join(base, 'current'));
  const reader = createDiskReader(join(base, 'current'));
  assert.is(shown(reader.read('web/service.yaml')), 'a: 1\n');
  symlinkSync(join(base, 'current/web/service.yaml'), join(tree, 'empty/through.yaml'));
  assert.is(shown(reader.read('empty/through.yaml')), 'a: 1\n');
});

test('symlinks out of the tree are refused, whether file, directory or parent', ({ base, tree }) => {
  symlinkSync('../../outside.yaml', join(tree, 'web/out.yaml'));
  symlinkSync(base, join(tree, 'up'));
  symlinkSync(join(base, 'soa-other'), join(tree, 'other'));
  symlinkSync('../outside.yaml', join(tree, 'file'));
  symlinkSync('../up/outside.yaml', join(tree, 'web/over.yaml'));
  const reader = createDiskReader(tree);
  for (const path of [
    'web/out.yaml',
    'up/outside.yaml',
    'other/service.yaml',
    'up/soa/web/service.yaml',
    'web/over.yaml',
  ]) {
    assert.is(shown(reader.read(path)), 'outside-tree', path);
    assert.is(reader.exists(path), true, path);
  }
  assert.is(listed(reader.list('up')), 'outside-tree');
  assert.is(listed(reader.list('other')), 'outside-tree');
  assert.is(listed(reader.list('')), 'empty directory, file other, other hidden, up hidden, web directory');
  assert.match(listed(reader.list('web')), 'out.yaml other, over.yaml other');
});

test('loops are told from links to nothing', ({ tree }) => {
  symlinkSync('loop', join(tree, 'loop'));
  symlinkSync('b.yaml', join(tree, 'web/a.yaml'));
  symlinkSync('a.yaml', join(tree, 'web/b.yaml'));
  symlinkSync('nothing.yaml', join(tree, 'web/dangling.yaml'));
  symlinkSync('/nonexistent/folder', join(tree, 'gone'));
  symlinkSync('gone', join(tree, 'over'));
  symlinkSync('web/service.yaml/x', join(tree, 'through'));
  const reader = createDiskReader(tree);
  assert.is(shown(reader.read('web/a.yaml')), 'symlink-loop');
  assert.is(shown(reader.read('loop/service.yaml')), 'symlink-loop');
  assert.is(listed(reader.list('loop')), 'symlink-loop');
  for (const path of ['web/dangling.yaml', 'gone/service.yaml', 'over/service.yaml', 'through'])
    assert.is(shown(reader.read(path)), 'broken-symlink', path);
  assert.is(listed(reader.list('gone')), 'broken-symlink');
  assert.is(reader.exists('web/dangling.yaml'), true);
  assert.is(reader.exists('web/a.yaml'), true);
  assert.match(listed(reader.list('web')), 'a.yaml hidden, b.yaml hidden, dangling.yaml hidden');
  assert.is(
    listed(reader.list('')),
    'empty directory, gone hidden, loop hidden, over hidden, through hidden, web directory',
  );
});

test('a file above ten million bytes is not read', ({ tree }) => {
  const path = join(tree, 'web/big.yaml');
  writeFileSync(path, '');
  truncateSync(path, 10_000_001);
  const reader = createDiskReader(tree);
  assert.is(shown(reader.read('web/big.yaml')), 'too-large');
  truncateSync(path, 10_000_000);
  assert.is(shown(reader.read('web/big.yaml')).length, 10_000_000);
  assert.is(reader.exists('web/big.yaml'), true);
});

test('what a listing showed is read whole, whatever its size and whatever became of it', ({ tree }) => {
  const path = join(tree, 'web/large.yaml');
  writeFileSync(path, 'x');
  symlinkSync('service.yaml', join(tree, 'web/link.yaml'));
  const reader = createDiskReader(tree);
  reader.list('web');
  for (const size of [0, 1, 65_535, 65_536, 65_537, 200_000]) {
    writeFileSync(path, 'x'.repeat(size));
    assert.is(shown(reader.read('web/large.yaml')).length, size);
  }
  assert.is(shown(reader.read('web/link.yaml')), 'a: 1\n');
  assert.is(shown(reader.read('web/secrets/web.json')), '{}');
  truncateSync(path, 10_000_001);
  assert.is(shown(reader.read('web/large.yaml')), 'too-large');
  rmSync(path);
  assert.is(shown(reader.read('web/large.yaml')), 'absent');
  symlinkSync('../../outside.yaml', path);
  assert.is(shown(reader.read('web/large.yaml')), 'outside-tree');
  rmSync(path);
  mkdirSync(path);
  assert.is(shown(reader.read('web/large.yaml')), 'not-a-file');
});

test('the bytes of a file stay as they are, however many are read after it', ({ tree }) => {
  const texts = Array.from({ length: 40 }, (_, n) => String(n).repeat(n * 500));
  for (const [n, text] of texts.entries()) writeFileSync(join(tree, `empty/${n}.yaml`), text);
  const reader = createDiskReader(tree);
  reader.list('empty');
  const read = texts.map((_, n) => reader.read(`empty/${n}.yaml`));
  assert.equal(read.map(shown), texts);
});

test('a directory is no file', ({ tree }) => {
  assert.is(shown(createDiskReader(tree).read('web')), 'not-a-file');
  assert.is(shown(createDiskReader(tree).read('')), 'not-a-file');
});

test('a socket is no file', async ({ tree }) => {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(join(tree, 'web/socket.yaml'), resolve));
  assert.is(shown(createDiskReader(tree).read('web/socket.yaml')), 'not-a-file');
  await new Promise((resolve) => server.close(resolve));
});

test('what comes into a directory later is seen', ({ tree }) => {
  const reader = createDiskReader(tree);
  assert.is(shown(reader.read('later/service.yaml')), 'absent');
  mkdirSync(join(tree, 'later'));
  writeFileSync(join(tree, 'later/service.yaml'), 'b: 2\n');
  assert.is(shown(reader.read('later/service.yaml')), 'b: 2\n');
});

test.run();

if (spawnSync('mkfifo', ['--version']).status === 0) {
  const pipes = diskSuite('disk reader and pipes');
  pipes('a pipe that nobody writes to is refused at once', ({ tree }) => {
    spawnSync('mkfifo', [join(tree, 'web/pipe.yaml')]);
    const reader = createDiskReader(tree);
    assert.is(shown(reader.read('web/pipe.yaml')), 'not-a-file');
    assert.match(listed(reader.list('web')), 'pipe.yaml other');
  });
  pipes.run();
} else skipSuite('disk reader and pipes', 'mkfifo is not installed');

/** Runs an action without the rights of root, who may read everything. */
function asNobody(action: () => void): void {
  const isRoot = process.geteuid?.() === 0;
  if (isRoot) process.seteuid?.(65534);
  try {
    action();
  } finally {
    if (isRoot) process.seteuid?.(0);
  }
}

const permissions = diskSuite('disk reader and permissions');
permissions('a file or directory without read permission is denied, not absent', ({ base, tree }) => {
  for (const folder of [base, tree, join(tree, 'web')]) chmodSync(folder, 0o755);
  chmodSync(join(tree, 'web/service.yaml'), 0);
  chmodSync(join(tree, 'empty'), 0);
  const reader = createDiskReader(tree);
  asNobody(() => {
    assert.is(shown(reader.read('web/service.yaml')), 'denied');
    assert.is(listed(reader.list('empty')), 'denied');
    assert.is(shown(reader.read('empty/x.yaml')), 'denied');
    assert.is(reader.exists('web/service.yaml'), true);
  });
  chmodSync(join(tree, 'empty'), 0o755);
});
permissions.run();
