/** Limits of autoscalers for a while: set from PaaSTA's ConfigMap, left alone by other runs, taken back when they are over. */
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { parseOverride } from '../applier/overrides.ts';
import { instanceFiles, RenderedTree, runVerb, type VerbResult } from './support/applier-cluster.ts';
import { type ControlPlane, controlPlaneAssets, startControlPlane } from './support/control-plane.ts';
import { skipSuite } from './support/skip.ts';

const OVERRIDES = '/api/v1/namespaces/paasta/configmaps/paasta-autoscaling-overrides';
const SCALER = '/apis/autoscaling/v2/namespaces/paastasvc-shop/horizontalpodautoscalers/shop-main';
const inSeconds = (seconds: number): number => Math.floor(Date.now() / 1000) + seconds;

test("entries mean what they mean to PaaSTA's setup job", () => {
  const entry = (value: unknown, job = 'shop.main'): unknown => parseOverride(job, JSON.stringify(value));
  const limits = { min_instances: 4, max_instances: 9 };
  assert.equal(entry({ ...limits, expire_after: 1.5 }), { minReplicas: 4, maxReplicas: 9, until: 1.5 });
  assert.equal(entry({ min_instances: 4, max_instances: 0, expire_after: 1 }), { minReplicas: 4, until: 1 });
  assert.match(entry({ ...limits, expire_after: '2026-01-01T00:00:00Z' }) as string, /no number/);
  assert.match(entry({ ...limits, expire_after: Date.now() * 1000 }) as string, /no number of seconds/);
  assert.match(entry({ min_instances: 0, max_instances: 0, expire_after: 1 }) as string, /neither/);
  assert.match(entry({ ...limits, expire_after: 1 }, 'shop') as string, /SERVICE\.INSTANCE/);
  assert.match(entry({ ...limits, expire_after: 1 }, 'shop.main.x') as string, /SERVICE\.INSTANCE/);
  assert.match(parseOverride('shop.main', '{') as string, /no JSON/);
});

if (controlPlaneAssets() === undefined) {
  skipSuite('applier-overrides', 'KUBEBUILDER_ASSETS names no control plane');
} else {
  let plane: ControlPlane;
  const tree = new RenderedTree();
  const verb = (...args: string[]): Promise<VerbResult> => runVerb(plane, tree, args);
  const apply = async (...args: string[]): Promise<VerbResult> => {
    const result = await verb('apply', '--no-wait', ...args);
    assert.is(result.status, 0, result.out + result.err);
    return result;
  };
  const limits = async (): Promise<readonly [number, number]> => {
    const { spec } = (await plane.request('GET', SCALER)).json as {
      spec: { minReplicas: number; maxReplicas: number };
    };
    return [spec.minReplicas, spec.maxReplicas];
  };
  const override = async (value: unknown): Promise<void> => {
    const data = { 'shop.main': value === null ? null : JSON.stringify(value), 'shop.odd': '{"expire_after": "soon"}' };
    await plane.request('PATCH', OVERRIDES, { data }, 'application/merge-patch+json');
  };

  test.before(async () => {
    plane = await startControlPlane();
    await plane.request('POST', '/api/v1/namespaces', { metadata: { name: 'paasta' } });
    tree.write(instanceFiles('shop', 'main', { autoscaler: { min: 2, max: 6 } }));
    await apply('--honor-overrides');
    await apply();
    const metadata = { name: 'paasta-autoscaling-overrides' };
    await plane.request('POST', '/api/v1/namespaces/paasta/configmaps', { metadata, data: {} });
  });
  test.after(async () => {
    tree.remove();
    await plane.stop();
  });

  test('an override is set by a run that honours it, shown with its end, and no drift to any run', async () => {
    const until = inSeconds(3600);
    await override({ min_instances: 5, max_instances: 9, expire_after: until });
    assert.is((await verb('diff')).status, 0);
    const preview = await verb('diff', '--honor-overrides');
    assert.is(preview.status, 2);
    const end = new Date(until * 1000).toISOString();
    assert.match(preview.out, new RegExp(`shop-main {2}\\(no restart; has the limits 5\\.\\.9 until ${end}\\)`));
    assert.match(preview.err, /the override of shop\.odd is ignored: expire_after is no number/);
    await apply('--honor-overrides');
    assert.equal(await limits(), [5, 9]);
    for (const flags of [[], ['--honor-overrides']]) assert.is((await verb('diff', ...flags)).status, 0, flags.join());
    assert.match((await verb('status')).out, new RegExp(`5\\.\\.9 until ${end}`));
  });

  test('a change of the instance leaves the override in place, and another change of the override is followed', async () => {
    tree.write(instanceFiles('shop', 'main', { autoscaler: { min: 3, max: 7 }, sha: 'new' }));
    await apply();
    assert.equal(await limits(), [5, 9]);
    await override({ min_instances: 6, expire_after: inSeconds(3600) });
    await apply('--honor-overrides');
    assert.equal(await limits(), [6, 7], 'the greatest is the own one again');
    assert.is((await verb('diff', '--honor-overrides')).status, 0);
  });

  test('what is taken out of the ConfigMap ends at the next run that honours overrides', async () => {
    await override(null);
    assert.is((await verb('diff')).status, 0, 'others leave it alone until its end');
    assert.match((await apply('--honor-overrides')).err, /applied autoscaling\/HorizontalPodAutoscaler/);
    assert.equal(await limits(), [3, 7]);
    assert.is((await verb('diff', '--honor-overrides')).status, 0);
    assert.not.match((await verb('status')).out, /until/);
  });

  test('an override that is over is taken back by any run', async () => {
    await override({ max_instances: 20, expire_after: inSeconds(2) });
    await apply('--honor-overrides');
    assert.equal(await limits(), [3, 20]);
    while ((await verb('diff')).status === 0);
    const over = await verb('diff');
    assert.match(over.out, /shop-main {2}\(no restart; its override is over/);
    await apply();
    assert.equal(await limits(), [3, 7]);
    assert.is((await verb('diff', '--honor-overrides')).status, 0);
  });
}

test.run();
