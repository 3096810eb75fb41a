/** The check against a real API server, with pods that kwok makes ready or keeps unready. */
import { createServer as createHttpServer } from 'node:http';
import { createServer, type AddressInfo, type Server } from 'node:net';
import { setTimeout as pause } from 'node:timers/promises';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { callCli } from './support/call-cli.ts';
import { checkCompany, CLUSTER, plainKubeconfig, type CheckCompany } from './support/check-company.ts';
import { type ControlPlane, controlPlaneAssets, startControlPlane } from './support/control-plane.ts';
import { skipSuite } from './support/skip.ts';

const INSTANCES = `
main: {instances: 3}
low: {instances: 2, namespace: elsewhere}
halted: {instances: 2}
scaled: {min_instances: 1, max_instances: 10}
missing: {min_instances: 1, max_instances: 4}
draining: {instances: 1}
meshed: {instances: 6}
absent: {instances: 1}
`;
const SMARTSTACK = 'meshed: {proxy_port: 20001, discover: habitat}\n';
const STATS = [
  '# pxname,svname,qcur,status,check_status,',
  'shop.meshed,FRONTEND,,OPEN,,',
  'shop.meshed,a_10.0.0.1:1,0,UP,L7OK,',
  'shop.meshed,b_10.0.0.2:1,0,UP 1/3,L7OK,',
  'shop.meshed,c_10.0.0.3:1,0,DOWN,L4CON,',
  'shop.meshed,BACKEND,0,UP,,',
  'other.main,"x,y_10.0.0.4:1",0,UP,L7OK,',
].join('\n');

