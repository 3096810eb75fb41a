/** git reads our index, and finds what looks otherwise. */
import { execFileSync } from 'node:child_process';
import {
  appendFileSync,
  chmodSync,
  existsSync,
  lstatSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  symlinkSync,
  utimesSync,
  writeFileSync,
} from 'node:fs';
import { dirname, join } from 'node:path';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { changedFiles, type FilesQuestion } from '../git/changed-files.ts';
import { stampIndex } from '../git/stamp-index.ts';
import { tempDir } from './support/git-repository.ts';
import { ROOT } from './support/run-cli.ts';

/** The empty repository beside the built program. */
const repository = join(ROOT, 'lib/git-dir');

function changed(question: Partial<FilesQuestion> & Pick<FilesQuestion, 'folder' | 'index'>) {
  return changedFiles({ env: process.env, repository, ...question });
}

const LONG = `${'d'.repeat(250)}/`.repeat(15);
const PATHS = [
  'a.yaml',
  'a/b.yaml',
  'a-b.yaml',
  '-c',
  ':(top)x',
  'q"\\ \t*[x].yaml',
  'é.yaml',
  '\u{1f600}.yaml',
  '\uff01.yaml',
];

function indexOf(paths: readonly string[], at: (path: string) => string): Buffer {
  const all = paths.map((path) => lstatSync(at(path)));
  return stampIndex({
    paths,
    stamps: Float64Array.from(all.flatMap(({ size, mtimeMs, ctimeMs, ino }) => [size, mtimeMs, ctimeMs, ino])),
    owners: Float64Array.from(all.flatMap(({ dev, mode, uid, gid }) => [dev, mode, uid, gid])),
  });
}

function folderOf(paths: readonly string[]) {
  const folder = tempDir('stamp-index');
  const index = join(tempDir('stamp-index-file'), 'index');
  for (const path of paths) {
    mkdirSync(dirname(join(folder, path)), { recursive: true });
    writeFileSync(join(folder, path), `of ${path}`);
  }
  chmodSync(join(folder, paths[0]!), 0o755);
  writeFileSync(
    index,
    indexOf(paths, (path) => join(folder, path)),
  );
  utimesSync(index, 4e9, 4e9);
  return { folder, index, at: (path: string) => join(folder, path) };
}

async function nextSecond(): Promise<void> {
  await new Promise((resolve) => setTimeout(resolve, 1030 - (Date.now() % 1000)));
}

test('git has every path, in its order, and finds none changed', async () => {
  const paths = [...PATHS, `${LONG}f.yaml`.slice(-4000)];
  const { folder, index } = folderOf(PATHS);
  assert.equal(await changed({ folder, index }), new Set());
  writeFileSync(
    index,
    indexOf(paths, () => join(folder, 'a.yaml')),
  );
  const args = [`--git-dir=${repository}`, 'ls-files', '-z'];
  const listed = execFileSync('git', args, { env: { ...process.env, GIT_INDEX_FILE: index }, encoding: 'utf8' });
  const inOrder = paths.map((path) => Buffer.from(path)).sort((a, b) => a.compare(b));
  assert.equal(listed.split('\0').slice(0, -1), inOrder.map(String));
});

test('git tells what looks otherwise or is gone', async () => {
  const { folder, index, at } = folderOf(PATHS);
  await nextSecond();
  const changes: Record<string, (path: string) => void> = {
    'a.yaml': (path) => appendFileSync(path, 'x'),
    'a-b.yaml': (path) => rmSync(path),
    'é.yaml': (path) => writeFileSync(path, 'of é.yaml'),
    '-c': (path) => chmodSync(path, 0o600),
    '\uff01.yaml': (path) => {
      rmSync(path);
      symlinkSync('a.yaml', path);
    },
    'a/b.yaml': (path) => {
      rmSync(dirname(path), { recursive: true });
      symlinkSync('.', dirname(path));
    },
  };
  for (const [path, change] of Object.entries(changes)) change(at(path));
  assert.equal(await changed({ folder, index }), new Set(Object.keys(changes).sort(byBytes)));
});

test('files above the working directory are told, and git is not looked for beside them', async () => {
  const { folder, index, at } = folderOf(PATHS);
  await nextSecond();
  for (const path of ['a.yaml', 'a/b.yaml']) appendFileSync(at(path), 'x');
  writeFileSync(at('git'), '#!/bin/sh\nexit 0\n', { mode: 0o755 });
  const cwd = process.cwd();
  process.chdir(at('a'));
  try {
    const env = { PATH: `.:${process.env['PATH']}` };
    assert.equal(await changed({ folder, index, env }), new Set(['a.yaml', 'a/b.yaml']));
  } finally {
    process.chdir(cwd);
  }
});

