import { readFileSync } from 'node:fs';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import type { KubeObject } from '../compiler/model/rendered-file.ts';
import { compileTree } from './support/compile.ts';
import { memoryReader } from './support/memory-reader.ts';
import { CLUSTER, deploymentsJson, SYSTEM } from './support/sources.ts';

/** What one key does: YAML of an instance with it, and where in which object the result stands. */
interface KeyCase {
  readonly yaml: string;
  /** Kind, then the path of the value, list indexes as numbers. */
  readonly at: string;
  readonly is: unknown;
  /** In SmartStack. */
  readonly mesh?: true;
  readonly system?: Readonly<Record<string, unknown>>;
}

const POD = 'Deployment spec.template.spec';
const MAIN = `${POD}.containers.0`;
const LABELS = 'Deployment spec.template.metadata.labels';
const ANNOTATIONS = 'Deployment spec.template.metadata.annotations';
const SECRETS = 'paastasvc-shop';

const CASES: Readonly<Record<string, KeyCase>> = {
  cpus: { yaml: 'cpus: 0.3', at: `${MAIN}.resources.requests.cpu`, is: '300m' },
  cpu_burst_add: { yaml: 'cpu_burst_add: 0.5', at: `${MAIN}.resources.limits.cpu`, is: '1500m' },
  mem: { yaml: 'mem: 512', at: `${MAIN}.resources.limits.memory`, is: '512Mi' },
  disk: { yaml: 'disk: 2048', at: `${MAIN}.resources.requests.ephemeral-storage`, is: '2Gi' },
  gpus: { yaml: 'gpus: 2', at: `${MAIN}.resources.limits.nvidia\\.com/gpu`, is: '2' },
  instances: { yaml: 'instances: 7', at: 'Deployment spec.replicas', is: 7 },
  min_instances: {
    yaml: '{min_instances: 3, max_instances: 9}',
    at: 'HorizontalPodAutoscaler spec.minReplicas',
    is: 3,
  },
  max_instances: { yaml: 'max_instances: 9', at: 'HorizontalPodAutoscaler spec.maxReplicas', is: 9 },
  autoscaling: {
    yaml: '{max_instances: 9, autoscaling: {metrics_providers: [{type: cpu, setpoint: 0.29}]}}',
    at: 'HorizontalPodAutoscaler spec.metrics.0.resource.target.averageUtilization',
    is: 28,
  },
  cmd: { yaml: 'cmd: run me', at: `${MAIN}.command`, is: ['sh', '-c', 'run me'] },
  args: { yaml: 'args: [a, b]', at: `${MAIN}.args`, is: ['a', 'b'] },
  env: { yaml: 'env: {MODE: fast}', at: `${MAIN}.env.MODE`, is: { name: 'MODE', value: 'fast' } },
  ssm_secrets: {
    yaml: 'ssm_secrets: [{source: /a/b, secret_name: TOKEN}]',
    at: `${MAIN}.env.TOKEN.valueFrom.secretKeyRef.name`,
    is: `${SECRETS}-ssm-secret-shop-main-token`,
  },
  container_port: { yaml: 'container_port: 9000', at: `${MAIN}.ports.0.containerPort`, is: 9000 },
  docker_url: { yaml: 'docker_url: other/image:1', at: `${MAIN}.image`, is: 'other/image:1' },
  cap_add: { yaml: 'cap_add: [SYS_PTRACE]', at: `${MAIN}.securityContext.capabilities.add`, is: ['SYS_PTRACE'] },
  privileged: { yaml: 'privileged: true', at: `${MAIN}.securityContext.privileged`, is: true },
  deploy_group: {
    yaml: "deploy_group: '{cluster}.all'",
    at: `${LABELS}.paasta\\.yelp\\.com/deploy_group`,
    is: 'norcal-prod.all',
  },
  bounce_method: { yaml: 'bounce_method: downthenup', at: 'Deployment spec.strategy.type', is: 'Recreate' },
  bounce_margin_factor: { yaml: 'bounce_margin_factor: 0.9', at: 'PodDisruptionBudget spec.maxUnavailable', is: '9%' },
  bounce_overprovision_factor: {
    yaml: 'bounce_overprovision_factor: 0.29',
    at: 'Deployment spec.strategy.rollingUpdate.maxSurge',
    is: '29%',
  },
  bounce_health_params: {
    yaml: 'bounce_health_params: {min_task_uptime: 30}',
    at: 'Deployment spec.minReadySeconds',
    is: 30,
  },
  unhealthy_pod_eviction_policy: {
    yaml: 'unhealthy_pod_eviction_policy: AlwaysAllow',
    at: 'PodDisruptionBudget spec.unhealthyPodEvictionPolicy',
    is: 'AlwaysAllow',
  },
  pod_management_policy: {
    yaml: '{pod_management_policy: Parallel, persistent_volumes: [{container_path: /d, size: 1, mode: RW}]}',
    at: 'StatefulSet spec.podManagementPolicy',
    is: 'Parallel',
  },
  registrations: {
    yaml: 'registrations: [shop.main, shop.api]',
    at: `${ANNOTATIONS}.smartstack_registrations`,
    is: '["shop.main", "shop.api"]',
    mesh: true,
  },
  nerve_ns: {
    yaml: 'nerve_ns: api',
    at: `${ANNOTATIONS}.smartstack_registrations`,
    is: '["shop.api"]',
    mesh: true,
  },
  weight: { yaml: 'weight: 4', at: `${LABELS}.paasta\\.yelp\\.com/weight`, is: '4', mesh: true },
  healthcheck_mode: { yaml: 'healthcheck_mode: tcp', at: `${MAIN}.livenessProbe.tcpSocket.port`, is: 8888 },
  healthcheck_cmd: {
    yaml: '{healthcheck_mode: cmd, healthcheck_cmd: bin/ok}',
    at: `${MAIN}.livenessProbe.exec.command`,
    is: ['/bin/sh', '-c', 'bin/ok'],
  },
  healthcheck_uri: {
    yaml: '{healthcheck_mode: http, healthcheck_uri: /up}',
    at: `${MAIN}.readinessProbe.httpGet.path`,
    is: '/up',
  },
  healthcheck_grace_period_seconds: {
    yaml: '{healthcheck_mode: tcp, healthcheck_grace_period_seconds: 5}',
    at: `${MAIN}.livenessProbe.initialDelaySeconds`,
    is: 5,
  },
  healthcheck_interval_seconds: {
    yaml: '{healthcheck_mode: tcp, healthcheck_interval_seconds: 6}',
    at: `${MAIN}.livenessProbe.periodSeconds`,
    is: 6,
  },
  healthcheck_timeout_seconds: {
    yaml: '{healthcheck_mode: tcp, healthcheck_timeout_seconds: 7}',
    at: `${MAIN}.livenessProbe.timeoutSeconds`,
    is: 7,
  },
  healthcheck_max_consecutive_failures: {
    yaml: '{healthcheck_mode: tcp, healthcheck_max_consecutive_failures: 8}',
    at: `${MAIN}.livenessProbe.failureThreshold`,
    is: 8,
  },
  lifecycle: {
    yaml: 'lifecycle: {pre_stop_drain_seconds: 3}',
    at: `${MAIN}.lifecycle.preStop.exec.command.2`,
    is: 'sleep 3',
  },
  monitoring: { yaml: 'monitoring: {team: ops}', at: `${MAIN}.env.PAASTA_MONITORING_TEAM.value`, is: 'ops' },
  extra_volumes: {
    yaml: 'extra_volumes: [{hostPath: /h, containerPath: /c, mode: RW}]',
    at: `${MAIN}.volumeMounts.0`,
    is: { mountPath: '/c', name: 'host--slash-h' },
  },
  persistent_volumes: {
    yaml: 'persistent_volumes: [{container_path: /d, size: 2, mode: RW}]',
    at: 'StatefulSet spec.volumeClaimTemplates.0.spec.resources.requests.storage',
    is: '2Gi',
  },
  aws_ebs_volumes: {
    yaml: '{bounce_method: downthenup, aws_ebs_volumes: [{volume_id: vol-1, fs_type: ext4, container_path: /e, mode: RW}]}',
    at: `${POD}.volumes.aws-ebs--vol-1.awsElasticBlockStore.volumeID`,
    is: 'vol-1',
  },
  secret_volumes: {
    yaml: 'secret_volumes: [{container_path: /s, secret_name: key, default_mode: "0440"}]',
    at: `${POD}.volumes.secret--key.secret.defaultMode`,
    is: 288,
  },
  projected_sa_volumes: {
    yaml: 'projected_sa_volumes: [{container_path: /t, audience: vault}]',
    at: `${POD}.volumes.projected-sa--vault.projected.sources.0.serviceAccountToken.expirationSeconds`,
    is: 3600,
  },
  uses_bulkdata: {
    yaml: 'uses_bulkdata: true',
    at: `${POD}.volumes.host--slash-nailslash-bulkdata.hostPath.path`,
    is: '/nail/bulkdata',
  },
  boto_keys: { yaml: 'boto_keys: [mail]', at: `${POD}.volumes.secret-boto-key-shop-main.secret.defaultMode`, is: 292 },
  crypto_keys: {
    yaml: 'crypto_keys: {encrypt: [a]}',
    at: `${POD}.volumes.secret-crypto-key-shop-main.secret.items.0.key`,
    is: 'public-a',
  },
  datastore_credentials: {
    yaml: 'datastore_credentials: {mysql: [ro]}',
    at: `${POD}.volumes.secret-datastore-creds-shop-main.secret.items.0.path`,
    is: 'mysql/ro/credentials',
  },
  iam_role: {
    yaml: 'iam_role: arn:aws:iam::123456789012:role/Shop',
    at: 'ServiceAccount metadata.annotations.eks\\.amazonaws\\.com/role-arn',
    is: 'arn:aws:iam::123456789012:role/Shop',
  },
  iam_role_provider: {
    yaml: '{iam_role: "arn:aws:iam::123456789012:role/Shop", iam_role_provider: aws}',
    at: `${POD}.serviceAccountName`,
    is: 'paasta--arn-aws-iam-123456789012-role-shop',
  },
  service_account_name: { yaml: 'service_account_name: me', at: `${POD}.serviceAccountName`, is: 'me' },
  fs_group: { yaml: 'fs_group: 0', at: `${POD}.securityContext.fsGroup`, is: 0 },
  fs_group_change_policy: {
    yaml: '{fs_group: 5, fs_group_change_policy: OnRootMismatch}',
    at: `${POD}.securityContext.fsGroupChangePolicy`,
    is: 'OnRootMismatch',
  },
  pool: { yaml: 'pool: web', at: `${POD}.nodeSelector.yelp\\.com/pool`, is: 'web' },
  node_selectors: {
    yaml: 'node_selectors: {instance_type: [m5.large]}',
    at: `${POD}.affinity.nodeAffinity.requiredDuringSchedulingIgnoredDuringExecution.nodeSelectorTerms.0.matchExpressions.0`,
    is: { key: 'node.kubernetes.io/instance-type', operator: 'In', values: ['m5.large'] },
  },
  node_selectors_preferred: {
    yaml: 'node_selectors_preferred: [{weight: 9, preferences: {region: [r1]}}]',
    at: `${POD}.affinity.nodeAffinity.preferredDuringSchedulingIgnoredDuringExecution.0.weight`,
    is: 9,
  },
  deploy_whitelist: {
    yaml: 'deploy_whitelist: [habitat, [h1]]',
    at: `${POD}.affinity.nodeAffinity.requiredDuringSchedulingIgnoredDuringExecution.nodeSelectorTerms.0.matchExpressions.0`,
    is: { key: 'yelp.com/habitat', operator: 'In', values: ['h1'] },
  },
  deploy_blacklist: {
    yaml: 'deploy_blacklist: [[habitat, h2]]',
    at: `${POD}.affinity.nodeAffinity.requiredDuringSchedulingIgnoredDuringExecution.nodeSelectorTerms.0.matchExpressions.0`,
    is: { key: 'yelp.com/habitat', operator: 'NotIn', values: ['h2'] },
  },
  anti_affinity: {
    yaml: 'anti_affinity: {service: other}',
    at: `${POD}.affinity.podAntiAffinity.requiredDuringSchedulingIgnoredDuringExecution.0.labelSelector.matchLabels`,
    is: { 'paasta.yelp.com/service': 'other' },
  },
  anti_affinity_preferred: {
    yaml: 'anti_affinity_preferred: [{service: other, weight: 3}]',
    at: `${POD}.affinity.podAntiAffinity.preferredDuringSchedulingIgnoredDuringExecution.0.weight`,
    is: 3,
  },
  topology_spread_constraints: {
    yaml: 'topology_spread_constraints: [{topology_key: zone, max_skew: 2}]',
    at: `${POD}.topologySpreadConstraints.0.maxSkew`,
    is: 2,
  },
  namespace: { yaml: 'namespace: elsewhere', at: 'Deployment metadata.namespace', is: 'elsewhere' },
  prometheus_port: { yaml: 'prometheus_port: 9090', at: `${MAIN}.ports.1.containerPort`, is: 9090 },
  prometheus_path: { yaml: 'prometheus_path: /m', at: `${ANNOTATIONS}.paasta\\.yelp\\.com/prometheus_path`, is: '/m' },
  prometheus_shard: { yaml: 'prometheus_shard: s1', at: `${LABELS}.paasta\\.yelp\\.com/prometheus_shard`, is: 's1' },
  sidecar_resource_requirements: {
    yaml: 'sidecar_resource_requirements: {hacheck: {requests: {cpu: 0.2}}}',
    at: `${POD}.containers.1.resources.limits.cpu`,
    is: '200m',
    mesh: true,
  },
  routable_ip: { yaml: 'routable_ip: true', at: `${ANNOTATIONS}.paasta\\.yelp\\.com/routable_ip`, is: 'true' },
  enable_aws_lb_readiness_gate: {
    yaml: 'enable_aws_lb_readiness_gate: true',
    at: `${LABELS}.elbv2\\.k8s\\.aws/pod-readiness-gate-inject`,
    is: 'enabled',
  },
  is_istio_sidecar_injection_enabled: {
    yaml: 'is_istio_sidecar_injection_enabled: true',
    at: `${LABELS}.sidecar\\.istio\\.io/inject`,
    is: 'true',
  },
  cost_owner: {
    yaml: 'cost_owner: team-a',
    at: `${LABELS}.yelp\\.com/cost_owner`,
    is: 'team-a',
    system: { enable_cost_owner_label: true },
  },
};

