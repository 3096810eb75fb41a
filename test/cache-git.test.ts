/** In a checkout git looks at the tracked files: none of them is looked at from here, and no change is missed. */
import fs, { type StatSyncOptions, appendFileSync, chmodSync, readFileSync, utimesSync, writeFileSync } from 'node:fs';
import { syncBuiltinESMExports } from 'node:module';
import { join } from 'node:path';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { divideLooks, seeCheckout } from '../cli/git-looks.ts';
import { createDiskStamps } from '../compiler/load/disk-stamps.ts';
import { packedPaths } from '../compiler/model/looks.ts';
import { findCheckout } from '../git/index-file.ts';
import { cacheFiles, type CacheWorld, checked, inWorld, type RunResult } from './support/cache-world.ts';
import { git, workRepository } from './support/git-repository.ts';

const FILE = 'soa/cart/kubernetes-prod.yaml';
const OTHER = 'soa/mail/kubernetes-prod.yaml';
const OTHER_OUTPUT = 'dist/clusters/prod/paastasvc-mail/mail-main.yaml';
const OUTPUT = 'dist/clusters/prod/paastasvc-cart/cart-main.yaml';

/** Plays in a project all of whose input and output is committed, and of which git knows no file that is younger than its index. */
function inCheckout(play: (world: CacheWorld) => Promise<void>): Promise<void> {
  return inWorld(async (world) => {
    world.write('.gitignore', '/cache\n/copy\n');
    git(world.folder, 'init', '-q');
    git(world.folder, 'add', '-A');
    git(world.folder, 'commit', '-qm', 'all');
    await pass();
    await checked(world);
    // Compares what it saw with git's index.
    assert.ok((await checked(world)).isRecalled);
    await play(world);
  });
}

/** Until another change must show in the seconds of what changed, in which git counts. */
function pass(): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, 1030 - (Date.now() % 1000)));
}

/** A run, and the files that it looked at. */
async function looking(world: CacheWorld): Promise<RunResult & { readonly looked: ReadonlySet<string> }> {
  const looked = new Set<string>();
  const real = fs.lstatSync;
  const noting = (path: string, options: StatSyncOptions): unknown => {
    const status = real(path, options);
    if (status?.isFile() === true) looked.add(String(path).slice(world.folder.length + 1));
    return status;
  };
  Object.assign(fs, { lstatSync: (path: string, options = {}) => noting(path, { throwIfNoEntry: true, ...options }) });
  syncBuiltinESMExports();
  try {
    return { ...(await world.synth()), looked };
  } finally {
    Object.assign(fs, { lstatSync: real });
    syncBuiltinESMExports();
  }
}

test('what git knows is not looked at from here', async () => {
  await inCheckout(async (world) => {
    const run = await looking(world);
    assert.ok(run.isRecalled);
    assert.not(run.looked.has(FILE));
    assert.not(run.looked.has(OUTPUT));
    // One service changes: nothing of the others is looked at, then or later.
    world.write('soa/cart/notes.txt', 'hello\n');
    for (const isRecalled of [false, true]) {
      const { looked, ...next } = await looking(world);
      assert.is(next.isRecalled, isRecalled);
      assert.equal([looked.has(OTHER), looked.has(OTHER_OUTPUT)], [false, false]);
    }
    git(world.folder, 'update-index', '--assume-unchanged', FILE);
    git(world.folder, 'update-index', '--skip-worktree', OUTPUT);
    await pass();
    await checked(world);
    const told = await looking(world);
    assert.ok(told.isRecalled);
    assert.equal([told.looked.has(FILE), told.looked.has(OUTPUT)], [true, true], 'git is told not to look');
  });
});

test('a change is seen, in whatever way and however soon', async () => {
  const edits: Record<string, (path: string, folder: string) => void> = {
    'same length, in place': (path) => {
      writeFileSync(path, readFileSync(path, 'utf8').replace('1', '3'));
    },
    'the time set back': (path) => {
      const { atime, mtime } = fs.statSync(path);
      writeFileSync(path, readFileSync(path, 'utf8').replace('3', '5'));
      utimesSync(path, atime, mtime);
    },
    longer: (path) => {
      appendFileSync(path, '# note\n');
    },
    'committed too': (path, folder) => {
      appendFileSync(path, '# noted\n');
      git(folder, 'commit', '-qam', 'edited');
    },
    removed: (path) => {
      fs.rmSync(path);
    },
    'as git has it': (path, folder) => {
      git(folder, 'checkout', '-q', '--', path);
    },
  };
  await inCheckout(async (world) => {
    for (const [name, edit] of Object.entries(edits)) {
      for (const file of [FILE, OUTPUT]) edit(world.at(file), world.folder);
      // Whichever is missed, the tree or the report is not that of a run without a cache.
      assert.not((await checked(world)).isRecalled, name);
      await pass();
      for (let run = 0; run < 2; run++) assert.ok((await checked(world)).isRecalled, name);
    }
  });
});

