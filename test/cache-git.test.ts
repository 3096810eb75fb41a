/** git looks at files: at none of them is looked from here, and no change is missed. */
import fs, { type StatSyncOptions, appendFileSync, chmodSync, readFileSync, utimesSync, writeFileSync } from 'node:fs';
import { syncBuiltinESMExports } from 'node:module';
import { dirname, join } from 'node:path';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { isWholeIndex, keepKnown, maybeChanged, readKnown, type SeenFolder } from '../cli/known-looks.ts';
import { packedPaths } from '../compiler/model/looks.ts';
import { cacheFiles, type CacheWorld, checked, inWorld, type RunResult } from './support/cache-world.ts';
import { git, tempDir } from './support/git-repository.ts';
import { ROOT } from './support/run-cli.ts';

/** The empty repository beside the built program. */
const repository = join(ROOT, 'lib/git-dir');

const FILE = 'soa/cart/kubernetes-prod.yaml';
const OTHER = 'soa/mail/kubernetes-prod.yaml';
const OTHER_OUTPUT = 'dist/clusters/prod/paastasvc-mail/mail-main.yaml';
const OUTPUT = 'dist/clusters/prod/paastasvc-cart/cart-main.yaml';

/** Plays in a project that git looks at, since nothing in it changed in this second. */
function inKnown(
  play: (world: CacheWorld) => Promise<void>,
  files: Readonly<Record<string, string>> = {},
): Promise<void> {
  return inWorld(async (world) => {
    await pass();
    await checked(world);
    assert.ok((await checked(world)).isRecalled);
    await play(world);
  }, files);
}

/** Until another change must show in the seconds of what changed, in which git counts. */
function pass(): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, 1030 - (Date.now() % 1000)));
}

/** A run, and the files that it looked at. */
async function looking(
  world: CacheWorld,
  ...args: readonly string[]
): Promise<RunResult & { readonly looked: ReadonlySet<string> }> {
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
    return { ...(await world.synth(...args)), looked };
  } finally {
    Object.assign(fs, { lstatSync: real });
    syncBuiltinESMExports();
  }
}

test('what git looks at is not looked at from here', async () => {
  await inKnown(async (world) => {
    const run = await looking(world);
    assert.ok(run.isRecalled);
    for (const file of [FILE, OUTPUT]) assert.not(run.looked.has(file));
    // One service changes: nothing of the others is looked at, then or later.
    world.fewest = 1000;
    for (const file of ['soa/cart/notes.txt', FILE]) {
      appendFileSync(world.at(file), '# note\n');
      // A stamp that is too young to tell would have to be looked at by the run after this one.
      await pass();
      for (const isRecalled of [false, true]) {
        const { looked, ...next } = await looking(world);
        assert.is(next.isRecalled, isRecalled);
        assert.equal([looked.has(OTHER), looked.has(OTHER_OUTPUT)], [false, false], file);
      }
    }
    // With enough that is looked at from here, everything is, and git takes over what it can.
    world.fewest = 1;
    await pass();
    for (const isLooked of [true, false]) {
      const { looked, ...next } = await looking(world);
      assert.ok(next.isRecalled);
      assert.equal([looked.has(FILE), looked.has(OTHER)], [isLooked, isLooked]);
    }
  });
});

test('a change is seen, in whatever way and however soon', async () => {
  const long = new Date('2020-01-01T00:00:00Z');
  const edits: Record<string, (path: string) => void> = {
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
    'an old time, which changes nothing else': (path) => {
      utimesSync(path, long, long);
    },
    'the old time again': (path) => {
      writeFileSync(path, readFileSync(path, 'utf8').replace('5', '7'));
      utimesSync(path, long, long);
    },
    removed: (path) => {
      fs.rmSync(path);
    },
  };
  await inKnown(async (world) => {
    for (const [name, edit] of Object.entries(edits)) {
      for (const file of [FILE, OUTPUT]) edit(world.at(file));
      // Whichever is missed, the tree or the report is not that of a run without a cache.
      assert.not((await checked(world)).isRecalled, name);
      await pass();
      for (let run = 0; run < 2; run++) assert.ok((await checked(world)).isRecalled, name);
    }
  });
});

