/** `--synth`: soa-configs go to a cluster in one step, the tree on disk stays as it is, and what has errors keeps what it had. */
import { existsSync, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { type ControlPlane, controlPlaneAssets, startControlPlane } from './support/control-plane.ts';
import { exampleCompany, type ExampleCompany } from './support/example-company.ts';
import { skipSuite } from './support/skip.ts';

const CLUSTER = 'north-stage';
const CATALOG = 'soa-configs/catalog/kubernetes-north-stage.yaml';
const LIVE = '/apis/apps/v1/namespaces/paastasvc-catalog/deployments/catalog-main';

if (controlPlaneAssets() === undefined) {
  skipSuite('applier-synth', 'KUBEBUILDER_ASSETS names no control plane');
} else {
  let plane: ControlPlane;
  let company: ExampleCompany;

  const verb = (name: string, ...args: string[]): ReturnType<ExampleCompany['call']> =>
    company.callWith(
      { KUBECONFIG: plane.kubeconfigPath },
      ...[name, '--cluster', CLUSTER, '--context', 'test', '--qps', '1000', ...args],
    );
  const inTree = (path: string): string => join(company.repository.dir, 'dist', path);
  const replicas = async (): Promise<number> =>
    ((await plane.request('GET', LIVE)).json as { spec: { replicas: number } }).spec.replicas;

  test.before(async () => {
    plane = await startControlPlane();
    company = exampleCompany('synth-apply');
    for (const name of ['paasta', 'custom-metrics'])
      await plane.request('POST', '/api/v1/namespaces', { metadata: { name } });
  });
  test.after(() => plane.stop());

  test('what soa-configs say is applied without a tree on disk, and none is left there', async () => {
    const first = await verb('apply', '--synth', '--no-wait');
    assert.is(first.status, 0, first.out + first.err);
    assert.is(await replicas(), 1);
    await verb('apply', '--synth', '--no-wait');
    const same = await verb('diff', '--synth');
    assert.is(same.status, 0, same.out + same.err);
    assert.not.ok(existsSync(inTree('')));
  });

  test('an edit shows in diff --synth and not in the tree on disk', async () => {
    company.edit(CATALOG, 'instances: 1', 'instances: 2');
    await company.call('synth', '--cluster', CLUSTER);
    const file = inTree('clusters/north-stage/paastasvc-catalog/catalog-main.yaml');
    const before = readFileSync(file, 'utf8');
    company.edit(CATALOG, 'instances: 2', 'instances: 3');
    const { status, out } = await verb('diff', '--synth', '-s', 'catalog');
    assert.is(status, 2);
    assert.match(out, /^ +- {2}replicas: 1$\n^ +\+ {2}replicas: 3$/m);
    assert.is(readFileSync(file, 'utf8'), before);
  });

  test('what has errors keeps what it had, everything else is applied, and the run exits 3', async () => {
    company.edit(CATALOG, 'cpus: 0.5', 'cpus: much');
    company.edit('soa-configs/shopfront/kubernetes-north-stage.yaml', /mem: \d+/, 'mem: 333');
    const { status, err } = await verb('apply', '--synth', '--no-wait', '--prune', '--min-age', '0s');
    assert.is(status, 3, err);
    assert.match(err, /kubernetes-north-stage\.yaml:4:\d+: error/);
    assert.match(err, /what has errors is taken from the earlier output/);
    assert.match(err, /applied apps\/Deployment paastasvc-shopfront\//);
    assert.is(await replicas(), 2, 'as the tree on disk has it');
    company.edit(CATALOG, 'cpus: much', 'cpus: 0.5');
  });

  test('input that would remove most of a cluster is refused, and a revision does not go together with rendering', async () => {
    for (const service of ['shopfront', 'cart_api', 'mail_worker'])
      rmSync(join(company.repository.dir, 'soa-configs', service), { recursive: true });
    const { status, err } = await verb('apply', '--synth', '--no-wait', '--prune');
    assert.is(status, 4, err);
    assert.match(err, /synth refuses/);
    assert.is((await verb('diff', '--synth', '--rev', 'HEAD')).status, 6);
  });
}

test.run();
