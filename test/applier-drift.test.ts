/** How others change an object, as a real API server records it, and what diff and apply make of that. */
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import type { KubeObject } from '../compiler/model/rendered-file.ts';
import { instanceFiles, instanceObjects, RenderedTree, runVerb, type TreeFiles } from './support/applier-cluster.ts';
import { type ControlPlane, controlPlaneAssets, startControlPlane } from './support/control-plane.ts';
import { skipSuite } from './support/skip.ts';

const PATH = '/apis/apps/v1/namespaces/paastasvc-shop/deployments/shop-main';
let plane: ControlPlane;
const tree = new RenderedTree();

interface DiffReport {
  readonly exit: number;
  readonly reason: string;
  readonly objects: readonly {
    key: string;
    action: string;
    restart: boolean;
    reasons: readonly string[];
    diff: readonly string[];
  }[];
}

async function diff(...args: string[]): Promise<DiffReport> {
  const { out, status } = await runVerb(plane, tree, ['diff', '-o', 'json', ...args]);
  const report = JSON.parse(out) as DiffReport;
  assert.is(report.exit, status);
  return report;
}

async function apply(...args: string[]): Promise<number> {
  const { status, err, out } = await runVerb(plane, tree, ['apply', '--no-wait', ...args]);
  if (status !== 0) process.stdout.write(out + err);
  return status;
}

type Container = Record<string, unknown> & { env: { name: string; value?: string }[] };
interface Live {
  metadata: { resourceVersion: string; managedFields: unknown[]; labels: Record<string, string> };
  spec: { template: { spec: { containers: Container[] } } };
}

async function live(): Promise<Live> {
  return (await plane.request('GET', PATH)).json as Live;
}

/** Changes the deployment as a person with an editor does: the whole object, with another field manager. */
async function edit(change: (object: Live) => void): Promise<void> {
  const object = await live();
  change(object);
  const answer = await plane.request('PUT', `${PATH}?fieldManager=kubectl-edit`, object);
  assert.is(answer.status, 200, answer.text);
}

const container = (object: Live): Container => object.spec.template.spec.containers[0]!;

/** Drift is reported with its path and author, one apply repairs it, and then nothing is left to do. */
async function repairs(path: RegExp, hasRestart: boolean): Promise<void> {
  const { exit, objects } = await diff();
  assert.is(exit, 2);
  const [found] = objects;
  assert.is(objects.length, 1, JSON.stringify(objects.map(({ key }) => key)));
  assert.is(found!.action, 'drift');
  assert.is(found!.restart, hasRestart);
  assert.match(found!.reasons.join('\n'), path);
  assert.is(await apply(), 0);
  assert.equal((await diff()).objects, []);
}

