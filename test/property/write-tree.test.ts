import { test } from 'uvu';
import * as assert from 'uvu/assert';
import fs, { closeSync, rmSync } from 'node:fs';
import { syncBuiltinESMExports } from 'node:module';
import { join } from 'node:path';
import fc from 'fast-check';
import { parseIndex, serialiseIndex } from '../../compiler/write/tree-index.ts';
import { FileStore } from '../../compiler/write/file-store.ts';
import { StoreProblem } from '../../compiler/write/store-problem.ts';
import { guardRemovals, ownerKey, planRemovals } from '../../compiler/write/plan-removals.ts';
import { type Fleet, put, readTree, stamps, temporaryFolder, writeFleet } from '../support/output-tree.ts';

const name = fc.constantFrom('a', 'b', 'web', '_x', '10', '9');
const instance = fc.record({ text: fc.constantFrom('1', '2', '3') }, { requiredKeys: ['text'] });
const moved = fc.record({ text: fc.constantFrom('1', '2'), namespace: fc.constantFrom('shared', 'ns-a', 'ns-web') });
const service = fc.dictionary(name, fc.oneof(instance, moved), { maxKeys: 3, noNullPrototype: true });
const cluster = fc.dictionary(name, service, { maxKeys: 4, noNullPrototype: true });
const fleet: fc.Arbitrary<Fleet> = fc.record({ prod: cluster, stage: cluster });
const byHand = fc.dictionary(
  fc.constantFrom(
    ...['clusters/prod/ns-a/extra.yaml', 'clusters/prod/shared/extra.yml', 'clusters/prod/by-hand/thing.yaml'],
    ...['clusters/stage/notes.md', 'README.md', 'clusters/prod/root.yaml'],
  ),
  fc.constant('by: hand\n'),
  { noNullPrototype: true },
);

const workshop = temporaryFolder();
test.after(() => {
  rmSync(workshop, { recursive: true, force: true });
});
function emptyFolder(label: string): string {
  const folder = join(workshop, label);
  rmSync(folder, { recursive: true, force: true });
  return folder;
}

test('after any sequence of changes the tree is that of a fresh run, with the hand-written files', () => {
  fc.assert(
    fc.property(byHand, fc.array(fleet, { minLength: 1, maxLength: 5 }), (handWritten, fleets) => {
      const grown = emptyFolder('grown');
      const fresh = emptyFolder('fresh');
      for (const out of [grown, fresh]) for (const [path, text] of Object.entries(handWritten)) put(out, path, text);
      for (const each of fleets) writeFleet(grown, each, { forcePrune: true });
      writeFleet(fresh, fleets.at(-1)!);
      assert.equal(readTree(grown), readTree(fresh));
    }),
    { seed: 40, numRuns: 60 },
  );
});

test('a run over its own result changes nothing', () => {
  fc.assert(
    fc.property(byHand, fleet, fleet, (handWritten, first, second) => {
      const out = emptyFolder('twice');
      for (const [path, text] of Object.entries(handWritten)) put(out, path, text);
      writeFleet(out, first);
      writeFleet(out, second, { forcePrune: true });
      const before = stamps(out);
      const { written, removed, bookkeeping } = writeFleet(out, second);
      assert.equal([written, removed, bookkeeping], [[], [], []]);
      assert.equal(stamps(out), before);
    }),
    { seed: 41, numRuns: 40 },
  );
});

test('instances that soa-configs still name keep their files, rendered or not', () => {
  fc.assert(
    fc.property(fleet, fleet, fc.array(fc.tuple(name, name), { maxLength: 4 }), (first, second, pairs) => {
      const out = emptyFolder('kept');
      writeFleet(out, first);
      const before = readTree(out);
      const unrendered = pairs.map(([s, i]) => `${s}.${i}`);
      writeFleet(out, second, { unrendered, forcePrune: true, keep: (file) => file.service === null });
      const after = readTree(out);
      for (const [cluster, services] of Object.entries(first)) {
        for (const job of unrendered) {
          const [s, i] = job.split('.') as [string, string];
          const earlier = services[s]?.[i];
          if (earlier === undefined || second[cluster]?.[s]?.[i] === undefined) continue;
          const path = `clusters/${cluster}/${earlier.namespace ?? `ns-${s}`}/${s}-${i}.yaml`;
          assert.is(after[path], before[path]);
        }
      }
    }),
    { seed: 42, numRuns: 60 },
  );
});

const entry = fc.record({
  sha256: fc.constant('0'.repeat(64)),
  service: fc.option(name),
  instance: fc.option(name),
});
const indexed = fc
  .array(fc.tuple(fc.nat(30), entry), { maxLength: 20 })
  .map(
    (rows) =>
      new Map(rows.map(([n, e]) => [`clusters/prod/ns/${n}.yaml`, { ...e, instance: e.service && e.instance }])),
  );

test('an index reads back as written, whatever the order it was filled in', () => {
  fc.assert(
    fc.property(indexed, (files) => {
      const text = serialiseIndex(files);
      const parsed = parseIndex(text);
      assert.ok(parsed.kind === 'files');
      assert.equal(new Map([...parsed.files].sort()), new Map([...files].sort()));
      assert.is(serialiseIndex(new Map([...files].reverse())), text);
    }),
    { seed: 43, numRuns: 300 },
  );
});

