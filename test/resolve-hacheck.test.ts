import { test } from 'uvu';
import * as assert from 'uvu/assert';
import type { ResolvedMesh } from '../compiler/model/resolved-instance.ts';
import { findingsOfMain, resolveMain } from './support/sources.ts';

const FILES = { 'shop/smartstack.yaml': 'main: {proxy_port: 20001}\n' };

function mesh(keys: string, system: Record<string, unknown> = {}): ResolvedMesh {
  return resolveMain(keys, { files: FILES, system }).mesh!;
}
function readiness(keys: string, system: Record<string, unknown> = {}): string | undefined {
  return mesh(keys, system).hacheck.readiness?.command.join(' ');
}
const PREFIX = 'flock -n /readiness_check_lock timeout 120';

test('outside the mesh there is no sidecar', () => assert.is(resolveMain('').mesh, null));

test('weight is 10 unless set', () => {
  assert.equal([mesh('').weight, mesh('weight: 3').weight], [10, 3]);
});

test('the sidecar has the system’s image and drains one second longer than the main container', () => {
  const unset = { files: FILES, system: { hacheck_sidecar_image_url: undefined } };
  assert.equal(findingsOfMain('', unset), [
    'error  missing-key: hacheck_sidecar_image_url of norcal-prod is not set, and pods in its mesh have a container of it',
  ]);
  assert.is(mesh('', { hacheck_sidecar_image_url: 'h:1' }).hacheck.image, 'h:1');
  assert.is(mesh('').hacheck.drainSeconds, 31);
  assert.is(mesh('lifecycle: {pre_stop_drain_seconds: 5}').hacheck.drainSeconds, 6);
});

test('readiness asks nerve for the port and the registrations', () => {
  assert.is(readiness(''), `${PREFIX} /check_smartstack_up.sh 8888 shop.main`);
  const keys = 'container_port: 80\nregistrations: [shop.main, shop.other]';
  assert.is(readiness(keys), `${PREFIX} /check_smartstack_up.sh 80 shop.main shop.other`);
});

test('the instance switches the checks before the system does', () => {
  const both = '/check_proxy_up.sh --enable-smartstack --enable-envoy';
  const envoy = '/check_proxy_up.sh --enable-envoy --envoy-check-mode eds-dir';
  const checks = (keys: string, nerve: boolean, envoyToo: boolean): string | undefined =>
    readiness(keys, { enable_nerve_readiness_check: nerve, enable_envoy_readiness_check: envoyToo })?.slice(
      PREFIX.length + 1,
    );
  assert.is(checks('', true, true), `${both} 8888 shop.main`);
  assert.is(checks('', false, true), `${envoy} 8888 shop.main`);
  assert.is(checks('', false, false), undefined);
  assert.is(
    checks('bounce_health_params: {check_haproxy: true}', false, false),
    '/check_smartstack_up.sh 8888 shop.main',
  );
  assert.is(checks('bounce_health_params: {check_envoy: true}', true, false), `${both} 8888 shop.main`);
  assert.is(checks('bounce_health_params: {check_haproxy: false}', true, false), undefined);
});

test('the system sets scripts and the prefix, in which the times can stand', () => {
  const system = {
    nerve_readiness_check_script: ['/up', '-v'],
    readiness_check_prefix_template: ['wait', '{initial_delay}', '{period_seconds}', '{{x}}'],
  };
  assert.is(readiness('', system), 'wait 10 10 {x} /up -v 8888 shop.main');
});

test('an unknown field in the prefix is an error of the system configuration', () => {
  const system = { readiness_check_prefix_template: ['wait', '{seconds}'] };
  assert.equal(findingsOfMain('', { files: FILES, system }), [
    'error system.json bad-template: readiness_check_prefix_template[1] has the unknown field "{seconds}"',
  ]);
});

test('the first check comes after 10 seconds, or when the system says so after the grace period', () => {
  const delay = (system: Record<string, unknown>): number =>
    mesh('healthcheck_grace_period_seconds: 99', system).hacheck.readiness!.initialDelaySeconds;
  assert.equal([delay({}), delay({ hacheck_match_initial_delay: true })], [10, 99]);
});

const DEFAULTS = { cpu: 0.1, memory: '1024Mi', 'ephemeral-storage': '256Mi' };

test('the sidecar has PaaSTA’s resources, or the system’s as a whole, and the instance’s over either', () => {
  const resources = (keys: string, hacheck?: Record<string, unknown>) =>
    mesh(keys, hacheck === undefined ? {} : { sidecar_requirements_config: { hacheck } }).hacheck.resources;
  const key = (text: string): string => `sidecar_resource_requirements: {hacheck: {${text}}}`;
  assert.equal(resources(''), { requests: DEFAULTS, limits: DEFAULTS });
  const other = { cpu: 0.2, memory: 0, 'ephemeral-storage': 0 };
  assert.equal(resources('', { cpu: 0.2 }), { requests: other, limits: other });
  const more = { ...other, memory: '8Gi' };
  assert.equal(resources(key('limits: {memory: 8Gi}'), { cpu: 0.2 }), { requests: other, limits: more });
  const raised = { ...DEFAULTS, cpu: 0.3 };
  assert.equal(resources(key('requests: {cpu: 0.3}')), { requests: raised, limits: raised });
  assert.equal(resources(key('limits: {memory: 2Gi}')), { requests: DEFAULTS, limits: { ...DEFAULTS, memory: '2Gi' } });
  const device = { requests: { ...DEFAULTS, 'x.com/y': 1 }, limits: DEFAULTS };
  assert.equal(resources(key('requests: {x.com/y: 1}')), device);
});

for (const [text, expected] of [
  ['requests: {cpu: lots}', 'bad-quantity'],
  ['requests: {cpu: -1}', 'bad-quantity'],
  ['limits: {cpu: 50m}', 'which is less than the request of 0.1'],
  ['limits: {cpu: lots}', 'bad-quantity'],
  ['limits: {gpu: 1}', 'bad-resource: "gpu" is no resource that Kubernetes knows'],
  ['limits: [cpu]', 'expected a map'],
] as const) {
  test(`sidecar resources {${text}} are an error`, () => {
    const found = findingsOfMain(`sidecar_resource_requirements: {hacheck: {${text}}}`, { files: FILES });
    assert.is(found.length, 1);
    assert.ok(found[0]!.includes(expected), found[0]);
  });
}

test.run();
