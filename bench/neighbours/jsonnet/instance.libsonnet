// The objects of one instance.
function(i)
  local selector = { 'paasta.yelp.com/instance': i.instance, 'paasta.yelp.com/service': i.service };
  local labels = selector {
    'paasta.yelp.com/autoscaled': std.toString(i.isAutoscaled),
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
  local env(e) =
    if 'field' in e then { name: e.name, valueFrom: { fieldRef: { fieldPath: e.field } } }
    else { name: e.name, value: e.value };
  local container(c) = {
    name: c.name,
    image: c.image,
    env: [env(e) for e in c.env],
    ports: [{ containerPort: c.port, protocol: 'TCP' }],
    lifecycle: { preStop: { exec: { command: c.preStop } } },
    resources: c.resources,
    volumeMounts: c.mounts,
  } + c.more;
  local deployment = {
    apiVersion: 'apps/v1',
    kind: 'Deployment',
    metadata: { name: i.name, namespace: i.namespace, labels: labels },
    spec: {
      revisionHistoryLimit: 0,
      selector: { matchLabels: selector },
      strategy: i.strategy,
      template: {
        metadata: { annotations: i.podAnnotations, labels: labels + i.podLabels },
        spec: {
          containers: [container(c) for c in i.containers],
          nodeSelector: { 'yelp.com/pool': i.pool },
          restartPolicy: 'Always',
          shareProcessNamespace: true,
          topologySpreadConstraints: [{
            labelSelector: { matchLabels: selector },
            maxSkew: 1,
            topologyKey: 'topology.kubernetes.io/zone',
            whenUnsatisfiable: 'ScheduleAnyway',
          }],
          volumes: [{ name: v.name, hostPath: { path: v.path } } for v in i.volumes],
        } + i.pod,
      },
    } + i.scale,
  };
  local budget = {
    apiVersion: 'policy/v1',
    kind: 'PodDisruptionBudget',
    metadata: { name: i.name, namespace: i.namespace, annotations: { 'argocd.argoproj.io/sync-wave': '-1' } },
    spec: {
      maxUnavailable: i.maxUnavailable,
      selector: { matchLabels: selector },
      unhealthyPodEvictionPolicy: 'IfHealthyBudget',
    },
  };
  local autoscaler = {
    apiVersion: 'autoscaling/v2',
    kind: 'HorizontalPodAutoscaler',
    metadata: {
      name: i.name,
      namespace: i.namespace,
      labels: selector { 'paasta.yelp.com/managed': 'true', 'yelp.com/pool': i.pool },
      annotations: { 'argocd.argoproj.io/sync-wave': '1' },
    },
    spec: {
      behavior: i.autoscaler.behavior,
      maxReplicas: i.autoscaler.max,
      metrics: i.autoscaler.metrics,
      minReplicas: i.autoscaler.min,
      scaleTargetRef: { apiVersion: 'apps/v1', kind: 'Deployment', name: i.name },
    },
  };
  [budget, deployment] + if i.autoscaler == null then [] else [autoscaler]
