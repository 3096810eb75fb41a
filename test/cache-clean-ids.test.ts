/** After a checkout every file has a new stamp: git's index tells which are clean, and none of those is read. */
import { rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { cleanIds } from '../cli/clean-ids.ts';
import { chunks } from '../cli/kept-file.ts';
import { CompileCache, type KeptEntry, parseCache, readId, serialiseCache } from '../compiler/cache/index.ts';
import { createDiskReader } from '../compiler/load/disk-reader.ts';
import { createDiskStamps } from '../compiler/load/disk-stamps.ts';
import type { Stamp, TreeReader } from '../compiler/model/tree-reader.ts';
import { GIT_ENV, workRepository } from './support/git-repository.ts';

const COUNT = 300;
const FILES = Object.fromEntries(
  Array.from({ length: COUNT }, (_, index) => [`soa/s${index}/service.yaml`, `description: number ${index}\n`]),
);

test('only files that are as git has them have an id, which is that of their bytes', async () => {
  const repository = workRepository('clean-ids');
  repository.commit('all', { ...FILES, 'soa/dirty.yaml': 'a: 1\n', 'soa/assumed.yaml': 'a: 1\n', 'other/x.yaml': 'x' });
  writeFileSync(join(repository.dir, 'soa/dirty.yaml'), 'a: 2\n');
  writeFileSync(join(repository.dir, 'soa/untracked.yaml'), 'a: 2\n');
  repository.git('update-index', '--assume-unchanged', 'soa/assumed.yaml');
  writeFileSync(join(repository.dir, 'soa/assumed.yaml'), 'a: 2\n');
  const folder = join(repository.dir, 'soa');
  const ids = await cleanIds(folder, GIT_ENV);
  assert.is(ids.size, COUNT);
  const reader = createDiskReader(folder);
  for (const [path, id] of ids) assert.is(id, readId(reader.read(path)), path);
  assert.is((await cleanIds('/', GIT_ENV)).size, 0, 'no repository');
});

test('many clean files with new stamps are confirmed without being read; a dirty one is read', async () => {
  const repository = workRepository('clean-recall');
  repository.commit('all', FILES);
  const folder = join(repository.dir, 'soa');
  const reader = createDiskReader(folder);
  const before = await entryFor(reader);
  writeFileSync(join(folder, 's7/service.yaml'), 'description: number X\n');
  const read: string[] = [];
  const counting: TreeReader = {
    ...reader,
    read: (path) => {
      read.push(path);
      return reader.read(path);
    },
  };
  const recall = async (entry: KeptEntry): Promise<unknown> => {
    const cache = new CompileCache({
      ...{ soa: counting, stamps: createDiskStamps(folder), entries: new Map([[entry.unit, entry]]) },
      ...{
        program: 'p',
        isVerifying: false,
        changed: null,
        now: () => Date.now() + 60_000,
        cleanIds: () => cleanIds(folder, GIT_ENV),
      },
    });
    await cache.open('', () => null);
    return cache.recall(entry.unit)?.result ?? null;
  };
  assert.is(await recall(before), null);
  assert.equal(read, ['s7/service.yaml']);
  writeFileSync(join(folder, 's7/service.yaml'), 'description: number 7\n');
  read.length = 0;
  assert.equal(await recall(before), { made: true });
  assert.ok(read.length <= 1, `${read.length} files were read`);
  rmSync(join(folder, 's9'), { recursive: true });
  assert.is(await recall(before), null);
});

/** An entry that read every file, with stamps that are not today's. */
async function entryFor(reader: TreeReader): Promise<KeptEntry> {
  const keeper = new CompileCache({
    ...{ soa: reader, stamps: { stamp: () => null }, entries: new Map() },
    ...{ program: 'p', isVerifying: false, changed: null, now: Date.now, cleanIds: () => Promise.resolve(new Map()) },
  });
  const dependencies = Object.keys(FILES).map((name) => {
    const path = name.slice('soa/'.length);
    const result = reader.read(path);
    const stamp: Stamp = [result.kind === 'file' ? result.bytes.length : 0, 1, 1, 1];
    return { operation: 'read' as const, path, id: readId(result), stamp };
  });
  await keeper.open('', () => null);
  keeper.keep('web', { dependencies, result: { made: true }, summary: null, files: [] });
  return parseCache(Buffer.concat([...chunks(serialiseCache(keeper.entries()))])).get('web')!;
}

test.run();
