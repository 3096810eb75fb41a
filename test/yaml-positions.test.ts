import { test } from 'uvu';
import * as assert from 'uvu/assert';
import type { Path, Span } from '../compiler/diagnostics/diagnostic.ts';
import type { SourceDocument } from '../compiler/model/source-document.ts';
import { parseJson, parseYaml } from '../compiler/load/yaml/index.ts';

const FILE = { root: 'soa', file: 'web/kubernetes-prod.yaml' } as const;

function documentOf(text: string): SourceDocument {
  const { document, diagnostics } = parseYaml(text, FILE);
  if (document === undefined) throw new Error(diagnostics.map((finding) => finding.message).join('; '));
  return document;
}

/** `line:column-line:column`, and the text there. */
function shown(document: SourceDocument, span: Span | undefined): string {
  if (span === undefined) return 'nowhere';
  const lines = document.text.split(/\r\n|\r|\n/).map((line) => [...line]);
  const picked = lines.slice(span.line - 1, span.endLine).map((line, index, all) => {
    const end = index === all.length - 1 ? span.endColumn - 1 : line.length;
    return line.slice(index === 0 ? span.column - 1 : 0, end).join('');
  });
  return `${span.line}:${span.column}-${span.endLine}:${span.endColumn} ${picked.join('/')}`;
}

function place(text: string, path: Path, part?: 'key' | 'value'): string {
  const document = documentOf(text);
  return shown(document, document.locate(path, part));
}

const CASES: readonly (readonly [name: string, text: string, path: Path, value: string, key: string])[] = [
  ['a plain value', 'a: 1\nbc:  two words  # c\n', ['bc'], '2:6-2:15 two words', '2:1-2:3 bc'],
  ['a quoted value with its quotes', 'a: "x y"\n', ['a'], '1:4-1:9 "x y"', '1:1-1:2 a'],
  ['a quoted key with its quotes', "'a b' : 1\n", ['a b'], '1:9-1:10 1', "1:1-1:6 'a b'"],
  ['a value of several lines', 'a:\n  b: c\n   d\n', ['a', 'b'], '2:6-3:5 c/   d', '2:3-2:4 b'],
  ['a block mapping', 'a:\n  b: 1\n  c: 2\nd: 3\n', ['a'], '2:3-3:7 b: 1/  c: 2', '1:1-1:2 a'],
  ['a list item', 'a:\n  - x\n  - y\n', ['a', 1], '3:5-3:6 y', '3:5-3:6 y'],
  ['a list as deep as its key', 'a:\n- x\n- y\nb: 1\n', ['a'], '2:1-3:4 - x/- y', '1:1-1:2 a'],
  ['a flow mapping', 'a: {b: 1, c: [2, 3]}\n', ['a'], '1:4-1:21 {b: 1, c: [2, 3]}', '1:1-1:2 a'],
  ['an entry of a flow mapping', 'a: {b: 1, c: [2, 3]}\n', ['a', 'c', 1], '1:18-1:19 3', '1:18-1:19 3'],
  ['a bare entry of a flow mapping', 'a: {b, c: 1}\n', ['a', 'b'], '1:6-1:6 ', '1:5-1:6 b'],
  ['a single pair in a flow list', 'a: [x, b: 1]\n', ['a', 1, 'b'], '1:11-1:12 1', '1:8-1:9 b'],
  ['a flow list of several lines', 'a: [\n  1,\n]\nb: 2\n', ['a'], '1:4-3:2 [/  1,/]', '1:1-1:2 a'],
  ['an empty value behind its colon', 'a:\n  b:\nc: 1\n', ['a', 'b'], '2:5-2:5 ', '2:3-2:4 b'],
  ['a literal block from its sign', 'a: |  # c\n  x\n\n  y\n\nb: 1\n', ['a'], '1:4-4:4 |  # c/  x//  y', '1:1-1:2 a'],
  ['a folded block', 'a:\n  b: >-\n    x\n', ['a', 'b'], '2:6-3:6 >-/    x', '2:3-2:4 b'],
  ['an anchored value without its anchor', 'a: &t !!str 5\n', ['a'], '1:13-1:14 5', '1:1-1:2 a'],
  ['an anchored mapping', 'a: &t\n  b: 1\n', ['a'], '2:3-2:7 b: 1', '1:1-1:2 a'],
  ['an alias itself', 'a: &t 1\nb: *t\n', ['b'], '2:4-2:6 *t', '2:1-2:2 b'],
  ['the last of duplicates', 'a: 1\na: 2\n', ['a'], '2:4-2:5 2', '2:1-2:2 a'],
  ['columns in code points', '😀é: "😀" \n', ['😀é'], '1:5-1:8 "😀"', '1:1-1:3 😀é'],
  ['places after non-BMP characters', 'a: {"😀": x, é: y}\n', ['a', 'é'], '1:16-1:17 y', '1:13-1:14 é'],
  ['CRLF', 'a: 1\r\nb:\r\n  c: 2\r\n', ['b', 'c'], '3:6-3:7 2', '3:3-3:4 c'],
  ['a lone CR', 'a: 1\rb: 2\r', ['b'], '2:4-2:5 2', '2:1-2:2 b'],
  ['a byte order mark', '\ufeffa: 1\n', ['a'], '1:4-1:5 1', '1:1-1:2 a'],
  ['tabs as separation', 'a:\t1\t# c\n', ['a'], '1:4-1:5 1', '1:1-1:2 a'],
  ['an explicit key', '? a\n: b\n', ['a'], '2:3-2:4 b', '1:3-1:4 a'],
  ['a key that is no string', 'a:\n  yes: 1\n', ['a', 'True'], '2:8-2:9 1', '2:3-2:6 yes'],
  ['the whole document', '# c\na: 1\n', [], '2:1-2:5 a: 1', '2:1-2:5 a: 1'],
];

