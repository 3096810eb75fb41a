import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { loadSystemConfig } from '../compiler/load/index.ts';
import { toSmartStackSettings } from '../compiler/load/smartstack-settings.ts';
import type { ClusterConfig } from '../compiler/model/cluster-config.ts';
import { POD_SPEC_FIELDS } from '../compiler/model/pod-spec-fields.ts';
import { GOLDEN, goldenReader } from './support/golden-tree.ts';
import { brief } from './support/load-service.ts';
import { memoryReader } from './support/memory-reader.ts';

const BASE = { cluster: 'prod', clusters: ['prod', 'dev'], volumes: [], docker_registry: 'r.example.com' };

/** One flat configuration with some keys more. */
function load(keys: Readonly<Record<string, unknown>>) {
  return loadSystemConfig(memoryReader({ 'all.json': JSON.stringify({ ...BASE, ...keys }, null, 1) }));
}

function config(keys: Readonly<Record<string, unknown>>): ClusterConfig {
  const { clusters, diagnostics } = load(keys);
  assert.equal(diagnostics, []);
  return clusters[0]!;
}

test('the least configuration has every default filled in', () => {
  const { raw, fileOf, ...rest } = config({});
  assert.equal(rest, {
    cluster: 'prod',
    clusters: ['prod', 'dev'],
    dockerRegistry: 'r.example.com',
    volumes: [],
    hacheckSidecarVolumes: [],
    hacheckSidecarImageUrl: null,
    hacheckMatchInitialDelay: false,
    sidecarRequirements: rest.sidecarRequirements,
    enableNerveReadinessCheck: true,
    enableEnvoyReadinessCheck: false,
    nerveReadinessCheckScript: ['/check_smartstack_up.sh'],
    envoyReadinessCheckScript: ['/check_proxy_up.sh', '--enable-envoy', '--envoy-check-mode', 'eds-dir'],
    envoyNerveReadinessCheckScript: ['/check_proxy_up.sh', '--enable-smartstack', '--enable-envoy'],
    readinessCheckPrefixTemplate: ['flock', '-n', '/readiness_check_lock', 'timeout', '120'],
    registerK8sPods: false,
    usesHacheckSidecar: true,
    addRegistrationLabels: false,
    defaultBounceOverprovisionFactor: 1,
    pdbMaxUnavailable: 0,
    unhealthyPodEvictionPolicy: 'IfHealthyBudget',
    podDefaults: {},
    poolNodeAffinities: rest.poolNodeAffinities,
    topologySpreadConstraints: [],
    supportedStorageClasses: [],
    autoConfigInstanceTypesEnabled: rest.autoConfigInstanceTypesEnabled,
    autoConfigInstanceTypeAliases: rest.autoConfigInstanceTypeAliases,
    enableCostOwnerLabel: false,
    serviceAuthTokenSettings: null,
    alwaysAuthenticatingServices: [],
    secretEnvironment: null,
    labels: {
      owner: 'compute_infra_platform_experience',
      poolSelectorKey: 'yelp.com/pool',
      omitDefaultPoolSelector: false,
      iamRoleAnnotation: true,
    },
    defaults: {
      apiRoleBinding: false,
      runbook: 'y/unhealthy-paasta-instances',
      tip: 'Check the instance with: `paasta status -s {service} -i {instance} -c {cluster} -vv`',
    },
    sensu: null,
    monitoringDefaults: {},
    smartstack: toSmartStackSettings(undefined),
    secretsProvider: 'none',
    autoscalingPaused: false,
    synapsePort: 3212,
    synapseHaproxyUrlFormat: 'http://{host:s}:{port:d}/;csv;norefresh;scope={scope:s}',
  });
  assert.equal({ ...raw }, BASE);
  assert.equal({ ...fileOf }, Object.fromEntries(Object.keys(BASE).map((key) => [key, 'all.json'])));
});

