import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { parse } from 'yaml';
import { canonicalObject } from '../compiler/emit/canonical.ts';
import { sanitiseVolumeName } from '../compiler/model/names.ts';
import { objectKey } from '../compiler/model/object-identity.ts';
import type { KubeObject } from '../compiler/model/rendered-file.ts';
import { compileTree } from './support/compile.ts';
import { type GoldenCase, masked, podOf } from './support/golden-masks.ts';
import { GOLDEN, goldenReader } from './support/golden-tree.ts';

const CLUSTERS = ['norcal-dev', 'pnw-prod', 'pnw-stage'];

/** Members of a golden file that hold objects, and what the request path said about them. */
const MEMBERS: Readonly<Record<string, { readonly apiVersion: string; readonly kind: string }>> = {
  deployment: { apiVersion: 'apps/v1', kind: 'Deployment' },
  statefulset: { apiVersion: 'apps/v1', kind: 'StatefulSet' },
  hpa: { apiVersion: 'autoscaling/v2', kind: 'HorizontalPodAutoscaler' },
  pdb: { apiVersion: 'policy/v1', kind: 'PodDisruptionBudget' },
  serviceaccount: { apiVersion: 'v1', kind: 'ServiceAccount' },
  namespace: { apiVersion: 'v1', kind: 'Namespace' },
  limitrange: { apiVersion: 'v1', kind: 'LimitRange' },
  rolebinding: { apiVersion: 'rbac.authorization.k8s.io/v1', kind: 'RoleBinding' },
};
const OWN_MEMBERS = ['deployment', 'statefulset', 'hpa', 'pdb'];

interface GoldenInstance {
  readonly id: string;
  readonly file: Readonly<Record<string, unknown>>;
}

const withRoleBinding = Object.fromEntries(
  CLUSTERS.map((cluster) => [`${cluster}/defaults.json`, '{"defaults": {"api_role_binding": true}}']),
);
const tree = await compileTree(goldenReader('soa-configs'), goldenReader('etc-paasta', withRoleBinding));
const allGoldens = CLUSTERS.flatMap((cluster) => instancesOf(cluster).map((golden) => ({ cluster, golden })));
const formatted = allGoldens.filter(({ golden }) => 'config_sha' in golden.file);

test('the golden data holds 47 instances, 45 of which PaaSTA formats', () => {
  assert.equal([allGoldens.length, formatted.length], [47, 45]);
  const others = allGoldens.filter((each) => !formatted.includes(each)).map(({ golden }) => golden.id);
  assert.equal(others.sort(), ['pulse.never_deployed', 'search.soft_spread']);
});

test('the example company compiles without an error', () => {
  assert.equal(
    tree.diagnostics.filter(({ severity }) => severity === 'error').map(({ message }) => message),
    [],
  );
});

for (const { cluster, golden } of formatted) {
  const { id, file } = golden;
  test(`${cluster}: ${id} is rendered as PaaSTA renders it`, () => {
    const ours = tree.clusters[cluster]!.instances.get(id) ?? [];
    const expected = OWN_MEMBERS.flatMap((member) => goldenObject(file, member) ?? []);
    assert.equal(ours.map(objectKey).sort(), expected.map(objectKey).sort());
    for (const object of expected) compare(object, find(ours, object), caseOf(cluster, golden));
  });

  test(`${cluster}: ${id} names no environment variable twice and is in canonical form`, () => {
    for (const object of tree.clusters[cluster]!.instances.get(id)!) {
      assert.equal(canonicalObject(object), object);
      if (!['Deployment', 'StatefulSet'].includes(object.kind)) continue;
      for (const { name, env = [] } of podOf(object).containers) {
        const names = env.map((variable) => variable.name);
        assert.equal([...new Set(names)], names, name);
      }
    }
  });
}

