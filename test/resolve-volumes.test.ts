import { test } from 'uvu';
import * as assert from 'uvu/assert';
import type { PodVolume } from '../compiler/model/resolved-instance.ts';
import { type Case, findingsOfMain, resolveMain } from './support/sources.ts';

const IN_MESH = { files: { 'shop/smartstack.yaml': 'main: {proxy_port: 20001}\n' } };
const NO_VOLUMES = { system: { volumes: [], hacheck_sidecar_volumes: [] } };

function volumes(keys: string, options: Case = NO_VOLUMES): readonly PodVolume[] {
  return resolveMain(keys, options).pod.volumes;
}
/** Host volumes as `host:container:mode`. */
function hostPaths(keys: string, options: Case = NO_VOLUMES): readonly string[] {
  return volumes(keys, options).flatMap((volume) =>
    volume.type === 'host' ? [`${volume.hostPath}:${volume.mountPath}:${volume.isReadOnly ? 'RO' : 'RW'}`] : [],
  );
}
/** The one finding about some keys. */
function finding(keys: string, options: Case = NO_VOLUMES): string {
  const [first, ...others] = findingsOfMain(keys, options);
  assert.equal(others, []);
  return first!.replace('shop/kubernetes-norcal-prod.yaml:', '');
}

test('host volumes are those of the system and the instance, sorted by container path', () => {
  const system = { volumes: [{ hostPath: '/nail', containerPath: '/nail', mode: 'RO' }] };
  const extra = 'extra_volumes: [{hostPath: /z, containerPath: /a, mode: RW}, {hostPath: /b, containerPath: /c}]';
  assert.equal(hostPaths(extra, { system }), ['/z:/a:RW', '/b:/c:RO', '/nail:/nail:RO']);
});

test('the same pair of paths counts once, trailing slashes aside, and the last one decides', () => {
  const system = { volumes: [{ hostPath: '/a', containerPath: '/b', mode: 'RO' }] };
  assert.equal(hostPaths('extra_volumes: [{hostPath: /a/, containerPath: /b, mode: RW}]', { system }), ['/a/:/b:RW']);
});

test('one host path may be mounted twice', () => {
  const twice = volumes('extra_volumes: [{hostPath: /a, containerPath: /x}, {hostPath: /a/, containerPath: /y}]');
  assert.equal(
    twice.map(({ name }) => name),
    ['host--slash-a', 'host--slash-a'],
  );
});

test('long host paths get a short name with a hash', () => {
  const [volume] = volumes(`extra_volumes: [{hostPath: /${'long_path'.repeat(9)}, containerPath: /x}]`);
  assert.is(volume!.name.length, 63);
});

test('bulkdata is mounted when asked for only', () => {
  assert.equal(hostPaths('uses_bulkdata: true'), ['/nail/bulkdata:/nail/bulkdata:RO']);
  assert.equal(hostPaths(''), []);
});

test('any mode but RO is writable, and an odd one is warned about', () => {
  const odd = 'extra_volumes: [{hostPath: /a, containerPath: /b, mode: ro}]';
  assert.equal(hostPaths(odd), ['/a:/b:RW']);
  assert.match(finding(odd), /^warning 2:59 odd-mode: extra_volumes\[0\]\.mode is "ro"/);
});

test('hacheck volumes exist with hacheck only, in the same order', () => {
  const hacheck = [
    { hostPath: '/b', containerPath: '/b', mode: 'RO' },
    { hostPath: '/a', containerPath: '/a', mode: 'RW' },
  ];
  const system = { hacheck_sidecar_volumes: hacheck };
  assert.equal(resolveMain('', { system }).pod.hacheckVolumes, []);
  const { hacheckVolumes } = resolveMain('', { ...IN_MESH, system }).pod;
  assert.equal(
    hacheckVolumes.map(({ mountPath, isReadOnly }) => [mountPath, isReadOnly]),
    [
      ['/a', false],
      ['/b', true],
    ],
  );
});