test('an empty file is looked at from here: git would read it as a .gitattributes file says', async () => {
  const [file, attributes] = ['soa/cart/kubernetes-stage.yaml', '*.yaml working-tree-encoding=UTF-16\n'];
  await inKnown(
    async (world) => {
      const run = await looking(world);
      assert.equal([run.isRecalled, run.looked.has(file)], [true, true]);
      // In that encoding it is empty still.
      writeFileSync(world.at(file), Buffer.of(0xff, 0xfe));
      assert.not((await checked(world)).isRecalled);
    },
    { [file]: '', 'soa/cart/.gitattributes': attributes },
  );
});

test('without git, and with a cache that is damaged, everything is looked at', async () => {
  await inKnown(async (world) => {
    const seen = async (): Promise<readonly boolean[]> => {
      const { isRecalled, looked } = await looking(world);
      return [isRecalled, looked.has(FILE), looked.has(OUTPUT)];
    };
    await withPath('/nonexistent', async () => {
      assert.equal(await seen(), [true, true, true]);
      chmodSync(world.at(FILE), 0o600);
      await pass();
      assert.not((await world.synth()).isRecalled);
    });
    await pass();
    for (let run = 0; run < 2; run++) await checked(world);
    assert.equal(await seen(), [true, false, false]);
    for (const name of indexesOf(world)) {
      const bytes = readFileSync(world.at(`cache/${name}`));
      bytes[bytes.length >> 1]! ^= 1;
      writeFileSync(world.at(`cache/${name}`), bytes);
    }
    assert.equal(await seen(), [true, true, true]);
    assert.equal(await seen(), [true, false, false]);
    for (const name of indexesOf(world)) world.remove(`cache/${name}`);
    assert.equal(await seen(), [true, true, true]);
    assert.equal(await seen(), [true, false, false]);
    // Nobody asks for these before something changes.
    for (const name of Object.keys(cacheFiles(world))) if (name.endsWith('.known')) world.remove(`cache/${name}`);
    assert.equal(await seen(), [true, false, false]);
    appendFileSync(world.at(OTHER), '# note\n');
    assert.not((await checked(world)).isRecalled);
  });
});

function indexesOf(world: CacheWorld): readonly string[] {
  return Object.keys(cacheFiles(world)).filter((name) => name.endsWith('.index'));
}

async function withPath(path: string, act: () => Promise<void>): Promise<void> {
  const before = process.env['PATH'];
  process.env['PATH'] = path;
  try {
    await act();
  } finally {
    process.env['PATH'] = before;
  }
}

/** A shell script stands before git while something runs. */
function withGit(script: string, act: () => Promise<void>): Promise<void> {
  const bin = tempDir('cache-git-bin');
  writeFileSync(join(bin, 'git'), `#!/bin/sh\n${script}\n`, { mode: 0o755 });
  return withPath(`${bin}:${process.env['PATH']}`, act);
}

test('an index that is gone or another one when git reads it tells nothing', async () => {
  await inKnown(async (world) => {
    const git = `PATH='${process.env['PATH']}' git "$@"`;
    for (const act of ['rm "$GIT_INDEX_FILE"', 'cp "$GIT_INDEX_FILE" x; rm "$GIT_INDEX_FILE"; GIT_INDEX_FILE=x']) {
      await pass();
      for (let run = 0; run < 2; run++) await checked(world);
      const restore = act.startsWith('cp') ? 'cp x "$index"; rm x' : ':';
      await withGit(`cd ${tempDir('cache-git-x')}; index="$GIT_INDEX_FILE"; ${act}; ${git}; ${restore}`, async () => {
        appendFileSync(world.at(OUTPUT), '# by hand\n');
        assert.not((await checked(world)).isRecalled, act);
      });
    }
  });
});

