import { test } from 'uvu';
import * as assert from 'uvu/assert';
import type { ResolvedInstance } from '../compiler/model/resolved-instance.ts';
import type { DeploymentSpec, StatefulSetSpec } from '../constructs/_plain.ts';
import { PaastaDeployment, PaastaPdb, PaastaStatefulSet } from '../constructs/index.ts';
import { GIT_SHA, instanceWith, meshWith } from './support/instance.ts';
import { manifestOf } from './support/manifests.ts';

interface Manifest<Spec> {
  readonly apiVersion: string;
  readonly kind: string;
  readonly metadata: Record<string, unknown>;
  readonly spec: Spec;
}

function deployment(instance: ResolvedInstance): Manifest<DeploymentSpec> {
  return manifestOf((chart) => new PaastaDeployment(chart, 'workload', { instance }));
}

function statefulSet(instance: ResolvedInstance): Manifest<StatefulSetSpec> {
  return manifestOf((chart) => new PaastaStatefulSet(chart, 'workload', { instance }));
}

function podMetadata(instance: ResolvedInstance): {
  labels: Record<string, string>;
  annotations: Record<string, string>;
} {
  const { labels = {}, annotations = {} } = deployment(instance).spec.template.metadata ?? {};
  return { labels: { ...labels }, annotations: { ...annotations } };
}

test('a plain instance becomes a Deployment with the labels that PaaSTA finds it by', () => {
  const { apiVersion, kind, metadata } = deployment(instanceWith());
  assert.equal([apiVersion, kind], ['apps/v1', 'Deployment']);
  assert.equal(metadata, {
    name: 'shop-main',
    namespace: 'paastasvc-shop',
    labels: {
      'yelp.com/owner': 'compute_infra_platform_experience',
      'yelp.com/paasta_service': 'shop',
      'yelp.com/paasta_instance': 'main',
      'yelp.com/paasta_git_sha': GIT_SHA,
      'paasta.yelp.com/service': 'shop',
      'paasta.yelp.com/instance': 'main',
      'paasta.yelp.com/git_sha': GIT_SHA,
      'paasta.yelp.com/cluster': 'norcal-prod',
      'paasta.yelp.com/autoscaled': 'false',
      'paasta.yelp.com/pool': 'default',
      'paasta.yelp.com/managed': 'true',
    },
  });
});

test('labels keep underscores, names do not', () => {
  const { metadata, spec } = deployment(instanceWith({ service: 'api_gw', instance: 'canary_1' }));
  assert.is(metadata['name'], 'api--gw-canary--1');
  assert.equal(spec.selector.matchLabels, {
    'paasta.yelp.com/service': 'api_gw',
    'paasta.yelp.com/instance': 'canary_1',
  });
});

test('the replica count is left to the autoscaler when there is none', () => {
  assert.is(deployment(instanceWith({ scaling: { replicas: 4 } })).spec.replicas, 4);
  assert.is(deployment(instanceWith({ scaling: { replicas: 0 } })).spec.replicas, 0);
  assert.not('replicas' in deployment(instanceWith({ scaling: { replicas: null } })).spec);
});

test('a bounce is a rolling update, or a recreation without its limits', () => {
  assert.equal(deployment(instanceWith()).spec.strategy, {
    type: 'RollingUpdate',
    rollingUpdate: { maxSurge: '100%', maxUnavailable: '5%' },
  });
  assert.equal(deployment(instanceWith({ strategy: { type: 'Recreate' } })).spec.strategy, { type: 'Recreate' });
});

test('nothing of the replaced pods is kept', () => {
  const { spec } = deployment(instanceWith({ minReadySeconds: 7 }));
  assert.equal([spec.revisionHistoryLimit, spec.minReadySeconds], [0, 7]);
});

test('an instance with claims becomes a StatefulSet without a strategy', () => {
  const claim = { name: 'pv--data', mountPath: '/data', isReadOnly: false, sizeGi: 20, storageClassName: 'gp3' };
  const instance = instanceWith({
    kind: 'StatefulSet',
    strategy: null,
    podManagementPolicy: 'Parallel',
    scaling: { replicas: 3 },
    pod: { claims: [claim] },
  });
  const { kind, spec } = statefulSet(instance);
  assert.is(kind, 'StatefulSet');
  assert.equal([spec.serviceName, spec.replicas, spec.podManagementPolicy], ['shop-main', 3, 'Parallel']);
  assert.not('strategy' in spec);
  assert.equal(spec.volumeClaimTemplates, [
    {
      apiVersion: 'v1',
      kind: 'PersistentVolumeClaim',
      metadata: { name: 'pv--data' },
      spec: {
        accessModes: ['ReadWriteOnce'],
        resources: { requests: { storage: '20Gi' } },
        storageClassName: 'gp3',
        volumeMode: 'Filesystem',
      },
    },
  ]);
  assert.equal(spec.template.spec!.containers[0]!.volumeMounts, [
    { name: 'pv--data', mountPath: '/data', readOnly: false },
  ]);
});

