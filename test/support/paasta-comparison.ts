import { readdirSync, readFileSync, existsSync } from 'node:fs';
import { join } from 'node:path';
import * as assert from 'uvu/assert';
import { parse } from 'yaml';
import { sanitiseVolumeName } from '../../compiler/model/names.ts';
import { objectKey } from '../../compiler/model/object-identity.ts';
import type { KubeObject } from '../../compiler/model/rendered-file.ts';
import type { CompiledTree } from './compile.ts';
import { type GoldenCase, masked } from './golden-masks.ts';

/** Members of PaaSTA's answer for one instance that hold objects, and what the request path said about them. */
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
const NAMESPACE_MEMBERS = ['serviceaccount', 'namespace', 'limitrange', 'rolebinding'];

/** What PaaSTA answered for one instance. */
export interface PaastaInstance {
  readonly id: string;
  readonly file: Readonly<Record<string, unknown>>;
}

/** Our compilation of a tree beside the real PaaSTA's, which stands in a folder a cluster. */
export class PaastaComparison {
  readonly tree: CompiledTree;
  readonly expected: string;
  /** ConfigMaps that were not in the cluster PaaSTA saw, as `cluster:name`. */
  readonly missing: readonly string[];

  constructor(tree: CompiledTree, expected: string, missing: readonly string[]) {
    this.tree = tree;
    this.expected = expected;
    this.missing = missing;
  }

  instancesOf(cluster: string): readonly PaastaInstance[] {
    const names = readdirSync(join(this.expected, cluster)).filter((name) => !name.startsWith('_'));
    return names.map((name) => ({ id: name.slice(0, -'.json'.length), file: this.#read(cluster, name) }));
  }

  /** Instances that PaaSTA could format. */
  formattedIn(cluster: string): readonly PaastaInstance[] {
    return this.instancesOf(cluster).filter(({ file }) => 'config_sha' in file);
  }

  /** Fails unless an instance's own objects are PaaSTA's, no more and no fewer, masks aside. */
  compareInstance(cluster: string, { id, file }: PaastaInstance): void {
    const ours = this.tree.clusters[cluster]!.instances.get(id) ?? [];
    const expected = OWN_MEMBERS.flatMap((member) => paastaObject(file, member) ?? []);
    assert.equal(ours.map(objectKey).sort(), expected.map(objectKey).sort(), id);
    for (const object of expected) compare(object, find(ours, object), this.#caseOf(cluster, file));
  }

  /** Fails unless namespaces hold what PaaSTA puts there, and nothing else. */
  compareNamespaces(cluster: string): void {
    const shared = this.tree.clusters[cluster]!.shared.filter(({ kind }) => kind !== 'ConfigMap');
    const expected = new Map<string, KubeObject>();
    for (const { file } of this.instancesOf(cluster)) {
      for (const member of NAMESPACE_MEMBERS) {
        const object = paastaObject(file, member);
        if (object !== undefined) expected.set(objectKey(object), object);
      }
    }
    assert.equal(shared.map(objectKey).sort(), [...expected.keys()].sort());
    for (const object of expected.values()) compare(object, find(shared, object), NO_WORKLOAD);
  }

  /** Fails unless prometheus-adapter has PaaSTA's rules, white space aside. */
  compareAdapterRules(cluster: string): void {
    const { rules } = this.#read(cluster, '_prometheus_adapter.json') as { rules: readonly unknown[] };
    const configMap = this.tree.clusters[cluster]!.shared.find(({ kind }) => kind === 'ConfigMap');
    const text = (configMap?.['data'] as Record<string, string> | undefined)?.['config.yaml'];
    const ours = text === undefined ? { rules: [] } : (parse(text) as { rules: unknown });
    assert.equal(collapsed(ours.rules), collapsed(rules));
    assert.is(configMap === undefined, rules.length === 0);
  }

  /** Fails unless the instances, and those that nothing deploys, are PaaSTA's. */
  compareLists(cluster: string): void {
    const lists = this.#read(cluster, '_services.json') as Record<string, string[]>;
    const { summaries } = this.tree.clusters[cluster]!;
    const jobs = (key: 'known' | 'notDeployed'): string[] =>
      Object.entries(summaries).flatMap(([service, summary]) => summary[key].map((each) => `${service}.${each}`));
    assert.equal(jobs('known').sort(), [...(lists['kubernetes'] ?? []), ...(lists['eks'] ?? [])].sort());
    const skipped = this.instancesOf(cluster).filter(({ file }) => 'skipped' in file);
    assert.equal(jobs('notDeployed').sort(), skipped.map(({ id }) => id).sort());
  }

  #caseOf(cluster: string, file: PaastaInstance['file']): GoldenCase {
    const derived = file['derived'] as { min_instances: number; max_instances: number | null; desired_state: string };
    const volumes = this.tree.clusters[cluster]!.config.hacheckSidecarVolumes;
    const application = `${String(file['service'])}-${String(file['instance'])}`;
    return {
      hacheckVolumes: volumes.map(({ hostPath }) => sanitiseVolumeName(`host--${hostPath}`, 63)!),
      hasAutoscaler: 'hpa' in file,
      minInstances: derived.min_instances,
      maxInstances: derived.max_instances,
      isAutoscaled: derived.max_instances !== null,
      desiredState: derived.desired_state,
      missingVolumes: ['boto', 'crypto'].flatMap((kind) => this.#missingVolume(cluster, kind, application)),
    };
  }

  #missingVolume(cluster: string, kind: string, application: string): readonly string[] {
    const isOne = (each: string): boolean =>
      each.startsWith(`${cluster}:`) && each.includes(`-${kind}-key-${application}-signature`);
    return this.missing.some(isOne) ? [`secret-${kind}-key-${application}`] : [];
  }

  #read(cluster: string, name: string): Readonly<Record<string, unknown>> {
    const path = join(this.expected, cluster, name);
    if (!existsSync(path)) throw new Error(`${path} is missing`);
    return JSON.parse(readFileSync(path, 'utf8')) as Record<string, unknown>;
  }
}

const NO_WORKLOAD: GoldenCase = {
  hacheckVolumes: [],
  hasAutoscaler: false,
  minInstances: 1,
  maxInstances: null,
  isAutoscaled: false,
  desiredState: 'start',
  missingVolumes: [],
};

function compare(expected: KubeObject, actual: KubeObject, golden: GoldenCase): void {
  const sides = masked(expected, actual, golden);
  assert.equal(sides.actual, sides.expected, objectKey(actual));
}

function find(objects: readonly KubeObject[], like: KubeObject): KubeObject {
  const found = objects.find((object) => objectKey(object) === objectKey(like));
  if (found === undefined) throw new Error(`not rendered: ${objectKey(like)}`);
  return found;
}

function paastaObject(file: PaastaInstance['file'], member: string): KubeObject | undefined {
  const object = file[member] as KubeObject | undefined;
  return object === undefined ? undefined : { ...object, ...MEMBERS[member]! };
}

/** Every text with its runs of white space as one space. */
function collapsed(value: unknown): unknown {
  return JSON.parse(JSON.stringify(value, (_key, inner: unknown) => collapseText(inner)));
}

function collapseText(value: unknown): unknown {
  return typeof value === 'string' ? value.replace(/\s+/g, ' ').trim() : value;
}
