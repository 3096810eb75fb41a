/** `cleanup --paasta`: what PaaSTA's cleanup job would delete, by its labels and its share, while services move over. */
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import type { KubeObject } from '../compiler/model/rendered-file.ts';
import {
  instanceFiles,
  instanceObjects,
  RenderedTree,
  runVerb,
  type TreeFiles,
  type VerbResult,
} from './support/applier-cluster.ts';
import { type ControlPlane, controlPlaneAssets, startControlPlane } from './support/control-plane.ts';
import { skipSuite } from './support/skip.ts';

const COLLECTIONS: Readonly<Record<string, string>> = {
  Deployment: 'apis/apps/v1/namespaces/old/deployments',
  PodDisruptionBudget: 'apis/policy/v1/namespaces/old/poddisruptionbudgets',
  HorizontalPodAutoscaler: 'apis/autoscaling/v2/namespaces/old/horizontalpodautoscalers',
};

if (controlPlaneAssets() === undefined) {
  skipSuite('applier-cleanup', 'KUBEBUILDER_ASSETS names no control plane');
} else {
  let plane: ControlPlane;
  const tree = new RenderedTree();
  const cleanup = (...args: string[]): Promise<VerbResult> =>
    runVerb(plane, tree, ['cleanup', '--paasta', '--min-age', '0s', '--timeout', '20s', ...args]);
  const names = async (kind: string): Promise<readonly string[]> => {
    const { json } = await plane.request('GET', `/${COLLECTIONS[kind]!}`);
    return (json as { items: { metadata: { name: string } }[] }).items.map(({ metadata }) => metadata.name);
  };
  /** As PaaSTA's setup job makes it. */
  const paasta = async (instance: string, change = (object: KubeObject): KubeObject => object): Promise<void> => {
    const options = { namespace: 'old', ...(instance === 'scaled' && { autoscaler: { min: 1, max: 2 } }) };
    for (const object of instanceObjects('shop', instance, { replicas: 0, ...options })) {
      const path = `/${COLLECTIONS[object.kind]!}?fieldManager=paasta`;
      assert.is((await plane.request('POST', path, change(object))).status, 201);
    }
  };
  const wanted = (...instances: string[]): TreeFiles =>
    Object.assign(
      {},
      ...instances.map((instance) => instanceFiles('shop', instance, { namespace: 'old', replicas: 0 })),
    ) as TreeFiles;

  test.before(async () => {
    plane = await startControlPlane({ controllers: true });
    for (const name of ['paasta', 'old']) await plane.request('POST', '/api/v1/namespaces', { metadata: { name } });
    for (const instance of ['main', 'side', 'scaled', 'gone']) await paasta(instance);
    await paasta('unlabelled', (object) => {
      const { 'paasta.yelp.com/git_sha': _sha, ...labels } = object.metadata.labels ?? {};
      return { ...object, metadata: { ...object.metadata, labels } };
    });
    tree.write(instanceFiles('ours', 'main', { replicas: 0 }));
    assert.is((await runVerb(plane, tree, ['apply', '--timeout', '20s'])).status, 0);
  });
  test.after(async () => {
    tree.remove();
    await plane.stop();
  });

  test('half of the live instances may go, more may not', async () => {
    tree.write(wanted('main'));
    const refused = await cleanup('--yes');
    assert.is(refused.status, 4, refused.out);
    assert.match(refused.err, /3 of 4 instances would go, more than the share of 0\.5/);
    tree.write(wanted('main', 'side'));
    const shown = await cleanup();
    assert.is(shown.status, 2, shown.err);
    assert.equal((await names('Deployment')).length, 5);
    const signs = [...shown.out.matchAll(/^- (\S+) old\/(\S+)/gm)].map((match) => `${match[1]!} ${match[2]!}`);
    assert.equal(signs, [
      'autoscaling/HorizontalPodAutoscaler shop-scaled',
      'apps/Deployment shop-gone',
      'apps/Deployment shop-scaled',
      'policy/PodDisruptionBudget shop-gone',
      'policy/PodDisruptionBudget shop-scaled',
    ]);
  });

  test('what goes takes its budget and autoscaler along; what lacks a label of the four and what is ours stay', async () => {
    const { status, err } = await cleanup('--yes');
    assert.is(status, 0, err);
    assert.equal(await names('Deployment'), ['shop-main', 'shop-side', 'shop-unlabelled']);
    assert.equal(await names('PodDisruptionBudget'), ['shop-main', 'shop-side', 'shop-unlabelled']);
    assert.equal(await names('HorizontalPodAutoscaler'), []);
    const ours = '/apis/apps/v1/namespaces/paastasvc-ours/deployments/ours-main';
    assert.is((await plane.request('GET', ours)).status, 200);
    assert.is((await cleanup('--yes')).status, 0);
  });

  test('workloads that say that they are of another cluster are not touched', async () => {
    await paasta('elsewhere', (object) => {
      const labels = { ...object.metadata.labels, 'paasta.yelp.com/cluster': 'other' };
      return object.kind === 'Deployment' ? { ...object, metadata: { ...object.metadata, labels } } : object;
    });
    const { status, err } = await cleanup('--yes');
    assert.is(status, 4);
    assert.match(err, /shop-elsewhere carries the label of cluster other/);
  });
}

test.run();
