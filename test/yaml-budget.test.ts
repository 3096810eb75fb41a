import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { parseJson, parseYaml } from '../compiler/load/yaml/index.ts';

const FILE = { root: 'soa', file: 'web/kubernetes-prod.yaml' } as const;

function codes(text: string, budget = {}): string[] {
  const { document, diagnostics } = parseYaml(text, { ...FILE, budget });
  assert.is(document === undefined, diagnostics.length > 0);
  return diagnostics.map(({ code, line, column }) => `${code} ${line}:${column}`);
}

/** `levels` anchors, each a list of ten aliases of the one before. */
function laughs(levels: number): string {
  const lines = ['a0: &a0 [x, x, x, x, x, x, x, x, x, x]'];
  for (let level = 1; level < levels; level++) {
    lines.push(
      `a${level}: &a${level} [${Array<string>(10)
        .fill(`*a${level - 1}`)
        .join(', ')}]`,
    );
  }
  return lines.join('\n');
}

test('every alias counts what stands behind it', () => {
  assert.equal(codes(laughs(5)), []);
  assert.equal(codes(laughs(6)), ['yaml-budget 6:45']);
  assert.equal(codes(laughs(500)), ['yaml-budget 6:45']);
});

test('merged templates count as well', () => {
  const lines = ['a0: &a0 {k0: 1}'];
  for (let level = 1; level < 60; level++) {
    lines.push(`a${level}: &a${level} {<<: [*a${level - 1}, *a${level - 1}], k${level}: 1}`);
  }
  const { document, diagnostics } = parseYaml(lines.join('\n'), FILE);
  assert.is(document, undefined);
  assert.is(diagnostics[0]?.code, 'yaml-budget');
});

test('the nodes of the text are counted exactly', () => {
  assert.equal(codes('a: [1, 2]\n', { nodes: 5 }), []);
  assert.equal(codes('a: [1, 2]\n', { nodes: 4 }), ['yaml-budget 1:8']);
  assert.equal(codes('a: &a [1, 2]\nb: *a\n', { nodes: 9 }), []);
  assert.equal(codes('a: &a [1, 2]\nb: *a\n', { nodes: 8 }), ['yaml-budget 2:4']);
});

test('a hundred levels are allowed, in brackets and by indentation, behind aliases too', () => {
  assert.equal(codes(`${'['.repeat(100)}${']'.repeat(100)}`), []);
  assert.equal(codes(`${'['.repeat(101)}${']'.repeat(101)}`), ['yaml-budget 1:101']);
  const indented = (levels: number) =>
    Array.from({ length: levels }, (_, level) => `${' '.repeat(level)}a:`).join('\n');
  assert.equal(codes(indented(100)), []);
  assert.equal(codes(indented(101)), ['yaml-budget 101:101']);
  assert.equal(codes('- '.repeat(101)), ['yaml-budget 1:201']);
  assert.equal(codes('a: &a [[1]]\nb: [*a]\n', { depth: 4 }), []);
  assert.equal(codes('a: &a [[1]]\nb: [*a]\n', { depth: 3 }), ['yaml-budget 2:5']);
});

test('a file above the size is not even decoded', () => {
  assert.equal(codes('# comment\n', { bytes: 9 }), ['yaml-budget 1:1']);
  assert.equal(codes('é', { bytes: 1 }), ['yaml-budget 1:1']);
  assert.equal(codes('é', { bytes: 2 }), []);
});

test('a hundred thousand open brackets neither exhaust the stack nor take long', () => {
  for (const open of ['[', '{', '- ', '? ', '{"a":', '[[', '"', "'", '&a ', '!a ', '*a ', ': ', '|\n']) {
    for (const parse of [parseYaml, parseJson]) {
      const { diagnostics } = parse(open.repeat(100_001), FILE);
      assert.ok(diagnostics.length > 0, open);
    }
  }
});

/** Files of megabytes whose careless reading would take square time, or more. */
const LARGE: readonly (readonly [name: string, text: string])[] = [
  ['equal keys', 'a: 1\n'.repeat(200_000)],
  ['integer keys', Array.from({ length: 100_000 }, (_, key) => `${key}: 1`).join('\n')],
  ['anchors', Array.from({ length: 100_000 }, (_, name) => `- &a${name} 1`).join('\n')],
  ['a long literal', `a: |\n${'  b\n'.repeat(500_000)}`],
  ['a long plain text', `a:\n${'  b\n'.repeat(500_000)}`],
  ['a long quoted text', `"${'b\n'.repeat(500_000)}"`],
  ['an unclosed quote', `"${'b\n'.repeat(500_000)}`],
  ['escapes', `"${'\\n'.repeat(500_000)}"`],
  ['a long number', '1'.repeat(1_000_000)],
  ['a long sexagesimal number', `1${':1'.repeat(500_000)}`],
  ['a long float', `1.${'1'.repeat(1_000_000)}`],
  ['a long tag', `!${'a'.repeat(1_000_000)} x`],
  ['a long directive', `%TAG ! ${'a'.repeat(1_000_000)}\n--- x`],
  ['documents', '---\n'.repeat(200_000)],
  ['comments', '# c\n'.repeat(500_000)],
  ['refused values', '- =\n'.repeat(100_000)],
  ['single pairs', `[${'a: b, '.repeat(100_000)}]`],
];

test('large files of every kind are read or refused in linear time, with short reports', () => {
  for (const [name, text] of LARGE) {
    const start = process.cpuUsage();
    const { diagnostics } = parseYaml(text, FILE);
    const { user, system } = process.cpuUsage(start);
    assert.ok(user + system < 20_000_000, `${name} took ${user + system} microseconds`);
    assert.ok(JSON.stringify(diagnostics).length < 100_000, name);
  }
});

test.run();
