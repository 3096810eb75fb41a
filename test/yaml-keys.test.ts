import { test } from 'uvu';
import * as assert from 'uvu/assert';
import type { SourceDocument } from '../compiler/model/source-document.ts';
import { parseYaml } from '../compiler/load/yaml/index.ts';

const FILE = { root: 'soa', file: 'web/kubernetes-prod.yaml' } as const;

function documentOf(text: string): SourceDocument {
  const { document, diagnostics } = parseYaml(text, FILE);
  if (document === undefined) throw new Error(diagnostics.map((finding) => finding.message).join('; '));
  return document;
}

test('a key that is no string has its Python text and is remembered with its type', () => {
  const document = documentOf('yes: a\n10: b\n1.5: c\n~: d\n2024-01-02: e\ny: f\n"5": g\n');
  assert.equal(document.value, { 10: 'b', True: 'a', '1.5': 'c', None: 'd', '2024-01-02': 'e', y: 'f', 5: 'g' });
  const types = Object.fromEntries(document.nonStringKeys().map(({ path, type }) => [path.join('/'), type]));
  assert.equal(types, { True: 'bool', '1.5': 'float', 10: 'int', None: 'null', '2024-01-02': 'date' });
});

test('1.0 equals true to Python, which keeps the first of equal keys and the last value', () => {
  const document = documentOf('yes: a\n1.0: c\n1: d\n0: e\nno: f\n');
  assert.equal(document.value, { True: 'd', 0: 'f' });
});

test('keys that are no strings are found in every place where their mapping is used', () => {
  const document = documentOf('t: &t {1: x}\nmain: {<<: *t, a: b}\nlist: [*t]\n');
  assert.equal(
    document.nonStringKeys().map(({ path }) => path.join('/')),
    ['t/1', 'main/1', 'list/0/1'],
  );
});

test('a file without such keys has none', () => {
  assert.equal(documentOf('a: {b: [1, {c: d}]}').nonStringKeys(), []);
});

test('an alias to a scalar can be a key', () => {
  const document = documentOf('name: &n main\n*n : 1\n');
  assert.equal(document.value, { name: 'main', main: 1 });
});

test('keys that differ in type alone cannot stand in one mapping', () => {
  const { document, diagnostics } = parseYaml('main:\n  1: a\n  "1": b\n', FILE);
  assert.is(document, undefined);
  assert.equal(
    diagnostics.map(({ code, line, column }) => ({ code, line, column })),
    [{ code: 'yaml-key-collision', line: 3, column: 3 }],
  );
});

for (const text of ['? [a]\n: b\n', '{a: 1}: b', '[a]: b', 'x: &x [1]\n*x : 1\n']) {
  test(`a collection as a key is an error: ${text.replaceAll('\n', ' ')}`, () => {
    const { document, diagnostics } = parseYaml(text, FILE);
    assert.is(document, undefined);
    assert.equal(
      diagnostics.map(({ code }) => code),
      ['yaml-complex-key'],
    );
  });
}

test('the last of duplicate keys counts, and a policy finding names the first', () => {
  const { document, diagnostics } = parseYaml('main:\n  cpus: 1\n  mem: 2\n  cpus: 3\n', FILE);
  assert.equal(document?.value, { main: { cpus: 3, mem: 2 } });
  assert.equal(diagnostics, [
    {
      severity: 'warning',
      policy: true,
      code: 'duplicate-key',
      message: 'this key is set twice in one mapping: the last value counts',
      ...FILE,
      line: 4,
      column: 3,
      endLine: 4,
      endColumn: 7,
      path: ['main', 'cpus'],
      hint: 'remove one of the two',
      related: [{ ...FILE, line: 2, column: 3, message: 'first one' }],
    },
  ]);
});

test('a key beside a merged one of the same name is no duplicate', () => {
  assert.equal(parseYaml('t: &t {a: 1}\nm: {<<: *t, a: 2}\n', FILE).diagnostics, []);
});

test('a file full of duplicates does not fill the report', () => {
  const { document, diagnostics } = parseYaml('a: 1\n'.repeat(5000), FILE);
  assert.equal(document?.value, { a: 1 });
  assert.is(diagnostics.length, 100);
});

test('an error is reported even behind a hundred warnings', () => {
  const { document, diagnostics } = parseYaml(`${'a: 1\n'.repeat(500)}b: =\n`, FILE);
  assert.is(document, undefined);
  assert.is(diagnostics.at(-1)?.code, 'yaml-bad-scalar');
});

test('JavaScript puts keys that look like integers first, in ascending order', () => {
  assert.equal(Object.keys(documentOf('b: 1\n"10": 2\n"2": 3\n').value as object), ['2', '10', 'b']);
});

test.run();
