/** Rendered objects against the API of Kubernetes 1.36. */
import { ApiObject } from 'cdk8s';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { compile } from '../compiler/compile.ts';
import type { KubeObject } from '../compiler/model/rendered-file.ts';
import { checkObject } from '../compiler/validate/objects/index.ts';
import { memoryReader } from './support/memory-reader.ts';
import { SYSTEM } from './support/sources.ts';
import { findingLine, SHOP } from './support/validate.ts';

const container = { name: 'main', image: 'x:1', ports: [{ containerPort: 80 }] };
const labels = { app: 'a' };

const deployment = (spec: object, pod: object = {}, metadata: object = {}): KubeObject => ({
  apiVersion: 'apps/v1',
  kind: 'Deployment',
  metadata: { name: 'shop-main', namespace: 'shop', labels, ...metadata },
  spec: {
    selector: { matchLabels: labels },
    template: { metadata: { labels }, spec: { containers: [container], ...pod } },
    ...spec,
  },
});

const problems = (object: KubeObject): readonly string[] =>
  checkObject(object).map(({ path, message, hint }) => `${path} ${message}${hint === undefined ? '' : ` (${hint})`}`);

test('a correct object has no problem', () => {
  assert.equal(problems(deployment({ replicas: 2 })), []);
});

test('a field that does not exist is named, with the one that was meant', () => {
  assert.equal(problems(deployment({ replica: 2 })), [
    'spec.replica is no field of the API (did you mean "replicas"?)',
  ]);
});

test('types, ranges and missing members are those of the API', () => {
  assert.equal(problems(deployment({ replicas: '2' })), ['spec.replicas is "2", expected a value of type integer']);
  assert.equal(problems(deployment({ replicas: 2 ** 31 })), [
    'spec.replicas is 2147483648, expected at most 2147483647',
  ]);
  assert.equal(problems(deployment({ selector: null })), ['spec has no selector']);
  assert.equal(problems(deployment({}, { dnsPolicy: 'none' })).length, 1);
  const resources = { requests: { memory: '512 MB' } };
  assert.equal(problems(deployment({}, { containers: [{ ...container, resources }] })), [
    'spec.template.spec.containers[0].resources.requests.memory is "512 MB", expected a quantity such as "512Mi"',
  ]);
});

test('pods that run until they are ended have images, and no end of their own', () => {
  const at = 'spec.template.spec';
  const init = { name: 'first', image: '' };
  assert.equal(problems(deployment({}, { containers: [{ name: 'main' }], initContainers: [init] })), [
    `${at}.initContainers[0] "first" has no image`,
    `${at}.containers[0] "main" has no image`,
  ]);
  assert.equal(problems(deployment({}, { activeDeadlineSeconds: 5, restartPolicy: 'Never' })), [
    `${at}.activeDeadlineSeconds is nothing that pods of a Deployment may have`,
    `${at}.restartPolicy is "Never", expected Always`,
  ]);
  const template = { spec: { containers: [container], activeDeadlineSeconds: 5, restartPolicy: 'Never' } };
  const job = { apiVersion: 'batch/v1', kind: 'Job', metadata: { name: 'j', namespace: 'n' }, spec: { template } };
  assert.equal(problems(job), []);
});

test('the name of a StatefulSet is a part of host names', () => {
  const named = (kind: string, name: string) => ({ ...deployment({}, {}, { name }), kind });
  assert.equal(problems(named('Deployment', 'x'.repeat(64))), []);
  for (const name of ['x'.repeat(64), 'a.b'])
    assert.match(problems(named('StatefulSet', name)).join(), `"${name}" is no legal name of a StatefulSet`);
});

test('items that the API tells apart by a key differ in it', () => {
  assert.equal(problems(deployment({}, { containers: [container, container] })), [
    'spec.template.spec.containers[1] has the same name as an item before it',
  ]);
  const env = [
    { name: 'A', value: '1' },
    { name: 'A', value: '2' },
  ];
  assert.is(problems(deployment({}, { containers: [{ ...container, env }] })).length, 1);
});

test('names, labels and keys are legal', () => {
  assert.equal(problems(deployment({}, {}, { name: 'Shop' })), [
    'metadata.name "Shop" is no legal name of a Deployment',
  ]);
  assert.equal(problems(deployment({}, {}, { labels: { a: 'x y', 'a b': 'c' } })), [
    'metadata.labels of a is "x y", which no label may be',
    'metadata.labels has the key "a b", which is no legal one',
  ]);
  assert.equal(problems(deployment({}, {}, { annotations: { 'Example.com/x': 'y' } })).length, 1);
  assert.equal(problems(deployment({}, {}, { labels: { a: 'x'.repeat(64) } })).length, 1);
});

test('objects of unknown kinds are checked by name and labels only', () => {
  const custom = { apiVersion: 'example.com/v1', kind: 'Thing', metadata: { name: 'a' }, anything: [1] };
  assert.equal(problems(custom), []);
  assert.is(problems({ ...custom, metadata: { name: 'a/b' } }).length, 1);
});

test('an object that the API would refuse holds its instance back, and nothing else', async () => {
  const files: string[] = [];
  const ignore = (): void => undefined;
  const instances = 'main: {deploy_group: prod}\nother: {deploy_group: prod}\n';
  const { diagnostics, clusters } = await compile(
    {
      soa: memoryReader({ ...SHOP, 'shop/kubernetes-norcal-prod.yaml': instances }),
      system: memoryReader({ 'system.json': JSON.stringify(SYSTEM) }),
      ...{ scope: {}, filePer: 'instance', verbose: false, strict: false, severity: {} },
      constructs: [
        {
          module: 'bad.mjs',
          extend: (chart, instance) => {
            if (instance.instance !== 'main') return;
            new ApiObject(chart, 'bad', {
              apiVersion: 'v1',
              kind: 'ConfigMap',
              metadata: { name: 'x' },
              dat: { a: 'b' },
            });
          },
        },
      ],
    },
    {
      ...{ begin: ignore, kept: () => null, aggregates: ignore, progress: ignore },
      service: (_, written) => void files.push(...written.map(({ instance }) => instance!)),
    },
  );
  const errors = diagnostics.filter(({ severity }) => severity === 'error');
  assert.equal(errors.map(findingLine), ['error shop/kubernetes-norcal-prod.yaml:1:1 bad-object']);
  assert.match(errors[0]!.message, 'dat is no field of the API');
  assert.equal(files, ['other']);
  assert.equal(clusters[0]!.failed, ['shop.main']);
});

test.run();
