/** `status` against the real controllers: PaaSTA's words, versions, drift, autoscalers, the facts of the set, and following it. */
import { setTimeout as pause } from 'node:timers/promises';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { main } from '../cli/main.ts';
import type { InstanceStatus } from '../applier/status.ts';
import type { KubeObject } from '../compiler/model/rendered-file.ts';
import { instanceFiles, instanceObjects, namespaceFile, RenderedTree, runVerb } from './support/applier-cluster.ts';
import { type ControlPlane, controlPlaneAssets, startControlPlane } from './support/control-plane.ts';
import { skipSuite } from './support/skip.ts';

let plane: ControlPlane;
const tree = new RenderedTree();
const LEASE = '/apis/coordination.k8s.io/v1/namespaces/paasta/leases/paasta-gitops-main';
const PARENT = '/api/v1/namespaces/paasta/configmaps/paasta-gitops-main';

const merge = (path: string, body: unknown, manager = 'kubectl-edit'): Promise<unknown> =>
  plane.request('PATCH', `${path}?fieldManager=${manager}`, body, 'application/merge-patch+json');
const deployment = (name: string): string => `/apis/apps/v1/namespaces/paastasvc-shop/deployments/${name}`;

interface Status {
  readonly exit: number;
  readonly phase: string;
  readonly hold: string;
  readonly lockHolder: string | null;
  readonly instances: readonly InstanceStatus[];
}

async function status(): Promise<Status> {
  const { out, status: exit } = await runVerb(plane, tree, ['status', '-o', 'json']);
  const report = JSON.parse(out) as Status;
  assert.is(report.exit, exit);
  return report;
}

/** An autoscaled instance whose autoscaler is paused as the compiler renders it. */
function paused(): KubeObject[] {
  return instanceObjects('shop', 'auto', { autoscaler: { min: 2, max: 4 } }).map((object) =>
    object.kind === 'HorizontalPodAutoscaler'
      ? {
          ...object,
          spec: {
            ...(object['spec'] as object),
            behavior: { scaleUp: { selectPolicy: 'Disabled' }, scaleDown: { selectPolicy: 'Disabled' } },
          },
        }
      : object,
  );
}