/** Keys without effect on manifests: they steer checks, or nothing at all on Kubernetes. A value of the right type for each. */
const NO_EFFECT: Readonly<Record<string, string>> = {
  autotune_limits: '{cpus: {min: 1, max: 2}}',
  host_port: '0',
  extra_docker_args: '{ulimit: nofile=1}',
  cfs_period_us: '100000',
  bounce_priority: '1',
  bounce_start_deadline: '1',
  should_ping_for_unhealthy_pods: 'true',
  backoff_factor: '2',
  max_launch_delay_seconds: '3',
  drain_method: 'noop',
  drain_method_params: '{delay: 3}',
  replication_threshold: '80',
  monitoring_blacklist: '[]',
  constraints: '[]',
  extra_constraints: '[]',
  dependencies_reference: 'main',
  sfn_autoscaling: '{}',
  network_mode: 'bridge',
  net: 'bridge',
  role: 'x',
  service: 'shop',
};

test('every instance key of the schema is covered here, and no other one', () => {
  const schema = JSON.parse(readFileSync(new URL('../schemas/kubernetes.schema.json', import.meta.url), 'utf8')) as {
    $defs: { instance: { properties: Record<string, unknown> } };
  };
  const covered = [...Object.keys(CASES), ...Object.keys(NO_EFFECT)];
  assert.equal(covered.sort(), Object.keys(schema.$defs.instance.properties).sort());
});