if (controlPlaneAssets() === undefined) {
  skipSuite('check-cluster', 'KUBEBUILDER_ASSETS names no control plane');
} else {
  let plane: ControlPlane;
  let company: CheckCompany;
  let statsPort: number;
  const events: unknown[] = [];
  const stats = createHttpServer((request, response) => {
    const isAsked = request.url === '/;csv;norefresh;scope=shop.meshed' || request.url === '/;csv;norefresh;scope=';
    response.statusCode = isAsked ? 200 : 404;
    response.end(STATS);
  });
  const sensu = createServer((socket) => {
    let text = '';
    socket.on('data', (chunk: Buffer) => (text += chunk.toString()));
    socket.on('end', () => events.push(JSON.parse(text)));
  });

  test.before(async () => {
    statsPort = await listen(stats);
    const sensuPort = await listen(sensu);
    const system = { synapse_port: statsPort, sensu_host: '127.0.0.1', sensu_port: sensuPort };
    company = checkCompany(INSTANCES, system, { 'soa/shop/smartstack.yaml': SMARTSTACK });
    plane = await startControlPlane({
      nodes: 3,
      nodeLabels: { 'yelp.com/hostname': '127.0.0.1' },
      apiserverArgs: ['--disable-admission-plugins=ServiceAccount'],
    });
    await fill(plane);
  });
  test.after(async () => {
    await plane?.stop();
    company?.remove();
    stats.close();
    sensu.close();
  });

  const check = (...args: string[]) =>
    callCli(['check', '-c', CLUSTER, ...args], { cwd: company.folder, env: { KUBECONFIG: plane.kubeconfigPath } });

  const cases: [string, string, number, string][] = [
    ['two of three are enough', 'main', 0, 'shop.main has 2/3 replicas available (threshold: 50%)'],
    ['unready pods do not count', 'low', 2, 'shop.low has 0/2 replicas available (threshold: 50%)'],
    ['a stopped instance still expects its replicas', 'halted', 2, 'shop.halted has 0/2 replicas available'],
    ['an autoscaled one expects what its workload asks for', 'scaled', 2, 'shop.scaled has 1/4 replicas available'],
    ['without a workload the upper limit is expected', 'missing', 2, 'shop.missing has 1/4 replicas available'],
    ['a pod that is terminating and ready counts', 'draining', 0, 'shop.draining has 1/1 replicas available'],
  ];
  for (const [why, instance, status, output] of cases) {
    test(`one instance: ${why}`, async () => {
      const result = await check('-s', 'shop', '-i', instance);
      assert.is(result.status, status, result.stdout + result.stderr);
      assert.match(result.stdout, output);
      assert.is(result.stdout.split('\n').length, 2);
    });
  }

  test('backends are counted in every location', async () => {
    const result = await check('-s', 'shop', '-i', 'meshed');
    assert.is(result.status, 0, result.stdout);
    assert.match(result.stdout, 'shop.meshed has 2/2 replicas in test1a according to Smartstack (OK: 100.0%)');
    assert.is(result.stdout.match(/according to Smartstack/g)!.length, 3);
    const strict = await check('-s', 'shop', '-i', 'meshed', '--threshold', '101');
    assert.is(strict.status, 2);
  });

  test('the command of a rendered check needs no soa-configs and says the same', async () => {
    const flags = ['--service', 'shop', '--instance', 'scaled', '--threshold', '50'];
    const env = { KUBECONFIG: plane.kubeconfigPath };
    const args = [
      'check',
      '-c',
      CLUSTER,
      '--context',
      'test',
      ...flags,
      '--min-instances',
      '1',
      '--max-instances',
      '10',
    ];
    const { status, stdout } = await callCli(args, { cwd: '/', env });
    assert.equal([status, stdout], [2, 'shop.scaled has 1/4 replicas available (threshold: 50%)\n']);
    const meshed = [
      '--service',
      'shop',
      '--instance',
      'meshed',
      '--instances',
      '6',
      '--synapse-port',
      String(statsPort),
    ];
    const access = ['check', '-c', CLUSTER, '--context', 'test'];
    const inMesh = (label: string, ...more: string[]) =>
      callCli([...access, ...meshed, '--location-label', label, ...more], { cwd: '/', env });
    const found = await inMesh('yelp.com/habitat');
    assert.is(found.status, 0, found.stdout);
    assert.match(found.stdout, 'shop.meshed has 2/2 replicas in test1a according to Smartstack (OK: 100.0%)');
    const nowhere = await inMesh('yelp.com/nothing');
    assert.is(nowhere.status, 2);
    assert.match(nowhere.stdout, 'has no Smartstack replication info');
    const silent = await inMesh('yelp.com/habitat', '--synapse-url', 'http://127.0.0.1:1/');
    assert.is(silent.status, 3);
    assert.match(
      silent.stdout,
      /^UNKNOWN: no synapse answers in test1a; the last one asked was 127\.0\.0\.1: .*ECONNREFUSED/,
    );
  });

  test('the whole cluster is well unless enough instances of the mesh are not; events tell of each', async () => {
    events.length = 0;
    const all = await check('--emit');
    assert.is(all.status, 0, all.stdout);
    assert.match(all.stdout, '0% of instances (0/1) are under replicated');
    assert.match(all.stdout, 'shop.low has 0/2');
    assert.not.match(all.stdout, 'shop.main has');
    for (let tries = 0; events.length < 7 && tries < 200; tries++) await pause(10);
    const names = events.map((event) => (event as { name: string }).name.split('.').at(-1));
    assert.equal(names.sort(), ['draining', 'halted', 'low', 'main', 'meshed', 'missing', 'scaled']);
    const strict = await check('--threshold', '101', '--crit', '50', '--min-count-critical', '1');
    assert.is(strict.status, 2, strict.stdout);
  });

  test('an instance that nothing is deployed to is not checked', async () => {
    const { status, stdout } = await check('-s', 'shop', '-i', 'absent');
    assert.equal([status, stdout], [0, 'shop.absent is not checked: nothing is deployed to it\n']);
  });

  test('pods of another cluster mean that the context leads astray', async () => {
    await pod(plane, 'astray', 'astray', { labels: { 'paasta.yelp.com/cluster': 'elsewhere' } });
    const flags = ['--service', 'shop', '--instance', 'astray', '--instances', '1'];
    const { status, stdout } = await check(...flags);
    assert.equal([status, stdout], [3, 'UNKNOWN: the context leads to the cluster elsewhere\n']);
  });

  test('containers that were killed for lack of memory are found in the states of their pods', async () => {
    const finishedAt = new Date(Date.now() - 30_000).toISOString().replace(/\.\d+Z$/, 'Z');
    const lastState = { terminated: { exitCode: 137, reason: 'OOMKilled', startedAt: finishedAt, finishedAt } };
    const containerStatuses = [
      { name: 'main', image: 'x', imageID: '', ready: true, restartCount: 1, state: { running: {} }, lastState },
    ];
    const path = '/api/v1/namespaces/paastasvc-shop/pods/main-0/status';
    const answer = await plane.request(
      'PATCH',
      path,
      { status: { containerStatuses } },
      'application/merge-patch+json',
    );
    assert.is(answer.status, 200, answer.text);
    const found = await check('--oom', '-s', 'shop', '-i', 'main', '--emit', '--dry-run');
    assert.is(found.status, 2, found.stdout);
    const [output, event] = found.stdout.split('\n') as [string, string];
    assert.match(output, 'The Out Of Memory killer killed processes for shop.main in the last 1 minute(s).');
    const { name, page, alert_after, tip } = JSON.parse(event) as Record<string, unknown>;
    assert.equal([name, page, alert_after], ['oom-killer.shop.main', false, 0]);
    assert.match(tip as string, '(curr: 4096MB)');
    assert.is((await check('--oom', '-s', 'shop', '-i', 'low')).status, 0);
    const all = await check('--oom');
    assert.is(all.status, 2);
    assert.match(all.stdout, /^The Out Of .* for shop\.main .*\n6 of 7 checked instances are well\n$/);
  });

  test('an autoscaler at its limit is judged by its metrics', async () => {
    const path = '/apis/autoscaling/v2/namespaces/paastasvc-shop/horizontalpodautoscalers';
    const target = (averageUtilization: number) => ({ type: 'Utilization', averageUtilization });
    const made = await plane.request('POST', path, {
      ...{ apiVersion: 'autoscaling/v2', kind: 'HorizontalPodAutoscaler', metadata: { name: 'shop-scaled' } },
      spec: {
        scaleTargetRef: { apiVersion: 'apps/v1', kind: 'Deployment', name: 'shop-scaled' },
        ...{ minReplicas: 1, maxReplicas: 10 },
        metrics: [{ type: 'Resource', resource: { name: 'cpu', target: target(80) } }],
      },
    });
    assert.is(made.status, 201, made.text);
    const status = {
      ...{ desiredReplicas: 10, currentReplicas: 10 },
      currentMetrics: [{ type: 'Resource', resource: { name: 'cpu', current: { averageUtilization: 90 } } }],
    };
    const merge = 'application/merge-patch+json';
    await plane.request('PATCH', `${path}/shop-scaled/status`, { status }, merge);
    const { status: exit, stdout } = await check('--autoscaler-max', '-s', 'shop', '-i', 'scaled');
    assert.is(exit, 2, stdout);
    assert.match(stdout, 'utilization (0.9) is greater than setpoint (0.8).');
    assert.is((await check('--autoscaler-max', '-s', 'shop', '-i', 'missing')).status, 0, 'no autoscaler, no check');
    const all = await check('--autoscaler-max');
    assert.is(all.status, 2);
    assert.match(all.stdout, '0 of 1 checked instances are well');
  });

  test('the API server answers; where none listens, that is a warning', async () => {
    assert.equal(await check('--api'), { status: 0, stdout: 'API is ok\n', stderr: '' });
    const kubeconfig = plainKubeconfig(company.folder, 'http://127.0.0.1:1');
    const { status, stdout } = await check('--api', '--kubeconfig', kubeconfig);
    assert.is(status, 1);
    assert.match(stdout, /^Error connecting to API: .*ECONNREFUSED/);
  });

  test('a user who may not list pods gets the reason of the server, and the status unknown', async () => {
    const args = ['check', '-c', CLUSTER, '-s', 'shop', '-i', 'main'];
    const env = { KUBECONFIG: plane.kubeconfigOf('reader') };
    const { status, stdout } = await callCli(args, { cwd: company.folder, env });
    assert.is(status, 3);
    assert.match(stdout, /^UNKNOWN: API server: pods is forbidden: User "reader" cannot list/);
  });
}

