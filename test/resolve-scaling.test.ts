import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { findingsOfMain, resolveMain } from './support/sources.ts';

const CLAIM = 'persistent_volumes: [{container_path: /data, size: 1}]';
const SCALED = 'min_instances: 2\nmax_instances: 6';

/** Replicas and whether there is an autoscaler. */
function counts(keys: string, desiredState = 'start'): readonly unknown[] {
  const { replicas, autoscaler } = resolveMain(keys, { desiredState }).scaling;
  return [replicas, autoscaler !== null];
}

test('without max_instances the key instances counts, 1 unless set, and min_instances does not', () => {
  assert.equal(counts(''), [1, false]);
  assert.equal(counts('instances: 3\nmin_instances: 5'), [3, false]);
  assert.equal(counts('instances: 0'), [0, false]);
  assert.equal(counts('instances: 3\nmax_instances: null'), [3, false]);
});

test('an autoscaler owns the count, and instances is not read', () => {
  assert.equal(counts(`${SCALED}\ninstances: many`), [null, true]);
  const { autoscaler } = resolveMain(SCALED).scaling;
  assert.equal([autoscaler!.minReplicas, autoscaler!.maxReplicas, autoscaler!.isPaused], [2, 6, false]);
  assert.is(resolveMain('max_instances: 6').scaling.autoscaler!.minReplicas, 1);
});

test('a stopped instance has no replicas and no autoscaler, and so has one in any state but start', () => {
  for (const state of ['stop', 'paused', 'Start']) {
    assert.equal(counts('instances: 3', state), [0, false]);
    assert.equal(counts(SCALED, state), [0, false]);
  }
  assert.is(resolveMain(SCALED, { desiredState: 'stop' }).scaling.isAutoscaled, true);
});

test('a StatefulSet and bespoke decisions get no autoscaler: min_instances run, at least one', () => {
  const bespoke = 'autoscaling: {metrics_providers: [{type: cpu, decision_policy: bespoke}]}';
  assert.equal(counts(`${SCALED}\n${CLAIM}`), [2, false]);
  assert.equal(counts(`${SCALED}\n${bespoke}`), [2, false]);
  assert.equal(counts(`max_instances: 6\n${bespoke}`), [1, false]);
});

test('a limit of 0 gives no autoscaler, with a warning', () => {
  const keys = 'min_instances: 0\nmax_instances: 4';
  assert.equal(counts(keys), [1, false]);
  assert.equal(findingsOfMain(keys), [
    'warning shop/kubernetes-norcal-prod.yaml:2:18 no-autoscaler: a limit of 0 instances gives no autoscaler: one replica runs',
  ]);
});

test('with max_instances 0 min_instances run, as in PaaSTA once the workload is there', () => {
  const found = (keys: string) => [...counts(keys), ...findingsOfMain(keys)];
  const warning = 'no-autoscaler: a limit of 0 instances gives no autoscaler:';
  const at = 'warning shop/kubernetes-norcal-prod.yaml';
  assert.equal(found('min_instances: 0\nmax_instances: 0'), [0, false, `${at}:3:18 ${warning} 0 replicas run`]);
  assert.equal(found('max_instances: 0'), [1, false, `${at}:2:18 ${warning} one replica runs`]);
  assert.equal(found('min_instances: 3\nmax_instances: 0'), [3, false, `${at}:3:18 ${warning} 3 replicas run`]);
  assert.equal(counts(`min_instances: 0\nmax_instances: 0\n${CLAIM}`), [0, false]);
});

test('min_instances above max_instances is an error, also by its default', () => {
  assert.equal(findingsOfMain('min_instances: 5\nmax_instances: 3'), [
    'error shop/kubernetes-norcal-prod.yaml:2:18 min-above-max: min_instances 5 is more than max_instances 3',
  ]);
});

test('paused autoscaling keeps the autoscaler', () => {
  assert.is(resolveMain(SCALED, { system: { autoscaling_paused: true } }).scaling.autoscaler!.isPaused, true);
});