test('times that were set back show nothing new, and are seen however git is told to compare', async () => {
  await inCheckout(async (world) => {
    const path = world.at(FILE);
    const long = new Date('2020-01-01T00:00:00Z');
    utimesSync(path, long, long);
    await checked(world);
    git(world.folder, 'config', 'core.trustctime', 'false');
    git(world.folder, 'add', '-A');
    await pass();
    await checked(world);
    assert.not((await looking(world)).looked.has(FILE));
    writeFileSync(path, readFileSync(path, 'utf8').replace('1', '3'));
    utimesSync(path, long, long);
    assert.is(git(world.folder, 'diff-files', '--name-only'), '', 'git misses it');
    assert.not((await checked(world)).isRecalled);
  });
});

test('an index that changes meanwhile tells nothing of the one that was read', async () => {
  await inCheckout(async (world) => {
    const [path, real] = [process.env['PATH'], git(world.folder, '--exec-path')];
    world.write('bin/git', `#!/bin/sh\n${real}/git add -A soa\nexec ${real}/git "$@"\n`);
    chmodSync(world.at('bin/git'), 0o755);
    appendFileSync(world.at(FILE), '# longer\n');
    process.env['PATH'] = `${world.at('bin')}:${path}`;
    try {
      assert.not((await checked(world)).isRecalled);
    } finally {
      process.env['PATH'] = path;
    }
    utimesSync(world.at('.git/index'), new Date(), new Date());
    assert.is(seeCheckout(world.folder), null, 'it may change again within the tick of a clock');
    await pass();
    assert.ok(seeCheckout(world.folder) !== null);
  });
});

test('a cache that cannot be written to still tells what it knows', async () => {
  await inWorld(async (world) => {
    git(world.folder, 'init', '-q');
    git(world.folder, 'add', '-A');
    await pass();
    const sealed = Object.keys(cacheFiles(world)).filter((name) => name.endsWith('.sealed'));
    assert.is(sealed.length, 1);
    world.write(`cache/${sealed[0]!.replace('.sealed', '.known')}/in-the-way`, '');
    assert.ok((await world.synth()).isRecalled);
  });
});

test('known is what the index has with the same stamp, from a second before', () => {
  const repository = workRepository('divide');
  repository.commit('all', { 'soa/clean.yaml': 'a: 1\n', 'soa/dirty.yaml': 'a: 1\n' });
  writeFileSync(join(repository.dir, 'soa/dirty.yaml'), 'a: 2\n');
  writeFileSync(join(repository.dir, 'soa/untracked.yaml'), 'a: 2\n');
  const folder = join(repository.dir, 'soa');
  const stamps = createDiskStamps(folder);
  for (const path of ['', 'clean.yaml', 'dirty.yaml', 'untracked.yaml', 'absent.yaml']) stamps.stamp(path);
  const { paths, numbers } = stamps.looks.keep();
  const looks = {
    paths: [...paths()].join(''),
    numbers: Float64Array.from([...numbers()].flatMap((each) => [...each])),
  };
  const { index } = findCheckout(folder)!;
  const { size, mtimeMs, ctimeMs, ino } = fs.statSync(index);
  const checkout = { ...findCheckout(folder)!, seen: { path: index, stamp: [size, mtimeMs, ctimeMs, ino] as const } };
  const changed = fs.statSync(join(folder, 'clean.yaml')).ctimeMs;
  const second = Math.floor(changed / 1000) * 1000;
  assert.is(divideLooks(looks, checkout, second + 999), null);
  const divided = divideLooks(looks, checkout, second + 1000)!;
  assert.is(divided.known.paths, 'clean.yaml');
  assert.equal(packedPaths(divided.own), ['', 'dirty.yaml', 'untracked.yaml', 'absent.yaml']);
  const other = { ...checkout, seen: { path: index, stamp: [size, mtimeMs, ctimeMs, ino + 1] as const } };
  assert.is(divideLooks(looks, other, second + 1000), null, 'another index by now');
});

test('without git, and where git refuses, everything is looked at', async () => {
  await inCheckout(async (world) => {
    const path = process.env['PATH'];
    process.env['PATH'] = '/nonexistent';
    try {
      const run = await looking(world);
      assert.equal([run.isRecalled, run.looked.has(FILE), run.looked.has(OUTPUT)], [true, true, true]);
      chmodSync(world.at(FILE), 0o600);
      await pass();
      assert.not((await world.synth()).isRecalled);
    } finally {
      process.env['PATH'] = path;
    }
    git(world.folder, 'config', 'core.repositoryFormatVersion', '99');
    await checked(world);
    const run = await looking(world);
    assert.equal([run.isRecalled, run.looked.has(FILE)], [true, true]);
  });
});

test('a monitor of the checkout does not run', async () => {
  await inCheckout(async (world) => {
    git(world.folder, 'config', 'core.fsmonitor', `touch ${world.at('monitored')}; false`);
    await checked(world);
    assert.not(fs.existsSync(world.at('monitored')));
  });
});

test.run();
