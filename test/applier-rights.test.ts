/** The rights that docs/applier.md asks for: enough for a whole run, nothing too many, and what is left with fewer. */
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { instanceFiles, RenderedTree, runVerb } from './support/applier-cluster.ts';
import { type ControlPlane, controlPlaneAssets, startControlPlane } from './support/control-plane.ts';
import { documentedRoles, everyKind, grant, prepare, RBAC, wholeLife } from './support/rights.ts';
import { skipSuite } from './support/skip.ts';

let plane: ControlPlane;
const tree = new RenderedTree();

if (controlPlaneAssets() === undefined) {
  skipSuite('applier-rights', 'KUBEBUILDER_ASSETS names no control plane');
} else {
  test.before(async () => {
    plane = await startControlPlane();
    await prepare(plane);
  });
  test.after(async () => {
    tree.remove();
    await plane.stop();
  });

  test('with exactly the documented rights, every kind is created, changed, handed over and pruned', async () => {
    const roles = documentedRoles();
    assert.equal(
      [...roles.keys()],
      [
        'ClusterRole paasta-gitops',
        'Role paasta-gitops',
        'ClusterRole paasta-gitops-reader',
        'Role paasta-gitops-reader',
      ],
    );
    await grant(plane, 'deployer', [roles.get('ClusterRole paasta-gitops')!, roles.get('Role paasta-gitops')!]);
    assert.is(await wholeLife(plane, tree, 'deployer', 0), null);
  });

  test('without any one of the documented rules something is not done', async () => {
    const roles = documentedRoles();
    const both = [roles.get('ClusterRole paasta-gitops')!, roles.get('Role paasta-gitops')!];
    let round = 1;
    for (const role of both) {
      for (const rule of role.rules.filter(({ resources }) => !resources.includes('pods'))) {
        const rules = role.rules.filter((other) => other !== rule);
        await grant(plane, 'deployer', [...both.filter((other) => other !== role), { ...role, rules }]);
        assert.is.not(await wholeLife(plane, tree, 'deployer', round++), null, rule.resources.join());
      }
    }
    assert.is(round, 9);
  });

  test('with the reading rights diff and status tell everything, and apply is refused before any write', async () => {
    const roles = documentedRoles();
    tree.write(everyKind(1000));
    await grant(plane, 'reader', [
      roles.get('ClusterRole paasta-gitops-reader')!,
      roles.get('Role paasta-gitops-reader')!,
    ]);
    const reader = { kubeconfigPath: plane.kubeconfigOf('reader') };
    const preview = await runVerb(reader, tree, ['diff', '--set', 'r1000']);
    assert.is(preview.status, 2, preview.err);
    assert.not.match(preview.err, /warning/);
    assert.is((await runVerb(reader, tree, ['status', '--set', 'r1000'])).status, 0);
    const { status, err } = await runVerb(reader, tree, ['apply', '--set', 'r1000']);
    assert.is(status, 7);
    assert.match(err, /User "reader" cannot create resource "leases"/);
    assert.is((await plane.request('GET', '/api/v1/namespaces/paastasvc-r1000')).status, 404);
  });

  test('with rights in its namespaces only, a run applies and prunes there, and warns', async () => {
    const roles = documentedRoles();
    const [all, lock] = [roles.get('ClusterRole paasta-gitops')!, roles.get('Role paasta-gitops')!];
    const name = 'paastasvc-limited';
    await plane.request('POST', '/api/v1/namespaces', { apiVersion: 'v1', kind: 'Namespace', metadata: { name } });
    for (const kind of ['clusterroles', 'clusterrolebindings'])
      await plane.request('DELETE', `${RBAC}/${kind}/paasta-gitops-deployer`);
    const rules = all.rules.filter(({ resources }) => !resources.includes('namespaces'));
    const inNamespace = { kind: 'Role' as const, metadata: { name: 'limited', namespace: name }, rules };
    const record = { apiGroups: [''], resources: ['configmaps'], verbs: ['get', 'create', 'patch'] };
    await grant(plane, 'deployer', [inNamespace, { ...lock, rules: [...lock.rules, record] }]);
    const target = { kubeconfigPath: plane.kubeconfigOf('deployer') };
    const files = { ...instanceFiles('limited', 'main', { replicas: 0 }), ...instanceFiles('limited', 'old') };
    tree.write(files);
    const run = await runVerb(target, tree, ['apply', '--no-wait', '--set', 'limited']);
    assert.is(run.status, 0, run.out + run.err);
    assert.match(run.err, /cannot be listed: .*Namespace paastasvc-limited is left alone/);
    assert.match(run.err, /cannot be listed: deployments of other namespaces/);
    tree.write(instanceFiles('limited', 'main', { replicas: 0 }));
    const prune = await runVerb(target, tree, [
      'prune',
      '--yes',
      '--set',
      'limited',
      '--min-age',
      '0s',
      '--force-prune',
      '--timeout',
      '1s',
    ]);
    assert.is(prune.status, 0);
    assert.match(prune.err, /deleted policy\/PodDisruptionBudget .*limited-old/);
    const budgets = `/apis/policy/v1/namespaces/${name}/poddisruptionbudgets`;
    assert.is((await plane.request('GET', `${budgets}/limited-old`)).status, 404);
    assert.is((await plane.request('GET', `${budgets}/limited-main`)).status, 200);
  });
}

test.run();
