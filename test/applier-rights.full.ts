/** Every single right that docs/applier.md asks for is needed: without one verb on one kind something is not done. */
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { RenderedTree } from './support/applier-cluster.ts';
import { controlPlaneAssets, startControlPlane } from './support/control-plane.ts';
import { documentedRoles, grant, prepare, type Role, wholeLife } from './support/rights.ts';
import { skipSuite } from './support/skip.ts';

/** The roles with one verb on one kind taken away, for each. `watch` saves requests and nothing more. */
function* smaller(roles: readonly Role[]): Generator<{ without: string; roles: readonly Role[] }> {
  for (const role of roles) {
    for (const rule of role.rules.filter(({ resources }) => !resources.includes('pods'))) {
      for (const resource of rule.resources) {
        for (const verb of rule.verbs.filter((one) => one !== 'watch')) {
          const rest = { ...rule, resources: rule.resources.filter((one) => one !== resource) };
          const less = { ...rule, resources: [resource], verbs: rule.verbs.filter((one) => one !== verb) };
          const rules = [...role.rules.filter((other) => other !== rule), rest, less];
          const possible = rules.filter(({ resources, verbs }) => resources.length > 0 && verbs.length > 0);
          const others = roles.filter((other) => other !== role);
          yield { without: `${verb} ${resource}`, roles: [...others, { ...role, rules: possible }] };
        }
      }
    }
  }
}

if (controlPlaneAssets() === undefined) {
  skipSuite('applier-rights.full', 'KUBEBUILDER_ASSETS names no control plane');
} else {
  test('without any one of the documented rights something is not done', async () => {
    const plane = await startControlPlane();
    const tree = new RenderedTree();
    try {
      await prepare(plane);
      const all = documentedRoles();
      let round = 0;
      for (const { without, roles } of smaller([
        all.get('ClusterRole paasta-gitops')!,
        all.get('Role paasta-gitops')!,
      ])) {
        await grant(plane, 'deployer', roles);
        assert.is.not(await wholeLife(plane, tree, 'deployer', ++round), null, `${without} can be left out`);
      }
      assert.ok(round > 40, `${round} rights were taken away`);
    } finally {
      tree.remove();
      await plane.stop();
    }
  });
}

test.run();
