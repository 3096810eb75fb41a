/** When a stamp is believed: only if a later change must show in it. */
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { chunks } from '../cli/kept-file.ts';
import { type CacheEntry, CompileCache, parseCache, serialiseCache, settled } from '../compiler/cache/index.ts';
import type { Stamp, TreeReader } from '../compiler/model/tree-reader.ts';

const CHANGED = 1_700_000_000_000.25;
const STAMP: Stamp = [7, CHANGED, CHANGED, 42];

/** A tree of one file whose stamp never changes, as when two changes fall into one tick of the file system's clock. */
function frozenTree(): { readonly reader: TreeReader; text: string; reads: number } {
  const tree = {
    text: 'mem: 1\n',
    reads: 0,
    reader: {
      read: () => {
        tree.reads++;
        return { kind: 'file' as const, bytes: Buffer.from(tree.text) };
      },
      list: () => ({ kind: 'absent' as const }),
      exists: () => true,
    },
  };
  return tree;
}

/** Makes the result at a time, changes the file, and tells whether the result is recalled a minute later. */
async function isRecalled(
  madeAt: number,
  change: string,
): Promise<{ readonly recalled: boolean; readonly reads: number }> {
  const tree = frozenTree();
  const options = {
    ...{ soa: tree.reader, stamps: { stamp: () => STAMP }, program: 'p', isVerifying: false, changed: null },
    cleanIds: () => Promise.resolve(new Map<string, string>()),
  };
  const first = new CompileCache({ ...options, entries: new Map(), now: () => madeAt });
  await first.open('', () => null);
  const recording = first.record();
  recording.soa.read('web/service.yaml');
  first.keep('web', {
    dependencies: recording.dependencies(),
    result: {},
    summary: null,
    files: [{ ...FILE, stamp: STAMP }],
  });
  const entries = parseCache(Buffer.concat([...chunks(serialiseCache(first.entries()))]));
  assert.is(entries.get('web')!.files[0]!.stamp === null, madeAt < CHANGED + 20);
  tree.text = change;
  tree.reads = 0;
  const second = new CompileCache({ ...options, entries, now: () => madeAt + 60_000 });
  await second.open('', () => null);
  return { recalled: second.recall('web') !== null, reads: tree.reads };
}

const FILE = { path: 'clusters/prod/ns/web-main.yaml', cluster: 'prod', service: 'web', instance: 'main', sha256: 'a' };

test('a change in the tick in which a file was read is seen, since its stamp was not kept', async () => {
  assert.equal(await isRecalled(CHANGED + 3, 'mem: 2\n'), { recalled: false, reads: 1 });
  assert.equal(await isRecalled(CHANGED + 3, 'mem: 1\n'), { recalled: true, reads: 1 });
});

test('an older stamp is believed without reading the file', async () => {
  assert.equal(await isRecalled(CHANGED + 1000, 'mem: 1\n'), { recalled: true, reads: 0 });
});

test('a file system that keeps whole seconds needs two of them', () => {
  const coarse: Stamp = [1, 1_700_000_000_000, 1_700_000_000_000, 1];
  assert.is(settled(coarse, 1_700_000_001_900), null);
  assert.is(settled(coarse, 1_700_000_002_100), coarse);
  assert.is(settled(STAMP, CHANGED + 100), STAMP);
  assert.is(settled([1, CHANGED - 5000, CHANGED, 1], CHANGED + 3), null, 'the time of change counts too');
});

test('results are stored in their order, each when all of its stamps are believed, and are what would be kept at the end', async () => {
  const options = {
    ...{ soa: frozenTree().reader, stamps: { stamp: () => STAMP }, program: 'p', isVerifying: false, changed: null },
    cleanIds: () => Promise.resolve(new Map<string, string>()),
  };
  const keepAll = async (store?: (entry: CacheEntry) => void): Promise<readonly CacheEntry[]> => {
    let time = CHANGED;
    const cache = new CompileCache({ ...options, ...(store && { store }), entries: new Map(), now: () => time });
    await cache.open('', () => null);
    for (const unit of ['a', 'b', 'c', 'd']) {
      const stamp: Stamp = [1, time, time, 1];
      const dependencies = [{ operation: 'list', path: unit, id: 'x', stamp: null }] as const;
      cache.keep(unit, { dependencies, result: unit, summary: null, files: [{ ...FILE, path: unit, stamp }] });
      time += 15;
    }
    assert.equal(
      cache.foundation()!.unsettled.map(({ path }) => path),
      ['a', 'b', 'c', 'd'],
    );
    return cache.entries();
  };
  const stored: CacheEntry[] = [];
  const rest = await keepAll((entry) => stored.push(entry));
  const bytes = (entries: readonly CacheEntry[]): string => [...chunks(serialiseCache(entries))].join('');
  assert.equal(
    [stored, rest].map((entries) => entries.map(({ unit }) => unit)),
    [
      ['a', 'b'],
      ['c', 'd'],
    ],
  );
  assert.is(bytes([...stored, ...rest]), bytes(await keepAll()));
});

test.run();
