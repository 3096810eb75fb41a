/** The quick test whether a document fits its schema, against the generated validators that say why it does not. */
import { readFileSync } from 'node:fs';
import fc from 'fast-check';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { PyFloat, type YamlMap, type YamlValue } from '../compiler/model/yaml-value.ts';
import { plainView } from '../compiler/validate/schema/plain-view.ts';
import { fitsKind, validatorOf, type SchemaName } from '../compiler/validate/schema/validators.ts';
import type { JsonSchema } from '../schemas/json-schema.ts';
import { everySchema } from '../schemas/map-schema.ts';
import { readSchemas, resolveRef } from '../schemas/schema-files.ts';

const schemas = readSchemas();
const KINDS: readonly SchemaName[] = [
  ...(['kubernetes', 'adhoc', 'autotuned_defaults', 'smartstack', 'monitoring', 'service', 'deploy'] as const),
  ...(['rollback', 'dependencies', 'authorization', 'deployments', 'system-config'] as const),
];

/** Keywords that `fits.ts` knows, and those that check nothing. */
const CHECKED =
  /^(?:\$ref|type|enum|const|pattern|(?:min|max)(?:Length|Items)|minimum|maximum|exclusiveMinimum|multipleOf|uniqueItems|minProperties|required|properties|patternProperties|additionalProperties|propertyNames|items|prefixItems|contains|allOf|if|then|else|not|dependentRequired|dependentSchemas|deprecated|x-no-effect|x-eks-only|x-unlisted)$/;
const UNCHECKED =
  /^(?:\$schema|\$id|\$defs|title|description|markdownDescription|default|examples|x-(?:at|class|default|effect|ignored|message|name|note|policy|secret|source))$/;

/** Values of a schema, with others among them. */
function valuesOf(schema: boolean | JsonSchema, file: string, depth: number): fc.Arbitrary<YamlValue> {
  if (typeof schema === 'boolean' || depth === 0) return anything;
  if (schema.$ref !== undefined) {
    const target = resolveRef(schemas, file, schema.$ref);
    const { $ref: _, ...beside } = schema;
    return valuesOf({ ...target.schema, ...beside }, target.file, depth);
  }
  const types = schema.type === undefined ? ['object'] : [schema.type].flat();
  const ofType = types.map((type) => valuesOfType(type, schema, file, depth));
  const listed = (schema.enum ?? []) as readonly YamlValue[];
  const good = listed.length === 0 ? fc.oneof(...ofType) : fc.constantFrom(...listed);
  return fc.oneof({ weight: 40, arbitrary: good }, { weight: 1, arbitrary: anything });
}

function valuesOfType(type: string, schema: JsonSchema, file: string, depth: number): fc.Arbitrary<YamlValue> {
  const { minimum = 0, maximum = minimum + 3, maxItems = 3 } = schema;
  if (type === 'string') return fc.oneof(texts, fc.string({ maxLength: 70, unit: 'grapheme' }));
  if (type === 'integer') return fc.oneof(fc.integer({ min: minimum, max: maximum }), numbers);
  if (type === 'number') return fc.oneof(fc.constantFrom(minimum, maximum, 0.5), numbers);
  if (type === 'boolean') return fc.boolean();
  if (type === 'null') return fc.constant(null);
  if (type === 'array') {
    const { items = true, prefixItems = [] } = schema;
    const one = fc.array(valuesOf(items, file, depth - 1), { maxLength: maxItems + 1 });
    const first = prefixItems.map((each) => valuesOf(each, file, depth - 1));
    return first.length === 0 ? one : fc.oneof(fc.tuple(...first), one);
  }
  return mapsOf(schema, file, depth);
}

