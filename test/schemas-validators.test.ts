/** The precompiled validators, and the small functions that read their errors. */
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import fc from 'fast-check';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { constraintClass, constraintMessage, isStricterThanPaasta } from '../schemas/constraint-class.ts';
import { duplicateItem } from '../schemas/duplicate-item.ts';
import { SCHEMA_KINDS } from '../schemas/kinds.ts';
import { readSchemas } from '../schemas/schema-files.ts';
import type { ValidationError, Validator } from '../schemas/validator.ts';
import { createAjv } from '../schemas/vocabulary.ts';
import { buildValidators } from '../scripts/generate-validators.ts';

const folder = mkdtempSync(join(tmpdir(), 'validators-'));
const file = join(folder, 'validators.mjs');
await buildValidators(file);
const { makeValidators } = (await import(pathToFileURL(file).href)) as {
  readonly makeValidators: () => Readonly<Record<string, Validator>>;
};
const built = makeValidators();
const ajv = createAjv();
for (const schema of readSchemas().values()) ajv.addSchema(schema);

test.after(() => {
  rmSync(folder, { recursive: true });
});

function errorsOf(document: unknown, name = 'kubernetes'): readonly ValidationError[] {
  built[name]!(document);
  return built[name]!.errors ?? [];
}

const onlyError = (document: unknown, name = 'kubernetes'): ValidationError => {
  const found = errorsOf(document, name).filter((error) => constraintClass(error) !== null);
  assert.is(found.length, 1, JSON.stringify(found.map(({ instancePath, keyword }) => [instancePath, keyword])));
  return found[0]!;
};