for (const [volume, expected] of [
  ['{containerPath: /a}', 'missing-key: extra_volumes[0].hostPath is not set'],
  ['{hostPath: /a}', 'missing-key: extra_volumes[0].containerPath is not set'],
  ['{hostPath: /a, containerPath: ""}', 'bad-value: extra_volumes[0].containerPath is empty'],
  ['{hostPath: /a/../b, containerPath: /c}', 'bad-path: host path "/a/../b" has a ".."'],
  ['{hostPath: /a, containerPath: "/c:d"}', 'bad-path: mount path "/c:d" has a ":"'],
  ['{hostPath: "/a b", containerPath: /c}', 'bad-part-name: the volume would be named "host--slash-a b"'],
  [
    '{hostPath: /a, containerPath: /c}, {hostPath: /b, containerPath: /c}',
    'duplicate-mount: two volumes are mounted at "/c"',
  ],
  [
    '{hostPath: /a.b, containerPath: /c}, {hostPath: /adot-b, containerPath: /d}',
    'duplicate-volume: /a.b and /adot-b both become',
  ],
  ['/a', 'bad-value: extra_volumes[0] is "/a", expected a map'],
] as const) {
  test(`extra_volumes: [${volume}] is an error`, () => {
    const found = findingsOfMain(`extra_volumes: [${volume}]`, NO_VOLUMES);
    assert.ok(found.every((each) => each.startsWith('error shop/kubernetes-norcal-prod.yaml:2:')));
    assert.ok(found[0]!.includes(expected), found[0]);
  });
}

test('a mount over one of the system’s is reported at the instance’s key', () => {
  for (const containerPath of ['/nail/etc/habitat']) {
    for (const hostPath of ['/a', '/z']) {
      const keys = `extra_volumes: [{hostPath: ${hostPath}, containerPath: ${containerPath}}]`;
      assert.match(finding(keys, {}), /^error 2:19 duplicate-mount/);
    }
  }
});

const EBS = 'aws_ebs_volumes: [{volume_id: vol-1, container_path: /e, fs_type: ext4, partition: 2}]';

test('an EBS volume needs downthenup and at most one replica', () => {
  const keys = `${EBS}\nbounce_method: downthenup`;
  assert.equal(volumes(keys), [
    {
      type: 'ebs',
      name: 'aws-ebs--vol-12',
      mountPath: '/e',
      isReadOnly: true,
      volumeId: 'vol-1',
      fsType: 'ext4',
      partition: 2,
    },
  ]);
  assert.match(finding(keys), /^warning 2:21 deprecated-volume/);
  const errors = (text: string): readonly string[] =>
    findingsOfMain(text, NO_VOLUMES).filter((each) => each.startsWith('error'));
  assert.match(errors(EBS)[0]!, 'ebs-bounce-method');
  assert.match(errors(`${EBS}\nbounce_method: brutal`)[0]!, ':3:18 ebs-bounce-method');
  assert.match(errors(`${keys}\ninstances: 2`)[0]!, 'ebs-replicas: instances is 2');
  assert.match(errors(`${keys}\nmax_instances: 2`)[0]!, 'ebs-replicas: max_instances is 2');
  assert.equal(errors(`${keys}\ninstances: 0`), []);
  const claim = 'persistent_volumes: [{container_path: /p, size: 1}]';
  assert.match(errors(`${EBS}\n${claim}`)[0]!, 'ebs-bounce-method', 'PaaSTA never creates such a StatefulSet');
  assert.equal(errors(`${keys}\n${claim}`), []);
});

test('a persistent volume is a claim and makes a StatefulSet', () => {
  const { kind, pod } = resolveMain('persistent_volumes: [{container_path: /data/x, size: 5, mode: RW}]');
  assert.is(kind, 'StatefulSet');
  const claim = { name: 'pv--slash-dataslash-x', mountPath: '/data/x', isReadOnly: false };
  assert.equal(pod.claims, [{ ...claim, sizeGi: 5, storageClassName: 'ebs' }]);
});

test('a storage class counts where the system supports it, else ebs with a warning', () => {
  const keys = 'persistent_volumes: [{container_path: /d, size: 5, storage_class_name: gp3}]';
  const classOf = (supported: readonly string[]): string =>
    resolveMain(keys, { system: { supported_storage_classes: supported } }).pod.claims[0]!.storageClassName;
  assert.equal([classOf(['gp3']), classOf([])], ['gp3', 'ebs']);
  assert.match(finding(keys, {}), 'warning 2:74 unsupported-storage-class: storage class "gp3" is not supported here');
});

