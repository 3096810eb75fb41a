import fc from 'fast-check';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { isMap, PyFloat, type YamlMap, type YamlValue } from '../../compiler/model/yaml-value.ts';
import { deepMerge } from '../../compiler/resolve/index.ts';

const SEED = 20260131;

const scalar: fc.Arbitrary<YamlValue> = fc.oneof(
  fc.constant(null),
  fc.boolean(),
  fc.integer(),
  fc.string({ maxLength: 3 }),
  fc.constant(new PyFloat(1)),
);
/** Few keys, so that maps overlap; some that every object inherits. */
const key = fc.constantFrom('a', 'b', 'c', 'env', 'constructor', 'toString', '__proto__');
const { value, map } = fc.letrec<{ value: YamlValue; map: YamlMap }>((tie) => ({
  value: fc.oneof({ depthSize: 'small' }, scalar, fc.array(tie('value'), { maxLength: 3 }), tie('map')),
  map: fc
    .uniqueArray(fc.tuple(key, tie('value')), { maxLength: 5, selector: ([name]) => name })
    .map((entries) => ownMap(entries)),
}));

/** A map of own keys, `__proto__` included, in the given order. */
function ownMap(entries: readonly (readonly [string, YamlValue])[]): YamlMap {
  const result = {};
  for (const [name, item] of entries) {
    Object.defineProperty(result, name, { value: item, enumerable: true, writable: true, configurable: true });
  }
  return result;
}

/** The merge as a list of the cases, without sharing anything with the code under test. */
function slowMerge(overrides: YamlValue, defaults: YamlValue): YamlValue {
  if (!isMap(overrides) || !isMap(defaults)) return overrides;
  const both = Object.keys(defaults).map((name) => [
    name,
    Object.keys(overrides).includes(name) ? slowMerge(own(overrides, name), own(defaults, name)) : own(defaults, name),
  ]);
  const added = Object.keys(overrides).filter((name) => !Object.keys(defaults).includes(name));
  const entries = [...both, ...added.map((name) => [name, own(overrides, name)])];
  return ownMap(entries as [string, YamlValue][]);
}

function own(source: YamlMap, name: string): YamlValue {
  return Object.getOwnPropertyDescriptor(source, name)!.value as YamlValue;
}

/** A text that shows values, kinds and the order of keys. */
function spelled(item: YamlValue): string {
  if (Array.isArray(item)) return `[${item.map((i: YamlValue) => spelled(i)).join()}]`;
  if (!isMap(item)) return `${typeof item} ${String(item)}`;
  return `{${Object.keys(item)
    .map((name) => `${name}=${spelled(own(item, name))}`)
    .join()}}`;
}

function holds(name: string, property: fc.IRawProperty<unknown>): void {
  test(name, () => fc.assert(property, { seed: SEED, numRuns: 2000 }));
}

holds(
  'a merge gives the same values in the same order as the table of cases',
  fc.property(value, value, (overrides, defaults) => {
    assert.is(spelled(deepMerge(overrides, defaults)), spelled(slowMerge(overrides, defaults)));
  }),
);

holds(
  'a merge leaves both inputs as they were',
  fc.property(map, map, (overrides, defaults) => {
    const before = [spelled(overrides), spelled(defaults)];
    deepMerge(overrides, defaults);
    assert.equal([spelled(overrides), spelled(defaults)], before);
  }),
);

holds(
  'merging again changes nothing',
  fc.property(map, map, (overrides, defaults) => {
    const once = deepMerge(overrides, defaults);
    assert.is(spelled(deepMerge(overrides, once)), spelled(once));
  }),
);

holds(
  'a list or null replaces whatever is below it',
  fc.property(fc.oneof(fc.constant(null), fc.array(value)), value, (strong, weak) => {
    assert.is(deepMerge(strong, weak), strong);
  }),
);

holds(
  'keys of the weaker map stand first, in their order, then new ones in theirs',
  fc.property(map, map, (overrides, defaults) => {
    const added = Object.keys(overrides).filter((name) => !Object.keys(defaults).includes(name));
    assert.equal(Object.keys(deepMerge(overrides, defaults) as YamlMap), [...Object.keys(defaults), ...added]);
  }),
);

test('three layers are merged from the strong end: a null between two maps hides nothing', () => {
  const [own, autotuned, general] = [{ env: {} }, { env: null }, { env: { A: 'x' } }];
  assert.equal(deepMerge(deepMerge(own, autotuned), general), { env: { A: 'x' } });
  assert.equal(deepMerge(own, deepMerge(autotuned, general)), { env: {} });
});

test('a merge never reaches a prototype', () => {
  const hostile = JSON.parse(
    '{"__proto__": {"polluted": true}, "constructor": {"prototype": {"polluted": true}}}',
  ) as YamlMap;
  const merged = deepMerge(hostile, { constructor: { name: 'x' } }) as YamlMap;
  assert.is(({} as Record<string, unknown>)['polluted'], undefined);
  assert.is(Object.getPrototypeOf(merged), Object.prototype);
  assert.equal(Object.keys(merged), ['constructor', '__proto__']);
});

test.run();
