/** Rollouts through the real controllers: hand-over to autoscalers, stop and start, switches of kind, moves, limits, failures. */
import { setTimeout as pause } from 'node:timers/promises';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import {
  instanceFiles,
  RenderedTree,
  runVerb,
  type InstanceOptions,
  type VerbResult,
} from './support/applier-cluster.ts';
import { type ControlPlane, controlPlaneAssets, startControlPlane } from './support/control-plane.ts';
import { skipSuite } from './support/skip.ts';

let plane: ControlPlane;
const tree = new RenderedTree();

interface Workload {
  metadata: { uid: string };
  spec: { replicas: number };
  status: { readyReplicas?: number };
}

const verb = (...args: string[]): Promise<VerbResult> => runVerb(plane, tree, args);

async function applied(files: Parameters<RenderedTree['write']>[0], ...args: string[]): Promise<VerbResult> {
  tree.write(files);
  const result = await verb('apply', '--timeout', '30s', ...args);
  assert.is(result.status, 0, result.out + result.err);
  return result;
}

async function get(path: string): Promise<Workload | null> {
  const { status, json } = await plane.request('GET', path);
  return status === 200 ? (json as Workload) : null;
}

const deployment = (name: string, namespace = 'paastasvc-shop'): string =>
  `/apis/apps/v1/namespaces/${namespace}/deployments/${name}`;
const statefulSet = (name: string, namespace = 'paastasvc-shop'): string =>
  `/apis/apps/v1/namespaces/${namespace}/statefulsets/${name}`;
const autoscaler = (name: string): string =>
  `/apis/autoscaling/v2/namespaces/paastasvc-shop/horizontalpodautoscalers/${name}`;

/** The least number of ready pods of an instance, over all its workloads, while something runs. */
async function leastReady<T>(
  service: string,
  instance: string,
  run: () => Promise<T>,
): Promise<{ result: T; least: number }> {
  const ended = new AbortController();
  const selector = encodeURIComponent(`paasta.yelp.com/service=${service},paasta.yelp.com/instance=${instance}`);
  let least = Infinity;
  const watch = async (): Promise<void> => {
    while (!ended.signal.aborted) {
      const { json } = await plane.request('GET', `/api/v1/pods?labelSelector=${selector}`);
      const pods = (json as { items: { status: { conditions?: { type: string; status: string }[] } }[] }).items;
      const ready = pods.filter((pod) => pod.status.conditions?.some((c) => c.type === 'Ready' && c.status === 'True'));
      least = Math.min(least, ready.length);
      await pause(20);
    }
  };
  const watching = watch();
  try {
    const result = await run();
    return { result, least };
  } finally {
    ended.abort();
    await watching;
  }
}

