import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { canonicalObject } from '../compiler/emit/canonical.ts';
import { compileTree } from './support/compile.ts';
import { podOf } from './support/golden-masks.ts';
import { GOLDEN, goldenReader } from './support/golden-tree.ts';
import { PaastaComparison } from './support/paasta-comparison.ts';

const CLUSTERS = ['norcal-dev', 'pnw-prod', 'pnw-stage'];

const withRoleBinding = Object.fromEntries(
  CLUSTERS.map((cluster) => [`${cluster}/defaults.json`, '{"defaults": {"api_role_binding": true}}']),
);
const [soa, system] = [goldenReader('soa-configs'), goldenReader('etc-paasta', withRoleBinding)];
const tree = await compileTree(soa, system);
const missing = JSON.parse(readFileSync(join(GOLDEN, 'live-missing.json'), 'utf8')) as string[];
const comparison = new PaastaComparison(tree, join(GOLDEN, 'expected'), missing);

test('the golden data holds 47 instances, 45 of which PaaSTA formats', () => {
  const all = CLUSTERS.flatMap((cluster) => comparison.instancesOf(cluster).map(({ id }) => `${cluster} ${id}`));
  const formatted = CLUSTERS.flatMap((cluster) => comparison.formattedIn(cluster).map(({ id }) => `${cluster} ${id}`));
  assert.equal([all.length, formatted.length], [47, 45]);
  const others = all.filter((each) => !formatted.includes(each));
  assert.equal(others.sort(), ['pnw-prod search.soft_spread', 'pnw-stage pulse.never_deployed']);
});

test('the example company compiles without an error', () => {
  assert.equal(
    tree.diagnostics.filter(({ severity }) => severity === 'error').map(({ message }) => message),
    [],
  );
});

test("users' constructs that do nothing change nothing", async () => {
  const extended = await compileTree(soa, system, { constructs: [{ module: 'team.mjs', extend: () => undefined }] });
  for (const cluster of CLUSTERS) assert.equal(extended.clusters[cluster]!.files, tree.clusters[cluster]!.files);
});

for (const cluster of CLUSTERS) {
  for (const golden of comparison.formattedIn(cluster)) {
    test(`${cluster}: ${golden.id} is rendered as PaaSTA renders it`, () => {
      comparison.compareInstance(cluster, golden);
    });

    test(`${cluster}: ${golden.id} names no environment variable twice and is in canonical form`, () => {
      for (const object of tree.clusters[cluster]!.instances.get(golden.id)!) {
        assert.equal(canonicalObject(object), object);
        if (!['Deployment', 'StatefulSet'].includes(object.kind)) continue;
        for (const { name, env = [] } of podOf(object).containers) {
          const names = env.map((variable) => variable.name);
          assert.equal([...new Set(names)], names, name);
        }
      }
    });
  }

  test(`${cluster}: namespaces hold what PaaSTA puts there, and nothing else`, () => {
    comparison.compareNamespaces(cluster);
  });

  test(`${cluster}: prometheus-adapter has PaaSTA's rules, white space aside`, () => {
    comparison.compareAdapterRules(cluster);
  });

  test(`${cluster}: the instances are PaaSTA's`, () => {
    comparison.compareLists(cluster);
  });
}

test('soft anti-affinity, on which PaaSTA fails, is rendered as it is meant', () => {
  const objects = tree.clusters['pnw-prod']!.instances.get('search.soft_spread')!;
  assert.equal(
    objects.map(({ kind }) => kind),
    ['PodDisruptionBudget', 'Deployment'],
  );
  const { podAntiAffinity } = podOf(objects[1]!).affinity!;
  const terms = podAntiAffinity!.preferredDuringSchedulingIgnoredDuringExecution!;
  assert.ok(terms.length > 0);
  for (const { weight, podAffinityTerm } of terms) {
    assert.type(weight, 'number');
    assert.is(podAffinityTerm.topologyKey, 'kubernetes.io/hostname');
    assert.ok(Object.keys(podAffinityTerm.labelSelector!.matchLabels!).length > 0);
  }
});

test.run();
