/** What is kept about shared parts is what a walk over them would find. */
import * as fc from 'fast-check';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { isCanonicalObject } from '../../compiler/emit/is-canonical.ts';
import { emitDocuments, emitObjects } from '../../compiler/emit/yaml.ts';
import type { KubeObject } from '../../compiler/model/rendered-file.ts';
import { isShared, oncePerShared, share } from '../../compiler/model/shared-part.ts';
import { checkObject } from '../../compiler/validate/objects/index.ts';

/** Keys that mean something to one walk or another, sorted and not. */
const key = fc.constantFrom(
  'annotations',
  'apiVersion',
  'emptyDir',
  'env',
  'kind',
  'metadata',
  'name',
  'spec',
  'value',
);
const scalar = fc.constantFrom<unknown>('a', 'b: c', 'two\nlines\n', '', 1, 0.5, true);
const { part } = fc.letrec<{ part: object; map: object; list: object; node: unknown }>((tie) => ({
  node: fc.oneof({ depthSize: 'small' }, { weight: 3, arbitrary: scalar }, tie('map'), tie('list')),
  map: fc.dictionary(key, tie('node'), { maxKeys: 4, noNullPrototype: true }),
  list: fc.array(tie('node'), { maxLength: 3 }),
  part: fc.oneof(tie('map'), tie('list')),
}));

/** Parts of a pod that the API takes, and some that it refuses where they stand here. */
const podPart = fc.constantFrom<object>(
  { name: 'a', value: 'b' },
  { name: 'a', valueFrom: { fieldRef: { fieldPath: 'metadata.name' } } },
  { mountPath: '/a', name: 'a' },
  { mountPath: '/a', name: 'a', readOnly: false },
  { limits: { cpu: '1' }, requests: { memory: '1Gi' } },
  { limits: { cpu: '1000m' } },
  { limits: { cpu: '1 CPU' } },
  { containerPort: 1, protocol: 'TCP' },
  { emptyDir: {}, name: 'a' },
  {},
);

/** The parts in several places of one object, where the same text may mean different things. */
function placed(parts: readonly object[]): KubeObject {
  const [first = {}] = parts;
  return {
    apiVersion: 'apps/v1',
    kind: 'Deployment',
    metadata: { annotations: first as Record<string, string>, name: 'a' },
    spec: {
      emptyDir: first,
      selector: first,
      template: {
        spec: {
          containers: parts.map((each) => ({
            env: parts,
            name: 'a',
            ports: [each],
            resources: each,
            volumeMounts: parts,
          })),
          volumes: parts,
        },
      },
    },
  };
}

const copy = <T>(value: T): T => JSON.parse(JSON.stringify(value)) as T;

function answers(parts: readonly object[]): readonly unknown[] {
  const object = placed(parts);
  const nested = [parts, [parts], { name: 'a', parts }];
  return [emitObjects([object]), emitDocuments([object.spec, nested]), isCanonicalObject(object), checkObject(object)];
}

test('objects with shared parts are written, looked at and checked as those without', () => {
  fc.assert(
    fc.property(fc.array(fc.oneof(part, podPart), { maxLength: 3 }), (parts) => {
      const expected = answers(copy(parts));
      const shared = parts.map((each) => share(copy(each)));
      // What is kept the first time is used the second time.
      assert.equal(answers(shared), expected);
      assert.equal(answers(shared), expected);
    }),
    { seed: 22, numRuns: 1000 },
  );
});

test('a part that was right under one schema is checked under another', () => {
  const item = share({ name: 'a', value: 'b' });
  const object = (spec: object): KubeObject => ({
    ...{ apiVersion: 'apps/v1', kind: 'Deployment', metadata: { name: 'a' } },
    spec: { selector: {}, template: { spec: { containers: [{ name: 'a', image: 'a', ...spec }] } } },
  });
  const paths = (spec: object): readonly string[] => checkObject(object(spec)).map(({ path }) => path);
  assert.equal(paths({ env: [item] }), []);
  assert.equal(paths({ volumeMounts: [item] }), [
    'spec.template.spec.containers[0].volumeMounts[0]',
    'spec.template.spec.containers[0].volumeMounts[0].value',
  ]);
  assert.equal(paths({ env: [item, item] }), ['spec.template.spec.containers[0].env[1]']);
});

test('a shared part is frozen all through, also where it was frozen before', () => {
  const inner = Object.freeze([{ a: 1 }]);
  const whole = share(Object.freeze({ inner }));
  assert.ok([whole, inner, inner[0]!].every((each) => Object.isFrozen(each) && isShared(each)));
  assert.not(isShared(Object.freeze({})));
});

test('what is made of a shared part is made once, and shared', () => {
  const make = oncePerShared(({ a }: { readonly a: number }) => ({ b: a }));
  const known = share({ a: 1 });
  assert.is(make(known), make(known));
  assert.ok(isShared(make(known)));
  const other = { a: 1 };
  assert.is.not(make(other), make(other));
  assert.not(isShared(make(other)));
});

test.run();
