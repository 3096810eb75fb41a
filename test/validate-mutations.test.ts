/** Mistakes as people make them, at random places of the golden company: how many are reported where they were made. */
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import type { CompileScope } from '../compiler/compile.ts';
import type { Diagnostic } from '../compiler/diagnostics/diagnostic.ts';
import { createDiskReader } from '../compiler/load/disk-reader.ts';
import { GOLDEN, goldenReader } from './support/golden-tree.ts';
import { MUTATION_KINDS, mutationsOf, rewritten, type Mutation, type Random } from './support/mutations.ts';
import { findingLine, validateTree } from './support/validate.ts';

const COUNT = 500;

/** What may be missed, by kind and path, with the reason. */
const MISSES: Readonly<Record<string, string>> = {
  '^broken reference: .*[.]pool$': 'the company lists no allowed_pools, so that any pool may exist',
};

const SOA = join(GOLDEN, 'soa-configs');
const system = createDiskReader(join(GOLDEN, 'etc-paasta'));
const serviceOf = (file: string): string => file.split('/', 1)[0]!;

const texts: Readonly<Record<string, string>> = Object.fromEntries(
  (readdirSync(SOA, { recursive: true }) as string[])
    .filter((path) => path.endsWith('.yaml') && path.includes('/'))
    .sort()
    .map((path) => [path, rewritten(readFileSync(join(SOA, path), 'utf8'))]),
);

/** Numbers that look random and are the same in every run. */
function randomFrom(seed: number): Random {
  let state = seed;
  return () => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return state / 2 ** 32;
  };
}

function shuffled<T>(items: readonly T[], random: Random): readonly T[] {
  return items
    .map((item) => ({ item, at: random() }))
    .sort((a, b) => a.at - b.at)
    .map(({ item }) => item);
}

const portsIn = (text: string): readonly number[] =>
  [...text.matchAll(/proxy_port: (\d+)/g)].map(([, port]) => Number(port));

/** Every mutation of every file. */
function allMutations(): readonly Mutation[] {
  return Object.entries(texts).flatMap(([file, text]) => {
    const others = Object.entries(texts).filter(([other]) => serviceOf(other) !== serviceOf(file));
    return mutationsOf(
      file,
      text,
      others.flatMap(([, each]) => portsIn(each)),
    );
  });
}

/** As many of each kind as there are, up to an equal share of what is left. */
function chosen(random: Random): readonly Mutation[] {
  const all = shuffled(allMutations(), random);
  const byKind = MUTATION_KINDS.map((kind) => all.filter((each) => each.kind === kind)).sort(
    (a, b) => a.length - b.length,
  );
  const taken: Mutation[] = [];
  for (const [index, list] of byKind.entries()) {
    taken.push(...list.slice(0, Math.ceil((COUNT - taken.length) / (byKind.length - index))));
  }
  return taken;
}

/** Mutations in rounds with at most one of a file; a port that stands twice has a round of its own, since it is about two files. */
function rounds(mutations: readonly Mutation[]): readonly (readonly Mutation[])[] {
  const found: Mutation[][] = [];
  const next = new Map<string, number>();
  for (const mutation of mutations.filter(({ kind }) => kind !== 'duplicate port')) {
    const round = next.get(mutation.file) ?? 0;
    next.set(mutation.file, round + 1);
    (found[round] ??= []).push(mutation);
  }
  return [...found, ...mutations.filter(({ kind }) => kind === 'duplicate port').map((mutation) => [mutation])];
}

const check = (changes: Readonly<Record<string, string>>, scope: CompileScope = {}): Promise<readonly Diagnostic[]> =>
  validateTree(goldenReader('soa-configs', { ...texts, ...changes }), system, { scope });
/** Findings across services need a whole run. */
const scopeOf = (round: readonly Mutation[]): CompileScope =>
  round.some(({ kind }) => kind === 'duplicate port')
    ? {}
    : { services: [...new Set(round.map(({ file }) => serviceOf(file)))] };
const identity = ({ file, code, message, path }: Diagnostic): string => JSON.stringify([file, code, message, path]);

test('the company, written anew, has no error', async () => {
  const errors = (await check({})).filter(({ severity }) => severity === 'error');
  assert.equal(errors.map(findingLine), []);
});

test(`of ${COUNT} mistakes, at least 95 % are reported at their place`, async () => {
  const random = randomFrom(4);
  const known = new Set((await check({})).map(identity));
  const mutations = chosen(random);
  assert.is(mutations.length, COUNT);
  const missed: string[] = [];
  for (const round of rounds(mutations)) {
    const spoilt = round.map((each) => ({ each, ...each.apply(random) }));
    const found = await check(Object.fromEntries(spoilt.map(({ each, text }) => [each.file, text])), scopeOf(round));
    const fresh = found.filter((finding) => finding.severity !== 'info' && !known.has(identity(finding)));
    for (const { each, lines } of spoilt) {
      const isReported = fresh.some(({ file, line }) => file === each.file && lines.has(line ?? 1));
      if (!isReported) missed.push(`${each.kind}: ${each.file} ${each.path.join('.')}`);
    }
  }
  assert.ok(missed.length <= COUNT * 0.05, missed.join('\n'));
  assert.equal(
    missed.filter((miss) => !Object.keys(MISSES).some((kind) => new RegExp(kind).test(miss))),
    [],
  );
});

test.run();
