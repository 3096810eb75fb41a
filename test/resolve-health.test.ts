import { test } from 'uvu';
import * as assert from 'uvu/assert';
import type { Probe } from '../compiler/model/resolved-instance.ts';
import { findingsOfMain, resolveMain } from './support/sources.ts';

/** The namespace `main` of smartstack.yaml with these keys. */
function mesh(keys: string) {
  return { files: { 'shop/smartstack.yaml': `main: {${keys}}\n` } };
}

function action(keys: string, namespace?: string): Probe['action'] | undefined {
  return resolveMain(keys, namespace === undefined ? {} : mesh(namespace)).pod.main.liveness?.action;
}

const STATUS = { type: 'http', path: '/status', port: 8888, scheme: 'HTTP' } as const;
const IN_MESH = 'proxy_port: 20001';

test('a plain instance has no probes', () => {
  const { liveness, readiness } = resolveMain('').pod.main;
  assert.equal([liveness, readiness], [null, null]);
});

test('in the mesh an instance is asked for /status, and the sidecar answers for readiness', () => {
  const { liveness, readiness } = resolveMain('', mesh(IN_MESH)).pod.main;
  assert.equal(liveness, {
    action: STATUS,
    initialDelaySeconds: 60,
    periodSeconds: 10,
    timeoutSeconds: 10,
    failureThreshold: 30,
  });
  assert.is(readiness, null);
});

test('outside the mesh readiness is the liveness check', () => {
  const { liveness, readiness } = resolveMain('healthcheck_mode: tcp').pod.main;
  assert.equal(readiness, liveness);
  assert.equal(liveness!.action, { type: 'tcp', port: 8888 });
});

test('healthcheck_mode of the instance comes first', () => {
  assert.equal(action('healthcheck_mode: https', `${IN_MESH}, mode: tcp`), { ...STATUS, scheme: 'HTTPS' });
  assert.equal(action('healthcheck_mode: cmd\nhealthcheck_cmd: check --all', IN_MESH), {
    type: 'exec',
    command: ['/bin/sh', '-c', 'check --all'],
  });
  assert.equal(action('healthcheck_mode: null', IN_MESH), STATUS);
});

test('the namespace’s healthcheck_mode comes next, then its mode, http2 counting as http', () => {
  assert.is(action('', `${IN_MESH}, healthcheck_mode: tcp, mode: http`)!.type, 'tcp');
  assert.is(action('', `${IN_MESH}, healthcheck_mode: "", mode: tcp`)!.type, 'tcp');
  assert.is(action('', `${IN_MESH}, healthcheck_mode: null`)!.type, 'http');
  assert.equal(action('', `${IN_MESH}, mode: http2`), STATUS);
  assert.equal(action('', `${IN_MESH}, mode: https`), { ...STATUS, scheme: 'HTTPS' });
});

test('a namespace without proxy_port gives checks when it has a mode, and is not the mesh', () => {
  assert.is(action('', 'mode: tcp')!.type, 'tcp');
  assert.is(action('', 'retries: 2'), undefined);
  const { mesh: sidecar, pod } = resolveMain('', mesh('mode: tcp'));
  assert.equal([sidecar, pod.main.readiness], [null, pod.main.liveness]);
});

test('a proxy_port of null is the mesh too', () => assert.equal(action('', 'proxy_port: null'), STATUS));

test('the namespace is that of the first registration, looked up in the own service', () => {
  const files = {
    'shop/smartstack.yaml': 'api: {proxy_port: 20001, healthcheck_uri: /own}\n',
    'other/smartstack.yaml': 'api: {proxy_port: 20002, healthcheck_uri: /other}\n',
  };
  const main = resolveMain('registrations: [other.api, shop.none]', { files });
  assert.equal(main.pod.main.liveness!.action, { ...STATUS, path: '/own' });
  assert.is(resolveMain('registrations: [shop.none, shop.api]', { files }).pod.main.liveness, null);
});