test('nothing that is rendered, kept or known is planned to be removed, and the guard counts what is left', () => {
  const input = fc.record({
    earlier: indexed,
    rendered: fc.array(fc.nat(30)),
    known: fc.dictionary(name, fc.option(fc.array(name))),
    hasAggregates: fc.boolean(),
    kept: fc.array(fc.nat(30)),
    owners: fc.array(fc.tuple(name, name), { maxLength: 2 }),
  });
  fc.assert(
    fc.property(input, ({ earlier, rendered, known, hasAggregates, kept, owners }) => {
      const paths = (numbers: readonly number[]): Set<string> =>
        new Set(numbers.map((n) => `clusters/prod/ns/${n}.yaml`));
      const isKnown = new Map(Object.entries(known));
      const plan = planRemovals({
        ...{ cluster: 'prod', earlier, rendered: paths(rendered), known: isKnown, hasAggregates, scope: null },
        renderedOwners: new Set(owners.map(([s, i]) => ownerKey(s, i))),
        keep: ({ path }) => paths(kept).has(path),
      });
      const removed = [...plan.replaced, ...plan.gone];
      for (const { path } of removed) assert.not.ok(paths(rendered).has(path) || paths(kept).has(path));
      for (const { service: s, instance: i } of plan.gone) {
        if (s === null) assert.ok(hasAggregates);
        else if (i !== null) assert.not.ok(known[s] === null || known[s]?.some((each) => each === i));
      }
      const jobs = (list: Iterable<{ service: string | null; instance: string | null }>): Set<string> =>
        new Set([...list].flatMap(({ service: s, instance: i }) => (s === null || i === null ? [] : [`${s}.${i}`])));
      const gone = new Set(plan.gone.map(({ path }) => path));
      const all = jobs(earlier.values());
      const left = jobs([...earlier].filter(([path]) => !gone.has(path)).map(([, e]) => e));
      assert.is(guardRemovals(earlier, plan, false) !== undefined, left.size * 2 < all.size);
    }),
    { seed: 44, numRuns: 500 },
  );
});

const folder = fc.constantFrom('a', 'a/b', 'a/c', 'd');
const file = fc.tuple(folder, fc.constantFrom('b.yaml', 'x.yaml')).map((parts) => parts.join('/'));
const change = fc.oneof(
  fc.record({ act: fc.constant('replace' as const), path: file }),
  fc.record({ act: fc.constant('append' as const), path: file }),
  fc.record({ act: fc.constant('remove' as const), path: file }),
  fc.record({ act: fc.constant('tidy' as const), path: folder }),
  fc.record({ act: fc.constant('removeEmptyFolders' as const), path: folder }),
);

function play(store: FileStore, { act, path }: { readonly act: string; readonly path: string }): void {
  try {
    if (act === 'replace') store.replace(path, Buffer.from('text'));
    else if (act === 'append') closeSync(store.openToAppend(path));
    else if (act === 'remove') store.remove(path);
    else if (act === 'tidy') store.tidy(path);
    else store.removeEmptyFolders(path);
  } catch (error) {
    if (!(error instanceof StoreProblem)) throw error;
  }
}

/** What a store says of the tree, its refusals included. */
function seenBy(store: FileStore): readonly unknown[] {
  const paths = ['a', 'a/b', 'a/c', 'd', 'a/x.yaml', 'a/b/x.yaml', 'a/b/b.yaml', 'a/c/x.yaml', 'd/b.yaml'];
  const attempt = (act: () => unknown): unknown => {
    try {
      return act();
    } catch (error) {
      if (!(error instanceof StoreProblem)) throw error;
      return error.message;
    }
  };
  return paths.flatMap((path) => [
    [path, attempt(() => store.exists(path)), attempt(() => store.inspect(path, Buffer.from('text'), false))],
    attempt(() => store.list(path).map((entry) => [entry.name, entry.isFile(), entry.isDirectory()])),
  ]);
}

test('a store knows of the folders that it made what a look at them tells', () => {
  fc.assert(
    fc.property(fc.array(file, { maxLength: 3 }), fc.array(change, { maxLength: 12 }), (before, changes) => {
      const out = emptyFolder('known');
      const earlier = new FileStore(out);
      for (const path of before) play(earlier, { act: 'replace', path });
      const store = new FileStore(out);
      for (const each of changes) play(store, each);
      assert.equal(seenBy(store), seenBy(new FileStore(out)));
    }),
    { seed: 44, numRuns: 300 },
  );
});

test('a run into an empty folder looks at no path below the folders that it makes', () => {
  const out = emptyFolder('looks');
  const looked: string[] = [];
  const { lstatSync, readdirSync } = fs;
  const noting = <T extends (path: string, options: object) => unknown>(look: T): T =>
    ((path, options) => {
      looked.push(path.slice(out.length + 1));
      return look(path, options);
    }) as T;
  Object.assign(fs, { lstatSync: noting(lstatSync as never), readdirSync: noting(readdirSync as never) });
  syncBuiltinESMExports();
  try {
    writeFleet(out, { prod: { web: { main: { text: '1' } }, api: { main: { text: '2' } } } });
  } finally {
    Object.assign(fs, { lstatSync, readdirSync });
    syncBuiltinESMExports();
  }
  assert.equal(
    looked.filter((path) => path.includes('/')),
    [],
  );
});

test('a store encodes texts of any length one after the other as a buffer of their own would be', () => {
  const store = new FileStore('');
  const part = fc.oneof(
    fc.string({ unit: 'binary' }),
    fc.constantFrom('\ud800', '\udc00x', 'é', '€'.repeat(9000), 'a'.repeat(70_000)),
  );
  fc.assert(
    fc.property(part, part, (a, b) => {
      for (const text of [a, b, a + b]) assert.is(store.encode(text).compare(Buffer.from(text)), 0);
    }),
    { seed: 45, numRuns: 300 },
  );
});

test.run();
