import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { HEADER } from '../compiler/model/rendered-file.ts';
import type { KubeObject } from '../compiler/model/rendered-file.ts';
import { emitDocument, emitDocuments, emitObjects } from '../compiler/emit/yaml.ts';

const body = (value: unknown): string => emitDocument(value).slice(HEADER.length + 1);

test('objects are separate documents below the header, with the keys in the order people read', () => {
  const text = emitObjects([
    {
      spec: { b: 1, a: 2 },
      metadata: { annotations: { z: 'y' }, labels: { a: 'b' }, generation: 1, namespace: 'ns', name: 'x' },
      extra: true,
      data: {},
      kind: 'Deployment',
      apiVersion: 'apps/v1',
    } as KubeObject,
    { apiVersion: 'v1', kind: 'ConfigMap', metadata: { name: 'second' } },
  ]);
  assert.is(
    text,
    `${HEADER}
apiVersion: apps/v1
kind: Deployment
metadata:
  name: x
  namespace: ns
  labels:
    a: b
  annotations:
    z: "y"
  generation: 1
spec:
  a: 2
  b: 1
data: {}
extra: true
---
apiVersion: v1
kind: ConfigMap
metadata:
  name: second
`,
  );
});

test('no objects give the header alone', () => {
  assert.is(emitObjects([]), `${HEADER}\n`);
});

test('lists stand in their key column, and an item with a name starts with it', () => {
  assert.is(
    body({
      spec: { containers: [{ args: ['a', 'b'], image: 'i', name: 'main', env: [] }, {}], nested: [[1, [2]], []] },
    }),
    `spec:
  containers:
  - name: main
    args:
    - a
    - b
    env: []
    image: i
  - {}
  nested:
  - - 1
    - - 2
  - []
`,
  );
});

test('Sensu documents start with their type', () => {
  const check = { spec: {}, metadata: { namespace: 'ns', name: 'c' }, api_version: 'core/v2', type: 'CheckConfig' };
  assert.is(
    emitDocuments([check, check]).split('---\n')[1],
    'type: CheckConfig\napi_version: core/v2\nmetadata:\n  name: c\n  namespace: ns\nspec: {}\n',
  );
});

for (const word of ['y', 'N', 'yes', 'No', 'ON', 'off', 'true', 'False', 'null', '~', '']) {
  test(`the string ${JSON.stringify(word)} is quoted, since YAML 1.1 reads another value`, () => {
    assert.is(body({ k: word }), `k: "${word}"\n`);
  });
}

for (const text of [
  '08216812',
  '1e3',
  '0x1',
  '12:30',
  '.5',
  '-',
  '- a',
  'a: b',
  'a #b',
  '---',
  '<<',
  '=',
  ' a',
  'a ',
  '+1',
]) {
  test(`the string ${JSON.stringify(text)} is quoted`, () => {
    assert.is(body({ k: text }), `k: "${text}"\n`);
    assert.is(body({ [text]: 1 }), `"${text}": 1\n`);
  });
}

for (const text of ['web-main', '/bin/sh', 'paasta.yelp.com/service', '_x', 'a@b', 'nope', 'yesterday', 'nan']) {
  test(`the string ${text} stays plain`, () => {
    assert.is(body({ k: text }), `k: ${text}\n`);
    assert.is(body([text]), `- ${text}\n`);
  });
}

test('files inside a ConfigMap are literal blocks that keep every line and every line end', () => {
  assert.is(
    body({ data: { 'a.json': '{\n  "b": 1\n}\n', b: 'x\n\n  y', c: 'x\n\n\n' } }),
    `data:
  a.json: |
    {
      "b": 1
    }
  b: |-
    x

      y
  c: |+
    x


`,
  );
});

for (const [why, text] of [
  ['a line ends in a blank', 'a \nb'],
  ['a line is blank but not empty', 'a\n  \nb'],
  ['the first line starts with a blank', ' a\nb'],
  ['the first line is empty', '\na'],
  ['there is a carriage return', 'a\r\nb'],
  ['there is a control character', 'a\n\u0007'],
  ['there is a lone surrogate', 'a\n\ud800'],
  ['there is a character that turns the direction of text', 'a\n\u202eb'],
] as const) {
  test(`a text is quoted when ${why}`, () => {
    assert.match(body({ k: text }), /^k: ".*"\n$/);
  });
}

test('characters that hide or that YAML 1.1 takes for line ends are escaped', () => {
  assert.is(body({ k: '\u0085\u2028\ufeff\u202e\ud800é😀' }), 'k: "\\u0085\\u2028\\ufeff\\u202e\\ud800é😀"\n');
});

test('numbers keep their digits, and exponents are written so that YAML 1.1 reads a number', () => {
  const numbers = [0, -7, 2 ** 53, 1e21, 12345678901234567890n, 0.1, 1.5e-7, 1e-7];
  assert.is(
    body(numbers),
    `- 0
- -7
- 9007199254740992
- 1000000000000000000000
- 12345678901234567890
- 0.1
- 1.5e-7
- 1.0e-7
`,
  );
});

test('a key that is too long for one line of YAML is written with a question mark', () => {
  const key = 'k'.repeat(1100);
  assert.is(body({ m: { [key]: { a: 1 } } }), `m:\n  ? ${key}\n  :\n    a: 1\n`);
});

test('what is no JSON data is a mistake that names its key', () => {
  for (const bad of [null, undefined, NaN, Infinity, new Date(0), () => 1]) {
    assert.throws(() => body({ spec: { culprit: bad } }), /"culprit" holds/);
    assert.throws(() => body({ culprit: [bad] }), /"culprit" holds/);
  }
});

test.run();
