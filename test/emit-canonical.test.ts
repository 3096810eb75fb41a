import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { canonicalJson } from '../compiler/emit/canonical-json.ts';
import { canonicalObject } from '../compiler/emit/canonical.ts';
import { isCanonicalObject } from '../compiler/emit/is-canonical.ts';
import { fileNameOf } from '../compiler/emit/file-name.ts';
import type { KubeObject } from '../compiler/model/rendered-file.ts';

interface Pod {
  readonly spec: { readonly template: { readonly spec: Record<string, unknown> } & Record<string, unknown> };
}

const object = (apiVersion: string, kind: string, rest: object): KubeObject => ({
  ...{ apiVersion, kind, metadata: { name: 'x' } },
  ...rest,
});
const canonicalPod = (spec: object, kind = 'Deployment'): Record<string, unknown> => {
  const canonical = canonicalObject(object('apps/v1', kind, { spec: { template: { spec } } }));
  return (canonical as unknown as Pod).spec.template.spec;
};
const canonicalContainer = (container: object): unknown =>
  (canonicalPod({ containers: [{ name: 'c', ...container }] })['containers'] as unknown[])[0];

test('quantities of containers take the form the server stores, whatever list they stand in', () => {
  const resources = { requests: { cpu: 0.5, memory: '1024Mi' }, limits: { cpu: 1, memory: '512.0Mi' } };
  const canonical = { requests: { cpu: '500m', memory: '1Gi' }, limits: { cpu: '1', memory: '512Mi' } };
  const containers = [{ name: 'c', resources }];
  assert.equal(canonicalPod({ containers, initContainers: containers }), {
    containers: [{ name: 'c', resources: canonical }],
    initContainers: [{ name: 'c', resources: canonical }],
  });
});

test('what is no quantity stays for the server to refuse', () => {
  assert.equal(canonicalContainer({ resources: { requests: { cpu: 'lots' } } }), {
    name: 'c',
    resources: { requests: { cpu: 'lots' } },
  });
});

test('targets of every kind of metric are canonical strings', () => {
  const target = { type: 'AverageValue', averageValue: 0.8, value: 1 };
  const metrics = ['resource', 'containerResource', 'pods', 'object', 'external'].map((s) => ({
    type: s,
    [s]: { target },
  }));
  const canonical = canonicalObject(object('autoscaling/v2', 'HorizontalPodAutoscaler', { spec: { metrics } }));
  for (const metric of (canonical['spec'] as { metrics: Record<string, unknown>[] }).metrics) {
    assert.equal(metric[metric['type'] as string], {
      target: { type: 'AverageValue', averageValue: '800m', value: '1' },
    });
  }
});

test('bounds of a LimitRange, a quota, a claim and an emptyDir are canonical', () => {
  const limits = [{ type: 'Container', default: { cpu: 1 }, defaultRequest: { memory: '2048Mi' } }];
  assert.equal(canonicalObject(object('v1', 'LimitRange', { spec: { limits } }))['spec'], {
    limits: [{ type: 'Container', default: { cpu: '1' }, defaultRequest: { memory: '2Gi' } }],
  });
  assert.equal(canonicalObject(object('v1', 'ResourceQuota', { spec: { hard: { pods: 4 } } }))['spec'], {
    hard: { pods: '4' },
  });
  const resources = { requests: { storage: '1024Gi' } };
  assert.equal(canonicalObject(object('v1', 'PersistentVolumeClaim', { spec: { resources } }))['spec'], {
    resources: { requests: { storage: '1Ti' } },
  });
  assert.equal(canonicalPod({ volumes: [{ name: 'v', emptyDir: { sizeLimit: '1024Mi' } }] })['volumes'], [
    { name: 'v', emptyDir: { sizeLimit: '1Gi' } },
  ]);
});

test('ports get their protocol, and the second of one number goes', () => {
  const ports = [{ containerPort: 80, name: 'a' }, { containerPort: 80 }, { containerPort: 80, protocol: 'UDP' }];
  assert.equal(canonicalContainer({ ports }), {
    name: 'c',
    ports: [
      { containerPort: 80, name: 'a', protocol: 'TCP' },
      { containerPort: 80, protocol: 'UDP' },
    ],
  });
  const service = canonicalObject(object('v1', 'Service', { spec: { selector: {}, ports: [{ port: 80 }] } }));
  assert.equal(service['spec'], { selector: {}, ports: [{ port: 80, protocol: 'TCP' }] });
});

test('of environment variables with one name the last one stays, where it stands', () => {
  const env = [
    { name: 'A', value: '1' },
    { name: 'B', value: '' },
    { name: 'A', value: '$(B)2' },
    { name: 'C', valueFrom: { resourceFieldRef: { resource: 'limits.memory', divisor: '1024Ki' } } },
  ];
  assert.equal(canonicalContainer({ env }), {
    name: 'c',
    env: [
      { name: 'B', value: '' },
      { name: 'A', value: '$(B)2' },
      { name: 'C', valueFrom: { resourceFieldRef: { resource: 'limits.memory', divisor: '1Mi' } } },
    ],
  });
});

