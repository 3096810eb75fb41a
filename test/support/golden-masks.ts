import { canonicalObject } from '../../compiler/emit/canonical.ts';
import type { KubeObject } from '../../compiler/model/rendered-file.ts';
import { CONFIG_SHA_LABELS } from '../../constructs/_labels.ts';
import type { PodSpec } from '../../constructs/_plain.ts';

/** What the two sides of a comparison stand for. */
export interface GoldenCase {
  /** Host volumes of hacheck in the cluster's system configuration, as pod volumes are named. */
  readonly hacheckVolumes: readonly string[];
  /** The golden file has an HPA for the instance. */
  readonly hasAutoscaler: boolean;
  readonly minInstances: number;
  readonly maxInstances: number | null;
  readonly isAutoscaled: boolean;
  readonly desiredState: string;
  /** Key files of which PaaSTA found no ConfigMap in the cluster, by the start of their volume's name. */
  readonly missingVolumes: readonly string[];
}

/** One difference between PaaSTA's object and ours that is meant to be. */
export interface Mask {
  readonly reason: string;
  readonly kinds: readonly string[];
  /** Removes the difference from both sides, after checking that it is no other one. */
  readonly apply: (expected: KubeObject, actual: KubeObject, golden: GoldenCase) => void;
}

type Mutable = Record<string, unknown>;

const WORKLOADS = ['Deployment', 'StatefulSet'];

/** Every accepted difference. What is not here must be equal once both sides are in canonical form. */
export const MASKS: readonly Mask[] = [
  {
    reason: 'the config sha is SHA-256 over our manifest, not MD5 over objects of a Python library',
    kinds: WORKLOADS,
    apply: (expected, actual) => {
      for (const side of [expected, actual]) hideConfigSha(side);
    },
  },
  {
    reason: 'PAASTA_SOA_CONFIGS_SHA would change, and with it restart, every workload at every commit to soa-configs',
    kinds: WORKLOADS,
    apply: (expected, actual) => {
      const isRevision = ({ name }: { readonly name: string }): boolean => name === 'PAASTA_SOA_CONFIGS_SHA';
      check(!podOf(actual).containers.some(({ env = [] }) => env.some(isRevision)), 'the revision is rendered');
      for (const container of podOf(expected).containers) {
        (container as Mutable)['env'] = container.env!.filter((variable) => !isRevision(variable));
      }
    },
  },
  {
    reason: 'an autoscaled count belongs to the HPA; without an HPA it is min_instances; PaaSTA takes max_instances',
    kinds: WORKLOADS,
    apply: (expected, actual, golden) => {
      if (!golden.isAutoscaled || golden.desiredState !== 'start') return;
      const wanted = golden.hasAutoscaler
        ? undefined
        : golden.maxInstances === 0
          ? golden.minInstances
          : Math.max(1, golden.minInstances);
      check(specOf(actual)['replicas'] === wanted, `replicas are ${String(specOf(actual)['replicas'])}`);
      delete specOf(expected)['replicas'];
      delete specOf(actual)['replicas'];
    },
  },
  {
    reason: 'annotations order and protect objects under Argo CD and Flux',
    kinds: [
      'Namespace',
      'LimitRange',
      'ServiceAccount',
      'RoleBinding',
      'PodDisruptionBudget',
      'HorizontalPodAutoscaler',
    ],
    apply: (_expected, actual) => {
      const annotations = { ...actual.metadata.annotations };
      const waves: Record<string, string> = {
        Namespace: '-3',
        PodDisruptionBudget: '-1',
        HorizontalPodAutoscaler: '1',
      };
      check(annotations['argocd.argoproj.io/sync-wave'] === (waves[actual.kind] ?? '-2'), 'the sync wave is another');
      delete annotations['argocd.argoproj.io/sync-wave'];
      if (actual.kind === 'Namespace') {
        delete annotations['argocd.argoproj.io/sync-options'];
        delete annotations['kustomize.toolkit.fluxcd.io/prune'];
      }
      const metadata = actual.metadata as Mutable;
      if (Object.keys(annotations).length === 0) delete metadata['annotations'];
      else metadata['annotations'] = annotations;
    },
  },
  {
    reason: 'PaaSTA mounts hacheck’s host volumes into pods that have no hacheck',
    kinds: WORKLOADS,
    apply: (expected, actual, golden) => {
      if (podOf(actual).containers.some(({ name }) => name === 'hacheck')) return;
      const mounted = new Set(podOf(expected).containers.flatMap((each) => each.volumeMounts?.map(({ name }) => name)));
      const isUnused = (name: string): boolean => golden.hacheckVolumes.includes(name) && !mounted.has(name);
      const kept = (podOf(expected).volumes ?? []).filter(({ name }) => !isUnused(name));
      const pod = podOf(expected) as Mutable;
      if (kept.length === 0) delete pod['volumes'];
      else pod['volumes'] = kept;
    },
  },
  {
    reason:
      'PaaSTA leaves key files out when the live cluster has no ConfigMap for them; ours follow the configuration',
    kinds: WORKLOADS,
    apply: (_expected, actual, golden) => {
      const isMissing = ({ name }: { readonly name: string }): boolean =>
        golden.missingVolumes.some((start) => name.startsWith(start));
      const pod = podOf(actual) as Mutable;
      pod['volumes'] = podOf(actual).volumes?.filter((volume) => !isMissing(volume));
      for (const container of podOf(actual).containers) {
        const mounts = container.volumeMounts?.filter((mount) => !isMissing(mount));
        if (mounts !== undefined) (container as Mutable)['volumeMounts'] = mounts;
      }
    },
  },
];

