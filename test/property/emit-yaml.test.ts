import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { isDeepStrictEqual } from 'node:util';
import fc from 'fast-check';
import { loadAll, YAML11_SCHEMA } from 'js-yaml';
import { parseAllDocuments } from 'yaml';
import type { KubeObject } from '../../compiler/model/rendered-file.ts';
import { NASTY_STRINGS } from '../support/nasty-strings.ts';
import { emitDocuments, emitObjects } from '../../compiler/emit/yaml.ts';

const text = fc.oneof(
  { weight: 3, arbitrary: fc.constantFrom(...NASTY_STRINGS) },
  { weight: 2, arbitrary: fc.string({ unit: 'binary', maxLength: 12 }) },
  {
    weight: 2,
    arbitrary: fc
      .array(fc.constantFrom(...NASTY_STRINGS, 'a', '  ', '\n'), { maxLength: 6 })
      .map((parts) => parts.join('')),
  },
  { weight: 1, arbitrary: fc.string({ unit: fc.constantFrom(...' \t\n#:-ab'.split('')), maxLength: 20 }) },
);
const number = fc.oneof(
  fc.integer(),
  fc.maxSafeInteger(),
  fc.double({ noNaN: true, noDefaultInfinity: true }).map((n) => (Object.is(n, -0) ? 0 : n)),
);
const scalar = fc.oneof({ weight: 4, arbitrary: text }, number, fc.boolean());
const { map } = fc.letrec((tie) => ({
  node: fc.oneof({ depthSize: 'small', withCrossShrink: true }, scalar, tie('map'), tie('list')),
  map: fc.dictionary(text, tie('node'), { maxKeys: 5, noNullPrototype: true }),
  list: fc.array(tie('node'), { maxLength: 4 }),
}));

const readers: Record<string, (source: string) => unknown[]> = {
  'js-yaml with YAML 1.1': (source) => loadAll(source, { schema: YAML11_SCHEMA }),
  'yaml with YAML 1.1': (source) => readWith(source, '1.1'),
  'yaml with YAML 1.2': (source) => readWith(source, '1.2'),
};

function readWith(source: string, version: '1.1' | '1.2'): unknown[] {
  return [...parseAllDocuments(source, { version })].map((document) => {
    if (document.errors.length > 0) throw document.errors[0]!;
    return document.toJS() as unknown;
  });
}

for (const [reader, read] of Object.entries(readers)) {
  test(`${reader} reads back what was emitted`, () => {
    fc.assert(
      fc.property(fc.array(map, { minLength: 1, maxLength: 3 }), (documents) => {
        assertEqual(read(emitDocuments(documents)), documents);
      }),
      { seed: 20, numRuns: 1500 },
    );
  });

  test(`${reader} reads back every nasty string as a value, an item and a key`, () => {
    for (const nasty of NASTY_STRINGS) {
      const value = { [nasty]: [nasty, { name: nasty, k: nasty, n: { z: nasty, zz: 1 } }], after: nasty };
      assertEqual(read(emitDocuments([value, value])), [value, value]);
    }
  });
}

test('the order in which keys were set does not show in the bytes', () => {
  fc.assert(
    fc.property(map, (value) => {
      assert.is(emitDocuments([reversed(value)]), emitDocuments([value]));
    }),
    { seed: 21, numRuns: 300 },
  );
});

test('an object reads back equal whatever its labels and data hold', () => {
  const object = fc
    .record({
      labels: fc.dictionary(text, text, { noNullPrototype: true }),
      data: fc.dictionary(text, text, { noNullPrototype: true }),
    })
    .map(({ labels, data }): KubeObject => ({
      apiVersion: 'v1',
      kind: 'ConfigMap',
      metadata: { name: 'x', labels },
      data,
    }));
  fc.assert(
    fc.property(object, (value) => {
      for (const read of Object.values(readers)) assertEqual(read(emitObjects([value])), [value]);
    }),
    { seed: 22, numRuns: 500 },
  );
});

/** uvu's `equal` stumbles over keys such as `constructor`. */
function assertEqual(actual: unknown, expected: unknown): void {
  assert.ok(isDeepStrictEqual(actual, expected), `${JSON.stringify(actual)} is not ${JSON.stringify(expected)}`);
}

function reversed(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(reversed);
  if (typeof value !== 'object' || value === null) return value;
  const entries = Object.entries(value).reverse();
  return Object.fromEntries(entries.map(([name, inner]) => [name, reversed(inner)]));
}

test.run();