async function fill(plane: ControlPlane): Promise<void> {
  await plane.request('POST', '/api/v1/namespaces', { metadata: { name: 'paastasvc-shop' } });
  await pod(plane, 'main-0', 'main');
  await pod(plane, 'main-1', 'main');
  for (const name of ['main-2', 'low-0', 'low-1']) {
    await pod(plane, name, name.split('-')[0]!, { annotations: { 'test.cluster/behave': 'never-ready' } });
  }
  await pod(plane, 'scaled-0', 'scaled');
  await pod(plane, 'missing-0', 'missing');
  await pod(plane, 'draining-0', 'draining', { annotations: { 'test.cluster/stop-after': '600s' } });
  const labels = labelsOf('scaled');
  const containers = [{ name: 'main', image: 'r.example.com/shop:1' }];
  const made = await plane.request('POST', '/apis/apps/v1/namespaces/paastasvc-shop/deployments', {
    metadata: { name: 'shop-scaled', labels },
    spec: { replicas: 4, selector: { matchLabels: labels }, template: { metadata: { labels }, spec: { containers } } },
  });
  assert.is(made.status, 201, made.text);
  for (const name of ['main-0', 'main-1', 'scaled-0', 'missing-0', 'draining-0']) await becomesReady(plane, name);
  await plane.request('DELETE', '/api/v1/namespaces/paastasvc-shop/pods/draining-0', { gracePeriodSeconds: 600 });
}

function labelsOf(instance: string): Record<string, string> {
  return {
    'paasta.yelp.com/service': 'shop',
    'paasta.yelp.com/instance': instance,
    'paasta.yelp.com/cluster': CLUSTER,
  };
}

async function pod(
  plane: ControlPlane,
  name: string,
  instance: string,
  metadata: { annotations?: Record<string, string>; labels?: Record<string, string> } = {},
): Promise<void> {
  const { annotations = {}, labels = {} } = metadata;
  const made = await plane.request('POST', '/api/v1/namespaces/paastasvc-shop/pods', {
    metadata: { name, labels: { ...labelsOf(instance), ...labels }, annotations },
    spec: { nodeName: 'node-000', containers: [{ name: 'main', image: 'r.example.com/shop:1' }] },
  });
  assert.is(made.status, 201, made.text);
}

async function becomesReady(plane: ControlPlane, name: string): Promise<void> {
  for (let tries = 0; tries < 400; tries++) {
    const { json } = await plane.request('GET', `/api/v1/namespaces/paastasvc-shop/pods/${name}`);
    const { conditions = [] } = (json as { status: { conditions?: { type: string; status: string }[] } }).status;
    if (conditions.some(({ type, status }) => type === 'Ready' && status === 'True')) return;
    await pause(25);
  }
  assert.unreachable(`${name} did not become ready`);
}

function listen(server: Server): Promise<number> {
  return new Promise((resolve) => {
    server.listen(0, '127.0.0.1', () => {
      resolve((server.address() as AddressInfo).port);
    });
  });
}

test.run();
