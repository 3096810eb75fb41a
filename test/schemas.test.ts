/** The schemas as documents: valid, described, consistent, and what is generated from them fresh. */
import { readdirSync } from 'node:fs';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import type { JsonSchema } from '../schemas/json-schema.ts';
import { constraintClass } from '../schemas/constraint-class.ts';
import { SCHEMA_KINDS } from '../schemas/kinds.ts';
import { everySchema } from '../schemas/map-schema.ts';
import { readSchemas, resolveRef } from '../schemas/schema-files.ts';
import type { Validator } from '../schemas/validator.ts';
import { createAjv } from '../schemas/vocabulary.ts';
import { staleFiles } from '../scripts/generate-schemas.ts';

const schemas = readSchemas();
const ajv = createAjv();
for (const schema of schemas.values()) ajv.addSchema(schema);
const everywhere = [...schemas].flatMap(([file, top]) =>
  [...everySchema(top)].map(([pointer, schema]) => ({ file, pointer, schema, at: `${file}${pointer}` })),
);

/** Parts that only state a rule about keys described elsewhere. */
const isRule = (pointer: string): boolean =>
  /\/(if|then|else|not|allOf|dependentSchemas)(\/|$)|\/\$defs\/live\//.test(pointer);

test('every schema is valid under the meta-schema of draft 2020-12', () => {
  for (const [file, schema] of schemas) assert.ok(ajv.validateSchema(schema), `${file}: ${JSON.stringify(ajv.errors)}`);
});

test('every schema compiles strictly, is named like its file, and every file is of a known kind', () => {
  for (const [file, schema] of schemas) {
    assert.is(schema.$id, file);
    assert.type(ajv.getSchema(file), 'function');
  }
  const files = readdirSync(new URL('../schemas', import.meta.url)).filter((name) => name.endsWith('.schema.json'));
  assert.equal(files.sort(), [...schemas.keys()].sort());
});

test('every reference leads somewhere', () => {
  const refs = everywhere.filter(({ schema }) => schema.$ref !== undefined);
  assert.ok(refs.length > 50);
  for (const { file, schema } of refs) assert.type(resolveRef(schemas, file, schema.$ref!).schema, 'object');
});

test('every key, list item and definition says what it is', () => {
  const silent = everywhere
    .filter(({ pointer }) => !isRule(pointer) && !pointer.endsWith('/propertyNames'))
    .filter(({ file, schema }) => {
      const target = schema.$ref === undefined ? schema : resolveRef(schemas, file, schema.$ref).schema;
      return (schema.description ?? target.description ?? '').trim().length < 8;
    })
    .map(({ at }) => at);
  assert.equal(silent, []);
});

test('every key of a kind has a description of its own, not only that of a shared definition', () => {
  const borrowed = everywhere
    .filter(({ pointer }) => /\/properties\/[^/]+$/.test(pointer) && !isRule(pointer))
    .filter(({ schema }) => schema.description === undefined)
    .map(({ at }) => at);
  assert.equal(borrowed, []);
});

test('a key that is required is declared beside', () => {
  for (const { at, pointer, schema } of everywhere) {
    if (isRule(pointer) || schema.required === undefined || schema.$ref !== undefined) continue;
    const undeclared = schema.required.filter((key) => schema.properties?.[key] === undefined);
    assert.equal(undeclared, [], at);
  }
});

test('annotations are known, and speak of keywords that stand beside them', () => {
  for (const { at, schema } of everywhere) {
    const unknown = Object.keys(schema).filter((keyword) => keyword.startsWith('x-') && !ANNOTATIONS.includes(keyword));
    assert.equal(unknown, [], at);
    for (const keyword of annotatedKeywords(schema)) assert.ok(keyword in schema, `${at}: there is no ${keyword}`);
  }
});

const ANNOTATIONS =
  'x-at x-class x-default x-effect x-eks-only x-ignored x-message x-name x-no-effect x-note x-policy x-secret x-source x-unlisted'.split(
    ' ',
  );
const CLASSES = ['error', 'policy', 'warning', 'info'];
const VALUE_KINDS = ['null', 'numeric', 'string', 'negative', 'number', 'boolean', 'empty', 'array', 'object'];

function annotatedKeywords(schema: JsonSchema): readonly string[] {
  const classes = schema['x-class'];
  const policy = schema['x-policy'];
  const message = schema['x-message'];
  const found: string[] = Array.isArray(policy) ? [...(policy as readonly string[])] : [];
  if (typeof message === 'object') found.push(...Object.keys(message));
  if (typeof classes === 'string') assert.ok(CLASSES.includes(classes));
  for (const [key, value] of typeof classes === 'object' ? Object.entries(classes) : []) {
    const [keyword, kind] = key.split(':') as [string, string | undefined];
    assert.ok(CLASSES.includes(value), key);
    assert.ok(kind === undefined || VALUE_KINDS.includes(kind), key);
    found.push(keyword);
  }
  return found;
}

test('names of types are given once', () => {
  const names = everywhere.flatMap(({ schema }) => schema['x-name'] ?? []);
  assert.equal(
    names.filter((name, index) => names.indexOf(name) !== index),
    [],
  );
});

test('defaults and examples fit their own schema', () => {
  for (const { at, file, pointer, schema } of everywhere) {
    const values = [...(schema.default === undefined ? [] : [schema.default]), ...(schema.examples ?? [])];
    if (values.length === 0 || isRule(pointer)) continue;
    const validate = ajv.getSchema(pointer === '#' ? file : `${file}${pointer}`) as Validator;
    for (const value of values) {
      validate(value);
      const wrong = (validate.errors ?? []).filter((e) => !isNote(e.keyword) && constraintClass(e) !== null);
      assert.equal(
        wrong.map((e) => `${e.instancePath} ${e.keyword}`),
        [],
        `${at}: ${JSON.stringify(value)}`,
      );
    }
  }
});

const isNote = (keyword: string): boolean => keyword.startsWith('x-') || keyword === 'deprecated';

test('types and key pages are fresh (npm run generate)', async () => {
  assert.equal(await staleFiles(), []);
});

test('kinds and validators have one name each', () => {
  for (const names of [SCHEMA_KINDS.map(({ kind }) => kind), SCHEMA_KINDS.map(({ validator }) => validator)]) {
    assert.is(new Set(names).size, names.length);
  }
});

test.run();
