import { test } from 'uvu';
import * as assert from 'uvu/assert';
import type { HostPathVolume, PodVolume, Probe, ResolvedInstance } from '../compiler/model/resolved-instance.ts';
import type { Container, DeploymentSpec, PodSpec } from '../constructs/_plain.ts';
import { PaastaDeployment } from '../constructs/index.ts';
import { instanceWith, meshWith } from './support/instance.ts';
import { manifestOf } from './support/manifests.ts';

const SELECTOR = { matchLabels: { 'paasta.yelp.com/service': 'shop', 'paasta.yelp.com/instance': 'main' } };

function podOf(instance: ResolvedInstance): PodSpec {
  const { spec } = manifestOf<{ spec: DeploymentSpec }>((chart) => new PaastaDeployment(chart, 'w', { instance }));
  return spec.template.spec!;
}

function mainOf(instance: ResolvedInstance): Container {
  return podOf(instance).containers[0]!;
}

function hacheckOf(instance: ResolvedInstance): Container {
  return podOf(instance).containers[1]!;
}

function host(name: string, hostPath: string, mountPath = hostPath): HostPathVolume {
  return { type: 'host', name, hostPath, mountPath, isReadOnly: true };
}

test('the main container runs the image as the instance says', () => {
  const container = mainOf(
    instanceWith({ instance: 'canary_1', pod: { main: { command: ['sh', '-c', 'x'], args: null } } }),
  );
  assert.is(container.name, 'canary--1');
  assert.is(container.image, instanceWith().version.image);
  assert.equal(container.command, ['sh', '-c', 'x']);
  assert.not('args' in container);
  assert.equal(container.lifecycle, { preStop: { exec: { command: ['/bin/sh', '-c', 'sleep 0'] } } });
});

test('environment variables are values, fields of the pod, or keys of Secrets, in order', () => {
  const env = [
    { name: 'B', value: '1' },
    { name: 'A', fieldPath: 'status.podIP' },
    { name: 'PASSWORD', secretName: 'ns-secret-shop-db', secretKey: 'db' },
  ];
  assert.equal(mainOf(instanceWith({ pod: { main: { env } } })).env, [
    { name: 'B', value: '1' },
    { name: 'A', valueFrom: { fieldRef: { fieldPath: 'status.podIP' } } },
    { name: 'PASSWORD', valueFrom: { secretKeyRef: { name: 'ns-secret-shop-db', key: 'db', optional: false } } },
  ]);
});

test('ports name their protocol, and keep their order', () => {
  assert.equal(mainOf(instanceWith({ pod: { main: { ports: [8888, 9090] } } })).ports, [
    { containerPort: 8888, protocol: 'TCP' },
    { containerPort: 9090, protocol: 'TCP' },
  ]);
});

test('a health check becomes the probe of its mode', () => {
  const timing = { initialDelaySeconds: 60, periodSeconds: 10, timeoutSeconds: 10, failureThreshold: 30 };
  const probe = (action: Probe['action']): unknown =>
    mainOf(instanceWith({ pod: { main: { liveness: { action, ...timing } } } })).livenessProbe;
  assert.equal(probe({ type: 'http', path: '/status', port: 8888, scheme: 'HTTP' }), {
    httpGet: { path: '/status', port: 8888, scheme: 'HTTP' },
    ...timing,
  });
  assert.equal(probe({ type: 'tcp', port: 6379 }), { tcpSocket: { port: 6379 }, ...timing });
  assert.equal(probe({ type: 'exec', command: ['/bin/sh', '-c', 'x'] }), {
    exec: { command: ['/bin/sh', '-c', 'x'] },
    ...timing,
  });
  assert.not('readinessProbe' in mainOf(instanceWith()));
});

test('capabilities are added only where asked for, and a privileged flag is rendered even when false', () => {
  assert.equal(mainOf(instanceWith()).securityContext, { capabilities: { drop: ['SETPCAP', 'MKNOD'] } });
  const main = { capabilities: { add: ['SYS_PTRACE'], drop: ['CHOWN'] }, isPrivileged: false };
  assert.equal(mainOf(instanceWith({ pod: { main } })).securityContext, {
    capabilities: { add: ['SYS_PTRACE'], drop: ['CHOWN'] },
    privileged: false,
  });
});

test('an instance outside the mesh has no sidecar', () => {
  assert.is(podOf(instanceWith()).containers.length, 1);
});

test('hacheck drains every registration before the pod stops', () => {
  const container = hacheckOf(instanceWith({ registrations: ['shop.main', 'shop.all'], mesh: meshWith() }));
  assert.is(container.name, 'hacheck');
  assert.is(container.image, 'registry.example.com:443/hacheck:2.1');
  assert.equal(container.lifecycle!.preStop!.exec!.command, [
    '/bin/sh',
    '-c',
    '/usr/bin/hadown shop.main shop.all; sleep 31',
  ]);
  assert.equal(container.ports, [{ containerPort: 6666, protocol: 'TCP' }]);
  assert.equal(
    container.env!.map(({ name }) => name),
    ['PAASTA_POD_IP', 'POD_NAME', 'PAASTA_HOST', 'PAASTA_CLUSTER', 'MESH_REGISTRATIONS'],
  );
  assert.equal(container.env![4], { name: 'MESH_REGISTRATIONS', value: 'shop.main shop.all' });
  assert.equal(container.readinessProbe, {
    exec: { command: ['/check_smartstack_up.sh', '8888', 'shop.main'] },
    initialDelaySeconds: 10,
    periodSeconds: 10,
  });
});