test('the configurations of the example company are read whole', () => {
  const { clusters, failed, universe, diagnostics } = loadSystemConfig(goldenReader('etc-paasta'));
  assert.equal(
    clusters.map((c) => c.cluster),
    ['norcal-dev', 'pnw-prod', 'pnw-stage'],
  );
  assert.equal(failed, []);
  assert.equal(universe, ['norcal-dev', 'pnw-prod', 'pnw-stage']);
  assert.equal(
    diagnostics.filter((d) => d.code !== 'unknown-system-key'),
    [],
  );
  const prod = clusters[1]!;
  assert.is(prod.dockerRegistry, 'registry.example.com:5000');
  assert.is(prod.pdbMaxUnavailable, '10%');
  assert.is(prod.unhealthyPodEvictionPolicy, 'AlwaysAllow');
  assert.is(prod.secretEnvironment, 'prod');
  assert.is(prod.registerK8sPods, true);
  assert.is(prod.defaultBounceOverprovisionFactor, 1);
  assert.equal(prod.podDefaults, { dnsPolicy: 'Default', enableServiceLinks: false });
  assert.equal(prod.volumes[0], { containerPath: '/nail/etc/services', hostPath: '/nail/etc/services', mode: 'RO' });
  assert.equal(
    { ...prod.serviceAuthTokenSettings },
    {
      audience: 'mesh.example.com',
      container_path: '/var/secret/service-auth',
      expiration_seconds: 900,
    },
  );
  assert.is(prod.fileOf['volumes'], 'pnw-prod/volumes.json');
});

test('a configuration is frozen to its depth', () => {
  const { podDefaults, raw } = config({ pod_defaults: { security_context: { runAsUser: 1 } } });
  assert.throws(() => ((podDefaults as Record<string, unknown>)['x'] = 1), TypeError);
  assert.throws(() => ((raw['pod_defaults'] as Record<string, unknown>)['x'] = 1), TypeError);
});

test('secrets of a cluster are those of its ecosystem, else of vault_environment', () => {
  assert.is(
    config({ vault_cluster_map: { prod: 'production' }, vault_environment: 'x' }).secretEnvironment,
    'production',
  );
  assert.is(config({ vault_cluster_map: { dev: 'devel' }, vault_environment: 'x' }).secretEnvironment, 'x');
  assert.is(config({ vault_environment: null }).secretEnvironment, null);
});

test('our own keys are read', () => {
  const found = config({
    labels: { owner: 'me', pool_selector_key: null, omit_default_pool_selector: true, iam_role_annotation: false },
    defaults: { api_role_binding: true },
    secrets: { provider: 'external-secrets' },
    autoscaling_paused: true,
    smartstack: { nerve_mode: 'host', synapse: { shards: 2 } },
    sensu: {},
  });
  assert.equal(found.labels, {
    owner: 'me',
    poolSelectorKey: null,
    omitDefaultPoolSelector: true,
    iamRoleAnnotation: false,
  });
  assert.is(found.defaults.apiRoleBinding, true);
  assert.is(found.secretsProvider, 'external-secrets');
  assert.is(found.smartstack.synapse.shards, 2);
  assert.is(found.autoscalingPaused, true);
});

test('a volume without a mode is read-only, one with an odd mode is writable and told', () => {
  const volume = { hostPath: '/a', containerPath: '/b' };
  assert.equal(config({ volumes: [volume] }).volumes, [{ ...volume, mode: 'RO' }]);
  const { clusters, diagnostics } = load({ volumes: [{ ...volume, mode: 'ro' }] });
  assert.is(clusters[0]!.volumes[0]!.mode, 'ro');
  assert.equal(
    diagnostics.map((d) => [d.policy, d.code, d.path]),
    [[true, 'volume-mode', ['volumes', 0, 'mode']]],
  );
});