test('zero values that the server drops are left out, and only those', () => {
  const spec = {
    minReadySeconds: 0,
    replicas: 0,
    revisionHistoryLimit: 0,
    template: { spec: { enableServiceLinks: false } },
  };
  assert.equal(canonicalObject(object('apps/v1', 'Deployment', { spec }))['spec'], {
    replicas: 0,
    revisionHistoryLimit: 0,
    template: { spec: { enableServiceLinks: false } },
  });
  const volumeMounts = [
    { name: 'a', readOnly: false },
    { name: 'b', readOnly: true },
  ];
  assert.equal(canonicalContainer({ volumeMounts }), {
    name: 'c',
    volumeMounts: [{ name: 'a' }, { name: 'b', readOnly: true }],
  });
  const volumes = [{ name: 'v', awsElasticBlockStore: { volumeID: 'i', readOnly: false } }];
  assert.equal(canonicalPod({ volumes })['volumes'], [{ name: 'v', awsElasticBlockStore: { volumeID: 'i' } }]);
});

test('empty lists and maps go from the kinds PaaSTA makes, with what they leave empty', () => {
  const securityContext = { capabilities: { add: [], drop: [] } };
  assert.equal(canonicalContainer({ args: [], env: [], securityContext }), { name: 'c' });
  assert.equal(canonicalObject(object('v1', 'Namespace', { spec: {} })), object('v1', 'Namespace', {}));
});

test('what is empty and says something stays', () => {
  const term = { labelSelector: { matchLabels: {} }, namespaceSelector: {}, topologyKey: 'zone' };
  const pod = {
    affinity: { podAntiAffinity: { requiredDuringSchedulingIgnoredDuringExecution: [term] } },
    volumes: [{ name: 'v', emptyDir: {} }],
  };
  const kept = { ...term, labelSelector: {} };
  assert.equal(canonicalPod(pod), {
    affinity: { podAntiAffinity: { requiredDuringSchedulingIgnoredDuringExecution: [kept] } },
    volumes: [{ name: 'v', emptyDir: {} }],
  });
  const budget = canonicalObject(object('policy/v1', 'PodDisruptionBudget', { spec: { selector: {} } }));
  assert.equal(budget['spec'], { selector: {} });
});

test('other kinds keep their empty lists and maps', () => {
  const spec = { podSelector: {}, ingress: [{}], egress: [], extra: null };
  assert.equal(canonicalObject(object('networking.k8s.io/v1', 'NetworkPolicy', { spec }))['spec'], {
    podSelector: {},
    ingress: [{}],
    egress: [],
  });
});

test('a kind of the same name in another group is another kind', () => {
  const spec = { template: { spec: { containers: [] } } };
  assert.equal(canonicalObject(object('example.com/v1', 'Deployment', { spec }))['spec'], spec);
});

test('status, nulls, and empty labels and annotations go from every kind', () => {
  const metadata = { name: 'x', labels: {}, annotations: {}, creationTimestamp: null };
  const canonical = canonicalObject({
    ...{ apiVersion: 'example.com/v1', kind: 'Thing', metadata, status: { ready: true } },
    spec: { list: [null, 1], unset: undefined },
  } as KubeObject);
  assert.equal(canonical, {
    apiVersion: 'example.com/v1',
    kind: 'Thing',
    metadata: { name: 'x' },
    spec: { list: [1] },
  });
});

test('claim templates carry what the server adds to them', () => {
  const volumeClaimTemplates = [{ metadata: { name: 'd' }, spec: { resources: { requests: { storage: '1024Mi' } } } }];
  const canonical = canonicalObject(object('apps/v1', 'StatefulSet', { spec: { volumeClaimTemplates } }));
  assert.equal((canonical['spec'] as { volumeClaimTemplates: unknown }).volumeClaimTemplates, [
    {
      apiVersion: 'v1',
      kind: 'PersistentVolumeClaim',
      metadata: { name: 'd' },
      spec: { volumeMode: 'Filesystem', resources: { requests: { storage: '1Gi' } } },
    },
  ]);
});

test('subjects that are users and groups, and the role, name their API group', () => {
  const subjects = [
    { kind: 'User', name: 'u' },
    { kind: 'Group', name: 'g' },
    { kind: 'ServiceAccount', name: 's' },
  ];
  const binding = { subjects, roleRef: { kind: 'ClusterRole', name: 'r' } };
  const canonical = canonicalObject(object('rbac.authorization.k8s.io/v1', 'RoleBinding', binding));
  const apiGroup = 'rbac.authorization.k8s.io';
  assert.equal(canonical['subjects'], [
    { kind: 'User', name: 'u', apiGroup },
    { kind: 'Group', name: 'g', apiGroup },
    { kind: 'ServiceAccount', name: 's' },
  ]);
  assert.equal(canonical['roleRef'], { kind: 'ClusterRole', name: 'r', apiGroup });
});

test('the object given is not changed', () => {
  const given = object('apps/v1', 'Deployment', {
    spec: {
      minReadySeconds: 0,
      template: { spec: { containers: [{ name: 'c', args: [], ports: [{ containerPort: 1 }] }] } },
    },
  });
  const before = JSON.stringify(given);
  canonicalObject(given);
  assert.is(JSON.stringify(given), before);
});

