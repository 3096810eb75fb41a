import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { parseYaml } from '../compiler/load/yaml/index.ts';

const FILE = { root: 'soa', file: 'web/kubernetes-prod.yaml' } as const;

/** Entries of the mapping under `z`, in order. */
function merged(text: string): [string, unknown][] {
  const { document, diagnostics } = parseYaml(text, FILE);
  assert.equal(diagnostics, []);
  return Object.entries((document?.value as { z: Record<string, unknown> }).z);
}

function findingsOf(text: string) {
  return parseYaml(text, FILE).diagnostics.map(({ code, line, column, path }) => ({ code, line, column, path }));
}

const TEMPLATES = 'x: &x {a: 1, b: 2}\ny: &y {b: 5, c: 3}\n';

test('merged keys come before the own ones wherever << stands', () => {
  const expected = [
    ['a', 1],
    ['b', 2],
    ['d', 4],
  ];
  assert.equal(merged(`${TEMPLATES}z:\n  <<: *x\n  d: 4\n`), expected);
  assert.equal(merged(`${TEMPLATES}z:\n  d: 4\n  <<: *x\n`), expected);
});

test('an own key wins, and stands where the template has it', () => {
  assert.equal(merged(`${TEMPLATES}z:\n  d: 4\n  b: 9\n  <<: *x\n`), [
    ['a', 1],
    ['b', 9],
    ['d', 4],
  ]);
});

test('of a list the first source wins, and the last one stands first', () => {
  assert.equal(merged(`${TEMPLATES}z:\n  <<: [*x, *y]\n`), [
    ['b', 2],
    ['c', 3],
    ['a', 1],
  ]);
});

test('a template may merge another one', () => {
  assert.equal(merged('x: &x {a: 1}\ny: &y {b: 2, <<: *x}\nz: {c: 3, <<: *y}\n'), [
    ['a', 1],
    ['b', 2],
    ['c', 3],
  ]);
});

test('merging is shallow: an own mapping replaces the whole one of the template', () => {
  assert.equal(merged('x: &x {env: {A: 1, B: 2}}\nz:\n  <<: *x\n  env: {C: 3}\n'), [['env', { C: 3 }]]);
});

test('an inline mapping, an empty one and an empty list can be merged', () => {
  assert.equal(merged('z: {<<: {a: 1}, b: 2}'), [
    ['a', 1],
    ['b', 2],
  ]);
  assert.equal(merged('z: {<<: {}, b: 2}'), [['b', 2]]);
  assert.equal(merged('z: {<<: [], b: 2}'), [['b', 2]]);
});

test('the template itself is not changed by its users', () => {
  const { document } = parseYaml('x: &x {a: 1}\nz: {<<: *x, a: 2, b: 3}\n', FILE);
  assert.equal(document?.value, { x: { a: 1 }, z: { a: 2, b: 3 } });
});

test('a quoted or tagged << is a key like any other', () => {
  assert.equal(merged('z: {"<<": {a: 1}}'), [['<<', { a: 1 }]]);
  assert.equal(merged('z: {!!str <<: {a: 1}}'), [['<<', { a: 1 }]]);
});

test('two << in one mapping are an error that names the first', () => {
  const text = `${TEMPLATES}z:\n  <<: *x\n  d: 4\n  <<: *y\n`;
  const { document, diagnostics } = parseYaml(text, FILE);
  assert.is(document, undefined);
  assert.is(diagnostics.length, 1);
  const [{ code, line, column, related, hint }] = diagnostics as [(typeof diagnostics)[number]];
  assert.equal({ code, line, column }, { code: 'yaml-two-merges', line: 6, column: 3 });
  assert.match(hint!, '<<: [*one, *two]');
  assert.equal(related, [{ ...FILE, line: 4, column: 3, message: 'first <<' }]);
});

for (const source of ['1', 'null', '', '[1]', '[{a: 1}, x]', '"text"']) {
  test(`<< of ${source === '' ? 'nothing' : source} is an error at its place`, () => {
    assert.equal(findingsOf(`main:\n  <<: ${source}\n`), [
      { code: 'yaml-bad-merge', line: 2, column: 3, path: ['main', '<<'] },
    ]);
  });
}

test('an unknown template is one error, not two', () => {
  assert.equal(findingsOf('main:\n  <<: *nowhere\n'), [
    { code: 'yaml-unknown-alias', line: 2, column: 7, path: ['main', '<<'] },
  ]);
});

test('an alias to what encloses it is an error', () => {
  assert.equal(findingsOf('a: &a\n  b: *a\n'), [
    { code: 'yaml-recursive-alias', line: 2, column: 6, path: ['a', 'b'] },
  ]);
});

test('an anchor that is set twice is an error that names the first', () => {
  const { diagnostics } = parseYaml('a: &t 1\nb: &t 2\n', FILE);
  assert.equal(
    diagnostics.map(({ code, line, column, related }) => ({ code, line, column, related })),
    [
      {
        code: 'yaml-duplicate-anchor',
        line: 2,
        column: 4,
        related: [{ ...FILE, line: 1, column: 4, message: 'first one' }],
      },
    ],
  );
});

test.run();