if (controlPlaneAssets() === undefined) {
  skipSuite('applier-status', 'KUBEBUILDER_ASSETS names no control plane');
} else {
  test.before(async () => {
    plane = await startControlPlane({ controllers: true, nodes: 2 });
    await plane.request('POST', '/api/v1/namespaces', {
      apiVersion: 'v1',
      kind: 'Namespace',
      metadata: { name: 'paasta' },
    });
    tree.write({
      ...instanceFiles('shop', 'running'),
      ...instanceFiles('shop', 'stopped', { replicas: 0 }),
      ...instanceFiles('shop', 'removed', { replicas: 1 }),
      ...instanceFiles('shop', 'db', { kind: 'StatefulSet', replicas: 1 }),
      ...instanceFiles('shop', 'waiting', { podAnnotations: { 'test.cluster/behave': 'never-ready' } }),
      ...namespaceFile('paastasvc-shop'),
      'paastasvc-shop/shop-auto.yaml': { objects: paused(), service: 'shop', instance: 'auto' },
    });
    assert.is((await runVerb(plane, tree, ['apply', '--timeout', '3s'])).status, 8);
    tree.write({
      ...instanceFiles('shop', 'running', { sha: 'bbb' }),
      ...instanceFiles('shop', 'stopped', { replicas: 0 }),
      ...instanceFiles('shop', 'db', { kind: 'StatefulSet', replicas: 1 }),
      ...instanceFiles('shop', 'waiting', { podAnnotations: { 'test.cluster/behave': 'never-ready' } }),
      ...instanceFiles('shop', 'missing'),
      'paastasvc-shop/shop-auto.yaml': { objects: paused(), service: 'shop', instance: 'auto' },
    });
  });
  test.after(async () => {
    tree.remove();
    await plane.stop();
  });

  test("each instance has PaaSTA's word, or says that it is missing or removed", async () => {
    const { instances } = await status();
    assert.equal(Object.fromEntries(instances.map(({ instance, state }) => [instance, state])), {
      auto: 'Running',
      db: 'Running',
      missing: 'Missing',
      removed: 'Removed',
      running: 'Running',
      stopped: 'Stopped',
      waiting: 'Waiting',
    });
    const [waiting] = instances.filter(({ instance }) => instance === 'waiting');
    assert.equal(waiting!.replicas, { desired: 2, updated: 2, ready: 0, available: 0 });
    assert.is(waiting!.reason, '0 of 2 pods are available');
  });

  test('live and wanted versions, and whether the tree says something else', async () => {
    const { instances } = await status();
    const [running] = instances.filter(({ instance }) => instance === 'running');
    assert.equal(
      [running!.live, running!.wanted, running!.isOutdated],
      [{ gitSha: 'aaa', configSha: 'c1' }, { gitSha: 'bbb', configSha: 'c1' }, true],
    );
  });

  test('an autoscaler shows its bounds, its pause, and why it does nothing', async () => {
    const { instances } = await status();
    const [auto] = instances.filter(({ instance }) => instance === 'auto');
    const { min, max, isPaused } = auto!.autoscaler!;
    assert.equal([min, max, isPaused], [2, 4, true]);
    const { out } = await runVerb(plane, tree, ['status']);
    assert.match(out, /^shop\.auto +Running +4\/4 +4 +aaa c1 +2\.\.4 paused/m);
    assert.match(out, /^shop\.running +Running +2\/2 +2 +aaa c1 +- +differs from the tree$/m);
  });

  test('drift of everything that belongs to an instance is named with who and when', async () => {
    await merge(deployment('shop-waiting'), { spec: { replicas: 3 } });
    await merge('/apis/policy/v1/namespaces/paastasvc-shop/poddisruptionbudgets/shop-waiting', {
      spec: { maxUnavailable: 2 },
    });
    const { out } = await runVerb(plane, tree, ['status', '-i', 'waiting']);
    assert.match(
      out,
      /^ {4}DRIFT apps\/Deployment paastasvc-shop\/shop-waiting \.spec\.replicas changed by "kubectl-edit" \(Update\) at 20\d\d-/m,
    );
    assert.match(out, /^ {4}DRIFT policy\/PodDisruptionBudget \S+ \.spec\.maxUnavailable changed by "kubectl-edit"/m);
    assert.not.match(out, /shop\.running/);
  });

  test('a hold, a lock and an unfinished run are told', async () => {
    await merge(LEASE, { spec: { holderIdentity: 'host/1/x' } });
    await merge(PARENT, { metadata: { annotations: { 'paasta.yelp.com/hold': 'abc123' } } });
    const { phase, hold, lockHolder } = await status();
    assert.equal([phase, hold, lockHolder], ['applying', 'abc123', 'host/1/x']);
    const { out } = await runVerb(plane, tree, ['status']);
    assert.match(out, /^revision unknown, unfinished run \(applying\), held at abc123, locked by host\/1\/x$/m);
    await merge(LEASE, { spec: { holderIdentity: '' } });
    await merge(PARENT, { metadata: { annotations: { 'paasta.yelp.com/hold': '' } } });
  });

  test('status -w shows the state again until it is interrupted, and writes nothing', async () => {
    let out = '';
    const io = {
      out: (text: string) => void (out += text),
      err: () => undefined,
      env: { PATH: process.env['PATH'], HOME: tree.root, KUBECONFIG: plane.kubeconfigPath },
      ...{ cwd: tree.root, isTerminal: true, hasColor: false },
    };
    const target = ['--cluster', 'test', '--context', 'test', '--dir', tree.root];
    const watching = main(['status', ...target, '-w', '-i', 'waiting'], io);
    const until = async (isTrue: () => boolean): Promise<void> => {
      for (const giveUpAt = Date.now() + 20_000; !isTrue() && Date.now() < giveUpAt;) await pause(50);
      assert.ok(isTrue(), out);
    };
    await until(() => out.includes('0/3'));
    await merge(deployment('shop-waiting'), { spec: { replicas: 1 } });
    await until(() => out.includes('0/1'));
    process.emit('SIGINT', 'SIGINT');
    assert.is(await watching, 0);
    out = '';
    const leaving = main(['status', ...target, '-w', '-i', 'removed'], io);
    await until(() => out.includes('Removed'));
    await plane.request('DELETE', deployment('shop-removed'));
    await plane.request('DELETE', '/apis/policy/v1/namespaces/paastasvc-shop/poddisruptionbudgets/shop-removed');
    await until(() => !out.slice(out.lastIndexOf('\u001b[2J')).includes('shop.removed'));
    process.emit('SIGINT', 'SIGINT');
    assert.is(await leaving, 0, 'what is watched may go');
    assert.ok(out.startsWith('\u001b[H\u001b[2J'), 'the screen is drawn anew');
    const wrong = await runVerb(plane, tree, ['status', '-w', '-o', 'json']);
    assert.is(wrong.status, 6);
  });

  test('status ends with 4 for the tree of another cluster, and still shows what it sees', async () => {
    await merge(PARENT, { metadata: { labels: { 'paasta.yelp.com/cluster': 'elsewhere' } } });
    const { status: exit, out, err } = await runVerb(plane, tree, ['status']);
    assert.is(exit, 4);
    assert.match(out, /shop\.running/);
    assert.match(err, /this is the cluster elsewhere/);
  });
}

test.run();
