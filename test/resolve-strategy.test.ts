import { test } from 'uvu';
import * as assert from 'uvu/assert';
import type { ResolvedStrategy } from '../compiler/model/resolved-instance.ts';
import { findingsOfMain, resolveMain } from './support/sources.ts';

const CLAIM = 'persistent_volumes: [{container_path: /data, size: 1}]';

function rolling(maxSurge: string, maxUnavailable: string): ResolvedStrategy {
  return { type: 'RollingUpdate', maxSurge, maxUnavailable };
}

test('crossover is the default and leaves 5 % down', () => {
  assert.equal(resolveMain('').strategy, rolling('100%', '5%'));
  assert.equal(resolveMain('bounce_method: crossover').strategy, rolling('100%', '5%'));
});

test('brutal takes everything down, downthenup recreates; neither reads the margin', () => {
  assert.equal(resolveMain('bounce_method: brutal\nbounce_overprovision_factor: 0.5').strategy, rolling('50%', '100%'));
  assert.equal(resolveMain('bounce_method: downthenup').strategy, { type: 'Recreate' });
});

/** What Python's binary doubles give; see PaaSTA's `int((1 - factor) * 100)`. */
const MARGINS = {
  '1': '0%',
  '.95': '5%',
  '.9': '9%',
  '.85': '15%',
  '.8': '19%',
  '.75': '25%',
  '.7': '30%',
  '.6': '40%',
  '.5': '50%',
  '0': '100%',
  '1.0': '0%',
};
for (const [margin, percent] of Object.entries(MARGINS)) {
  test(`a bounce_margin_factor of ${margin} leaves ${percent} down, and gives the disruption budget`, () => {
    const { strategy, disruption } = resolveMain(`bounce_margin_factor: ${margin}`);
    assert.equal(strategy, rolling('100%', percent));
    assert.is(disruption.maxUnavailable, percent);
  });
}

const SURGES = { '.25': '25%', '.29': '29%', '.1234': '12%', '.575': '57%', '1': '100%', '2.5': '250%', '0': '0%' };
for (const [factor, percent] of Object.entries(SURGES)) {
  test(`a bounce_overprovision_factor of ${factor} adds ${percent}`, () => {
    assert.equal(resolveMain(`bounce_overprovision_factor: ${factor}`).strategy, rolling(percent, '5%'));
  });
}

test('the system sets the overprovision factor of instances that set none', () => {
  const system = { default_bounce_overprovision_factor: 0.5 };
  assert.equal(resolveMain('', { system }).strategy, rolling('50%', '5%'));
  assert.equal(resolveMain('bounce_overprovision_factor: 1', { system }).strategy, rolling('100%', '5%'));
});

test('0 % up and 0 % down is an error where it is decided', () => {
  assert.equal(findingsOfMain('bounce_margin_factor: 1\nbounce_overprovision_factor: 0'), [
    'error shop/kubernetes-norcal-prod.yaml:3:32 bad-strategy: nothing may be added and nothing taken down, so pods could never be replaced',
  ]);
  const system = { default_bounce_overprovision_factor: 0 };
  assert.match(findingsOfMain('bounce_margin_factor: 1', { system })[0]!, 'yaml:2:25 bad-strategy');
});

for (const method of ['upthendown', 'Brutal', '""', 'null']) {
  test(`the bounce_method ${method} is an error, for a StatefulSet too`, () => {
    assert.match(findingsOfMain(`bounce_method: ${method}`)[0]!, 'expected one of crossover, brutal, downthenup');
    assert.match(findingsOfMain(`bounce_method: ${method}\n${CLAIM}`)[0]!, 'expected one of crossover');
  });
}

for (const factor of ['1.1', '-0.1', '"0.9"', 'null']) {
  test(`the bounce_margin_factor ${factor} is an error`, () => {
    assert.match(findingsOfMain(`bounce_margin_factor: ${factor}`)[0]!, 'expected a number from 0 to 1');
  });
}

test('a StatefulSet has no strategy, and no time to be ready', () => {
  const { kind, strategy, minReadySeconds } = resolveMain(`${CLAIM}\nbounce_health_params: {min_task_uptime: 9}`);
  assert.equal([kind, strategy, minReadySeconds], ['StatefulSet', null, 0]);
  assert.is(resolveMain('persistent_volumes: []').kind, 'Deployment');
});

test('min_task_uptime is the time to be ready', () => {
  assert.is(resolveMain('').minReadySeconds, 0);
  assert.is(resolveMain('bounce_health_params: {min_task_uptime: 9}').minReadySeconds, 9);
  assert.match(findingsOfMain('bounce_health_params: {min_task_uptime: 600}')[0]!, 'from 0 to 599');
  assert.match(findingsOfMain('bounce_health_params: {min_task_uptime: 1.5}')[0]!, 'a whole number');
});

test('pod_management_policy counts for a StatefulSet only', () => {
  assert.is(resolveMain(CLAIM).podManagementPolicy, 'OrderedReady');
  assert.is(resolveMain(`${CLAIM}\npod_management_policy: Parallel`).podManagementPolicy, 'Parallel');
  assert.is(resolveMain('pod_management_policy: Parallel').podManagementPolicy, 'OrderedReady');
  assert.match(findingsOfMain(`${CLAIM}\npod_management_policy: parallel`)[0]!, 'OrderedReady, Parallel');
});

test('the disruption budget comes from the system unless a margin is set', () => {
  assert.is(resolveMain('').disruption.maxUnavailable, 0);
  assert.is(resolveMain('', { system: { pdb_max_unavailable: '10%' } }).disruption.maxUnavailable, '10%');
  const system = { pdb_max_unavailable: 2 };
  assert.is(resolveMain('bounce_margin_factor: .95', { system }).disruption.maxUnavailable, '5%');
  assert.is(resolveMain(`${CLAIM}\nbounce_margin_factor: .9`, { system }).disruption.maxUnavailable, '9%');
});

test('unhealthy_pod_eviction_policy of the instance comes before that of the system', () => {
  const policy = (keys: string, system = {}): string =>
    resolveMain(keys, { system }).disruption.unhealthyPodEvictionPolicy;
  assert.is(policy(''), 'IfHealthyBudget');
  assert.is(policy('', { unhealthy_pod_eviction_policy: 'AlwaysAllow' }), 'AlwaysAllow');
  assert.is(policy('unhealthy_pod_eviction_policy: AlwaysAllow'), 'AlwaysAllow');
  assert.is(
    policy('unhealthy_pod_eviction_policy: null', { unhealthy_pod_eviction_policy: 'AlwaysAllow' }),
    'IfHealthyBudget',
  );
  assert.match(findingsOfMain('unhealthy_pod_eviction_policy: Never')[0]!, 'one of IfHealthyBudget, AlwaysAllow');
});

test.run();