if (controlPlaneAssets() === undefined) {
  skipSuite('applier-rollout', 'KUBEBUILDER_ASSETS names no control plane');
} else {
  test.before(async () => {
    plane = await startControlPlane({ controllers: true, nodes: 3 });
    await plane.request('POST', '/api/v1/namespaces', {
      apiVersion: 'v1',
      kind: 'Namespace',
      metadata: { name: 'paasta' },
    });
  });
  test.after(async () => {
    tree.remove();
    await plane.stop();
  });

  const main = (options: InstanceOptions = {}): ReturnType<typeof instanceFiles> =>
    instanceFiles('shop', 'main', options);

  test('apply waits for the pods, and a second run sends no write', async () => {
    await applied(main({ replicas: 3 }));
    assert.is((await get(deployment('shop-main')))!.status.readyReplicas, 3);
    const again = await verb('apply');
    assert.is(again.status, 0);
    assert.not.match(again.err, /applying/);
  });

  test('a new version is rolled out without falling below the floor of its strategy', async () => {
    const { least } = await leastReady('shop', 'main', () => applied(main({ replicas: 3, sha: 'bbb' })));
    assert.ok(least >= 2, `${least} of 3 pods were ready`);
  });

  test('a fixed instance becomes autoscaled without a dip: the live number is handed over', async () => {
    const { least } = await leastReady('shop', 'main', () =>
      applied(main({ sha: 'bbb', autoscaler: { min: 2, max: 6 } })),
    );
    assert.ok(least >= 3, `${least} of 3 pods were ready`);
    assert.is((await get(deployment('shop-main')))!.spec.replicas, 3);
    assert.is((await verb('diff')).status, 0);
  });

  test('stopping deletes the autoscaler and goes to nothing; starting begins with the most and hands over', async () => {
    await applied(main({ sha: 'bbb', replicas: 0 }));
    assert.is(await get(autoscaler('shop-main')), null);
    assert.is((await get(deployment('shop-main')))!.spec.replicas, 0);
    await applied(main({ sha: 'bbb', autoscaler: { min: 2, max: 6 } }));
    assert.is((await get(deployment('shop-main')))!.spec.replicas, 6);
    await applied(main({ sha: 'bbb', autoscaler: { min: 2, max: 6 } }));
    assert.is((await get(deployment('shop-main')))!.spec.replicas, 6);
    assert.is((await verb('diff')).status, 0);
  });

  test('an autoscaled instance becomes fixed again', async () => {
    await applied(main({ sha: 'bbb', replicas: 2 }));
    assert.is(await get(autoscaler('shop-main')), null);
    assert.is((await get(deployment('shop-main')))!.spec.replicas, 2);
    assert.is((await verb('diff')).status, 0);
  });

  test('a Deployment becomes a StatefulSet: the old goes once the new is up, and back', async () => {
    tree.write(main({ sha: 'bbb', kind: 'StatefulSet' }));
    const preview = await verb('diff');
    assert.match(
      preview.out,
      /» apps\/Deployment paastasvc-shop\/shop-main {2}\(goes once apps\/StatefulSet .* is up\)/,
    );
    const there = await leastReady('shop', 'main', () => applied(main({ sha: 'bbb', kind: 'StatefulSet' })));
    assert.ok(there.least >= 2, `${there.least} of 2 pods were ready`);
    assert.is(await get(deployment('shop-main')), null);
    assert.is((await get(statefulSet('shop-main')))!.status.readyReplicas, 2);
    const back = await leastReady('shop', 'main', () => applied(main({ sha: 'bbb' })));
    assert.ok(back.least >= 2, `${back.least} of 2 pods were ready`);
    assert.is(await get(statefulSet('shop-main')), null);
    assert.is((await verb('diff', '--prune', '--min-age', '0s')).status, 0);
  });

  test('a namespace changes: crossover makes the new one before the old one goes, with its budget', async () => {
    const files = { ...main(), ...instanceFiles('shop', 'main', { sha: 'bbb', namespace: 'shop-two' }) };
    delete (files as Record<string, unknown>)['paastasvc-shop/shop-main.yaml'];
    const { least } = await leastReady('shop', 'main', () => applied(files));
    assert.ok(least >= 2, `${least} of 2 pods were ready`);
    assert.is(await get(deployment('shop-main')), null);
    assert.is(await get('/apis/policy/v1/namespaces/paastasvc-shop/poddisruptionbudgets/shop-main'), null);
    assert.ok(await get(deployment('shop-main', 'shop-two')));
  });

  test('downthenup moves by deleting first, and a StatefulSet does not move at all', async () => {
    const strategy = { type: 'Recreate' };
    const moved = { ...main({ sha: 'bbb', strategy }), ...instanceFiles('x', 'y', { namespace: 'shop-two' }) };
    const result = await applied(moved);
    const deleted = result.err.indexOf('deleted apps/Deployment shop-two/shop-main');
    const created = result.err.indexOf('created apps/Deployment paastasvc-shop/shop-main');
    assert.ok(deleted >= 0 && created > deleted, result.err);
    await applied({ ...moved, ...instanceFiles('shop', 'db', { kind: 'StatefulSet', replicas: 1 }) });
    tree.write({
      ...moved,
      ...instanceFiles('shop', 'db', { kind: 'StatefulSet', replicas: 1, namespace: 'shop-two' }),
    });
    const refused = await verb('apply');
    assert.is(refused.status, 4);
    assert.match(refused.err, /statefulset_bounce_shop\.db/);
    assert.ok(await get(statefulSet('shop-db')));
    await applied({ ...moved, ...instanceFiles('shop', 'db', { kind: 'StatefulSet', replicas: 1 }) });
  });

  test('an instance that does not come up is named with its reason, exits 8, and stops no other', async () => {
    const bad = instanceFiles('bad', 'main', { podAnnotations: { 'test.cluster/behave': 'crash' } });
    tree.write({ ...bad, ...instanceFiles('good', 'main') });
    const result = await verb('apply', '--timeout', '4s');
    assert.is(result.status, 8, result.out + result.err);
    assert.match(result.out, /not up apps\/Deployment paastasvc-bad\/bad-main: 0 of 2 pods are available/);
    assert.match(result.out, /container main: CrashLoopBackOff/);
    assert.is((await get(deployment('good-main', 'paastasvc-good')))!.status.readyReplicas, 2);
    const status = await verb('status');
    assert.match(status.out, /bad\.main +Waiting +0\/2/);
    assert.match(status.out, /good\.main +Running +2\/2/);
    assert.match(status.out, /shop\.main +Removed/);
  });

  test('an object that the server refuses fails alone: exit 3 after writes, 6 without', async () => {
    const broken = instanceFiles('broken', 'main', {
      strategy: { type: 'RollingUpdate', rollingUpdate: { maxSurge: 0, maxUnavailable: 0 } },
    });
    tree.write({ ...broken, ...instanceFiles('good', 'main', { sha: 'ccc' }) });
    const result = await verb('apply', '--timeout', '30s');
    assert.is(result.status, 3, result.err);
    assert.match(result.out, /may not be 0 when `maxSurge` is 0/);
    assert.is((await verb('apply', '--timeout', '30s')).status, 6);
  });

  test('--rate-limit begins so many rollouts, new versions first, and says what is left', async () => {
    const names = ['a', 'b', 'c', 'd'];
    const files = (change: (name: string) => InstanceOptions): ReturnType<typeof instanceFiles> =>
      Object.assign({}, ...names.map((name) => instanceFiles('many', name, change(name)))) as ReturnType<
        typeof instanceFiles
      >;
    await applied(files(() => ({ replicas: 1 })));
    tree.write(files((name) => (name === 'd' ? { replicas: 1, sha: 'new' } : { replicas: 1, config: 'c2' })));
    const first = await verb('apply', '--rate-limit', '2', '--timeout', '30s');
    assert.is(first.status, 0, first.err);
    const rolled = [...first.err.matchAll(/^applied apps\/Deployment \S+\/many-(\w)/gm)].map((match) => match[1]);
    assert.equal(rolled.sort(), ['a', 'd']);
    assert.match(first.out, /postponed apps\/Deployment paastasvc-many\/many-b/);
    assert.match(first.out, /, 2 postponed; /);
    const second = await verb('apply', '--max-in-flight', '1', '--timeout', '30s');
    assert.is(second.status, 0);
    const order = [...second.err.matchAll(/^(applied|up) apps\/Deployment \S+\/many-(\w)/gm)].map(
      (match) => `${match[1]} ${match[2]}`,
    );
    assert.equal(order, ['applied b', 'up b', 'applied c', 'up c']);
  });
}

test.run();
