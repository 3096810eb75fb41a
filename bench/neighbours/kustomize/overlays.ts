import type { InstanceValues } from '../values.ts';

type Data = Readonly<Record<string, unknown>>;

interface Patch {
  readonly op: 'add';
  readonly path: string;
  readonly value: unknown;
}

/** The overlay of an instance: its base, and JSON patches of each object. JSON is YAML. */
export function kustomizeFiles(i: InstanceValues): Readonly<Record<string, unknown>> {
  const patches = [
    { target: { kind: 'Deployment' }, patch: JSON.stringify(deployment(i)) },
    { target: { kind: 'PodDisruptionBudget' }, patch: JSON.stringify(budget(i)) },
    ...(i.autoscaler === null
      ? []
      : [{ target: { kind: 'HorizontalPodAutoscaler' }, patch: JSON.stringify(autoscaler(i, i.autoscaler)) }]),
  ];
  return {
    'kustomization.yaml': { resources: [i.autoscaler === null ? '../base' : '../autoscaled'], patches },
  };
}

function add(path: string, members: Data): readonly Patch[] {
  return Object.entries(members).map(([key, value]) => ({ op: 'add', path: `${path}/${key}`, value }));
}

function selectorOf(i: InstanceValues): Data {
  return { 'paasta.yelp.com/instance': i.instance, 'paasta.yelp.com/service': i.service };
}

function deployment(i: InstanceValues): readonly Patch[] {
  const selector = selectorOf(i);
  const labels = {
    ...selector,
    'paasta.yelp.com/autoscaled': String(i.isAutoscaled),
    'paasta.yelp.com/cluster': i.cluster,
    'paasta.yelp.com/config_sha': i.configSha,
    'paasta.yelp.com/git_sha': i.gitSha,
    'paasta.yelp.com/managed': 'true',
    'paasta.yelp.com/pool': i.pool,
    'yelp.com/owner': i.owner,
    'yelp.com/paasta_config_sha': i.configSha,
    'yelp.com/paasta_git_sha': i.gitSha,
    'yelp.com/paasta_instance': i.instance,
    'yelp.com/paasta_service': i.service,
  };
  const topologySpreadConstraints = [
    {
      labelSelector: { matchLabels: selector },
      maxSkew: 1,
      topologyKey: 'topology.kubernetes.io/zone',
      whenUnsatisfiable: 'ScheduleAnyway',
    },
  ];
  return [
    ...add('/metadata', { name: i.name, namespace: i.namespace, labels }),
    ...add('/spec', { ...i.scale, selector: { matchLabels: selector }, strategy: i.strategy }),
    ...add('/spec/template', { metadata: { annotations: i.podAnnotations, labels: { ...labels, ...i.podLabels } } }),
    ...add('/spec/template/spec', {
      containers: i.containers.map(container),
      nodeSelector: { 'yelp.com/pool': i.pool },
      topologySpreadConstraints,
      volumes: i.volumes.map(({ name, path }) => ({ name, hostPath: { path } })),
      ...i.pod,
    }),
  ];
}

function container(c: InstanceValues['containers'][number]): Data {
  return {
    name: c.name,
    image: c.image,
    env: c.env.map(({ name, value, field }) =>
      field === undefined ? { name, value } : { name, valueFrom: { fieldRef: { fieldPath: field } } },
    ),
    ports: [{ containerPort: c.port, protocol: 'TCP' }],
    lifecycle: { preStop: { exec: { command: c.preStop } } },
    resources: c.resources,
    volumeMounts: c.mounts,
    ...c.more,
  };
}

function budget(i: InstanceValues): readonly Patch[] {
  const spec = { maxUnavailable: i.maxUnavailable, selector: { matchLabels: selectorOf(i) } };
  return [...add('/metadata', { name: i.name, namespace: i.namespace }), ...add('/spec', spec)];
}

function autoscaler(i: InstanceValues, { min, max, metrics, behavior }: NonNullable<InstanceValues['autoscaler']>) {
  const labels = { ...selectorOf(i), 'paasta.yelp.com/managed': 'true', 'yelp.com/pool': i.pool };
  return [
    ...add('/metadata', { name: i.name, namespace: i.namespace, labels }),
    ...add('/spec', { minReplicas: min, maxReplicas: max, metrics, behavior }),
    ...add('/spec/scaleTargetRef', { name: i.name }),
  ];
}