function mapsOf(schema: JsonSchema, file: string, depth: number): fc.Arbitrary<YamlValue> {
  const { properties = {}, required = [], additionalProperties = true, patternProperties = {} } = schema;
  const named = Object.entries(properties).map(([name, each]) => [name, valuesOf(each, file, depth - 1)] as const);
  const other = valuesOf(additionalProperties, file, depth - 1);
  const others = additionalProperties === false ? fc.constant({}) : fc.dictionary(names, other, { maxKeys: 2 });
  const patterned = Object.values(patternProperties).map((each) =>
    fc.dictionary(fc.constantFrom('_base', '_b'), valuesOf(each, file, depth - 1), { maxKeys: 1 }),
  );
  const free = named.filter(([name]) => !required.includes(name));
  const some = fc.subarray(free, { maxLength: Math.min(free.length, 5) });
  const needed = named.filter(([name]) => required.includes(name));
  const known = some.chain((chosen) => fc.record(Object.fromEntries([...needed, ...chosen])));
  const odd = fc.oneof(
    { weight: 30, arbitrary: fc.constant({}) },
    { weight: 1, arbitrary: fc.dictionary(names, anything) },
  );
  return fc
    .tuple(known, others, odd, ...patterned)
    .map((maps) => Object.fromEntries(maps.flatMap((map) => Object.entries(map as YamlMap))));
}

const numbers: fc.Arbitrary<YamlValue> = fc.oneof(
  fc.integer({ min: -2, max: 70000 }),
  fc.double(),
  fc.constantFrom<YamlValue>(new PyFloat(0), new PyFloat(1), new PyFloat(-1), new PyFloat(2), new PyFloat(1e300)),
  fc.constantFrom<YamlValue>(new PyFloat(NaN), new PyFloat(Infinity), new PyFloat(1e-5), 2n ** 60n, -(10n ** 400n)),
);
const texts = fc.constantFrom(
  'main',
  'a',
  'paasta.yelp.com/service',
  'In',
  'Exists',
  'http',
  'SECRET(x)',
  '30s',
  '',
  '/x',
);
const names = fc.constantFrom('main', 'canary', '_base', 'Main', 'a.b', 'KEY', '__proto__', 'constructor', 'us-west-1');
const anything: fc.Arbitrary<YamlValue> = fc.oneof(
  numbers,
  texts,
  fc.boolean(),
  fc.constant(null),
  fc.array(fc.oneof(texts, numbers), { maxLength: 3 }),
  fc.dictionary(names, fc.oneof(texts, numbers), { maxKeys: 2 }),
);

function agree(kind: SchemaName, document: YamlValue): boolean {
  const { value } = plainView(document);
  const validate = validatorOf(kind);
  const expected = validate(value);
  const shown = (): string =>
    JSON.stringify(value, (_, each: unknown) => (typeof each === 'bigint' ? `${each}n` : each));
  if (fitsKind(kind)(document) !== expected) assert.unreachable(`${kind}: not ${String(expected)}: ${shown()}`);
  return expected;
}

for (const kind of KINDS) {
  test(`a ${kind} document fits exactly when its validator finds nothing`, () => {
    const file = `${kind}.schema.json`;
    const seen = { true: 0, false: 0 };
    const property = fc.property(valuesOf(schemas.get(file)!, file, 6), (document) => {
      seen[`${agree(kind, document)}`]++;
    });
    fc.assert(property, { seed: 7, numRuns: 400 });
    assert.ok(seen.true > 0 && seen.false > 0, JSON.stringify(seen));
  });
}

test('what was tried on PaaSTA fits as its validator says', () => {
  const url = new URL('fixtures/schemas/paasta-verdicts.json', import.meta.url);
  const { kinds, keys } = JSON.parse(readFileSync(url, 'utf8')) as Readonly<
    Record<string, Readonly<Record<string, YamlValue>>>
  >;
  for (const key of Object.keys(keys!)) {
    for (const value of Object.values(kinds!)) agree('kubernetes', { main: { deploy_group: 'prod', [key]: value } });
  }
});

test('no schema uses a keyword that the quick test does not know', () => {
  for (const [file, top] of schemas) {
    for (const [pointer, schema] of everySchema(top)) {
      const unknown = Object.keys(schema).filter((keyword) => !CHECKED.test(keyword) && !UNCHECKED.test(keyword));
      assert.equal(unknown, [], `${file}${pointer}`);
      const values = [...(schema.enum ?? []), ...('const' in schema ? [schema.const] : [])];
      assert.ok(
        values.every((value) => typeof value !== 'object' || value === null),
        `${file}${pointer}`,
      );
    }
  }
});

test.run();
