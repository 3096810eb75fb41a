import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { parseYaml } from '../compiler/load/yaml/index.ts';
import { isInteger, pythonText, PyFloat, type YamlMap, type YamlValue } from '../compiler/model/yaml-value.ts';

const FILE = { root: 'soa', file: 'web/kubernetes-prod.yaml' } as const;

function valueOf(text: string): YamlValue {
  const { document, diagnostics } = parseYaml(text, FILE);
  if (document === undefined) throw new Error(diagnostics.map((finding) => finding.message).join('; '));
  return document.value;
}

function codesOf(text: string): string[] {
  return parseYaml(text, FILE).diagnostics.map((finding) => finding.code);
}

/** Source text of a value, and what Python prints for it, strings with quotes. */
const PYTHON_VALUES: readonly (readonly [string, string])[] = [
  // Booleans: the words in three spellings, never single letters.
  ...['yes', 'Yes', 'YES', 'on', 'On', 'ON', 'true', 'True', 'TRUE'].map((word) => [word, 'True'] as const),
  ...['no', 'No', 'NO', 'off', 'Off', 'OFF', 'false', 'False', 'FALSE'].map((word) => [word, 'False'] as const),
  ...['y', 'Y', 'n', 'N', 'yEs', 'tRUE', 'nO'].map((word) => [word, `'${word}'`] as const),
  // Null.
  ...['~', 'null', 'Null', 'NULL', ''].map((word) => [word, 'None'] as const),
  ['nULL', "'nULL'"],
  // Integers.
  ['0', '0'],
  ['-0', '0'],
  ['+1', '1'],
  ['012', '10'],
  ['0775', '509'],
  ['0644', '420'],
  ['0o12', "'0o12'"],
  ['0o775', "'0o775'"],
  ['08', "'08'"],
  ['09', "'09'"],
  ['0_', '0'],
  ['1_000', '1000'],
  ['0b11', '3'],
  ['-0b11', '-3'],
  ['0b12', "'0b12'"],
  ['0x1F', '31'],
  ['0x_1f', '31'],
  ['0xG', "'0xG'"],
  ['9007199254740992', '9007199254740992'],
  ['9007199254740993', '9007199254740993'],
  ['-123456789012345678901234567890', '-123456789012345678901234567890'],
  // Sexagesimal numbers.
  ['1:30', '90'],
  ['-1:30', '-90'],
  ['12:30:45', '45045'],
  ['22:30', '1350'],
  ['190:20:30.15', '685230.15'],
  ['0:30.5', '30.5'],
  ['08:30', "'08:30'"],
  ['01:30', "'01:30'"],
  ['0:08', "'0:08'"],
  ['20001:8888', "'20001:8888'"],
  ['1:60', "'1:60'"],
  // Floats: a dot, and a signed exponent if any.
  ['1.0', '1.0'],
  ['100.0', '100.0'],
  ['1.', '1.0'],
  ['.5', '0.5'],
  ['-.5', "'-.5'"],
  ['+.5', "'+.5'"],
  ['._5', "'._5'"],
  ['0.1_0', '0.1'],
  ['0.1', '0.1'],
  ['-0.0', '-0.0'],
  ['1e3', "'1e3'"],
  ['1.0e3', "'1.0e3'"],
  ['1234567e8', "'1234567e8'"],
  ['1e-7', "'1e-7'"],
  ['1.0e+3', '1000.0'],
  ['1.0e-5', '1e-05'],
  ['1.5e-5', '1.5e-05'],
  ['1.5e-10', '1.5e-10'],
  ['0.0001', '0.0001'],
  ['123456789012345.6', '123456789012345.6'],
  ['10000000000000000.0', '1e+16'],
  ['1.0e+22', '1e+22'],
  ['1.0e+400', 'inf'],
  ['.inf', 'inf'],
  ['-.INF', '-inf'],
  ['.nan', 'nan'],
  ['-.nan', "'-.nan'"],
  // Strings that look like something.
  ['08216812', "'08216812'"],
  ['1.2.3', "'1.2.3'"],
  ['10.0.0.0/8', "'10.0.0.0/8'"],
  ['http://a/b:c', "'http://a/b:c'"],
  ['"yes"', "'yes'"],
  ["'1'", "'1'"],
  ['"<<"', "'<<'"],
  ['"="', "'='"],
  // Explicit tags.
  ['!!str 5', "'5'"],
  ['!!str', "''"],
  ['!!int "0b11"', '3'],
  ['!!float 3', '3.0'],
  ['!!bool "YeS"', 'True'],
  ['!!null anything', 'None'],
  ['!!seq [1]', '[1]'],
  ['!!map {a: 1}', "{'a': 1}"],
  ['! "12"', '12'],
  ['!<tag:yaml.org,2002:str> 1', "'1'"],
];

for (const [source, printed] of PYTHON_VALUES) {
  test(`${source === '' ? 'an empty value' : source} is ${printed} to Python`, () => {
    const value = (valueOf(`k: ${source}\n`) as YamlMap)['k'];
    assert.is(pythonText(value!, true), printed);
  });
}

test('integers stay integers and floats stay floats', () => {
  const value = valueOf('[1, 1.0, 1.0e+22, 100000000000000000000, 0.5]') as readonly YamlValue[];
  assert.equal(
    value.map((item) => isInteger(item)),
    [true, false, false, true, false],
  );
  assert.instance(value[1], PyFloat);
  assert.is(value[3], 100000000000000000000n);
  assert.is(value[4], 0.5);
});

