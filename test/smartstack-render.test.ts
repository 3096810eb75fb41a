import { test } from 'uvu';
import * as assert from 'uvu/assert';
import type { YamlMap } from '../compiler/model/yaml-value.ts';
import { podOf } from './support/golden-masks.ts';
import { compileMesh, dataOf, meshSystem, object, objectsOf, sharedOf } from './support/mesh-tree.ts';

const WEB = { web: { smartstack: { main: { proxy_port: 20001 } } } };
const webPod = async (system?: string, services = WEB): Promise<ReturnType<typeof podOf>> =>
  podOf(object(objectsOf(await compileMesh(services, system)), 'Deployment', 'web-main'));

test('without settings for nerve and synapse nothing of them is rendered', async () => {
  const tree = await compileMesh(WEB, meshSystem(null));
  assert.equal(
    [...objectsOf(tree), ...sharedOf(tree)].filter(({ kind }) => kind === 'ConfigMap'),
    [],
  );
  assert.equal(
    sharedOf(tree).filter(({ kind }) => kind === 'DaemonSet'),
    [],
  );
});

test('in host mode pods are those of PaaSTA, whatever images are set', async () => {
  assert.equal(await webPod(meshSystem({ nerve_mode: 'host' })), await webPod(meshSystem(null)));
});

test('pods that are registered nowhere have no nerve', async () => {
  const system = meshSystem({}, { register_k8s_pods: false });
  assert.equal(await webPod(system), await webPod(meshSystem(null, { register_k8s_pods: false })));
});

test('in sidecar mode a pod has nerve after hacheck, and is otherwise the same', async () => {
  const sidecar = await webPod();
  const host = await webPod(meshSystem(null));
  assert.equal(
    sidecar.containers.map(({ name }) => name),
    ['main', 'hacheck', 'nerve'],
  );
  const withoutNerve = {
    ...sidecar,
    containers: sidecar.containers.slice(0, 2).map(withoutMount('hacheck-config')),
    volumes: sidecar.volumes?.filter(({ name }) => !['nerve-config', 'nerve-run', 'hacheck-config'].includes(name)),
  };
  assert.equal(withoutNerve, host);
});

function withoutMount(name: string) {
  return <C extends { volumeMounts?: readonly { name: string }[] }>(container: C): C => {
    const volumeMounts = container.volumeMounts?.filter((mount) => mount.name !== name);
    return volumeMounts === undefined ? container : { ...container, volumeMounts };
  };
}

test('nerve evaluates its file, is told about the pod, and mounts whole folders', async () => {
  const { containers, volumes } = await webPod();
  const nerve = containers.find(({ name }) => name === 'nerve')!;
  assert.equal(nerve['command'], ['/bin/sh', '-c']);
  assert.match(String((nerve['args'] as string[])[0]), /exec nerve -c \/run\/nerve\/nerve\.conf\.json$/);
  assert.equal(
    nerve.env?.map(({ name }) => name),
    ['PAASTA_POD_IP', 'POD_NAME', 'PAASTA_HOST', 'PAASTA_CLUSTER'],
  );
  assert.equal(nerve.volumeMounts, [
    { name: 'nerve-config', mountPath: '/etc/nerve', readOnly: true },
    { name: 'nerve-run', mountPath: '/run/nerve' },
  ]);
  assert.equal(
    volumes?.find(({ name }) => name === 'nerve-config'),
    { name: 'nerve-config', configMap: { name: 'web-main-nerve' } },
  );
  assert.equal([nerve['readinessProbe'], nerve['lifecycle'], nerve['ports']], [undefined, undefined, undefined]);
});

test('files of the node are mounted where a location of the cluster is one of them', async () => {
  const locations = { superregion: { static: 'west' }, region: { node_file: '/nail/etc/region' } };
  const { containers, volumes } = await webPod(meshSystem({ locations }));
  const mount = containers[2]!.volumeMounts?.find(({ mountPath }) => mountPath === '/nail/etc');
  assert.equal(mount, { name: 'smartstack-node-files', mountPath: '/nail/etc', readOnly: true });
  assert.ok(volumes?.some(({ name }) => name === mount?.name));
});

test('nerve has the resources of the sidecar of its name', async () => {
  const system = meshSystem({}, { sidecar_requirements_config: { nerve: { cpu: 0.02, memory: '64Mi' } } });
  const { containers } = await webPod(system);
  const requests = { cpu: '20m', memory: '64Mi', 'ephemeral-storage': '0' };
  assert.equal(containers[2]!.resources, { requests, limits: requests });
});

test('hacheck copies every header that checks carry, each once, and caches for a second', async () => {
  const smartstack = {
    main: { proxy_port: 20001, extra_healthcheck_headers: { 'X-B': '1', host: 'a.example.com' } },
    other: { proxy_port: 20002, extra_healthcheck_headers: { 'x-b': '2', 'X-A': '1' } },
  };
  const web = { smartstack, main: { registrations: ['web.main', 'web.other'] } };
  const text = dataOf(objectsOf(await compileMesh({ web })), 'web-main-hacheck')['hacheck.yaml']!;
  const headers = ['Host', 'X-A', 'x-b', 'x-smartstack-target-identity'];
  assert.equal(JSON.parse(text), { cache_time: 1, http_headers_to_copy: headers });
});

test('an instance outside SmartStack has neither nerve nor hacheck', async () => {
  const tree = await compileMesh({ web: { smartstack: { other: { proxy_port: 20001 } } } });
  const objects = objectsOf(tree);
  assert.equal(
    podOf(object(objects, 'Deployment', 'web-main')).containers.map(({ name }) => name),
    ['main'],
  );
  assert.equal(
    objects.filter(({ kind }) => kind === 'ConfigMap'),
    [],
  );
});

