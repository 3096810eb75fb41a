import { test } from 'uvu';
import * as assert from 'uvu/assert';
import type { MetricsProvider, ResolvedInstance, ResolvedScaling } from '../compiler/model/resolved-instance.ts';
import type { HpaSpec, MetricSpec } from '../constructs/_plain.ts';
import { PaastaHpa } from '../constructs/index.ts';
import { autoscaledBy, instanceWith } from './support/instance.ts';
import { manifestOf } from './support/manifests.ts';

const DEPLOYMENT = { apiVersion: 'apps/v1', kind: 'Deployment', name: 'shop-main' };
const LABELS = { paasta_cluster: 'norcal-prod', paasta_service: 'shop', paasta_instance: 'main' };

function hpa(instance: ResolvedInstance): { metadata: Record<string, unknown>; spec: HpaSpec } {
  return manifestOf((chart) => new PaastaHpa(chart, 'hpa', { instance, autoscaler: instance.scaling.autoscaler! }));
}

function scaled(scaling: ResolvedScaling): HpaSpec {
  return hpa(instanceWith({ scaling })).spec;
}

function metricOf(provider: Partial<MetricsProvider>): MetricSpec {
  const { metrics } = scaled(autoscaledBy(provider));
  assert.is(metrics!.length, 1);
  return metrics![0]!;
}

test('the autoscaler scales the Deployment between its limits, after every workload is applied', () => {
  const { metadata, spec } = hpa(instanceWith({ scaling: autoscaledBy({}), pod: { marks: { pool: 'web' } } }));
  assert.equal(metadata, {
    name: 'shop-main',
    namespace: 'paastasvc-shop',
    labels: {
      'paasta.yelp.com/service': 'shop',
      'paasta.yelp.com/instance': 'main',
      'yelp.com/pool': 'web',
      'paasta.yelp.com/managed': 'true',
    },
    annotations: { 'argocd.argoproj.io/sync-wave': '1' },
  });
  assert.equal(spec.scaleTargetRef, DEPLOYMENT);
  assert.equal([spec.minReplicas, spec.maxReplicas], [3, 10]);
  assert.equal(spec.behavior, { scaleDown: { stabilizationWindowSeconds: 300, selectPolicy: 'Max' } });
});

test('cpu and memory are utilizations, cut off to whole percents', () => {
  for (const type of ['cpu', 'memory']) {
    assert.equal(metricOf({ type, setpoint: 0.29 }), {
      type: 'Resource',
      resource: { name: type, target: { type: 'Utilization', averageUtilization: 28 } },
    });
  }
});

for (const type of ['uwsgi', 'gunicorn', 'piscina']) {
  test(`${type} is a ratio that the adapter serves for all instances of its window`, () => {
    assert.equal(metricOf({ type, setpoint: 0.65, movingAverageWindowSeconds: 900 }), {
      type: 'Object',
      object: {
        describedObject: DEPLOYMENT,
        metric: { name: `${type}-prom-900`, selector: { matchLabels: LABELS } },
        target: { type: 'Value', value: 0.65 },
      },
    });
  });
}

for (const type of ['uwsgi-v2', 'worker-load']) {
  test(`${type} is a total that the autoscaler divides by the replicas`, () => {
    assert.equal(metricOf({ type }).object!.target, { type: 'AverageValue', averageValue: 0.8 });
    assert.is(metricOf({ type }).object!.metric.name, `${type}-prom-1800`);
  });
}

test('active requests are measured against 1, whatever the setpoint', () => {
  assert.equal(metricOf({ type: 'active-requests', setpoint: 0.5 }), {
    type: 'Object',
    object: {
      describedObject: DEPLOYMENT,
      metric: { name: 'shop-main-active-requests-prom' },
      target: { type: 'Value', value: 1 },
    },
  });
});

test('a query of the user is compared as its target type says', () => {
  const promql = { type: 'arbitrary-promql', setpoint: 5 };
  assert.is(metricOf(promql).object!.metric.name, 'shop-main-arbitrary-promql-prom');
  assert.equal(metricOf(promql).object!.target, { type: 'AverageValue', averageValue: 5 });
  assert.equal(metricOf({ ...promql, targetType: 'Value' }).object!.target, { type: 'Value', value: 5 });
});

test('providers make metrics in the order of the configuration', () => {
  const { metrics } = scaled(autoscaledBy({ type: 'worker-load' }, { type: 'cpu' }));
  assert.equal(
    metrics!.map(({ type }) => type),
    ['Object', 'Resource'],
  );
});

test('without a known provider there is no metrics list, which the API server would fill', () => {
  assert.not('metrics' in scaled(autoscaledBy({ type: 'bespoke' })));
});

test('a paused autoscaler stays but scales in neither direction', () => {
  const scaling = autoscaledBy({});
  const paused = scaled({ ...scaling, autoscaler: { ...scaling.autoscaler!, isPaused: true } });
  assert.equal(paused.behavior, {
    scaleDown: { stabilizationWindowSeconds: 300, selectPolicy: 'Disabled' },
    scaleUp: { selectPolicy: 'Disabled' },
  });
  assert.equal([paused.minReplicas, paused.maxReplicas], [3, 10]);
});

test.run();