const DATES: readonly (readonly [string, string])[] = [
  ['2024-01-01', '2024-01-01'],
  ['2024-1-2 3:04:05', '2024-01-02 03:04:05'],
  ['2001-12-14t21:59:43.10-05:00', '2001-12-14 21:59:43.100000-05:00'],
  ['2001-12-15 2:59:43.1234567Z', '2001-12-15 02:59:43.123456+00:00'],
  ['2001-12-15 02:59:43.0 +1', '2001-12-15 02:59:43+01:00'],
  ['!!timestamp "2024-1-2"', '2024-01-02'],
];

for (const [source, printed] of DATES) {
  test(`the date ${source} becomes Python's text, with a warning`, () => {
    const { document, diagnostics } = parseYaml(`start: ${source}\n`, FILE);
    assert.equal(document?.value, { start: printed });
    assert.equal(
      diagnostics.map(({ severity, code, path, hint }) => ({ severity, code, path, hint })),
      [{ severity: 'warning', code: 'yaml-date', path: ['start'], hint: 'quote it to keep the text as written' }],
    );
  });
}

test('a date alone needs two digits for month and day', () => {
  assert.equal(valueOf('2024-1-2'), '2024-1-2');
});

/** Plain or tagged scalars that PyYAML cannot construct. */
const UNREADABLE = [
  '=',
  '<<',
  '0b_',
  '0x_',
  '2024-13-01',
  '2024-02-30',
  '0000-01-01',
  '2024-01-01 24:00:00',
  '2024-01-01 00:00:00 +25',
  '!!int x',
  '!!int ""',
  '!!float x',
  '!!bool maybe',
  '!!timestamp today',
  '1'.repeat(4301),
];

for (const source of UNREADABLE) {
  test(`${source.slice(0, 30)} is an error as a value`, () => {
    const { document, diagnostics } = parseYaml(`a: {b: [${source}]}\n`, FILE);
    assert.is(document, undefined);
    assert.equal(
      diagnostics.map(({ code, path }) => ({ code, path })),
      [{ code: 'yaml-bad-scalar', path: ['a', 'b', 0] }],
    );
  });
}

for (const tag of [
  '!!binary aGk=',
  '!!set {a, b}',
  '!!omap [a: 1]',
  '!!pairs [a: 1]',
  '!Ref x',
  '!!str [a]',
  '!!seq x',
]) {
  test(`the tag of ${tag} is an error`, () => {
    assert.equal(codesOf(`a: ${tag}\n`), ['yaml-tag']);
  });
}

test('an equals sign as a key is a string', () => {
  assert.equal(valueOf('=: 1'), { '=': 1 });
});

test('an empty file, comments alone and an empty document are null', () => {
  for (const text of ['', '\n\n', '# nothing\n', '---\n', '--- # nothing\n...\n', '\ufeff']) {
    const { document, diagnostics } = parseYaml(text, FILE);
    assert.is(document?.value, null);
    assert.equal(diagnostics, []);
  }
});

test('a closing bracket may stand as deep as the key', () => {
  assert.equal(valueOf('main:\n  constraints: [\n    [a, b],\n  ]\n  env: {\n    A: x\n  }\n'), {
    main: { constraints: [['a', 'b']], env: { A: 'x' } },
  });
});

test('block scalars are folded and chomped as libyaml does', () => {
  const text =
    'a: |\n  x\n\n   y\n\nb: >\n  x\n  y\n\n   z\n  w\nc: |-\n  x\nd: |+\n  x\n\ne: >-\n\n  x\nf: |2\n    x\n';
  assert.equal(valueOf(text), { a: 'x\n\n y\n', b: 'x y\n\n z\nw\n', c: 'x', d: 'x\n\n', e: '\nx', f: '  x\n' });
});

test('a block scalar that the file ends has no line break of its own', () => {
  assert.equal(valueOf('a: |\n  x'), { a: 'x' });
});

test('quoted scalars fold lines and resolve escapes', () => {
  assert.equal(valueOf(String.raw`"a\tb\x41\u00e9\U0001F600\\"`), 'a\tbAé😀\\');
  assert.equal(valueOf('"a\n  b\n\n  c\\\n  d"'), 'a b\ncd');
  assert.equal(valueOf("'it''s\n  so'"), "it's so");
});

test('carriage returns end lines and a byte order mark is ignored', () => {
  assert.equal(valueOf('\ufeffa: 1\r\nb: |\r\n  x\r\n  y\rc: 2\r'), { a: 1, b: 'x\ny\n', c: 2 });
});

test('values are plain objects with their own properties', () => {
  const value = valueOf('constructor: 1\ntoString: 2\nhasOwnProperty: 3\n') as YamlMap;
  assert.is(Object.getPrototypeOf(value), Object.prototype);
  assert.equal(Object.keys(value), ['constructor', 'toString', 'hasOwnProperty']);
  assert.is(value['constructor'], 1);
});

test('no object inherits from a file', () => {
  for (const text of [
    '__proto__: {a: 1}',
    '{"__proto__": 1}',
    'a: &a {b: 1}\n__proto__: *a',
    'a: {<<: {__proto__: 1}}',
  ]) {
    assert.ok(codesOf(text).includes('unsafe-key'), text);
  }
  assert.is(({} as Record<string, unknown>)['a'], undefined);
});

test.run();