test('damage to the seal costs time and nothing else, wherever it is', async () => {
  await inKnown(async (world) => {
    const name = Object.keys(cacheFiles(world)).find((each) => each.endsWith('.sealed'))!;
    const whole = readFileSync(world.at(`cache/${name}`));
    const [known, end] = [whole.indexOf('"known"'), whole.indexOf('\n', whole.indexOf('"known"'))];
    // The digest; each letter of what is known, about which git is asked before the rest is verified; what was printed, and looks.
    const places = Array.from({ length: end - known }, (_, at) => known + at);
    for (const at of [20, ...places, end + 5, whole.length - 300, whole.length - 3]) {
      const bytes = Buffer.from(whole);
      bytes[at]! ^= 1;
      writeFileSync(world.at(`cache/${name}`), bytes);
      assert.not(await world.wouldRecall(), `byte ${at}`);
    }
    writeFileSync(world.at(`cache/${name}`), whole);
    assert.ok(await world.wouldRecall());
  });
});

test('a cache that cannot be written to still tells what it knows', async () => {
  await inWorld(async (world) => {
    world.fewest = 1000;
    await pass();
    await world.synth();
    world.fewest = 1;
    const sealed = Object.keys(cacheFiles(world)).filter((name) => name.endsWith('.sealed'));
    assert.is(sealed.length, 1);
    world.write(`cache/${sealed[0]!.replace('.sealed', '.known')}/in-the-way`, '');
    assert.ok((await world.synth()).isRecalled);
  });
});

/** A folder as it looks, each of these files in it. */
function seenFolder(real: string, names: readonly string[]): SeenFolder {
  const all = names.map((name) => fs.lstatSync(join(real, name)));
  return {
    real,
    looks: {
      paths: names.join('\n'),
      numbers: Float64Array.from(all.flatMap(({ size, mtimeMs, ctimeMs, ino }) => [size, mtimeMs, ctimeMs, ino])),
    },
    owners: Float64Array.from(
      all.flatMap((status) => {
        const { dev, mode, uid, gid } = status;
        return status.isFile() ? [dev, mode, uid, gid] : [0, 0, 0, 0];
      }),
    ),
  };
}

test('git takes over what changed in an earlier second than the look, by the clock of the file system', () => {
  const folder = tempDir('known');
  writeFileSync(join(folder, 'a.yaml'), 'a: 1\n');
  const { ctimeMs } = fs.lstatSync(join(folder, 'a.yaml'));
  const seen = seenFolder(folder, ['a.yaml', '']);
  const place = join(tempDir('known-cache'), '0'.repeat(32));
  const keep = (now: number, fewest = 1) => keepKnown(place, [seen], { now, fewest });
  const next = Math.floor(ctimeMs / 1000) * 1000 + 1000;
  for (const now of [next - 1, next, next + 15]) {
    const { own, known } = keep(now);
    assert.equal([packedPaths(own[0]!), known.young, known.left], [['a.yaml', ''], 1, 2]);
  }
  const { own, known } = keep(next + 25);
  assert.equal([packedPaths(own[0]!), known.young, known.left], [[''], 0, 1]);
  assert.is(readKnown(place, known)[0]!.paths, 'a.yaml');
  const few = keep(next + 25, 2).known;
  assert.equal([few.folders, few.index, few.left], [[{ bytes: 0, count: 0 }], null, 2], 'too few');
});

test('every file is of one folder, however near the folders lie', async () => {
  const root = tempDir('known-near');
  const files = { '': ['p.yaml'], in: ['x/a.yaml', 'x/b.yaml'], 'in/x': ['c.yaml'], in2: ['x/a.yaml', 'q.yaml'] };
  for (const [folder, names] of Object.entries(files)) {
    for (const name of names) {
      fs.mkdirSync(dirname(join(root, folder, name)), { recursive: true });
      writeFileSync(join(root, folder, name), 'a: 1\n');
    }
  }
  await pass();
  const seen = Object.entries(files).map(([folder, names]) => seenFolder(join(root, folder), names));
  const place = join(tempDir('known-cache'), '0'.repeat(32));
  const { own, known } = keepKnown(place, seen, { now: Date.now(), fewest: 1 });
  // Of folders within each other the one with more files is git's.
  assert.equal(
    own.map((looks) => packedPaths(looks)),
    [['p.yaml'], [], ['c.yaml'], []],
  );
  assert.is(known.index!.root, root);
  const changed = () =>
    maybeChanged(
      seen.map(({ real }) => real),
      known,
      { place, env: process.env, repository },
    );
  const none = new Set<string>();
  assert.equal(await changed(), [none, none, none, none]);
  for (const path of ['p.yaml', 'in/x/c.yaml', 'in2/x/a.yaml']) appendFileSync(join(root, path), '# note\n');
  assert.equal(await changed(), [none, none, none, new Set(['x/a.yaml'])]);
  appendFileSync(join(root, 'in/x/b.yaml'), '# note\n');
  assert.equal(await changed(), [none, new Set(['x/b.yaml']), none, new Set(['x/a.yaml'])]);
});

