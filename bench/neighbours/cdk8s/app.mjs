// One App, a Chart an instance: node app.mjs VALUES.json OUT
import { readFileSync } from 'node:fs';
import { ApiObject, App, Chart } from 'cdk8s';

const [, , file, outdir] = process.argv;
const app = new App({ outdir });
for (const values of JSON.parse(readFileSync(file, 'utf8')).instances) instance(app, values);
app.synth();

function instance(app, i) {
  const chart = new Chart(app, `${i.cluster}.${i.namespace}.${i.name}`);
  const selector = { 'paasta.yelp.com/instance': i.instance, 'paasta.yelp.com/service': i.service };
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
  const { name, namespace } = i;
  new ApiObject(chart, 'budget', {
    apiVersion: 'policy/v1',
    kind: 'PodDisruptionBudget',
    metadata: { name, namespace, annotations: { 'argocd.argoproj.io/sync-wave': '-1' } },
    spec: {
      maxUnavailable: i.maxUnavailable,
      selector: { matchLabels: selector },
      unhealthyPodEvictionPolicy: 'IfHealthyBudget',
    },
  });
  new ApiObject(chart, 'deployment', {
    apiVersion: 'apps/v1',
    kind: 'Deployment',
    metadata: { name, namespace, labels },
    spec: {
      ...i.scale,
      revisionHistoryLimit: 0,
      selector: { matchLabels: selector },
      strategy: i.strategy,
      template: {
        metadata: { annotations: i.podAnnotations, labels: { ...labels, ...i.podLabels } },
        spec: {
          containers: i.containers.map(container),
          nodeSelector: { 'yelp.com/pool': i.pool },
          restartPolicy: 'Always',
          shareProcessNamespace: true,
          topologySpreadConstraints: [
            {
              labelSelector: { matchLabels: selector },
              maxSkew: 1,
              topologyKey: 'topology.kubernetes.io/zone',
              whenUnsatisfiable: 'ScheduleAnyway',
            },
          ],
          volumes: i.volumes.map((volume) => ({ name: volume.name, hostPath: { path: volume.path } })),
          ...i.pod,
        },
      },
    },
  });
  if (i.autoscaler === null) return;
  new ApiObject(chart, 'autoscaler', {
    apiVersion: 'autoscaling/v2',
    kind: 'HorizontalPodAutoscaler',
    metadata: {
      name,
      namespace,
      labels: { ...selector, 'paasta.yelp.com/managed': 'true', 'yelp.com/pool': i.pool },
      annotations: { 'argocd.argoproj.io/sync-wave': '1' },
    },
    spec: {
      behavior: i.autoscaler.behavior,
      maxReplicas: i.autoscaler.max,
      metrics: i.autoscaler.metrics,
      minReplicas: i.autoscaler.min,
      scaleTargetRef: { apiVersion: 'apps/v1', kind: 'Deployment', name },
    },
  });
}

function container(c) {
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
