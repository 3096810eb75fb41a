import type { KubeObject } from '../../compiler/model/rendered-file.ts';

type Data = Readonly<Record<string, unknown>>;

/** What one instance gives to a template: every value resolved, the shape of objects left out. Plain JSON. */
export interface InstanceValues {
  readonly service: string;
  readonly instance: string;
  readonly cluster: string;
  readonly name: string;
  readonly namespace: string;
  readonly pool: string;
  readonly owner: string;
  readonly gitSha: string;
  readonly configSha: string;
  readonly isAutoscaled: boolean;
  /** Labels and annotations that only pods have. */
  readonly podLabels: Data;
  readonly podAnnotations: Data;
  /** What an autoscaler does not decide: `{replicas}`, or nothing. */
  readonly scale: Data;
  readonly strategy: Data;
  readonly containers: readonly ContainerValues[];
  readonly volumes: readonly { readonly name: string; readonly path: string }[];
  /** Members of the pod that not every pod has. */
  readonly pod: Data;
  readonly maxUnavailable: unknown;
  readonly autoscaler: AutoscalerValues | null;
}

interface ContainerValues {
  readonly name: string;
  readonly image: string;
  /** `value` of a variable, or the `field` of the pod that it takes. */
  readonly env: readonly { readonly name: string; readonly value?: unknown; readonly field?: unknown }[];
  readonly port: unknown;
  readonly preStop: unknown;
  readonly resources: Data;
  readonly mounts: unknown;
  /** Members that not every container has: command, probes, capabilities. */
  readonly more: Data;
}

interface AutoscalerValues {
  readonly min: unknown;
  readonly max: unknown;
  readonly metrics: unknown;
  readonly behavior: unknown;
}

/** Labels that templates make of an instance's own values. */
const COMMON_LABELS = new Set([
  'paasta.yelp.com/autoscaled',
  'paasta.yelp.com/cluster',
  'paasta.yelp.com/config_sha',
  'paasta.yelp.com/git_sha',
  'paasta.yelp.com/instance',
  'paasta.yelp.com/managed',
  'paasta.yelp.com/pool',
  'paasta.yelp.com/service',
  'yelp.com/owner',
  'yelp.com/paasta_config_sha',
  'yelp.com/paasta_git_sha',
  'yelp.com/paasta_instance',
  'yelp.com/paasta_service',
]);
const CONTAINER_MEMBERS = new Set(['name', 'image', 'env', 'ports', 'lifecycle', 'resources', 'volumeMounts']);
const POD_MEMBERS = new Set([
  'containers',
  'volumes',
  'restartPolicy',
  'shareProcessNamespace',
  'nodeSelector',
  'topologySpreadConstraints',
]);

/* eslint-disable @typescript-eslint/no-explicit-any -- rendered objects, whose shape the templates' comparison proves */

/** The values of an instance, from its rendered Deployment, PodDisruptionBudget and, if it has one, autoscaler. */
export function valuesOf(objects: readonly KubeObject[]): InstanceValues {
  const find = (kind: string): any => objects.find((object) => object.kind === kind);
  const [deployment, budget, autoscaler] = ['Deployment', 'PodDisruptionBudget', 'HorizontalPodAutoscaler'].map(find);
  const { labels, name, namespace } = deployment.metadata;
  const { template, strategy, replicas } = deployment.spec;
  return {
    service: labels['paasta.yelp.com/service'],
    instance: labels['paasta.yelp.com/instance'],
    cluster: labels['paasta.yelp.com/cluster'],
    name,
    namespace,
    pool: labels['paasta.yelp.com/pool'],
    owner: labels['yelp.com/owner'],
    gitSha: labels['paasta.yelp.com/git_sha'],
    configSha: labels['paasta.yelp.com/config_sha'],
    isAutoscaled: labels['paasta.yelp.com/autoscaled'] === 'true',
    podLabels: without(template.metadata.labels, COMMON_LABELS),
    podAnnotations: template.metadata.annotations,
    scale: replicas === undefined ? {} : { replicas },
    strategy,
    containers: template.spec.containers.map(containerValues),
    volumes: template.spec.volumes.map((volume: any) => ({ name: volume.name, path: volume.hostPath.path })),
    pod: without(template.spec, POD_MEMBERS),
    maxUnavailable: budget.spec.maxUnavailable,
    autoscaler: autoscaler === undefined ? null : autoscalerValues(autoscaler.spec),
  };
}

function containerValues(container: any): ContainerValues {
  return {
    name: container.name,
    image: container.image,
    env: container.env.map(({ name, value, valueFrom }: any) =>
      valueFrom === undefined ? { name, value } : { name, field: valueFrom.fieldRef.fieldPath },
    ),
    port: container.ports[0].containerPort,
    preStop: container.lifecycle.preStop.exec.command,
    resources: container.resources,
    mounts: container.volumeMounts,
    more: without(container, CONTAINER_MEMBERS),
  };
}

function autoscalerValues({ minReplicas: min, maxReplicas: max, metrics, behavior }: any): AutoscalerValues {
  return { min, max, metrics, behavior };
}

function without(map: Data, members: ReadonlySet<string>): Data {
  return Object.fromEntries(Object.entries(map).filter(([key]) => !members.has(key)));
}
