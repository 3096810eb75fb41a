/** `logs` against a real API server: which pods it finds, and what it says when there is no kubelet behind them. */
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { callCli } from './support/call-cli.ts';
import { checkCompany, CLUSTER, type CheckCompany } from './support/check-company.ts';
import { type ControlPlane, controlPlaneAssets, startControlPlane, type User } from './support/control-plane.ts';
import { skipSuite } from './support/skip.ts';

if (controlPlaneAssets() === undefined) {
  skipSuite('logs-cluster', 'KUBEBUILDER_ASSETS names no control plane');
} else {
  let plane: ControlPlane;
  let company: CheckCompany;

  test.before(async () => {
    company = checkCompany('main: {namespace: shops}\nother: {}\n');
    plane = await startControlPlane({ apiserverArgs: ['--disable-admission-plugins=ServiceAccount'] });
    await plane.request('POST', '/api/v1/namespaces', { metadata: { name: 'shops' } });
    for (const [name, instance] of [
      ['shop-main-1-a', 'main'],
      ['shop-main-1-b', 'main'],
      ['shop-other-1-a', 'other'],
    ] as const) {
      const labels = { 'paasta.yelp.com/service': 'shop', 'paasta.yelp.com/instance': instance };
      const made = await plane.request('POST', '/api/v1/namespaces/shops/pods', {
        metadata: { name, labels },
        spec: { nodeName: 'nowhere', containers: ['main', 'hacheck'].map((each) => ({ name: each, image: 'x' })) },
      });
      assert.is(made.status, 201, made.text);
    }
  });
  test.after(async () => {
    await plane?.stop();
    company?.remove();
  });

  const logs = (user: User, ...args: string[]) =>
    callCli(['logs', '-c', CLUSTER, '-s', 'shop', ...args], {
      cwd: company.folder,
      env: { KUBECONFIG: plane.kubeconfigOf(user) },
    });

  test('pods of the instance are found in its namespace, and each says why it has no log', async () => {
    const { status, stdout, stderr } = await logs('admin', '-i', 'main');
    assert.equal([status, stdout], [1, ''], 'none could be read');
    const rows = stderr.trim().split('\n').sort();
    assert.is(rows.length, 2, stderr);
    assert.match(rows[0]!, /^shop-main-1-a main: /);
    assert.match(rows[1]!, /^shop-main-1-b main: /);
  });

  test('an instance without pods says so', async () => {
    const { status, stderr } = await logs('admin', '-i', 'other');
    assert.equal([status, stderr], [1, 'paasta-gitops logs: no pods in paastasvc-shop\n']);
  });

  test('a user who may not list pods gets the reason of the server, following or not', async () => {
    for (const more of [[], ['-f']]) {
      const { status, stderr } = await logs('reader', '-i', 'main', ...more);
      assert.is(status, 1);
      assert.match(stderr, /^paasta-gitops logs: pods is forbidden: User "reader" cannot list resource "pods"/);
    }
  });
}

test.run();