test('scaling down is slow unless scaledown_policies say otherwise, key by key', () => {
  const defaults = {
    stabilizationWindowSeconds: 300,
    selectPolicy: 'Max',
    policies: [{ type: 'Percent', value: 30, periodSeconds: 60 }],
  };
  assert.equal(resolveMain(SCALED).scaling.autoscaler!.scaleDown, defaults);
  const policies = '{stabilizationWindowSeconds: 60, policies: [{type: Pods, value: 2, periodSeconds: 30}]}';
  const own = resolveMain(`${SCALED}\nautoscaling: {scaledown_policies: ${policies}}`).scaling.autoscaler!.scaleDown;
  const changed = { stabilizationWindowSeconds: 60, policies: [{ type: 'Pods', value: 2, periodSeconds: 30 }] };
  assert.equal(own, { ...defaults, ...changed });
});

test('scale-down keys that Kubernetes does not know are left out, with a hint', () => {
  const keys = `${SCALED}\nautoscaling: {scaledown_policies: {selectPolici: Min}}`;
  assert.is(Object.hasOwn(resolveMain(keys).scaling.autoscaler!.scaleDown, 'selectPolici'), false);
  assert.match(findingsOfMain(keys)[0]!, 'warning shop/kubernetes-norcal-prod.yaml:4:52 ignored-key');
});

for (const [policies, message] of [
  ['{policies: []}', 'policies is empty'],
  ['{stabilizationWindowSeconds: 3601}', 'expected a whole number from 0 to 3600'],
  ['{selectPolicy: max}', 'expected one of Max, Min, Disabled'],
  ['{policies: [{type: Pods, value: 0, periodSeconds: 60}]}', 'expected a whole number, at least 1'],
  ['{policies: [{type: Pods, value: 1, periodSeconds: 1801}]}', 'expected a whole number from 1 to 1800'],
  ['{policies: [{type: Pods, value: 1}]}', 'periodSeconds is not set'],
] as const) {
  test(`scaledown_policies ${policies} would be refused`, () => {
    const [finding] = findingsOfMain(`${SCALED}\nautoscaling: {scaledown_policies: ${policies}}`);
    assert.match(finding!, message);
  });
}

test('without providers an instance scales on cpu at 0.8', () => {
  const [provider, ...others] = resolveMain('').scaling.providers;
  assert.equal([provider!.type, provider!.setpoint, provider!.decisionPolicy], ['cpu', 0.8, 'proportional']);
  assert.equal(others, []);
});

test('providers keep their order and get the defaults, autoscaled or not', () => {
  const { providers, isAutoscaled } = resolveMain(
    'autoscaling: {metrics_providers: [{type: uwsgi, setpoint: 1.0, moving_average_window_seconds: 60}, {}]}',
  ).scaling;
  assert.is(isAutoscaled, false);
  assert.equal(
    providers.map(({ type, setpoint, movingAverageWindowSeconds }) => [type, setpoint, movingAverageWindowSeconds]),
    [
      ['uwsgi', 1, 60],
      ['cpu', 0.8, 1800],
    ],
  );
});

test('a promql provider has its own setpoint and queries', () => {
  const text =
    '{type: arbitrary-promql, metrics_query: up, series_query: s, resources: {template: t}, target_type: Value}';
  assert.equal(resolveMain(`autoscaling: {metrics_providers: [${text}]}`).scaling.providers, [
    {
      type: 'arbitrary-promql',
      decisionPolicy: 'proportional',
      setpoint: 1,
      movingAverageWindowSeconds: 1800,
      desiredActiveRequestsPerReplica: 1,
      metricsQuery: 'up',
      seriesQuery: 's',
      targetType: 'Value',
      resources: { template: 't' },
    },
  ]);
});

test('active-requests keeps the wanted requests of a replica', () => {
  const keys = 'autoscaling: {metrics_providers: [{type: active-requests, desired_active_requests_per_replica: 5}]}';
  assert.is(resolveMain(keys).scaling.providers[0]!.desiredActiveRequestsPerReplica, 5);
});

for (const [provider, message] of [
  ['{type: cpus}', 'type is "cpus", expected one of cpu, memory'],
  ['{type: cpu, setpoint: 0.001}', 'setpoint is 0.001, expected a number from 0.01'],
  ['{type: uwsgi, setpoint: 0}', 'setpoint is 0, expected a number above zero'],
  ['{type: arbitrary-promql}', 'metrics_query is not set'],
  ['cpu', 'metrics_providers[0] is "cpu", expected a map'],
] as const) {
  test(`the metrics provider ${provider} is an error`, () => {
    assert.ok(findingsOfMain(`autoscaling: {metrics_providers: [${provider}]}`)[0]!.includes(message));
  });
}

test.run();