for (const [name, text, path, value, key] of CASES) {
  test(`finds ${name}`, () => {
    assert.is(place(text, path), value);
    assert.is(place(text, path, 'key'), key);
    assert.equal(documentOf(text).keySpan(path), documentOf(text).locate(path, 'key'));
  });
}

const TEMPLATE =
  't: &t\n  cpus: 1\n  env: {A: x}\nu: &u {mem: 2, cpus: 3}\nmain:\n  <<: [*t, *u]\n  mem: 4\nother: *t\n';

function originOf(text: string, path: Path): readonly [string, Path | undefined, string] {
  const document = documentOf(text);
  const origin = document.origin(path);
  return [shown(document, origin?.span), origin?.via, shown(document, origin?.through)];
}

test('a value that came through << is found in its template, with the template and the << named', () => {
  assert.equal(originOf(TEMPLATE, ['main', 'cpus']), ['2:9-2:10 1', ['t', 'cpus'], '6:3-6:5 <<']);
  assert.equal(originOf(TEMPLATE, ['main', 'env', 'A']), ['3:12-3:13 x', ['t', 'env', 'A'], '6:3-6:5 <<']);
  assert.is(place(TEMPLATE, ['main', 'cpus'], 'key'), '2:3-2:7 cpus');
});

test('an own value has no template', () => {
  assert.equal(originOf(TEMPLATE, ['main', 'mem']), ['7:8-7:9 4', undefined, 'nowhere']);
});

test('a value below an alias is found where its anchor stands', () => {
  assert.equal(originOf(TEMPLATE, ['other', 'env', 'A']), ['3:12-3:13 x', ['t', 'env', 'A'], '8:8-8:10 *t']);
});

test('a chain of templates leads to the first, and names the outermost <<', () => {
  const text = 'a: &a {x: 1}\nb: &b {<<: *a, y: 2}\nmain: {<<: *b}\n';
  assert.equal(originOf(text, ['main', 'x']), ['1:11-1:12 1', ['a', 'x'], '3:8-3:10 <<']);
});

test('an inline mapping behind << is a template of its own', () => {
  assert.equal(originOf('main: {<<: {x: 1}}\n', ['main', 'x']), ['1:16-1:17 1', ['main', '<<', 'x'], '1:8-1:10 <<']);
});

test('a path that does not exist is nowhere, and its nearest ancestor is found', () => {
  const text = 'a:\n  b: [1, 2]\n';
  const document = documentOf(text);
  for (const path of [['x'], ['a', 'x'], ['a', 'b', 7], ['a', 'b', 'c'], ['a', 'b', 0, 'c']]) {
    assert.is(document.locate(path), undefined);
    assert.is(document.origin(path), undefined);
  }
  const nearest = document.locateNearest(['a', 'b', 7, 'c']);
  assert.equal(nearest.path, ['a', 'b']);
  assert.is(shown(document, nearest.span), '2:3-2:4 b');
  assert.equal(document.locateNearest(['a', 'b', 1]).path, ['a', 'b', 1]);
});

test('an empty file has its beginning as the nearest place', () => {
  const document = documentOf('');
  assert.is(document.locate([]), undefined);
  assert.equal(document.locateNearest(['a']), { span: { line: 1, column: 1, endLine: 1, endColumn: 1 }, path: [] });
});

test('lines are given without their breaks', () => {
  const document = documentOf('a: 1\r\nb: 2\n');
  assert.equal(
    [1, 2, 3, 4, 0].map((line) => document.lineText(line)),
    ['a: 1', 'b: 2', '', '', ''],
  );
});

test('a comment is found behind a value, alone on a line, and in the header of a block', () => {
  const document = documentOf(
    'a: 1 # one\n  # two # more\nb: |# three\n  x # text\nc: "# no" # four\nd: a#b\ne: [1]#five\n',
  );
  assert.equal(
    [1, 2, 3, 4, 5, 6, 7].map((line) => document.commentOf(line)),
    ['# one', '# two # more', '# three', undefined, '# four', undefined, '#five'],
  );
});

test('a comment of a line of a quoted scalar is text', () => {
  const document = documentOf('a: "x\n  # y\n  z" # real\n');
  assert.equal(
    [1, 2, 3].map((line) => document.commentOf(line)),
    [undefined, undefined, '# real'],
  );
});

test('JSON has places and no comments', () => {
  const { document } = parseJson('{\n  "a": {"b": [1, "x#y"]}\n}\n', FILE);
  assert.is(shown(document!, document?.locate(['a', 'b', 1])), '2:18-2:23 "x#y"');
  assert.is(shown(document!, document?.locate(['a', 'b'], 'key')), '2:9-2:12 "b"');
  assert.is(shown(document!, document?.locate(['a'])), '2:8-2:25 {"b": [1, "x#y"]}');
  assert.is(document?.commentOf(2), undefined);
});

test.run();
