import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { parseJson } from '../compiler/load/yaml/index.ts';
import { pythonText, type YamlValue } from '../compiler/model/yaml-value.ts';

const FILE = { root: 'soa', file: 'web/deployments.json' } as const;

function errorOf(text: string | Uint8Array): string {
  const { document, diagnostics } = parseJson(text, FILE);
  assert.is(document, undefined);
  const [first] = diagnostics;
  return `${first?.line}:${first?.column} ${first?.code}: ${first?.message}`;
}

test('reads what JSON.parse reads', () => {
  const text =
    '{"a": [1, -2, true, false, null, ""], "b": {"c": {}, "d": []}, "é\\u00e9\\ud83d\\ude00": "\\"\\\\\\/\\b\\f\\n\\r\\t"}';
  assert.equal(parseJson(` ${text}\r\n`, FILE).document?.value, JSON.parse(text));
});

const NUMBERS: readonly (readonly [string, string])[] = [
  ['1', '1'],
  ['-0', '0'],
  ['1.0', '1.0'],
  ['-0.0', '-0.0'],
  ['0.1', '0.1'],
  ['1e3', '1000.0'],
  ['1E-5', '1e-05'],
  ['1e400', 'inf'],
  ['9007199254740993', '9007199254740993'],
  ['-123456789012345678901234567890', '-123456789012345678901234567890'],
  ['NaN', 'nan'],
  ['Infinity', 'inf'],
  ['-Infinity', '-inf'],
];

for (const [source, printed] of NUMBERS) {
  test(`the number ${source} is ${printed} to Python`, () => {
    const value = parseJson(source, FILE).document?.value as YamlValue;
    assert.is(pythonText(value, true), printed);
  });
}

const BROKEN: readonly (readonly [string, string])[] = [
  ['', '1:1 json-syntax: the file is empty'],
  ['  \n', '1:1 json-syntax: the file is empty'],
  ['{"a": 1,}', '1:8 json-syntax: no comma may stand before }'],
  ['[1,\n 2,\n]', '2:3 json-syntax: no comma may stand before ]'],
  ['{"a": 1\n "b": 2}', '2:2 json-syntax: a comma or } is expected here'],
  ['{"a" 1}', '1:6 json-syntax: a ":" is expected behind the key'],
  ['{a: 1}', '1:2 json-syntax: a key in double quotes is expected here'],
  ["{'a': 1}", '1:2 json-syntax: a key in double quotes is expected here'],
  ['{"a": b}', '1:7 json-syntax: a value is expected here'],
  ['{"a": [1, 2}', '1:12 json-syntax: a comma or ] is expected here'],
  ['[1, 2', '1:1 json-syntax: the bracket is never closed with ]'],
  ['{"a": 1', '1:1 json-syntax: the bracket is never closed with }'],
  ['["😀", "a', '1:7 json-syntax: the quote " is never closed'],
  ['"a\nb"', '1:3 json-syntax: a string may not hold a line break or another control character'],
  ['"a\\x"', '1:3 json-syntax: this is no escape sequence'],
  ['"\\u12"', '1:2 json-syntax: this is no escape sequence'],
  ['[01]', '1:3 json-syntax: a comma or ] is expected here'],
  ['[1.]', '1:3 json-syntax: a comma or ] is expected here'],
  ['[.5]', '1:2 json-syntax: a value is expected here'],
  ['{} // done', '1:4 json-syntax: nothing may follow the value of the file'],
  ['1'.repeat(4301), '1:1 json-syntax: the number is too long for PaaSTA to read'],
  ['{"a": {"__proto__": 1}}', '1:8 unsafe-key: "__proto__" cannot be a key'],
  ['{"a": {"\\u005f_proto__": 1}}', '1:8 unsafe-key: "__proto__" cannot be a key'],
  ['\ufeff{}', '1:1 json-syntax: the file begins with a byte order mark, which PaaSTA cannot read in JSON'],
];

for (const [text, expected] of BROKEN) {
  test(`says where ${JSON.stringify(text.slice(0, 30))} is broken`, () => {
    assert.is(errorOf(text), expected);
  });
}

test('bytes that are not UTF-8 are an error', () => {
  assert.is(errorOf(Uint8Array.from([0x22, 0xff, 0x22])), '1:2 not-utf8: the byte 0xff here is not UTF-8');
});

test('the last of duplicate keys counts, with a policy finding', () => {
  const { document, diagnostics } = parseJson('{"a": 1, "a": 2}', FILE);
  assert.equal(document?.value, { a: 2 });
  assert.equal(
    diagnostics.map(({ severity, policy, code, column, path }) => ({ severity, policy, code, column, path })),
    [{ severity: 'warning', policy: true, code: 'duplicate-key', column: 10, path: ['a'] }],
  );
});

test('no message holds a value of the file', () => {
  for (const text of [
    '{"password": hunter2}',
    '{"password": "hunter2}',
    '["hunter2" "b"]',
    '"hunter2\\x"',
    '"hunter2" 1',
  ]) {
    assert.not.match(JSON.stringify(parseJson(text, FILE).diagnostics), 'hunter2');
  }
});

test('depth and nodes are bounded', () => {
  assert.is(errorOf('['.repeat(101)).split(':')[1], '102 yaml-budget');
  assert.ok(parseJson(`${'['.repeat(100)}${']'.repeat(100)}`, FILE).document);
  assert.is(parseJson('[1, 2, 3]', { ...FILE, budget: { nodes: 3 } }).diagnostics[0]?.code, 'yaml-budget');
});

test.run();