test('there is a function for each kind, and the module needs no other', () => {
  assert.equal(Object.keys(built).sort(), SCHEMA_KINDS.map(({ validator }) => validator).sort());
  assert.not.match(readFileSync(file, 'utf8'), /from\s*["']ajv|import\s*["']/);
  assert.match(readFileSync(file.replace('.mjs', '.d.mts'), 'utf8'), 'readonly systemConfig: Validator;');
});

test('they find what the schemas say, whatever the document', () => {
  const keys = Object.keys(readSchemas().get('kubernetes.schema.json')!.$defs!['instance']!.properties!);
  const value = fc.jsonValue({ maxDepth: 2 });
  const instance = fc.dictionary(fc.constantFrom(...keys, 'cpuz'), value, { maxKeys: 6 });
  const inProcess = ajv.getSchema('kubernetes.schema.json') as Validator;
  fc.assert(
    fc.property(fc.dictionary(fc.constantFrom('main', '_base', 'Main', 'a.b'), instance), (document) => {
      inProcess(document);
      const brief = (errors: readonly ValidationError[]): readonly unknown[] =>
        errors.map(({ instancePath, keyword, params }) => [instancePath, keyword, params]);
      assert.equal(brief(errorsOf(document)), brief(inProcess.errors ?? []));
    }),
    { seed: 4, numRuns: 300 },
  );
});

test('an error carries what its class and text depend on', () => {
  const unknown = onlyError({ main: { cpuz: 1 } });
  assert.equal(
    [unknown.instancePath, unknown.keyword, unknown.params],
    ['/main', 'additionalProperties', { additionalProperty: 'cpuz' }],
  );
  assert.is(constraintClass(unknown), 'policy');
  assert.is(isStricterThanPaasta(unknown), false);
  const mode = onlyError({ main: { healthcheck_mode: 'cmd' } });
  assert.is(constraintClass(mode), 'error');
  assert.is(constraintMessage(mode), 'healthcheck_mode cmd needs healthcheck_cmd');
  assert.is((mode.parentSchema as { 'x-at'?: string })['x-at'], 'healthcheck_mode');
  assert.is(isStricterThanPaasta(onlyError({ main: { lifecycle: { pre_stop_drain: 5 } } })), true);
});

test('the class depends on the kind of the value where that matters', () => {
  const classOf = (settings: object): unknown => constraintClass(onlyError({ main: settings }));
  assert.is(classOf({ mem: 16 }), 'policy');
  assert.is(classOf({ mem: -16 }), 'error');
  assert.is(classOf({ mem: '512' }), 'policy');
  assert.is(classOf({ mem: '512M' }), 'error');
  assert.is(classOf({ fs_group: null }), 'policy');
  assert.is(classOf({ fs_group: 'root' }), 'error');
  assert.is(classOf({ deploy_whitelist: [] }), 'policy');
  assert.is(classOf({ deploy_whitelist: ['habitat'] }), 'error');
});

test('a method that only a Deployment needs is an error only there', () => {
  const worst = (settings: object): boolean =>
    errorsOf({ main: settings }).some((error) => constraintClass(error) === 'error');
  assert.ok(worst({ bounce_method: 'upthendown' }));
  assert.ok(worst({ bounce_method: 'upthendown', persistent_volumes: [] }));
  assert.not.ok(worst({ bounce_method: 'upthendown', persistent_volumes: [{ container_path: '/a', size: 1 }] }));
});

test('limits of an autoscaler are errors only where one is made', () => {
  const autoscaling = { scaledown_policies: { stabilizationWindowSeconds: 4000 } };
  assert.equal(errorsOf({ main: { autoscaling } }), []);
  assert.is(constraintClass(onlyError({ main: { autoscaling, max_instances: 3 } })), 'error');
});

test('keys are reported by their presence: deprecated, without effect, refused by PaaSTA', () => {
  const notes = errorsOf({ main: { nerve_ns: 'main', host_port: 1, cost_owner: 'shop', privileged: true } });
  assert.equal(notes.map((note) => `${note.instancePath} ${note.keyword} ${constraintClass(note)}`).sort(), [
    '/main/cost_owner x-eks-only policy',
    '/main/host_port x-no-effect info',
    '/main/nerve_ns deprecated warning',
    '/main/nerve_ns x-unlisted policy',
    '/main/privileged x-unlisted policy',
  ]);
});

test('errors about keys name the key', () => {
  const name = onlyError({ Main: { cpus: 1 } });
  assert.equal([name.instancePath, name.propertyName], ['', 'Main']);
  assert.is(errorsOf({ _base: { anything: [1] } }).length, 0);
});

test('keys named like members of objects are keys like any other', () => {
  const document = JSON.parse('{"main": {"constructor": 1, "toString": 2, "__proto__": 3}}') as unknown;
  const keys = errorsOf(document).map(({ params }) => params['additionalProperty']);
  assert.equal(keys, ['constructor', 'toString', '__proto__']);
});

test('a namespace called port is one, and the old port is not', () => {
  assert.equal(errorsOf({ port: { proxy_port: 20000 } }, 'smartstack'), []);
  const old = errorsOf({ main: { proxy_port: 20000 }, port: 8080 }, 'smartstack');
  assert.ok(old.some(({ keyword }) => keyword === 'deprecated'));
});

test('a step needs a name or parallel steps, and those do not nest', () => {
  assert.equal(errorsOf({ pipeline: [{ parallel: [{ step: 'a' }, { step: 'b' }] }] }, 'deploy'), []);
  assert.is(constraintClass(onlyError({ pipeline: [{ disabled: true }] }, 'deploy')), 'error');
  const nested = onlyError({ pipeline: [{ parallel: [{ parallel: [{ step: 'a' }] }] }] }, 'deploy');
  assert.is(nested.instancePath, '/pipeline/0/parallel/0/parallel');
});

test('equal items are found as by comparing each with each', () => {
  const item = fc.oneof(
    fc.integer({ min: 0, max: 3 }),
    fc.constantFrom('1', 'a'),
    fc.boolean(),
    fc.dictionary(fc.constantFrom('a', 'b'), fc.integer({ min: 0, max: 1 })),
  );
  fc.assert(
    fc.property(fc.array(item, { maxLength: 6 }), (items) => {
      const found = duplicateItem(items);
      const pairs = items.flatMap((a, i) => items.slice(i + 1).map((b, j) => [a, b, i, i + 1 + j] as const));
      const equal = pairs.filter(([a, b]) => isDeepEqual(a, b));
      assert.is(found !== null, equal.length > 0);
      if (found !== null) assert.ok(equal.some(([, , i, j]) => i === found[0] && j === found[1]));
    }),
    { seed: 4 },
  );
});

function isDeepEqual(a: unknown, b: unknown): boolean {
  if (typeof a !== 'object' || typeof b !== 'object' || a === null || b === null) return a === b;
  const keys = Object.keys(a);
  const other = b as Readonly<Record<string, unknown>>;
  return (
    keys.length === Object.keys(b).length && keys.every((key) => isDeepEqual((a as typeof other)[key], other[key]))
  );
}

test('equal items are found in time linear in the list', () => {
  const volumes = (count: number): readonly object[] =>
    Array.from({ length: count }, (_, i) => ({ hostPath: `/a${i}`, containerPath: `/b${i}` }));
  let compared = 0;
  const counting = (value: object): object =>
    new Proxy(value, { ownKeys: (target) => (compared++, Reflect.ownKeys(target)) });
  assert.is(duplicateItem(volumes(1000).map(counting)), null);
  assert.is(compared, 1000);
  assert.equal(duplicateItem([...volumes(1000), { containerPath: '/b7', hostPath: '/a7' }]), [7, 1000]);
});

test.run();
