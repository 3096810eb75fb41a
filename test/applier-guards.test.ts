/** Every reason for which an object is not pruned, or nothing is: against a real API server, with the requests that were sent. */
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import type { KubeObject } from '../compiler/model/rendered-file.ts';
import {
  type InstanceOptions,
  instanceFiles,
  namespaceFile,
  RenderedTree,
  runVerb,
  type TreeFiles,
  type VerbResult,
} from './support/applier-cluster.ts';
import { type ControlPlane, controlPlaneAssets, startControlPlane } from './support/control-plane.ts';
import { type FaultProxy, startFaultProxy } from './support/fault-proxy.ts';
import { tempDir } from './support/git-repository.ts';
import { skipSuite } from './support/skip.ts';

let plane: ControlPlane;
let proxy: FaultProxy;
const tree = new RenderedTree();
let set = 0;

/** Every test has a set and a service of its own. */
const name = (): string => `g${set}`;
const namespace = (): string => `paastasvc-g${set}`;
const verb = (...args: string[]): Promise<VerbResult> =>
  runVerb(proxy, tree, [args[0]!, '--set', name(), ...args.slice(1)]);
const prune = (...args: string[]): Promise<VerbResult> =>
  verb('prune', '--yes', '--min-age', '0s', '--timeout', '1s', ...args);
const at = (instance: string): string => `/apis/apps/v1/namespaces/${namespace()}/deployments/${name()}-${instance}`;
const instances = (...names: string[]): TreeFiles =>
  Object.assign({}, ...names.map((one) => instanceFiles(name(), one))) as TreeFiles;
const merge = (path: string, body: unknown): Promise<unknown> =>
  plane.request('PATCH', `${path}?fieldManager=paasta-gitops`, body, 'application/merge-patch+json');

async function applied(files: TreeFiles): Promise<void> {
  tree.write(files);
  const { status, out, err } = await verb('apply', '--timeout', '30s');
  assert.is(status, 0, out + err);
  proxy.deletions.length = 0;
}

/** A Deployment that was asked to go is gone or going. */
async function isThere(path: string): Promise<boolean> {
  const { status, json } = await plane.request('GET', path);
  return (
    status === 200 && (json as { metadata: { deletionTimestamp?: string } }).metadata.deletionTimestamp === undefined
  );
}

const KEPT: readonly (readonly [string, string])[] = [
  ['paasta.yelp.com/prune', 'disabled'],
  ['kustomize.toolkit.fluxcd.io/prune', 'disabled'],
  ['argocd.argoproj.io/sync-options', 'ServerSideApply=true,Prune=false'],
  ['argocd.argoproj.io/sync-options', 'Prune=confirm'],
  ['helm.sh/resource-policy', 'keep'],
  ['client.lifecycle.config.k8s.io/deletion', 'detach'],
  ['cli-utils.sigs.k8s.io/on-remove', 'keep'],
];

