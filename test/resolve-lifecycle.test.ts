import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { findingsOfMain, resolveMain } from './support/sources.ts';

const CONNECTED = "grep '^ *[0-9]*: ........:22B8 ........:.... 01 ' /proc/net/tcp";

function mesh(keys = 'proxy_port: 20001') {
  return { files: { 'shop/smartstack.yaml': `main: {${keys}}\n` } };
}
function lifecycle(text: string): string {
  return `lifecycle: {${text}}`;
}
/** preStop and grace period. */
function ending(keys: string, options = {}): readonly unknown[] {
  const { main, terminationGracePeriodSeconds } = resolveMain(keys, options).pod;
  return [main.preStop.join(' '), terminationGracePeriodSeconds];
}

test('a plain instance sleeps 0 and has Kubernetes’ grace period', () => {
  assert.equal(ending(''), ['/bin/sh -c sleep 0', null]);
});

test('in the mesh it drains 30 seconds and waits for connections', () => {
  assert.equal(ending('', mesh()), [`/bin/sh -c sleep 30; while ${CONNECTED}; do sleep 1; echo; done`, 333]);
});

test('the port stands in the waiting command as four hexadecimal digits', () => {
  assert.match(String(ending('container_port: 80', mesh())[0]), ':0050 ');
  assert.match(String(ending('container_port: 65535', mesh())[0]), ':FFFF ');
});

test('drain seconds and waiting can be set in and outside the mesh', () => {
  const noWait = 'pre_stop_wait_for_connections_to_complete: false';
  assert.equal(ending(lifecycle('pre_stop_drain_seconds: 5')), ['/bin/sh -c sleep 5', null]);
  assert.equal(ending(lifecycle(`pre_stop_drain_seconds: 5, ${noWait}`), mesh()), ['/bin/sh -c sleep 5', 7]);
  assert.equal(ending(lifecycle(noWait), mesh()), ['/bin/sh -c sleep 30', 32]);
  assert.match(String(ending(lifecycle('pre_stop_wait_for_connections_to_complete: true'))[0]), 'sleep 0; while grep');
});

test('pre_stop_command replaces all that; a string is one word', () => {
  assert.equal(resolveMain(lifecycle('pre_stop_command: /bin/x -y')).pod.main.preStop, ['/bin/x -y']);
  assert.equal(resolveMain(lifecycle('pre_stop_command: [/bin/x, -y]'), mesh()).pod.main.preStop, ['/bin/x', '-y']);
  assert.equal(ending(lifecycle('pre_stop_command: []'))[0], '/bin/sh -c sleep 0');
  assert.equal(ending(lifecycle('pre_stop_command: ""'))[0], '/bin/sh -c sleep 0');
});

for (const [namespace, keys, seconds] of [
  ['proxy_port: 1, timeout_server_ms: 5000', '', 337],
  ['proxy_port: 1, timeout_server_ms: 5000', lifecycle('pre_stop_drain_seconds: 5'), 312],
  ['proxy_port: 1, timeout_server_ms: 1234.5', '', 334],
  ['proxy_port: 1, endpoint_timeouts: {/a: 500, /b: 2000000}', '', 1832],
  ['proxy_port: 1, endpoint_timeouts: {/a: 7000}, timeout_server_ms: 9000', '', 341],
  ['proxy_port: 1', lifecycle('termination_grace_period_seconds: 0'), 0],
  ['proxy_port: 1', lifecycle('termination_grace_period_seconds: null'), null],
] as const) {
  test(`the grace period is ${seconds} with {${namespace}} and ${keys || 'no lifecycle'}`, () => {
    assert.is(ending(keys, mesh(namespace))[1], seconds);
  });
}

test('an explicit grace period counts outside the mesh', () => {
  assert.is(ending(lifecycle('termination_grace_period_seconds: 9'))[1], 9);
});

for (const [keys, expected] of [
  ['lifecycle: null', 'lifecycle is null, expected a map'],
  ['lifecycle: fast', 'lifecycle is "fast", expected a map'],
  [lifecycle('pre_stop_drain_seconds: 1.5'), 'pre_stop_drain_seconds is 1.5, expected a whole number, at least 0'],
  [lifecycle('pre_stop_drain_seconds: null'), 'pre_stop_drain_seconds is null, expected a whole number, at least 0'],
  [lifecycle('termination_grace_period_seconds: -1'), 'is -1, expected a whole number, at least 0'],
  [lifecycle('termination_grace_period_seconds: 1.0'), 'is 1.0, expected a whole number, at least 0'],
  [lifecycle('pre_stop_command: 5'), 'pre_stop_command is 5, expected a list of strings'],
  [lifecycle('pre_stop_command: [5]'), 'pre_stop_command[0] is 5, expected a string'],
  [lifecycle('pre_stop_wait_for_connections_to_complete: "yes"'), 'is "yes", expected true or false'],
] as const) {
  test(`${keys} is one error`, () => {
    const [finding, ...others] = findingsOfMain(keys, mesh());
    assert.ok(finding!.startsWith('error shop/kubernetes-norcal-prod.yaml:2:'), finding);
    assert.ok(finding!.endsWith(expected), finding);
    assert.equal(others, []);
  });
}

test.run();