for (const [volume, expected] of [
  ['{container_path: /d}', 'size is not set'],
  ['{container_path: /d, size: 0}', 'size is 0, expected a size in GiB above zero'],
  ['{container_path: /d, size: 5Gi}', 'size is "5Gi", expected a number'],
  ['{size: 5}', 'container_path is not set'],
  [`{container_path: /${'d'.repeat(70)}, size: 1}`, 'bad-part-name'],
] as const) {
  test(`persistent_volumes: [${volume}] is an error`, () => {
    assert.ok(findingsOfMain(`persistent_volumes: [${volume}]`)[0]!.includes(expected));
  });
}

test('a secret volume mounts the Secret of the own service', () => {
  const keys =
    'secret_volumes: [{container_path: /s, secret_name: tls_key, default_mode: "0440", items: [{key: k, path: p, mode: 0400}]}]';
  assert.equal(volumes(keys), [
    {
      type: 'secret',
      name: 'secret--tls--key',
      mountPath: '/s',
      secretName: 'paastasvc-shop-secret-shop-tls--key',
      defaultMode: 288,
      items: [{ key: 'k', path: 'p', mode: 256 }],
      isOptional: false,
      inHacheck: false,
      replacesMount: false,
    },
  ]);
  assert.equal(resolveMain(keys).secretReferences, [
    { secretName: 'paastasvc-shop-secret-shop-tls--key', key: 'tls_key', service: 'shop', kind: 'volume' },
  ]);
});

for (const [mode, value] of [
  ['"0644"', 420],
  ['0644', 420],
  ['420', 420],
  ['null', null],
  ['"00"', 0],
] as const) {
  test(`the file mode ${mode} is ${value}`, () => {
    const [volume] = volumes(`secret_volumes: [{container_path: /s, secret_name: a, default_mode: ${mode}}]`);
    assert.is(volume?.type === 'secret' ? volume.defaultMode : undefined, value);
  });
}

for (const mode of ['"644"', '"0"', '"0888"', '"0o644"', '"01000"', '1000', '1.0', '[]']) {
  test(`the file mode ${mode} is an error`, () => {
    assert.match(
      finding(`secret_volumes: [{container_path: /s, secret_name: a, default_mode: ${mode}}]`),
      /^error 2:71 bad-/,
    );
  });
}

for (const [list, expected] of [
  ['{container_path: /s}', 'missing-key: secret_volumes[0].secret_name is not set'],
  ['{container_path: /s, secret_name: a/b}', 'unsafe-name'],
  ['{container_path: /s, secret_name: a_}', 'bad-object-name: the Secret of a_ would be named'],
  [
    '{container_path: /s, secret_name: a}, {container_path: /t, secret_name: a}',
    'duplicate-volume: two volumes become',
  ],
  ['{container_path: /s, secret_name: a}, {container_path: /s, secret_name: b}', 'duplicate-mount'],
  ['{container_path: /s, secret_name: a, items: [{key: k}]}', 'items[0].path is not set'],
  ['{container_path: /s, secret_name: a, items: [{key: k, path: ../p}]}', 'expected a path inside the volume'],
] as const) {
  test(`secret_volumes: [${list}] is one error`, () => {
    const text = finding(`secret_volumes: [${list}]`);
    assert.ok(text.includes(expected), text);
  });
}

test('a token volume has an audience and an hour', () => {
  assert.equal(volumes('projected_sa_volumes: [{container_path: /t, audience: mesh.example.com}]'), [
    {
      type: 'token',
      name: 'projected-sa--meshdot-exampledot-com',
      mountPath: '/t',
      audience: 'mesh.example.com',
      expirationSeconds: 3600,
    },
  ]);
  const tooShort = 'projected_sa_volumes: [{container_path: /t, audience: a, expiration_seconds: 60}]';
  assert.match(finding(tooShort), 'expected a whole number from 600 to');
  assert.match(finding('projected_sa_volumes: [{container_path: /t, audience: "https://a"}]'), 'bad-part-name');
});

