/** No pattern of a schema backtracks: hostile text of any length is matched in linear time. */
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { everySchema } from '../schemas/map-schema.ts';
import { readSchemas } from '../schemas/schema-files.ts';

const LENGTH = 100_000;
/** What a match may cost, in units of one plain pass over the same text. A quadratic pattern needs about LENGTH of them. */
const ALLOWED_PASSES = 1000;
/** Beginnings that patterns here may ask for, and units that their loops may take, each ended by a character none takes. */
const HEADS = ['', '/', 'arn:aws:iam::1:role/', 'sha256:', 'a/', '_', '0'];
const UNITS = ['a', 'A', '0', '1', '7', '_', '-', '.', '/', 'a-', 'a_', 'a.', 'a/', '1s', '10m', '0a', '1.', ':', '1:'];
const TAILS = ['!', '\n', '-'];

const patterns = [
  ...new Set(
    [...readSchemas().values()].flatMap((top) =>
      [...everySchema(top)].flatMap(([, schema]) => [
        ...(schema.pattern === undefined ? [] : [schema.pattern]),
        ...Object.keys(schema.patternProperties ?? {}),
      ]),
    ),
  ),
];

function hostileTexts(length: number): readonly string[] {
  return HEADS.flatMap((head) =>
    UNITS.flatMap((unit) =>
      TAILS.map((tail) => head + unit.repeat(Math.floor((length - head.length) / unit.length)) + tail),
    ),
  );
}

function nanoseconds(run: () => unknown): number {
  const start = process.hrtime.bigint();
  run();
  return Number(process.hrtime.bigint() - start);
}

/** Cost of a match in plain passes over the text, the best of a few tries, so that a busy machine does not count. */
function passes(pattern: RegExp, text: string): number {
  let best = Infinity;
  for (let tries = 0; tries < 5 && best > ALLOWED_PASSES; tries++) {
    const pass = nanoseconds(() => countCharacter(text, 33));
    best = Math.min(best, nanoseconds(() => pattern.test(text)) / pass);
  }
  return best;
}

function countCharacter(text: string, code: number): number {
  let found = 0;
  for (let i = 0; i < text.length; i++) if (text.charCodeAt(i) === code) found++;
  return found;
}

test('there are patterns, all anchored at the start', () => {
  assert.ok(patterns.length > 15);
  assert.equal(
    patterns.filter((pattern) => !pattern.startsWith('^')),
    [],
  );
});

test('every pattern takes hostile text of 100 kB in linear time', () => {
  const texts = hostileTexts(LENGTH);
  for (const text of texts.slice(0, 5)) countCharacter(text, 33);
  for (const pattern of patterns) {
    const compiled = new RegExp(pattern, 'u');
    for (const text of texts) {
      const cost = passes(compiled, text);
      assert.ok(cost <= ALLOWED_PASSES, `${pattern} on ${text.slice(0, 30)}…: ${Math.round(cost)} passes`);
    }
  }
});

test('the measure notices a quadratic pattern', () => {
  assert.ok(passes(/^[a-zA-Z_]+[a-zA-Z0-9_]*$/u, `${'a'.repeat(LENGTH / 4)}!`) > ALLOWED_PASSES);
});

test('the rewritten patterns take what PaaSTA’s take', () => {
  const alphabet = ['a', '0', '_', '-', '.', '/', 'A'];
  for (const [ours, theirs] of REWRITTEN) {
    for (const text of textsUpTo(5, alphabet)) {
      if (text !== '') assert.is(new RegExp(ours, 'u').test(text), theirs.test(text), `${ours} on ${text}`);
    }
  }
});

/** PaaSTA’s spellings, which backtrack. The empty instance name, which they take, makes no legal object name. */
const REWRITTEN: readonly (readonly [string, RegExp])[] = [
  ['^[a-z0-9](?:[a-z0-9_-]*[a-z0-9])?$', /^([a-z0-9]|[a-z0-9][a-z0-9_-]*[a-z0-9])*$/],
  ['^[a-zA-Z_][a-zA-Z0-9_]*$', /^[a-zA-Z_]+[a-zA-Z0-9_]*$/],
  ['^[a-zA-Z0-9][a-zA-Z0-9_./-]*[a-zA-Z0-9]$', /^[a-zA-Z0-9]+[a-zA-Z0-9-_./]*[a-zA-Z0-9]+$/],
];

function textsUpTo(length: number, alphabet: readonly string[]): readonly string[] {
  if (length === 0) return [''];
  const shorter = textsUpTo(length - 1, alphabet);
  const longest = shorter.filter((text) => text.length === length - 1);
  return [...shorter, ...longest.flatMap((text) => alphabet.map((character) => text + character))];
}

test('every rewritten pattern is in use', () => {
  for (const [ours] of REWRITTEN.slice(1)) assert.ok(patterns.includes(ours), ours);
  assert.ok(patterns.includes(`^(?:_|${REWRITTEN[0]![0].slice(1)})`));
});

test.run();