test('pod_defaults are fields of the Python client under their Kubernetes names, values as they stand', () => {
  const { podDefaults } = config({
    pod_defaults: {
      host_ipc: true,
      termination_grace_period_seconds: 5,
      dns_policy: null,
      tolerations: [{ key: 'a' }],
    },
  });
  assert.equal(podDefaults, { hostIPC: true, terminationGracePeriodSeconds: 5, tolerations: [{ key: 'a' }] });
});

test('a field of pod_defaults that no pod has is an error with the right spelling', () => {
  const { clusters, failed, diagnostics } = load({
    pod_defaults: { dnsPolicy: 'x', dns_polcy: 'x', nothing_like_it: 1 },
  });
  assert.equal(clusters, []);
  assert.equal(failed, ['prod']);
  assert.equal(
    diagnostics.map((d) => [d.severity, d.code, d.cluster, d.hint]),
    [
      ['error', 'unknown-pod-field', 'prod', 'did you mean "dns_policy"?'],
      ['error', 'unknown-pod-field', 'prod', 'did you mean "dns_policy"?'],
      ['error', 'unknown-pod-field', 'prod', undefined],
    ],
  );
});

test('the table of pod fields is that of the Python client', () => {
  const models = JSON.parse(readFileSync(join(GOLDEN, 'k8s-model-fields.json'), 'utf8')) as {
    V1PodSpec: Record<string, { json: string }>;
  };
  const expected = Object.entries(models.V1PodSpec).map(([name, { json }]) => [name, json]);
  assert.equal(POD_SPEC_FIELDS, Object.fromEntries(expected));
});

test("an unknown key is a warning with the nearest known one, ours and PaaSTA's dead ones are known", () => {
  const { clusters, diagnostics } = load({ docker_registri: 'x', labels: { ownr: 'x' }, tron: {}, mesos_config: 1 });
  assert.is(clusters.length, 1);
  assert.equal(
    diagnostics.map((d) => [d.severity, d.policy, d.code, d.message.split(' ', 1)[0], d.hint]),
    [
      ['warning', undefined, 'unknown-system-key', '"docker_registri"', 'did you mean "docker_registry"?'],
      ['warning', undefined, 'unknown-system-key', '"labels.ownr"', 'did you mean "owner"?'],
    ],
  );
  assert.ok(diagnostics.every((d) => d.line !== undefined && d.cluster === 'prod' && d.root === 'system'));
});

const WRONG: readonly (readonly [Record<string, unknown>, string, string])[] = [
  [{ volumes: {} }, 'volumes', 'a list'],
  [{ volumes: ['/a'] }, 'volumes.0', 'a map'],
  [{ volumes: [{ hostPath: '/a' }] }, 'volumes.0', 'a map with the key "containerPath"'],
  [{ docker_registry: 5 }, 'docker_registry', 'a text'],
  [{ pdb_max_unavailable: 1.5 }, 'pdb_max_unavailable', 'an integer or a percentage such as "10%"'],
  [{ pdb_max_unavailable: 'ten' }, 'pdb_max_unavailable', 'an integer or a percentage such as "10%"'],
  [{ enable_nerve_readiness_check: 'yes' }, 'enable_nerve_readiness_check', 'true or false'],
  [{ unhealthy_pod_eviction_policy: 'Never' }, 'unhealthy_pod_eviction_policy', '"IfHealthyBudget" or "AlwaysAllow"'],
  [{ pool_node_affinities: { default: { zone: 'a' } } }, 'pool_node_affinities.default.zone', 'a list'],
  [{ vault_environment: 5 }, 'vault_environment', 'a text or null'],
  [
    { service_auth_token_settings: { audience: 'x' } },
    'service_auth_token_settings',
    'a map with the key "container_path"',
  ],
  [{ hacheck_sidecar_volumes: null }, 'hacheck_sidecar_volumes', 'a list'],
  [{ pod_defaults: [] }, 'pod_defaults', 'a map'],
  [{ secrets: { provider: 'vault' } }, 'secrets.provider', '"none" or "external-secrets"'],
  [{ cluster: 5 }, 'cluster', 'a text'],
];

