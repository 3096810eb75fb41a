/** After `kill -9` at any moment the next run gives the tree of an undisturbed one, and hand-written files are as they were. */
import { spawn, spawnSync } from 'node:child_process';
import { cpSync, mkdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { buildSync } from 'esbuild';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { type Fleet, put, readTree, temporaryFolder, writeFleet } from './support/output-tree.ts';

const one = (text: string, namespace?: string): Fleet[string][string] => ({
  main: { text, ...(namespace && { namespace }) },
});
const BEFORE: Fleet = {
  prod: { api: one('api'), moving: one('moving'), old: { ...one('old'), second: { text: 'old' } }, same: one('same') },
  stage: { same: one('same') },
};
/** Something new, changed, moved, removed and untouched; a cluster that is gone, and one that is new. */
const AFTER: Fleet = {
  prod: { api: one('api changed'), moving: one('moving', 'elsewhere'), fresh: one('fresh'), same: one('same') },
  third: { same: one('same') },
};
const LATER: Fleet = { prod: { same: one('same'), other: one('other') } };
const BY_HAND: Readonly<Record<string, string>> = {
  'README.md': 'about this repository\n',
  'clusters/prod/ns-same/extra.yaml': 'kind: NetworkPolicy\n',
  'clusters/prod/ns-old/extra.yaml': 'kind: NetworkPolicy\n',
  'clusters/prod/by-hand/thing.yaml': 'kind: Thing\n',
};

const workshop = temporaryFolder();
const program = join(workshop, 'write-child.mjs');
buildSync({
  entryPoints: [fileURLToPath(new URL('support/write-child.ts', import.meta.url))],
  outfile: program,
  ...{ bundle: true, platform: 'node', format: 'esm', logLevel: 'error' },
});
test.after(() => {
  rmSync(workshop, { recursive: true, force: true });
});

function freshTree(fleet: Fleet): Record<string, string | null> {
  const out = join(workshop, 'fresh');
  rmSync(out, { recursive: true, force: true });
  for (const [path, text] of Object.entries(BY_HAND)) put(out, path, text);
  writeFleet(out, fleet);
  return readTree(out);
}

const expected = new Map([BEFORE, AFTER, LATER].map((fleet) => [fleet, freshTree(fleet)]));
const start = join(workshop, 'start');
for (const [path, text] of Object.entries(BY_HAND)) put(start, path, text);
writeFleet(start, BEFORE);

function folderOfItsOwn(name: string): string {
  const out = join(workshop, name);
  rmSync(out, { recursive: true, force: true });
  mkdirSync(out);
  cpSync(start, out, { recursive: true, preserveTimestamps: true });
  return out;
}

/** What a kill may leave: whole files, old or new, and what the next run takes away. */
function assertNothingTorn(out: string): void {
  const whole = new Set([BEFORE, AFTER].flatMap((fleet) => Object.values(expected.get(fleet)!)));
  for (const [path, text] of Object.entries(readTree(out))) {
    const name = path.split('/').at(-1)!;
    const isWork = name.startsWith('.paasta-gitops-tmp-') || name.endsWith('.journal') || name === 'kustomization.yaml';
    assert.ok(text === null || isWork || whole.has(text), `${path} holds ${JSON.stringify(text)}`);
    assert.ok(name !== 'kustomization.yaml' || text!.endsWith('.yaml\n') || /- [\w-]+\n$/.test(text!), path);
  }
}

function assertRecovers(out: string, next: Fleet, what: string): void {
  const result = writeFleet(out, next, { forcePrune: true });
  assert.equal(
    result.diagnostics.filter(({ severity }) => severity === 'error'),
    [],
    what,
  );
  assert.equal(readTree(out), expected.get(next)!, what);
}

test('a kill before each single change of the disk, and in the middle of each write', () => {
  let changes = 0;
  for (let isOver = false; !isOver; changes++) {
    const out = folderOfItsOwn('killed');
    const child = spawnSync(process.execPath, [program, out, JSON.stringify([AFTER]), String(changes)]);
    isOver = child.signal === null;
    assert.is(child.stderr.toString(), '');
    assertNothingTorn(out);
    const copy = join(workshop, 'copy');
    rmSync(copy, { recursive: true, force: true });
    cpSync(out, copy, { recursive: true });
    assertRecovers(copy, AFTER, `killed before change ${changes}, then the same run`);
    assertRecovers(out, changes % 2 === 0 ? LATER : BEFORE, `killed before change ${changes}, then another run`);
  }
  assert.ok(changes > 60, `${changes} changes only`);
});

test('a kill at thirty random moments of an endless writer', async () => {
  const out = folderOfItsOwn('random');
  let seed = 1234567;
  const random = (below: number): number => {
    seed = (Math.imul(seed, 1103515245) + 12345) & 0x7fffffff;
    return seed % below;
  };
  for (let round = 0; round < 30; round++) {
    const child = spawn(process.execPath, [program, out, JSON.stringify([AFTER, BEFORE, LATER]), '-']);
    const ended = new Promise((resolve) =>
      child.once('exit', (_code, signal) => {
        resolve(signal);
      }),
    );
    child.stdout.once('data', () => setTimeout(() => child.kill('SIGKILL'), random(40)));
    assert.is(await ended, 'SIGKILL');
    const next = [BEFORE, AFTER, LATER][random(3)]!;
    if (round % 3 !== 2) assertRecovers(out, next, `round ${round}`);
  }
  assertRecovers(out, AFTER, 'at last');
});

test.run();