test('an instance registers in other services by their smartstack.yaml', async () => {
  const tree = await compileMesh({
    web: { smartstack: { main: { proxy_port: 20001 } }, main: { registrations: ['web.main', 'api.v1', 'api.none'] } },
    api: { smartstack: { v1: { proxy_port: 20002, healthcheck_uri: '/v1' } } },
  });
  const text = dataOf(objectsOf(tree), 'web-main-nerve')['nerve.conf.json']!;
  const { services } = JSON.parse(text) as { services: Record<string, { checks: { uri: string }[] }> };
  assert.equal(
    Object.values(services).map(({ checks }) => checks[0]!.uri),
    ['/http/api.v1/8888/v1', '/http/web.main/8888/status'],
  );
});

test('every drain method leaves the hooks that drain a pod, noop too', async () => {
  const hooks = async (drain: YamlMap): Promise<unknown> => {
    const { containers } = await webPod(undefined, { web: { ...WEB.web, main: drain } } as typeof WEB);
    return containers.map(({ lifecycle }) => lifecycle);
  };
  const usual = await hooks({});
  assert.match(JSON.stringify(usual), /sleep 30; while grep.*:22B8 .*hadown web\.main; sleep 31/);
  const url = { url_format: 'http://{host}:{port}/drain', success_codes: '200' };
  const params = { drain: url, stop_draining: url, is_draining: url, is_safe_to_kill: url };
  for (const drain of [
    { drain_method: 'noop' },
    { drain_method: 'hacheck', drain_method_params: { delay: 10 } },
    { drain_method: 'http', drain_method_params: params },
  ]) {
    assert.equal(await hooks(drain), usual, drain.drain_method);
  }
});

test('an instance may not be named like a sidecar of its pod', async () => {
  const instance = async (system: string): Promise<readonly string[]> => {
    const web = { smartstack: { nerve: { proxy_port: 20001 } } };
    const extra = { 'web/kubernetes-norcal-prod.yaml': 'nerve: {deploy_group: norcal-prod.main}' };
    const { diagnostics } = await compileMesh({ web }, system, extra);
    return diagnostics.filter(({ severity }) => severity === 'error').map(({ message }) => message);
  };
  assert.equal(await instance(meshSystem(null)), []);
  assert.equal(await instance(meshSystem()), ['the main container and the sidecar would both be named nerve']);
});

test('synapse gets a ConfigMap, a DaemonSet and all its shards, empty ones too', async () => {
  const shared = sharedOf(
    await compileMesh(WEB, meshSystem({ synapse: { shards: 3, namespace: 'mesh', name: 'proxy' } })),
  );
  const own = shared.filter(({ metadata }) => metadata.namespace === 'mesh');
  assert.equal(own.map(({ kind, metadata }) => `${kind} ${metadata.name}`).sort(), [
    'ConfigMap proxy',
    'ConfigMap proxy-services-0',
    'ConfigMap proxy-services-1',
    'ConfigMap proxy-services-2',
    'DaemonSet proxy',
  ]);
  assert.ok(shared.some(({ kind, metadata }) => kind === 'Namespace' && metadata.name === 'mesh'));
  const files = [0, 1, 2].flatMap((shard) => Object.keys(dataOf(shared, `proxy-services-${shard}`)));
  assert.equal(files, ['web.main.json']);
});

test('synapse runs on the network of every node without claiming ports', async () => {
  const tolerations = [{ operator: 'Exists' }];
  const system = meshSystem({ synapse: { tolerations, resources: { requests: { cpu: 0.5 } } } });
  const daemonSet = object(sharedOf(await compileMesh(WEB, system)), 'DaemonSet', 'synapse');
  const spec = daemonSet['spec'] as { updateStrategy: unknown; template: { spec: Record<string, unknown> } };
  const pod = spec.template.spec;
  assert.equal(spec.updateStrategy, { type: 'RollingUpdate', rollingUpdate: { maxUnavailable: 1 } });
  assert.equal(
    [pod['hostNetwork'], pod['dnsPolicy'], pod['tolerations']],
    [true, 'ClusterFirstWithHostNet', tolerations],
  );
  const containers = pod['containers'] as {
    name: string;
    ports?: unknown;
    command: string[];
    livenessProbe?: object;
  }[];
  assert.equal(
    containers.map(({ name, ports }) => [name, ports]),
    [
      ['haproxy', undefined],
      ['synapse', undefined],
    ],
  );
  const socket = '/var/run/synapse/haproxy-master.sock';
  assert.equal(containers[0]!.command, ['haproxy', '-W', '-S', socket, '-f', '/var/run/synapse/haproxy.cfg']);
  assert.is((containers[1]!.livenessProbe as { failureThreshold: number }).failureThreshold, 1);
});

test('a new service changes its shard and nothing else', async () => {
  const before = sharedOf(await compileMesh(WEB));
  const api = { smartstack: { main: { proxy_port: 20002, endpoint_timeouts: { '/a': 1 } } } };
  const after = sharedOf(await compileMesh({ ...WEB, api }));
  const text = (objects: typeof before): ReadonlyMap<string, string> =>
    new Map(objects.map((each) => [`${each.kind} ${each.metadata.name}`, JSON.stringify(each)]));
  const old = text(before);
  const changed = [...text(after)].filter(([name, content]) => old.get(name) !== content).map(([name]) => name);
  assert.is(changed.filter((name) => name.startsWith('ConfigMap synapse-services-')).length, 1);
  assert.equal(
    changed.filter((name) => !name.startsWith('ConfigMap synapse-services-')),
    ['Namespace paastasvc-api', 'LimitRange limit-mem-cpu-disk-per-container'].filter((name) => !old.has(name)),
  );
});

test.run();