for (const [key, keyCase] of Object.entries(CASES)) {
  test(`${key} reaches the manifest`, async () => {
    const objects = await render(keyCase.yaml, keyCase);
    assert.equal(valueAt(objects, keyCase.at), keyCase.is);
    const without = await render('{}', keyCase);
    assert.not.equal(tryValueAt(without, keyCase.at), keyCase.is, `${key} is not what made the value`);
  });
}

for (const [key, value] of Object.entries(NO_EFFECT)) {
  test(`${key} changes no manifest`, async () => {
    assert.equal(await render(`{${key}: ${value}}`, {}), await render('{}', {}));
  });
}

async function render(
  yaml: string,
  { mesh, system }: Pick<KeyCase, 'mesh' | 'system'>,
): Promise<readonly KubeObject[]> {
  const body = yaml.startsWith('{') ? yaml : `{${yaml.replace(/^([a-z_]+): /, '$1: ')}}`;
  const soa = memoryReader({
    'shop/kubernetes-norcal-prod.yaml': `main: ${body}\n`,
    'shop/deployments.json': deploymentsJson('shop', [`${CLUSTER}.main`, `${CLUSTER}.all`]),
    ...(mesh === true && { 'shop/smartstack.yaml': 'main: {proxy_port: 20001}\napi: {proxy_port: 20002}\n' }),
  });
  const systemReader = memoryReader({ 'system.json': JSON.stringify({ ...SYSTEM, ...system }) });
  const { clusters, diagnostics } = await compileTree(soa, systemReader);
  assert.equal(
    diagnostics.filter(({ severity }) => severity === 'error').map(({ message }) => message),
    [],
  );
  const { instances, shared } = clusters[CLUSTER]!;
  return [...(instances.get('shop.main') ?? []), ...shared];
}

/** The value at `Kind path.to.value`; `\.` is a dot inside a key; a name picks the item of a list that has it. */
function valueAt(objects: readonly KubeObject[], at: string): unknown {
  const [kind = '', path = ''] = at.split(' ');
  const object = objects.find((each) => each.kind === kind);
  if (object === undefined) throw new Error(`no ${kind} is rendered`);
  return path.split(/(?<!\\)\./).reduce<unknown>((value, step) => {
    const name = step.replaceAll('\\.', '.');
    if (Array.isArray(value) && !/^\d+$/.test(name)) {
      return (value as { name?: string }[]).find((item) => item.name === name);
    }
    return (value as Record<string, unknown>)[name];
  }, object);
}

function tryValueAt(objects: readonly KubeObject[], at: string): unknown {
  try {
    return valueAt(objects, at);
  } catch {
    return undefined;
  }
}

test.run();