if (controlPlaneAssets() === undefined) {
  skipSuite('applier-drift', 'KUBEBUILDER_ASSETS names no control plane');
} else {
  test.before(async () => {
    plane = await startControlPlane();
    await plane.request('POST', '/api/v1/namespaces', {
      apiVersion: 'v1',
      kind: 'Namespace',
      metadata: { name: 'paasta' },
    });
    tree.write(instanceFiles('shop', 'main'));
    assert.is(await apply(), 0);
  });
  test.after(async () => {
    tree.remove();
    await plane.stop();
  });

  test('after the first apply nothing differs', async () => {
    assert.equal((await diff()).objects, []);
  });

  test('a value that somebody edited is found with who and when, and set back', async () => {
    await edit((object) => (container(object)['image'] = 'evil'));
    await repairs(
      /\.spec\.template\.spec\.containers\[name="main"\]\.image changed by "kubectl-edit" \(Update\) at 20\d\d-/,
      true,
    );
    assert.is(container(await live())['image'], 'example.com/shop:aaa');
  });

  test('a field that somebody removed comes back', async () => {
    await edit((object) => (container(object).env = [{ name: 'B', value: '2' }]));
    await repairs(/env\[name="A"\] was removed/, true);
  });

  test('a value that was changed and changed back is regained without a rollout', async () => {
    await edit((object) => (container(object)['image'] = 'evil'));
    await edit((object) => (container(object)['image'] = 'example.com/shop:aaa'));
    await repairs(/image changed by "kubectl-edit"/, false);
  });

  test('another tool that forces another value by server-side apply is found', async () => {
    const body = {
      apiVersion: 'apps/v1',
      kind: 'Deployment',
      metadata: { name: 'shop-main' },
      spec: { minReadySeconds: 5, replicas: 7 },
    };
    const answer = await plane.request(
      'PATCH',
      `${PATH}?fieldManager=other&force=true`,
      body,
      'application/apply-patch+yaml',
    );
    assert.is(answer.status, 200, answer.text);
    await repairs(/\.spec\.replicas changed by "other" \(Apply\)/, false);
  });

  test('another tool that applies the same value is not drift', async () => {
    const body = {
      apiVersion: 'apps/v1',
      kind: 'Deployment',
      metadata: { name: 'shop-main' },
      spec: { revisionHistoryLimit: 0 },
    };
    assert.is(
      (await plane.request('PATCH', `${PATH}?fieldManager=second`, body, 'application/apply-patch+yaml')).status,
      200,
    );
    assert.equal((await diff()).objects, []);
  });

  test('scaling by hand moves the number of replicas and is set back', async () => {
    const scale = (await plane.request('GET', `${PATH}/scale`)).json as { spec: { replicas: number } };
    scale.spec.replicas = 5;
    assert.is((await plane.request('PUT', `${PATH}/scale?fieldManager=kubectl`, scale)).status, 200);
    await repairs(/\.spec\.replicas changed by "kubectl\/scale"/, false);
  });

  test('variables in another order are found, although no ownership changes', async () => {
    await edit((object) => container(object).env.reverse());
    const { objects } = await diff();
    assert.equal(
      objects.map(({ action, restart }) => [action, restart]),
      [['drift', true]],
    );
    assert.is(await apply(), 0);
    assert.equal(
      container(await live()).env.map(({ name }) => name),
      ['A', 'B'],
    );
    assert.equal((await diff()).objects, []);
  });

  test('what others add beside our fields is left alone', async () => {
    await edit((object) => container(object).env.push({ name: 'EXTRA', value: 'x' }));
    assert.equal((await diff()).objects, []);
    await edit((object) => container(object).env.pop());
  });

  test('an object whose managedFields were removed is taken back', async () => {
    const patch = [{ op: 'replace', path: '/metadata/managedFields', value: [{}] }];
    assert.is((await plane.request('PATCH', PATH, patch, 'application/json-patch+json')).status, 200);
    const { objects } = await diff();
    assert.equal(
      objects.map(({ action }) => action),
      ['drift'],
    );
    assert.is(await apply(), 0);
    assert.equal((await diff()).objects, []);
  });

  test('with --no-heal drift stays, and with --conflicts=fail an edited field is not taken', async () => {
    await edit((object) => (container(object)['image'] = 'evil'));
    assert.is(await apply('--no-heal'), 0);
    assert.is(container(await live())['image'], 'evil');
    const failed = await runVerb(plane, tree, ['apply', '--no-wait', '--conflicts', 'fail']);
    assert.is(failed.status, 3);
    assert.match(failed.out, /conflict with "kubectl-edit"/);
    assert.is(await apply(), 0);
  });

  test('items of a list that the server records as one value each are no difference', async () => {
    const objects = instanceObjects('shop', 'pull').map((object) => {
      const { template, ...spec } = (object['spec'] ?? {}) as { template?: { spec: object } };
      if (template === undefined) return object;
      const pod = { ...template.spec, imagePullSecrets: [{ name: 'registry' }] };
      return { ...object, spec: { ...spec, template: { ...template, spec: pod } } };
    });
    tree.write({
      ...instanceFiles('shop', 'main'),
      'paastasvc-shop/shop-pull.yaml': { objects, service: 'shop', instance: 'pull' },
    });
    assert.is(await apply(), 0);
    assert.equal((await diff()).objects, []);
  });

  test('zero values and empty collections that the server does not store are no difference', async () => {
    const odd: KubeObject[] = [
      { apiVersion: 'v1', kind: 'ConfigMap', metadata: { name: 'empty', namespace: 'paastasvc-shop' }, data: {} },
      {
        apiVersion: 'v1',
        kind: 'Service',
        metadata: { name: 'shop', namespace: 'paastasvc-shop' },
        spec: {
          selector: { a: 'b' },
          ports: [{ port: 80 }, { port: 81, name: 'b' }].map((port, at) => ({ name: `p${at}`, ...port })),
        },
      },
      {
        apiVersion: 'rbac.authorization.k8s.io/v1',
        kind: 'RoleBinding',
        metadata: { name: 'b', namespace: 'paastasvc-shop' },
        roleRef: { apiGroup: 'rbac.authorization.k8s.io', kind: 'ClusterRole', name: 'view' },
        subjects: [{ kind: 'ServiceAccount', name: 'default', namespace: 'paastasvc-shop' }],
      },
      { apiVersion: 'v1', kind: 'ServiceAccount', metadata: { name: 'a', namespace: 'paastasvc-shop' } },
      {
        apiVersion: 'v1',
        kind: 'LimitRange',
        metadata: { name: 'l', namespace: 'paastasvc-shop' },
        spec: {
          limits: [{ type: 'Container', default: { cpu: '1', memory: '1Gi' }, defaultRequest: { cpu: '100m' } }],
        },
      },
    ];
    const files: TreeFiles = {
      ...instanceFiles('shop', 'main', { env: [{ name: 'A', value: '' }] }),
      ...instanceFiles('shop', 'db', { kind: 'StatefulSet', replicas: 0 }),
      ...instanceFiles('shop', 'auto', { autoscaler: { min: 1, max: 3 } }),
      'paastasvc-shop/odd.yaml': { objects: odd },
    };
    tree.write(files);
    assert.is(await apply(), 0);
    assert.is(await apply(), 0);
    assert.equal((await diff()).objects, []);
  });
}

test.run();