test('git finds nothing changed in files of the future; empty ones and those older than its count of time are not for it', async () => {
  const folder = tempDir('known-times');
  const times = { 'empty.yaml': 1e9, 'old.yaml': -1e6, 'future.yaml': Date.now() / 1000 + 1e8 };
  for (const [name, time] of Object.entries(times)) {
    writeFileSync(join(folder, name), name === 'empty.yaml' ? '' : name);
    // Node takes a negative number for now, and a date for what it is.
    utimesSync(join(folder, name), new Date(time * 1000), new Date(time * 1000));
  }
  await pass();
  const place = join(tempDir('known-cache'), '0'.repeat(32));
  const { own, known } = keepKnown(place, [seenFolder(folder, Object.keys(times))], { now: Date.now(), fewest: 1 });
  assert.equal([known.folders[0]!.count, packedPaths(own[0]!)], [1, ['empty.yaml', 'old.yaml']]);
  assert.equal(await maybeChanged([folder], known, { place, env: process.env, repository }), [new Set()]);
});

test('an index that is damaged behind its stamp is not whole, nor is one that is gone', () => {
  const folder = tempDir('known-damaged');
  writeFileSync(join(folder, 'a.yaml'), 'a: 1\n');
  const place = join(tempDir('known-cache'), '0'.repeat(32));
  const { known } = keepKnown(place, [seenFolder(folder, ['a.yaml'])], { now: Date.now() + 2000, fewest: 1 });
  const index = readFileSync(`${place}.index`);
  assert.ok(isWholeIndex(place, known));
  index[index.length >> 1]! ^= 1;
  writeFileSync(`${place}.index`, index);
  assert.not(isWholeIndex(place, known));
  fs.rmSync(`${place}.index`);
  assert.not(isWholeIndex(place, known));
});

test('a few files far from the others are looked at from here', () => {
  const [near, far] = [tempDir('known-near'), tempDir('known-far')];
  const names = Array.from({ length: 20 }, (_, at) => `${at}.yaml`);
  for (const name of names) writeFileSync(join(near, name), name);
  writeFileSync(join(far, 'one.yaml'), 'one');
  const seen = [seenFolder(near, names), seenFolder(far, ['one.yaml'])];
  const place = join(tempDir('known-cache'), '0'.repeat(32));
  const { own, known } = keepKnown(place, seen, { now: Date.now() + 2000, fewest: 20 });
  assert.equal([known.folders.map(({ count }) => count), packedPaths(own[1]!)], [[20, 0], ['one.yaml']]);
  assert.is(known.index!.root, near);
});

test('several calls in one project do not take what git knows from each other', async () => {
  await inKnown(async (world) => {
    for (let round = 0; round < 3; round++) {
      for (const args of [[], ['-o', 'json'], ['--cluster', 'prod']]) {
        const { isRecalled, looked } = await looking(world, ...args);
        if (round === 2) assert.equal([isRecalled, looked.has(FILE)], [true, false], args.join(' '));
      }
    }
  });
});

test('nothing that a checkout says is done', async () => {
  await inWorld(async (world) => {
    git(world.folder, 'init', '-q');
    world.write('.gitattributes', '* filter=evil\n');
    for (const key of ['filter.evil.clean', 'filter.evil.process', 'core.fsmonitor', 'core.sshCommand'])
      git(world.folder, 'config', key, `touch ${world.at('done')}; cat`);
    await pass();
    await world.synth();
    for (let run = 0; run < 3; run++) assert.ok((await world.synth()).isRecalled);
    assert.ok(indexesOf(world).length > 0);
    world.write(FILE, 'main: {cpus: 2}\nworker: {}\n');
    assert.not((await world.synth()).isRecalled);
    assert.not(fs.existsSync(world.at('done')));
  });
});

test.run();