if (controlPlaneAssets() === undefined) {
  skipSuite('applier-guards', 'KUBEBUILDER_ASSETS names no control plane');
} else {
  test.before(async () => {
    plane = await startControlPlane({ controllers: true, nodes: 1 });
    proxy = await startFaultProxy(plane, tempDir('guards'));
    await plane.request('POST', '/api/v1/namespaces', {
      apiVersion: 'v1',
      kind: 'Namespace',
      metadata: { name: 'paasta' },
    });
  });
  test.before.each(() => void set++);
  test.after(async () => {
    await proxy.stop();
    await plane.stop();
    tree.remove();
  });

  test('every deletion names the uid and the version that were seen, in a body with a length', async () => {
    await applied(instances('a', 'b', 'c'));
    tree.write(instances('a', 'b'));
    const { err } = await prune();
    assert.not.ok(await isThere(at('c')));
    const log = [...err.matchAll(/^\{.*\}$/gm)].map(([line]) => JSON.parse(line) as Record<string, string>);
    assert.equal(
      log.map(({ event, object, reason }) => [event, object, reason]),
      ['apps/Deployment', 'policy/PodDisruptionBudget'].map((kind) => [
        ...['deleted', `${kind} ${namespace()}/${name()}-c`, 'the tree does not hold it'],
      ]),
    );
    for (const { uid, resourceVersion, revision } of log)
      assert.ok(/^[0-9a-f-]{36}$/.test(uid!) && /^\d+$/.test(resourceVersion!) && revision === '');
    const uids = new Set<string>();
    for (const { length, body } of proxy.deletions) {
      const { preconditions } = JSON.parse(body) as { preconditions: { uid: string; resourceVersion: string } };
      assert.match(preconditions.uid, /^[0-9a-f-]{36}$/);
      assert.match(preconditions.resourceVersion, /^\d+$/);
      assert.is(length, String(Buffer.byteLength(body)));
      uids.add(preconditions.uid);
    }
    assert.is(uids.size, 2, 'workload and budget');
  });

  for (const [key, value] of KEPT) {
    test(`an object with ${key}: ${value} is kept, also when the annotation came after the last run`, async () => {
      await applied(instances('a', 'b', 'c'));
      await merge(at('c'), { metadata: { annotations: { [key]: value } } });
      tree.write(instances('a', 'b'));
      const { status, out } = await prune();
      assert.is(status, 0);
      assert.match(out, new RegExp(`kept: .*-c {2}\\(is kept by its annotation ${key.replaceAll('.', '\\.')}\\)`));
      assert.ok(await isThere(at('c')));
    });
  }

  test('an object that a controller owns is kept', async () => {
    await applied(instances('a', 'b', 'c'));
    const { json } = await plane.request('GET', at('a'));
    const { uid } = (json as { metadata: { uid: string } }).metadata;
    const owner = { apiVersion: 'apps/v1', kind: 'Deployment', name: `${name()}-a`, uid, controller: true };
    await merge(at('c'), { metadata: { ownerReferences: [owner] } });
    tree.write(instances('a', 'b'));
    assert.match((await prune()).out, /is controlled by Deployment/);
    assert.ok(await isThere(at('c')));
  });

  test('kinds whose loss destroys more than themselves are kept unless they are named', async () => {
    const place = { name: 'precious', namespace: namespace() };
    const objects: KubeObject[] = [
      { apiVersion: 'v1', kind: 'Secret', metadata: place, data: {} },
      {
        ...{ apiVersion: 'v1', kind: 'PersistentVolumeClaim', metadata: place },
        spec: {
          ...{ accessModes: ['ReadWriteOnce'], resources: { requests: { storage: '1Gi' } } },
          storageClassName: name(),
        },
      },
    ];
    const global: KubeObject[] = [
      { apiVersion: 'scheduling.k8s.io/v1', kind: 'PriorityClass', metadata: { name: name() }, value: 1 },
      {
        apiVersion: 'storage.k8s.io/v1',
        kind: 'StorageClass',
        metadata: { name: name() },
        provisioner: 'x',
        volumeBindingMode: 'WaitForFirstConsumer',
      },
    ];
    await applied({
      ...instances('a'),
      [`${namespace()}/more.yaml`]: { objects },
      '_cluster/more.yaml': { objects: global },
    });
    tree.write(instances('a'));
    const { out } = await prune('--force-prune');
    for (const kind of ['Secret', 'PersistentVolumeClaim', 'PriorityClass', 'StorageClass'])
      assert.match(out, new RegExp(`kept: .*${kind}.*${kind} is never pruned`));
    assert.equal(proxy.deletions, []);
    const misspelt = await prune('--prune-kinds', '+PriorityClas');
    assert.is(misspelt.status, 6);
    assert.match(misspelt.err, /found "\+PriorityClas": did you mean "\+PriorityClass"\?/);
    assert.is((await prune('--prune-kinds', '+PriorityClass')).status, 0);
    assert.is((await plane.request('GET', `/apis/scheduling.k8s.io/v1/priorityclasses/${name()}`)).status, 404);
    assert.ok(await isThere(`/api/v1/namespaces/${namespace()}/secrets/precious`));
  });

  test('a namespace that may be pruned stays while it holds anything that is not ours', async () => {
    await applied({ ...instances('a'), ...namespaceFile(`spare-${name()}`) });
    const foreign = { apiVersion: 'v1', kind: 'ConfigMap', metadata: { name: 'theirs' } };
    await plane.request('POST', `/api/v1/namespaces/spare-${name()}/configmaps`, foreign);
    tree.write(instances('a'));
    const refused = await prune('--prune-kinds', '+Namespace');
    assert.is(refused.status, 3);
    assert.match(refused.out, /blocked Namespace spare-g\d+: it holds ConfigMap theirs/);
    assert.equal(proxy.deletions, []);
    await plane.request('DELETE', `/api/v1/namespaces/spare-${name()}/configmaps/theirs`);
    await prune('--prune-kinds', '+Namespace');
    assert.not.ok(await isThere(`/api/v1/namespaces/spare-${name()}`));
  });

  test('a whole service that has ready pods is not deleted without force', async () => {
    const other = `h${set}`;
    await applied({ ...instances('a', 'b'), ...instanceFiles(other, 'main') });
    const path = `/apis/apps/v1/namespaces/paastasvc-${other}/deployments/${other}-main`;
    await merge(`${path}/status`, { status: { replicas: 2, readyReplicas: 2, availableReplicas: 2 } });
    tree.write({ ...instances('a', 'b'), ...namespaceFile(`paastasvc-${other}`) });
    const refused = await prune();
    assert.is(refused.status, 4);
    assert.match(refused.err, new RegExp(`the whole service ${other} would go, which has 2 ready pods`));
    assert.ok(await isThere(path));
    await prune('--force-prune');
    assert.not.ok(await isThere(path));
  });

  test('what belongs to a service with a failed object stays', async () => {
    await applied(instances('a', 'b', 'c'));
    const strategy = { type: 'RollingUpdate', rollingUpdate: { maxSurge: 0, maxUnavailable: 0 } };
    tree.write({ ...instances('a'), ...instanceFiles(name(), 'b', { strategy }) });
    const { status } = await verb('apply', '--no-wait', '--prune', '--min-age', '0s');
    assert.ok([3, 6].includes(status), String(status));
    assert.ok(await isThere(at('c')));
    assert.equal(proxy.deletions, []);
  });

  test('what an instance that is not up yet takes the place of stays, unless both must not run at once', async () => {
    await applied(instances('a', 'b', 'old'));
    const renamed = (options: InstanceOptions): TreeFiles => ({
      ...instances('a', 'b'),
      ...instanceFiles(name(), 'new', options),
    });
    tree.write(renamed({}));
    const before = await prune();
    assert.is(before.status, 0, before.err);
    assert.match(before.out, /kept: .*-old {2}\(g\d+ has objects that failed or are not up yet\)/);
    const together = await verb('apply', '--prune', '--min-age', '0s', '--no-wait');
    assert.is(together.status, 0, together.err);
    assert.ok(await isThere(at('old')), 'nobody waited for the new one');
    tree.write(renamed({ strategy: { type: 'Recreate' } }));
    assert.is((await verb('apply', '--timeout', '20s')).status, 0);
    tree.write({
      ...renamed({ strategy: { type: 'Recreate' } }),
      ...instanceFiles(name(), 'newer', { strategy: { type: 'Recreate' } }),
    });
    assert.is((await prune()).status, 0);
    assert.not.ok(await isThere(at('old')));
  });

  test('nothing goes on the word of a tree that was changed after it was rendered', async () => {
    await applied(instances('a', 'b', 'c'));
    tree.write(instances('a', 'b'));
    tree.file(
      `clusters/test/_cluster/namespace-${namespace()}.yaml`,
      `apiVersion: v1\nkind: Namespace\nmetadata: {name: ${namespace()}}\n`,
    );
    const run = await verb('apply', '--no-wait', '--prune', '--min-age', '0s');
    assert.is(run.status, 0);
    assert.match(run.err, /nothing is pruned: files of the tree were changed/);
    await prune('--force-prune');
    assert.equal(proxy.deletions, []);
    assert.ok(await isThere(at('c')));
  });

  test('nothing goes when no workload is left in the tree, whatever is forced', async () => {
    await applied(instances('a'));
    tree.write(namespaceFile(namespace()));
    for (const args of [['--force-prune'], ['--force-prune', '--kill-threshold', '1'], []])
      assert.is((await prune(...args)).status, 4);
    tree.write({});
    assert.is((await prune('--force-prune')).status, 4);
    assert.equal(proxy.deletions, []);
    assert.ok(await isThere(at('a')));
    await prune('--force-prune', '--allow-empty');
    assert.not.ok(await isThere(at('a')));
  });

  test('what is no member of the set is never asked to go', async () => {
    await applied(instances('a', 'b'));
    const { json } = await plane.request('GET', at('b'));
    const copy = json as { metadata: Record<string, unknown> };
    const { resourceVersion: _v, uid: _u, managedFields: _m, ...metadata } = copy.metadata;
    const labels = { ...(metadata['labels'] as object), 'applyset.kubernetes.io/part-of': 'applyset-other-v1' };
    const body = { ...copy, metadata: { ...metadata, name: `${name()}-foreign`, labels } };
    assert.is((await plane.request('POST', at('x').replace(/\/[^/]+$/, ''), body)).status, 201);
    tree.write(instances('a'));
    await prune('--force-prune');
    assert.ok(await isThere(at('foreign')));
    assert.not.ok(await isThere(at('b')));
  });

  test('after a list that failed nothing is deleted', async () => {
    await applied(instances('a', 'b', 'c'));
    tree.write(instances('a', 'b'));
    proxy.answer = (method, url) =>
      method === 'GET' && url.includes('poddisruptionbudgets')
        ? { status: 500, text: 'etcdserver: request timed out' }
        : null;
    const { status } = await prune('--force-prune');
    proxy.answer = null;
    assert.is(status, 9);
    assert.equal(proxy.deletions, []);
    assert.ok(await isThere(at('c')));
  });
}

test.run();