test('an authenticating service gets the system’s token first, unless it lists the same', () => {
  const settings = { container_path: '/auth', audience: 'mesh', expiration_seconds: 900 };
  const system = { ...NO_VOLUMES.system, service_auth_token_settings: settings };
  const paths = (keys: string, services: readonly string[]): readonly string[] =>
    volumes(keys, { system, files: { 'authenticating.yaml': JSON.stringify({ services }) } }).map(
      ({ mountPath }) => mountPath,
    );
  const own = 'projected_sa_volumes: [{container_path: /own, audience: own}]';
  const same = 'projected_sa_volumes: [{expiration_seconds: 900.0, audience: mesh, container_path: /auth}]';
  assert.equal(paths(own, ['shop']), ['/auth', '/own']);
  assert.equal(paths(own, ['other']), ['/own']);
  assert.equal(findingsOfMain(same, { system, files: { 'authenticating.yaml': 'services: [shop]' } }).length, 1);
  assert.equal(paths(same.replace('900.0', '900'), ['shop']), ['/auth']);
});

test('boto, crypto and datastore keys are secret volumes in this order, for hacheck too', () => {
  const keys = [
    'datastore_credentials: {mysql: [reader]}',
    'crypto_keys: {decrypt: [d], encrypt: [e]}',
    'boto_keys: [a_b]',
  ].join('\n');
  const all = volumes(keys).map(
    (volume) => volume.type === 'secret' && [volume.mountPath, volume.name, volume.secretName],
  );
  assert.equal(all, [
    ['/etc/boto_cfg', 'secret-boto-key-shop-main', 'paasta-boto-key-shop-main'],
    ['/etc/crypto_keys', 'secret-crypto-key-shop-main', 'paastasvc-shop-crypto-key-shop-main'],
    ['/datastore', 'secret-datastore-creds-shop-main', 'paastasvc-shop-datastore-credentials-shop-main'],
  ]);
  const items = volumes(keys).map((volume) =>
    volume.type === 'secret' ? volume.items!.map(({ key, path }) => [key, path]) : [],
  );
  assert.equal(items[0], [
    ['a--b-sh', 'a_b.sh'],
    ['a--b-yaml', 'a_b.yaml'],
    ['a--b-cfg', 'a_b.cfg'],
    ['a--b-json', 'a_b.json'],
  ]);
  assert.equal(items[1], [
    ['public-e', 'public/e.json'],
    ['private-d', 'private/d.json'],
  ]);
  assert.equal(items[2], [['secrets-datastore-mysql-reader', 'mysql/reader/credentials']]);
  const facts = volumes(keys).map((volume) =>
    volume.type === 'secret' ? [volume.isOptional, volume.inHacheck, volume.replacesMount, volume.defaultMode] : [],
  );
  assert.equal(facts, [
    [null, true, true, 292],
    [true, true, true, 292],
    [false, true, false, 292],
  ]);
});

test('no keys, no volume', () => {
  assert.equal(volumes('boto_keys: []\ncrypto_keys: {encrypt: []}\ndatastore_credentials: {}'), []);
  assert.equal(volumes('boto_keys: null\ndatastore_credentials: null'), []);
});

test('boto keys may be mounted over a host path, which they replace', () => {
  const extra = 'extra_volumes: [{hostPath: /etc/boto_cfg, containerPath: /etc/boto_cfg}]';
  assert.equal(findingsOfMain(`${extra}\nboto_keys: [a]`, NO_VOLUMES), []);
});

test('volumes of all kinds keep PaaSTA’s order', () => {
  const keys = [
    'boto_keys: [a]',
    'projected_sa_volumes: [{container_path: /t, audience: a}]',
    'secret_volumes: [{container_path: /s, secret_name: a}]',
    EBS,
    'bounce_method: downthenup',
    'extra_volumes: [{hostPath: /h, containerPath: /h}]',
  ].join('\n');
  assert.equal(
    volumes(keys).map(({ type, mountPath }) => `${type} ${mountPath}`),
    ['host /h', 'ebs /e', 'secret /s', 'token /t', 'secret /etc/boto_cfg'],
  );
});

test.run();