test('the canonical form is its own canonical form', () => {
  const once = canonicalObject(
    object('batch/v1', 'CronJob', {
      spec: {
        jobTemplate: {
          spec: { template: { spec: { overhead: { cpu: '1000m' }, containers: [{ name: 'c', env: [] }] } } },
        },
      },
    }),
  );
  assert.match(JSON.stringify(once), '"overhead":{"cpu":"1"}');
  assert.equal(canonicalObject(once), once);
});

test('an object that is canonical at a glance is what a copy would be, and any fault is seen', () => {
  const container = {
    env: [{ name: 'A', value: '' }],
    name: 'c',
    ports: [{ containerPort: 1, protocol: 'TCP' }],
    resources: { limits: { cpu: '1' } },
    volumeMounts: [{ mountPath: '/a', name: 'v', readOnly: true }],
  };
  const deployment = (change: object, pod: object = {}, spec: object = {}): KubeObject => {
    const containers = [
      Object.fromEntries(Object.entries({ ...container, ...change }).sort(([a], [b]) => (a < b ? -1 : 1))),
    ];
    const template = { spec: { containers, ...pod } };
    return { apiVersion: 'apps/v1', kind: 'Deployment', metadata: { name: 'x' }, spec: { ...spec, template } };
  };
  const good = [
    deployment({}),
    deployment({}, { volumes: [{ emptyDir: {}, name: 'v' }] }),
    deployment({}, {}, { minReadySeconds: 1, selector: {} }),
  ];
  for (const each of good) {
    assert.is(isCanonicalObject(each), true);
    assert.is(JSON.stringify(canonicalObject(each)), JSON.stringify(each));
  }
  const bad = [
    deployment({ args: [] }),
    deployment({ args: [null] }),
    deployment({ tty: undefined }),
    deployment({ livenessProbe: { b: 1, a: 2 } }),
    deployment({ lifecycle: { preStop: {} } }),
    deployment({ ports: [{ containerPort: 1 }] }),
    deployment({ ports: [...container.ports, ...container.ports] }),
    deployment({ env: [...container.env, ...container.env] }),
    deployment({ env: [{ name: 'A', valueFrom: { resourceFieldRef: { divisor: '1000m', resource: 'limits.cpu' } } }] }),
    deployment({ resources: { limits: { cpu: 1 } } }),
    deployment({ resources: { limits: { memory: '1024Mi' } } }),
    deployment({ volumeMounts: [{ mountPath: '/a', name: 'v', readOnly: false }] }),
    deployment({}, { volumes: [{ emptyDir: { sizeLimit: '1024Mi' }, name: 'v' }] }),
    deployment({}, { volumes: [{ awsElasticBlockStore: { readOnly: false, volumeID: 'v' }, name: 'v' }] }),
    deployment({}, { initContainers: [{ name: 'i', ports: [{ containerPort: 1 }] }] }),
    deployment({}, {}, { minReadySeconds: 0 }),
    { ...deployment({}), status: {} },
    object('v1', 'ConfigMap', { binaryData: {} }),
    object('v1', 'Service', { spec: { ports: [{ port: 1 }] } }),
  ];
  for (const each of bad) assert.is(isCanonicalObject(each), false, JSON.stringify(each));
});

test('canonical JSON depends on the data alone', () => {
  assert.is(
    canonicalJson({ b: [1, { z: null, y: 'é"' }], a: undefined, A: 1.5, é: true }),
    '{"A":1.5,"b":[1,{"y":"é\\"","z":null}],"é":true}',
  );
  assert.is(canonicalJson({ b: 1, a: { d: 1, c: 2 } }), canonicalJson({ a: { c: 2, d: 1 }, b: 1 }));
  assert.is(canonicalJson(2n ** 70n), '1180591620717411303424');
  for (const bad of [NaN, Infinity, () => 1, Symbol('s'), undefined])
    assert.throws(() => canonicalJson(bad), /no JSON can hold/);
});

test('a file name over 200 bytes is cut to 180, a dash and a digest, and keeps `.yaml`', () => {
  const longest = `${'a'.repeat(195)}.yaml`;
  assert.is(fileNameOf(longest), longest);
  const cut = fileNameOf(`${'a'.repeat(196)}.yaml`);
  assert.match(cut, /^a{180}-[0-9a-f]{8}\.yaml$/);
  assert.is.not(fileNameOf(`${'a'.repeat(197)}.yaml`), cut);
  assert.match(fileNameOf('b.c'.repeat(100)), /^(b\.c)+-[0-9a-f]{8}$/);
});

test('a preference without conditions is one for any node, and stays', () => {
  const term = { weight: 5, preference: { matchExpressions: [] } };
  const affinity = { nodeAffinity: { preferredDuringSchedulingIgnoredDuringExecution: [term] } };
  const canonical = canonicalObject(object('apps/v1', 'Deployment', { spec: { template: { spec: { affinity } } } }));
  assert.match(JSON.stringify(canonical), '{"preference":{},"weight":5}');
});

test.run();
