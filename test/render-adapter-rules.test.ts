import { test } from 'uvu';
import * as assert from 'uvu/assert';
import type { MetricsProvider, ResolvedInstance } from '../compiler/model/resolved-instance.ts';
import type { AdapterRule } from '../compiler/model/service-summary.ts';
import { adapterRules, adapterRuleSources } from '../compiler/render/adapter-rules.ts';
import { hpaMetric } from '../constructs/_metrics.ts';
import { autoscaledBy, instanceWith, providerWith } from './support/instance.ts';

const PROMQL = { type: 'arbitrary-promql', metricsQuery: 'sum(x)' };

function rulesFor(...instances: readonly ResolvedInstance[]): readonly AdapterRule[] {
  return adapterRules(instances.flatMap(adapterRuleSources), 'norcal-prod');
}

function ruleFor(...providers: readonly Partial<MetricsProvider>[]): AdapterRule {
  const rules = rulesFor(instanceWith({ scaling: autoscaledBy(...providers) }));
  assert.is(rules.length, 1);
  return rules[0]!;
}

test('every metric that an autoscaler asks the adapter for has its rule', () => {
  for (const type of ['uwsgi', 'uwsgi-v2', 'gunicorn', 'piscina', 'worker-load', 'active-requests', PROMQL.type]) {
    const provider = { ...PROMQL, type };
    const metric = hpaMetric(instanceWith(), providerWith(provider))!;
    assert.is(ruleFor(provider).name.as, metric.object!.metric.name);
  }
});

test('cpu and memory need no adapter', () => {
  assert.equal(rulesFor(instanceWith({ scaling: autoscaledBy({ type: 'cpu' }, { type: 'memory' }) })), []);
});

test('instances share a rule for each provider and window, sorted by metric', () => {
  const scaledBy = (instance: string, window: number): ResolvedInstance =>
    instanceWith({ instance, scaling: autoscaledBy({ type: 'uwsgi', movingAverageWindowSeconds: window }) });
  const rules = rulesFor(scaledBy('a', 900), scaledBy('b', 1800), scaledBy('c', 900));
  assert.equal(
    rules.map(({ name }) => name.as),
    ['uwsgi-prom-1800', 'uwsgi-prom-900'],
  );
});

test('an instance that is not autoscaled has its rules too', () => {
  const scaling = { ...autoscaledBy({ type: 'gunicorn' }), isAutoscaled: false, autoscaler: null };
  assert.is(rulesFor(instanceWith({ scaling })).length, 1);
});

test('requests are counted under the name of the only registration, else of the instance', () => {
  const scaling = autoscaledBy({ type: 'active-requests' });
  const queryFor = (...registrations: string[]): string =>
    rulesFor(instanceWith({ scaling, registrations }))[0]!.metricsQuery;
  assert.match(queryFor('shop.all'), "paasta_instance='all'");
  assert.match(queryFor('shop.all', 'shop.other'), "paasta_instance='main'");
});

test('a query of the user is wrapped in the labels of its Deployment', () => {
  const rule = ruleFor({ ...PROMQL, metricsQuery: '\n  sum(\n    x{a="b  c"}\n\n  )\n' });
  assert.is(
    rule.metricsQuery,
    `label_replace( label_replace( sum( x{a="b  c"} ), 'deployment', 'shop-main', '', '' ), 'namespace', 'paastasvc-shop', '', '' )`,
  );
  assert.is(
    rule.seriesQuery,
    "kube_deployment_labels{ deployment='shop-main', paasta_cluster='norcal-prod', namespace='paastasvc-shop' }",
  );
  assert.equal(Object.keys(rule.resources), ['overrides']);
});

test('a query with a series query of its own is left as it is, resources too', () => {
  const resources = { template: 'kube_<<.Resource>>' };
  const rule = ruleFor({ ...PROMQL, seriesQuery: 'x', resources });
  assert.equal([rule.metricsQuery, rule.seriesQuery, rule.resources], ['sum(x)', 'x', resources]);
});

test.run();
