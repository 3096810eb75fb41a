import { isJsonMap, mapAt, mapsAt, type JsonMap } from '../compiler/emit/json-data.ts';
import { isLeftover, isWorkload } from '../compiler/model/held-object.ts';
import type { KubeObject } from '../compiler/model/rendered-file.ts';

/** What the objects of one instance say about how it runs. Everything comes from the manifests alone. */
export interface WorkloadFacts {
  readonly workload: KubeObject;
  /** First container of the pod. */
  readonly main: JsonMap;
  readonly image: string;
  readonly team: string | null;
  readonly deployGroup: string | null;
  readonly bounce: string;
  /** The most pods that run: the autoscaler's maximum, else the replicas; null when something else decides. */
  readonly mostPods: number | null;
  /** maxUnavailable of the disruption budget as text; null without one. */
  readonly disruption: string | null;
}

/** Facts of an instance; null when none of its objects is a workload. One that stays only until another takes its place does not count. */
export function workloadFacts(objects: readonly KubeObject[]): WorkloadFacts | null {
  const workloads = objects.filter(isWorkload);
  const workload = workloads.find((each) => !isLeftover(each)) ?? workloads[0];
  if (workload === undefined) return null;
  const spec = mapAt(workload, 'spec');
  const template = mapAt(spec, 'template');
  const [main = {}] = mapsAt(mapAt(template, 'spec'), 'containers');
  return {
    workload,
    main,
    image: textAt(main, 'image') ?? '',
    team: environmentValue(main, 'PAASTA_MONITORING_TEAM'),
    deployGroup: textAt(mapAt(mapAt(template, 'metadata'), 'labels'), 'paasta.yelp.com/deploy_group'),
    bounce: bounceOf(workload),
    mostPods: mostPods(objects, spec),
    disruption: disruptionOf(objects),
  };
}

/** How a workload replaces its pods, in PaaSTA's words where they fit. */
export function bounceOf(workload: KubeObject): string {
  const spec = mapAt(workload, 'spec');
  if (workload.kind === 'StatefulSet') {
    return textAt(mapAt(spec, 'updateStrategy'), 'type') === 'OnDelete' ? 'when pods are deleted' : 'one at a time';
  }
  const strategy = mapAt(spec, 'strategy');
  if (textAt(strategy, 'type') === 'Recreate') return 'downthenup';
  const rolling = mapAt(strategy, 'rollingUpdate');
  const part = (key: string): string => String(rolling?.[key] ?? '25%');
  if (part('maxUnavailable') === '100%') return 'brutal';
  return `crossover +${part('maxSurge')}/-${part('maxUnavailable')}`;
}

function mostPods(objects: readonly KubeObject[], spec: JsonMap | undefined): number | null {
  const scaler = objects.find(({ kind }) => kind === 'HorizontalPodAutoscaler');
  const most = scaler === undefined ? spec?.['replicas'] : mapAt(scaler, 'spec')?.['maxReplicas'];
  return typeof most === 'number' ? most : null;
}

function disruptionOf(objects: readonly KubeObject[]): string | null {
  const budget = objects.find(({ kind }) => kind === 'PodDisruptionBudget');
  const value = mapAt(budget, 'spec')?.['maxUnavailable'];
  return value == null ? null : String(value as string | number);
}

function environmentValue(container: JsonMap, name: string): string | null {
  return textAt(
    mapsAt(container, 'env').find((entry) => entry['name'] === name),
    'value',
  );
}

function textAt(map: unknown, key: string): string | null {
  const value = isJsonMap(map) ? map[key] : undefined;
  return typeof value === 'string' ? value : null;
}

/** An image without tag and digest: `registry.example.com:5000/services-web`. */
export function imageRepository(image: string): string {
  return image.replace(/@.*$/, '').replace(/:[^:/]*$/, '');
}

/** What is told of an image whose repository is the same: the first digits of the commit, the image version, else its tag. */
export function imageVersion(image: string): string {
  const digest = /@sha256:([0-9a-f]{8})/.exec(image);
  const tag = /:([^:/@]*)(?:@.*)?$/.exec(image)?.[1] ?? 'latest';
  const commit = /^paasta-([0-9a-f]{8})[0-9a-f]{32}(?:-(.+))?$/.exec(tag);
  const name = commit === null ? tag : `${commit[1]!}${commit[2] === undefined ? '' : `-${commit[2]}`}`;
  return digest === null ? name : `${name}@${digest[1]!}`;
}