for (const [keys, path, expected] of WRONG) {
  test(`${JSON.stringify(keys)} is an error: expected ${expected}`, () => {
    const { clusters, diagnostics } = load(keys);
    const errors = diagnostics.filter((d) => d.severity === 'error');
    assert.is(errors.length, 1);
    assert.is(errors[0]!.code, 'wrong-type');
    assert.is(errors[0]!.path.join('.'), path);
    assert.ok(errors[0]!.message.endsWith(`expected ${expected}`), errors[0]!.message);
    assert.ok(errors[0]!.file === 'all.json' && errors[0]!.line! > 1);
    assert.equal(clusters, []);
  });
}

test('unknown and wrong members of smartstack are found like those of other keys', () => {
  const { clusters, diagnostics } = load({ smartstack: { nerve_imag: 'x', synapse: { shard: 1, shards: 0 } } });
  assert.equal(clusters, []);
  assert.equal(
    diagnostics.map((d) => [d.severity, d.code, d.path.join('.'), d.hint]),
    [
      ['error', 'wrong-type', 'smartstack.synapse.shards', undefined],
      ['warning', 'unknown-system-key', 'smartstack.nerve_imag', 'did you mean "nerve_image"?'],
      ['warning', 'unknown-system-key', 'smartstack.synapse.shard', 'did you mean "shards"?'],
    ],
  );
});

test('a wrong value of a key that is not compiled holds nothing back, and its value is not shown', () => {
  const { clusters, diagnostics } = load({ sensu_port: '3030', slack: 'xoxb-token' });
  assert.is(clusters.length, 1);
  assert.equal(
    diagnostics.map((d) => [d.severity, d.policy, d.code]),
    [
      ['warning', true, 'wrong-type'],
      ['warning', true, 'wrong-type'],
    ],
  );
  assert.not.match(JSON.stringify(diagnostics), 'xoxb-token');
});

test('volumes must be set, a registry may come from service.yaml', () => {
  const files = { 'a.json': '{"cluster": "prod", "clusters": ["prod"]}' };
  const { clusters, diagnostics } = loadSystemConfig(memoryReader(files));
  assert.equal(clusters, []);
  assert.equal(
    diagnostics.map((d) => [d.severity, d.code, d.cluster]),
    [
      ['error', 'missing-system-key', 'prod'],
      ['warning', 'missing-system-key', 'prod'],
    ],
  );
});

test('unsafe cluster names are errors, and known to nobody', () => {
  const { clusters, universe, diagnostics } = load({ clusters: ['prod', '../x', ''] });
  assert.equal(clusters, []);
  assert.equal(universe, ['prod']);
  assert.equal(
    diagnostics.map((d) => [d.severity, d.code, d.path]),
    [
      ['error', 'unsafe-name', ['clusters', 1]],
      ['error', 'unsafe-name', ['clusters', 2]],
    ],
  );
  const own = load({ cluster: 'a b', clusters: ['a b'] });
  assert.equal(own.clusters, []);
  assert.equal(
    own.diagnostics.map((d) => d.code),
    ['unsafe-name', 'unsafe-name'],
  );
});

test('a cluster that no list contains is known all the same, with a policy finding', () => {
  const { clusters, universe, diagnostics } = load({ clusters: ['prd', 'dev'] });
  assert.is(clusters.length, 1);
  assert.equal(universe, ['dev', 'prd', 'prod']);
  assert.equal(brief(diagnostics), ['all.json:2:13 policy cluster-not-listed']);
  assert.is(diagnostics[0]!.hint, 'did you mean "prd"?');
});

test('prefixes of custom resources are gathered', () => {
  const resources = [{ file_prefix: 'own', version: 'v1' }, { file_prefix: 5 }];
  assert.equal(load({ kubernetes_custom_resources: resources }).customPrefixes, ['own']);
});

test.run();