test('the answer is taken wherever a file can be written, and no other file for it', async () => {
  const { folder, index, at } = folderOf(PATHS);
  await nextSecond();
  appendFileSync(at('a.yaml'), 'x');
  const told = new Set(['a.yaml']);
  const victim = join(tempDir('stamp-index-victim'), 'file');
  writeFileSync(victim, 'untouched');
  symlinkSync(victim, `${index}.${process.pid}`);
  const { TMPDIR: before } = process.env;
  try {
    process.env['TMPDIR'] = tempDir('stamp-index-tmp');
    assert.equal(await changed({ folder, index }), told);
    assert.equal([readFileSync(victim, 'utf8'), readdirSync(process.env['TMPDIR'])], ['untouched', []]);
    process.env['TMPDIR'] = join(folder, 'none');
    assert.is(await changed({ folder, index }), null);
  } finally {
    if (before === undefined) delete process.env['TMPDIR'];
    else process.env['TMPDIR'] = before;
  }
  rmSync(`${index}.${process.pid}`);
  assert.equal(await changed({ folder, index }), told);
  await changed({ folder: '/a\0b', index }).catch(() => null);
  assert.equal(readdirSync(dirname(index)), ['index']);
});

function byBytes(a: string, b: string): number {
  return Buffer.from(a).compare(Buffer.from(b));
}

test('a git that is not there, fails or does not answer tells nothing', async () => {
  const { folder, index } = folderOf(['a.yaml']);
  const bin = tempDir('stamp-index-bin');
  const withGit = (script: string) => {
    writeFileSync(join(bin, 'git'), `#!/bin/sh\n${script}\n`, { mode: 0o755 });
    return { PATH: `${bin}:${process.env['PATH']}` };
  };
  assert.is(await changed({ folder, index, env: { PATH: '/nonexistent' } }), null);
  assert.is(await changed({ folder, index, env: withGit('exit 3') }), null);
  assert.is(await changed({ folder, index, env: withGit('kill -9 $$') }), null);
  assert.is(await changed({ folder, index, env: withGit('sleep 5 & sleep 5'), longest: 100 }), null);
  assert.is(await changed({ folder, index: join(folder, 'a.yaml') }), null, 'no index');
  assert.equal(await changed({ folder, index, env: withGit('printf "a\\0b\\0"') }), new Set(['a', 'b']));
});

test('what users tell git of stamps does not hold', async () => {
  const { folder, index, at } = folderOf(PATHS);
  await nextSecond();
  const { mtime } = lstatSync(at('a.yaml'));
  writeFileSync(at('new'), 'OF a.yaml');
  chmodSync(at('new'), 0o755);
  utimesSync(at('new'), mtime, mtime);
  renameSync(at('new'), at('a.yaml'));
  const home = tempDir('stamp-index-home');
  writeFileSync(join(home, '.gitconfig'), '[core]\n\ttrustctime = false\n\tcheckStat = minimal\n');
  const env = { PATH: process.env['PATH'], HOME: home, XDG_CONFIG_HOME: home };
  const args = [`--git-dir=${repository}`, `--work-tree=${folder}`, 'ls-files', '--modified'];
  const misled = execFileSync('git', args, { cwd: folder, env: { ...env, GIT_INDEX_FILE: index }, encoding: 'utf8' });
  assert.is(misled, '', 'they would be told nothing');
  assert.equal(await changed({ folder, index, env }), new Set(['a.yaml']));
});

test('a git that nobody waits for ends with the run', async () => {
  const { folder, index, at } = folderOf(['a.yaml']);
  const bin = tempDir('stamp-index-bin');
  const script = '#!/bin/sh\ntouch started\nsleep 1\ntouch survived\n';
  writeFileSync(join(bin, 'git'), script.replaceAll('touch ', `touch ${folder}/`), { mode: 0o755 });
  const run = `
    import { existsSync } from 'node:fs';
    const { changedFiles } = await import(process.argv[1]);
    void changedFiles(JSON.parse(process.argv[2]));
    setInterval(() => existsSync(process.argv[3]) && process.exit(0), 5);`;
  const question = { folder, index, env: { PATH: `${bin}:${process.env['PATH']}` }, repository };
  const words = [join(ROOT, 'git/changed-files.ts'), JSON.stringify(question), at('started')];
  execFileSync(process.execPath, ['--import', 'tsx', '--input-type=module', '-e', run, ...words], { cwd: ROOT });
  await new Promise((resolve) => setTimeout(resolve, 1500));
  assert.not(existsSync(at('survived')));
});

test('without a descriptor left for its answer git tells nothing, and nothing ends', () => {
  const script = `
    import { closeSync, openSync } from 'node:fs';
    const { changedFiles } = await import(process.argv[1]);
    process.getBuiltinModule('node:child_process');
    const open = [];
    try { for (;;) open.push(openSync('/dev/null')); } catch {}
    for (let free = 0; free < 8; free++) {
      const told = await changedFiles({ folder: '/', index: '/nowhere', env: process.env, repository: '/nowhere' });
      if (told !== null) throw new Error('told');
      closeSync(open.pop());
    }
    console.log('alive');`;
  const node = [
    process.execPath,
    '--import',
    'tsx',
    '--input-type=module',
    '-e',
    script,
    join(ROOT, 'git/changed-files.ts'),
  ];
  const options = { cwd: ROOT, encoding: 'utf8' } as const;
  assert.is(execFileSync('sh', ['-c', 'ulimit -n 64; exec "$0" "$@"', ...node], options), 'alive\n');
});

test.run();