for (const cluster of CLUSTERS) {
  test(`${cluster}: namespaces hold what PaaSTA puts there, and nothing else`, () => {
    const shared = tree.clusters[cluster]!.shared.filter(({ kind }) => kind !== 'ConfigMap');
    const expected = new Map<string, KubeObject>();
    for (const golden of instancesOf(cluster)) {
      for (const member of ['serviceaccount', 'namespace', 'limitrange', 'rolebinding']) {
        const object = goldenObject(golden.file, member);
        if (object !== undefined) expected.set(objectKey(object), object);
      }
    }
    assert.equal(shared.map(objectKey).sort(), [...expected.keys()].sort());
    for (const object of expected.values()) compare(object, find(shared, object), NO_WORKLOAD);
  });

  test(`${cluster}: prometheus-adapter has PaaSTA's rules, white space aside`, () => {
    const { rules } = readJson(cluster, '_prometheus_adapter.json') as { rules: readonly unknown[] };
    const configMap = tree.clusters[cluster]!.shared.find(({ kind }) => kind === 'ConfigMap');
    const text = (configMap?.['data'] as Record<string, string> | undefined)?.['config.yaml'];
    const ours = text === undefined ? { rules: [] } : (parse(text) as { rules: unknown });
    assert.equal(collapsed(ours.rules), collapsed(rules));
    assert.is(configMap === undefined, rules.length === 0);
  });

  test(`${cluster}: the instances are PaaSTA's`, () => {
    const { kubernetes = [], eks = [] } = readJson(cluster, '_services.json') as Record<string, string[]>;
    const { summaries } = tree.clusters[cluster]!;
    const known = Object.entries(summaries).flatMap(([service, { known }]) =>
      known.map((each) => `${service}.${each}`),
    );
    assert.equal(known.sort(), [...kubernetes, ...eks].sort());
    const skipped = instancesOf(cluster).filter(({ file }) => 'skipped' in file);
    const notDeployed = Object.entries(summaries).flatMap(([service, { notDeployed }]) =>
      notDeployed.map((each) => `${service}.${each}`),
    );
    assert.equal(notDeployed.sort(), skipped.map(({ id }) => id).sort());
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

const NO_WORKLOAD: GoldenCase = {
  hacheckVolumes: [],
  hasAutoscaler: false,
  minInstances: 1,
  isAutoscaled: false,
  desiredState: 'start',
  missingVolumes: [],
};

function caseOf(cluster: string, { file }: GoldenInstance): GoldenCase {
  const derived = file['derived'] as { min_instances: number; max_instances: number | null; desired_state: string };
  const { volumes } = { volumes: tree.clusters[cluster]!.config.hacheckSidecarVolumes };
  return {
    hacheckVolumes: volumes.map(({ hostPath }) => sanitiseVolumeName(`host--${hostPath}`, 63)!),
    hasAutoscaler: 'hpa' in file,
    minInstances: derived.min_instances,
    isAutoscaled: derived.max_instances !== null,
    desiredState: derived.desired_state,
    missingVolumes: missingVolumes(cluster, `${String(file['service'])}-${String(file['instance'])}`),
  };
}

/** `live-missing.json` names the ConfigMaps that were left out of the cluster that PaaSTA saw. */
function missingVolumes(cluster: string, application: string): readonly string[] {
  const missing = JSON.parse(readFileSync(join(GOLDEN, 'live-missing.json'), 'utf8')) as string[];
  return ['boto', 'crypto'].flatMap((kind) =>
    missing.some((each) => each.startsWith(`${cluster}:`) && each.includes(`-${kind}-key-${application}-signature`))
      ? [`secret-${kind}-key-${application}`]
      : [],
  );
}

function compare(expected: KubeObject, actual: KubeObject, golden: GoldenCase): void {
  const sides = masked(expected, actual, golden);
  assert.equal(sides.actual, sides.expected, objectKey(actual));
}

function find(objects: readonly KubeObject[], like: KubeObject): KubeObject {
  const found = objects.find((object) => objectKey(object) === objectKey(like));
  if (found === undefined) throw new Error(`not rendered: ${objectKey(like)}`);
  return found;
}

function goldenObject(file: GoldenInstance['file'], member: string): KubeObject | undefined {
  const object = file[member] as KubeObject | undefined;
  return object === undefined ? undefined : { ...object, ...MEMBERS[member]! };
}

function instancesOf(cluster: string): readonly GoldenInstance[] {
  const names = readdirSync(join(GOLDEN, 'expected', cluster)).filter((name) => !name.startsWith('_'));
  return names.map((name) => ({ id: name.slice(0, -'.json'.length), file: readJson(cluster, name) }));
}

function readJson(cluster: string, name: string): Readonly<Record<string, unknown>> {
  return JSON.parse(readFileSync(join(GOLDEN, 'expected', cluster, name), 'utf8')) as Record<string, unknown>;
}

/** Every text with its runs of white space as one space. */
function collapsed(value: unknown): unknown {
  return JSON.parse(JSON.stringify(value, (_key, inner: unknown) => collapseText(inner)));
}

function collapseText(value: unknown): unknown {
  return typeof value === 'string' ? value.replace(/\s+/g, ' ').trim() : value;
}

test.run();