test('hacheck without an image or a check leaves the field out', () => {
  const resources = { requests: { cpu: 0.1, memory: 0 }, limits: { cpu: 0.1, memory: 0 } };
  const container = hacheckOf(instanceWith({ mesh: meshWith({ image: null, readiness: null, resources }) }));
  assert.not('image' in container);
  assert.not('readinessProbe' in container);
  assert.equal(container.resources, resources);
});

test('host volumes come first, then those of hacheck, each name once', () => {
  const pod = {
    volumes: [host('host--a', '/a'), host('host--b', '/b'), host('host--a', '/a', '/other')],
    hacheckVolumes: [host('host--b', '/b'), host('host--c', '/c')],
  };
  const instance = instanceWith({ mesh: meshWith(), pod });
  assert.equal(podOf(instance).volumes, [
    { name: 'host--a', hostPath: { path: '/a' } },
    { name: 'host--b', hostPath: { path: '/b' } },
    { name: 'host--c', hostPath: { path: '/c' } },
  ]);
  assert.equal(mainOf(instance).volumeMounts, [
    { name: 'host--a', mountPath: '/a', readOnly: true },
    { name: 'host--b', mountPath: '/b', readOnly: true },
    { name: 'host--a', mountPath: '/other', readOnly: true },
  ]);
  assert.equal(
    hacheckOf(instance).volumeMounts!.map(({ name }) => name),
    ['host--b', 'host--c'],
  );
});

test('every kind of volume is mounted in order: disks, claims, secrets, tokens', () => {
  const volumes: PodVolume[] = [
    host('host--a', '/a'),
    {
      type: 'ebs',
      name: 'aws-ebs--vol-1',
      mountPath: '/ebs',
      isReadOnly: false,
      volumeId: 'vol-1',
      fsType: 'ext4',
      partition: null,
    },
    secret({ name: 'secret--tls', mountPath: '/secrets', items: [{ key: 'tls', path: 'tls.pem', mode: 256 }] }),
    { type: 'token', name: 'projected-sa--aud', mountPath: '/token', audience: 'aud', expirationSeconds: 900 },
  ];
  const claims = [{ name: 'pv--data', mountPath: '/data', isReadOnly: true, sizeGi: 1, storageClassName: 'ebs' }];
  const instance = instanceWith({ pod: { volumes, claims } });
  assert.equal(
    mainOf(instance).volumeMounts!.map(({ mountPath }) => mountPath),
    ['/a', '/ebs', '/data', '/secrets', '/token'],
  );
  assert.equal(podOf(instance).volumes!.slice(1), [
    { name: 'aws-ebs--vol-1', awsElasticBlockStore: { volumeID: 'vol-1', fsType: 'ext4', readOnly: false } },
    {
      name: 'secret--tls',
      secret: {
        secretName: 'ns-secret-shop-tls',
        defaultMode: 288,
        items: [{ key: 'tls', path: 'tls.pem', mode: 256 }],
        optional: false,
      },
    },
    {
      name: 'projected-sa--aud',
      projected: { sources: [{ serviceAccountToken: { audience: 'aud', expirationSeconds: 900, path: 'token' } }] },
    },
  ]);
});

test('key files replace a host mount of their path, and hacheck mounts them too', () => {
  const boto = secret({
    name: 'secret-boto-key-shop-main',
    mountPath: '/etc/boto_cfg',
    inHacheck: true,
    replacesMount: true,
  });
  const volumes = [host('host--boto', '/etc/boto_cfg'), host('host--b', '/b'), boto];
  const instance = instanceWith({ mesh: meshWith(), pod: { volumes } });
  assert.equal(
    mainOf(instance).volumeMounts!.map(({ name }) => name),
    ['host--b', 'secret-boto-key-shop-main'],
  );
  assert.equal(
    hacheckOf(instance).volumeMounts!.map(({ name }) => name),
    ['secret-boto-key-shop-main'],
  );
  assert.is(podOf(instance).volumes!.length, 3);
});

test('a pod without placement has its pool as node selector and no affinity', () => {
  const pod = podOf(instanceWith());
  assert.equal(pod.nodeSelector, { 'yelp.com/pool': 'default' });
  assert.not('affinity' in pod);
  assert.not('topologySpreadConstraints' in pod);
});

