/** From keys of the system configuration to manifests, through every pass. */
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import type { KubeObject } from '../compiler/model/rendered-file.ts';
import { type CompiledCluster, compileTree } from './support/compile.ts';
import { podOf } from './support/golden-masks.ts';
import { memoryReader } from './support/memory-reader.ts';

const SOA = {
  'web/service.yaml': 'description: the site\n',
  'web/kubernetes-prod.yaml': 'main: {deploy_group: prod, max_instances: 3}\nlone: {deploy_group: prod}\n',
  'web/deployments.json': JSON.stringify({
    v1: {},
    v2: {
      deployments: { prod: { docker_image: 'services-web:paasta-abc', git_sha: 'abc', image_version: null } },
      controls: {},
    },
  }),
};

/** The cluster `prod` with these keys in its configuration. */
async function compileWith(keys: object = {}): Promise<CompiledCluster> {
  const system = { cluster: 'prod', clusters: ['prod'], docker_registry: 'r.example.com', volumes: [], ...keys };
  const tree = await compileTree(memoryReader(SOA), memoryReader({ 'all.json': JSON.stringify(system) }));
  assert.equal(
    tree.diagnostics.filter(({ severity }) => severity === 'error').map(({ message }) => message),
    [],
  );
  return tree.clusters['prod']!;
}

function find(cluster: CompiledCluster, kind: string, id = 'web.main'): KubeObject {
  return cluster.instances.get(id)!.find((object) => object.kind === kind)!;
}

test('pull secrets of pod_defaults reach every pod', async () => {
  const cluster = await compileWith({ pod_defaults: { image_pull_secrets: [{ name: 'registry' }] } });
  for (const id of ['web.main', 'web.lone']) {
    assert.equal(podOf(find(cluster, 'Deployment', id)).imagePullSecrets, [{ name: 'registry' }]);
  }
});

test('other pod_defaults do too, under their Kubernetes names', async () => {
  const tolerations = [{ key: 'spot', operator: 'Exists' }];
  const keys = { pod_defaults: { tolerations, priority_class_name: 'high', set_hostname_as_fqdn: true } };
  const pod = podOf(find(await compileWith(keys), 'Deployment'));
  assert.equal([pod.tolerations, pod.priorityClassName, pod.setHostnameAsFQDN], [tolerations, 'high', true]);
});

test('pausing autoscaling disables the autoscalers and leaves the pods alone', async () => {
  const running = await compileWith();
  const paused = await compileWith({ autoscaling_paused: true });
  const { behavior } = find(paused, 'HorizontalPodAutoscaler')['spec'] as {
    behavior: Record<string, { selectPolicy: string }>;
  };
  assert.equal([behavior['scaleUp']!.selectPolicy, behavior['scaleDown']!.selectPolicy], ['Disabled', 'Disabled']);
  assert.equal(find(paused, 'Deployment'), find(running, 'Deployment'));
});

test('affinities of a pool may hold values or operators', async () => {
  const keys = { pool_node_affinities: { default: { zone: ['a'], disk: [{ operator: 'Exists' }] } } };
  const { nodeAffinity } = podOf(find(await compileWith(keys), 'Deployment')).affinity!;
  const [term] = nodeAffinity!.requiredDuringSchedulingIgnoredDuringExecution!.nodeSelectorTerms;
  assert.equal(term!.matchExpressions, [
    { key: 'zone', operator: 'In', values: ['a'] },
    { key: 'disk', operator: 'Exists' },
  ]);
});

test('the owner label is a setting, on workloads and namespaces', async () => {
  const cluster = await compileWith({ labels: { owner: 'platform' } });
  const namespace = cluster.shared.find(({ kind }) => kind === 'Namespace')!;
  for (const object of [namespace, find(cluster, 'Deployment')]) {
    assert.is(object.metadata.labels!['yelp.com/owner'], 'platform');
  }
});

test('a cluster renders to the same bytes every time', async () => {
  assert.equal((await compileWith()).files, (await compileWith()).files);
});

test.run();