/** Both sides in canonical form without the accepted differences. */
export function masked(
  expected: KubeObject,
  actual: KubeObject,
  golden: GoldenCase,
): { readonly expected: KubeObject; readonly actual: KubeObject } {
  const sides = { expected: canonicalObject(withZeroAmounts(expected)), actual: canonicalObject(actual) };
  for (const mask of MASKS) {
    if (mask.kinds.includes(actual.kind)) mask.apply(sides.expected, sides.actual, golden);
  }
  return { expected: canonicalObject(sides.expected), actual: canonicalObject(sides.actual) };
}

/** The workload and its pods must carry one and the same sha, under both names. */
function hideConfigSha(workload: KubeObject): void {
  const template = (specOf(workload)['template'] as { metadata: { labels: Record<string, string> } }).metadata.labels;
  const shas = CONFIG_SHA_LABELS.flatMap((label) => [workload.metadata.labels?.[label], template[label]]);
  check(new Set(shas).size === 1 && /^config[0-9a-f]{8}$/.test(shas[0] ?? ''), `config shas are ${shas.join(', ')}`);
  for (const labels of [workload.metadata.labels as Record<string, string>, template]) {
    for (const label of CONFIG_SHA_LABELS) labels[label] = 'masked';
  }
}

/** The pod of a workload; golden data and our own output both have one. */
export function podOf(workload: KubeObject): PodSpec {
  return (specOf(workload)['template'] as { spec: PodSpec }).spec;
}

function specOf(object: KubeObject): Mutable {
  return object['spec'] as Mutable;
}

function check(holds: boolean, fault: string): void {
  if (!holds) throw new Error(`not covered by a mask: ${fault}`);
}

/** PaaSTA's null amounts of a resource as the API server stores them: 0, which no default of a namespace fills in. */
function withZeroAmounts(object: KubeObject): KubeObject {
  return JSON.parse(
    JSON.stringify(object, (key, value: unknown) => (RESOURCE_LISTS.has(key) ? zeroAmounts(value) : value)),
  ) as KubeObject;
}

const RESOURCE_LISTS = new Set(['requests', 'limits']);

function zeroAmounts(list: unknown): unknown {
  if (typeof list !== 'object' || list === null || Array.isArray(list)) return list;
  return Object.fromEntries(Object.entries(list).map(([name, amount]) => [name, (amount as unknown) ?? '0']));
}