test('all required node expressions stand in one term', () => {
  const required = [
    { key: 'zone', operator: 'In', values: ['a'] },
    { key: 'gpu', operator: 'Exists', values: [] },
  ];
  const preferred = [{ weight: 5, expressions: [{ key: 'disk', operator: 'In', values: ['ssd'] }] }];
  assert.equal(podOf(instanceWith({ pod: { placement: { required, preferred } } })).affinity, {
    nodeAffinity: {
      requiredDuringSchedulingIgnoredDuringExecution: { nodeSelectorTerms: [{ matchExpressions: required }] },
      preferredDuringSchedulingIgnoredDuringExecution: [
        { weight: 5, preference: { matchExpressions: preferred[0]!.expressions } },
      ],
    },
  });
});

test('anti-affinity keeps pods of a service or an instance off the same node', () => {
  const placement = {
    antiAffinity: [{ service: 'shop', instance: null }],
    antiAffinityPreferred: [{ service: 'shop', instance: 'main', weight: 20 }],
  };
  assert.equal(podOf(instanceWith({ pod: { placement } })).affinity, {
    podAntiAffinity: {
      requiredDuringSchedulingIgnoredDuringExecution: [
        {
          labelSelector: { matchLabels: { 'paasta.yelp.com/service': 'shop' } },
          topologyKey: 'kubernetes.io/hostname',
        },
      ],
      preferredDuringSchedulingIgnoredDuringExecution: [
        { weight: 20, podAffinityTerm: { labelSelector: SELECTOR, topologyKey: 'kubernetes.io/hostname' } },
      ],
    },
  });
});

test('pods are spread by their own labels', () => {
  const spread = { topologyKey: 'zone', maxSkew: 1, whenUnsatisfiable: 'ScheduleAnyway', matchLabelKeys: ['rev'] };
  assert.equal(podOf(instanceWith({ pod: { placement: { topologySpread: [spread] } } })).topologySpreadConstraints, [
    { labelSelector: SELECTOR, ...spread },
  ]);
});

test('pod defaults stay where PaaSTA sets nothing, such as image pull secrets', () => {
  const defaults = {
    imagePullSecrets: [{ name: 'registry' }],
    dnsPolicy: 'Default',
    restartPolicy: 'Never',
    terminationGracePeriodSeconds: 5,
  };
  const pod = podOf(instanceWith({ pod: { defaults } }));
  assert.equal(pod.imagePullSecrets, [{ name: 'registry' }]);
  assert.is(pod.dnsPolicy, 'Default');
  assert.is(pod.restartPolicy, 'Always');
  assert.is(pod.terminationGracePeriodSeconds, 5);
  assert.is(pod.shareProcessNamespace, true);
});

test('the service account of the instance replaces a default one, also by none', () => {
  const defaults = { serviceAccountName: 'everyone' };
  assert.not('serviceAccountName' in podOf(instanceWith({ pod: { defaults } })));
  assert.is(podOf(instanceWith({ pod: { defaults, serviceAccountName: 'mine' } })).serviceAccountName, 'mine');
});

test('node affinity replaces a default affinity, anti-affinity joins it', () => {
  const defaults = { affinity: { podAffinity: { x: 1 } } };
  const required = [{ key: 'zone', operator: 'In', values: ['a'] }];
  const affinity = (placement: object): unknown => podOf(instanceWith({ pod: { defaults, placement } })).affinity;
  assert.equal(affinity({}), defaults.affinity);
  assert.equal(Object.keys(affinity({ required }) as object), ['nodeAffinity']);
  assert.equal(Object.keys(affinity({ antiAffinity: [] }) as object), ['podAffinity', 'podAntiAffinity']);
});

test('spread constraints follow the default ones', () => {
  const defaults = { topologySpreadConstraints: [{ topologyKey: 'host' }] };
  const spread = { topologyKey: 'zone', maxSkew: 1, whenUnsatisfiable: 'ScheduleAnyway', matchLabelKeys: null };
  const pod = podOf(instanceWith({ pod: { defaults, placement: { topologySpread: [spread] } } }));
  assert.equal(
    pod.topologySpreadConstraints!.map(({ topologyKey }) => topologyKey),
    ['host', 'zone'],
  );
});

test('a file system group is rendered with its policy, and 0 is a group', () => {
  const security = (fsGroup: NonNullable<ResolvedInstance['pod']['fsGroup']>): unknown =>
    podOf(instanceWith({ pod: { fsGroup } })).securityContext;
  assert.equal(security({ id: 0, changePolicy: null }), { fsGroup: 0 });
  assert.equal(security({ id: 65534, changePolicy: 'OnRootMismatch' }), {
    fsGroup: 65534,
    fsGroupChangePolicy: 'OnRootMismatch',
  });
});

function secret(overrides: Partial<PodVolume & { type: 'secret' }>): PodVolume {
  return {
    type: 'secret',
    name: 'secret--x',
    mountPath: '/x',
    secretName: 'ns-secret-shop-tls',
    defaultMode: 288,
    items: null,
    isOptional: false,
    inHacheck: false,
    replacesMount: false,
    ...overrides,
  };
}

test.run();