test('healthcheck_uri of the instance comes before that of the namespace; nothing means /', () => {
  const namespace = `${IN_MESH}, healthcheck_uri: /ns`;
  const path = (keys: string): string => (action(keys, namespace) as typeof STATUS).path;
  assert.equal([path(''), path('healthcheck_uri: /own'), path('healthcheck_uri: ""')], ['/ns', '/own', '/']);
  assert.is(path('healthcheck_uri: null'), '/');
});

test('times and counts come from the instance', () => {
  const keys = [
    'healthcheck_grace_period_seconds: 5',
    'healthcheck_interval_seconds: 6',
    'healthcheck_timeout_seconds: 7',
    'healthcheck_max_consecutive_failures: 8',
    'container_port: 80',
  ].join('\n');
  assert.equal(resolveMain(keys, mesh(IN_MESH)).pod.main.liveness, {
    action: { ...STATUS, port: 80 },
    initialDelaySeconds: 5,
    periodSeconds: 6,
    timeoutSeconds: 7,
    failureThreshold: 8,
  });
});

for (const [keys, expected] of [
  ['healthcheck_mode: http2', 'expected one of http, https, tcp, cmd'],
  ['healthcheck_mode: ""', 'expected one of http, https, tcp, cmd'],
  ['healthcheck_mode: cmd', 'healthcheck_mode "cmd" needs a healthcheck_cmd'],
  ['healthcheck_uri: 5', 'expected a string'],
  ['healthcheck_grace_period_seconds: 0.5', 'expected a whole number, at least 0'],
  ['healthcheck_interval_seconds: 10.0', 'expected a whole number, at least 0'],
  ['healthcheck_timeout_seconds: -1', 'expected a whole number, at least 0'],
  ['healthcheck_max_consecutive_failures: 99999999999', 'expected a whole number from 0 to 2147483647'],
  ['container_port: 8888.0', 'expected a whole number from 1 to 65535'],
  ['container_port: 0', 'expected a whole number from 1 to 65535'],
] as const) {
  test(`${keys} is an error`, () => {
    const [finding, ...others] = findingsOfMain(keys, mesh(IN_MESH));
    assert.ok(finding!.startsWith('error shop/kubernetes-norcal-prod.yaml:2:'), finding);
    assert.ok(finding!.endsWith(expected), finding);
    assert.equal(others, []);
  });
}

for (const [keys, place, expected] of [
  [`${IN_MESH}, mode: udp`, '1:33', 'expected one of http, http2, tcp, https'],
  [`${IN_MESH}, healthcheck_mode: http2`, '1:45', 'expected one of http, https, tcp, cmd'],
  [`${IN_MESH}, healthcheck_uri: [a]`, '1:44', 'expected a string'],
  [`${IN_MESH}, timeout_server_ms: null`, '1:46', 'expected a number'],
  [`${IN_MESH}, endpoint_timeouts: {/a: 1s}`, '1:51', 'expected a number'],
] as const) {
  test(`a namespace with ${keys} is reported in smartstack.yaml`, () => {
    const found = findingsOfMain('', mesh(keys)).filter((finding) => finding.startsWith('error'));
    assert.is(found.length, 1);
    assert.ok(found[0]!.startsWith(`error shop/smartstack.yaml:${place} bad-value: `), found[0]);
    assert.ok(found[0]!.endsWith(expected), found[0]);
  });
}

test('a wrong mode of the namespace is an error even when the instance has its own', () => {
  assert.match(findingsOfMain('healthcheck_mode: tcp', mesh('mode: udp')).join(), 'mode is "udp"');
});

test('a namespace that is no map is reported', () => {
  const files = { 'shop/smartstack.yaml': 'main: 20001\n' };
  assert.match(findingsOfMain('', { files }).join(), 'namespace main of smartstack.yaml is not a map');
});

test.run();