test('pods carry the deploy group beside the labels of the workload', () => {
  const { labels } = podMetadata(instanceWith({ deployGroup: 'prod.canary', version: { imageVersion: '20240101' } }));
  assert.is(labels['paasta.yelp.com/deploy_group'], 'prod.canary');
  assert.is(labels['paasta.yelp.com/image_version'], '20240101');
  assert.is(labels['paasta.yelp.com/managed'], 'true');
  assert.not('paasta.yelp.com/weight' in labels);
});

test('pods in the mesh say their weight and registrations', () => {
  const { labels, annotations } = podMetadata(
    instanceWith({
      registrations: ['shop.main', 'shop.all'],
      mesh: meshWith(),
      pod: { marks: { hasRegistrationLabels: true, isRoutableIp: true } },
    }),
  );
  assert.is(labels['paasta.yelp.com/weight'], '10');
  assert.is(labels['registrations.paasta.yelp.com/shop.main'], 'true');
  assert.is(labels['registrations.paasta.yelp.com/shop.all'], 'true');
  assert.is(annotations['smartstack_registrations'], '["shop.main", "shop.all"]');
  assert.is(annotations['paasta.yelp.com/routable_ip'], 'true');
});

test('a plain pod has the annotations for the router and for IAM', () => {
  assert.equal(podMetadata(instanceWith()).annotations, {
    'paasta.yelp.com/routable_ip': 'false',
    'iam.amazonaws.com/role': '',
  });
  const { annotations } = podMetadata(instanceWith({ pod: { marks: { iamRole: null } } }));
  assert.not('iam.amazonaws.com/role' in annotations);
});

test('each mark of the pod has its label or annotation', () => {
  const { labels, annotations } = podMetadata(
    instanceWith({
      pod: {
        marks: {
          usesUwsgi: true,
          prometheusShard: 'small',
          prometheusPath: '/metrics',
          prometheusPort: 9090,
          isIstioInjected: true,
          costOwner: 'web',
          scrapesPiscina: true,
          scrapesGunicorn: true,
          hasAwsLbReadinessGate: true,
        },
      },
    }),
  );
  assert.is(annotations['autoscaling'], 'uwsgi');
  assert.is(annotations['paasta.yelp.com/prometheus_path'], '/metrics');
  assert.is(annotations['paasta.yelp.com/prometheus_port'], '9090');
  assert.is(labels['paasta.yelp.com/prometheus_shard'], 'small');
  assert.is(labels['sidecar.istio.io/inject'], 'true');
  assert.is(labels['yelp.com/cost_owner'], 'web');
  assert.is(labels['paasta.yelp.com/scrape_piscina_prometheus'], 'true');
  assert.is(labels['paasta.yelp.com/scrape_gunicorn_prometheus'], 'true');
  assert.is(labels['elbv2.k8s.aws/pod-readiness-gate-inject'], 'enabled');
});

test('the shard of Prometheus is a label of the workload too', () => {
  const { labels } = deployment(instanceWith({ pod: { marks: { prometheusShard: 'small' } } })).metadata as {
    labels: Record<string, string>;
  };
  assert.is(labels['paasta.yelp.com/prometheus_shard'], 'small');
});

test('a disruption budget guards the pods of its instance', () => {
  const disruption = { maxUnavailable: '19%', unhealthyPodEvictionPolicy: 'AlwaysAllow' };
  const budget = manifestOf((chart) => new PaastaPdb(chart, 'pdb', { instance: instanceWith({ disruption }) }));
  assert.equal(budget, {
    apiVersion: 'policy/v1',
    kind: 'PodDisruptionBudget',
    metadata: {
      name: 'shop-main',
      namespace: 'paastasvc-shop',
      annotations: { 'argocd.argoproj.io/sync-wave': '-1' },
    },
    spec: {
      ...disruption,
      selector: { matchLabels: { 'paasta.yelp.com/service': 'shop', 'paasta.yelp.com/instance': 'main' } },
    },
  });
});

test.run();
