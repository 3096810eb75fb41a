import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { findingsOfMain, resolveMain } from './support/sources.ts';

function resources(keys: string) {
  return resolveMain(keys).pod.main.resources;
}

test('an instance asks for 1 cpu, 4096 MiB and 1024 MiB of disk, and may use one cpu more', () => {
  const others = { memory: '4096Mi', 'ephemeral-storage': '1024Mi' };
  assert.equal(resources(''), { requests: { cpu: 1, ...others }, limits: { cpu: 2, ...others } });
});

test('cpus, cpu_burst_add, mem and disk are taken as configured', () => {
  assert.equal(resources('cpus: 0.1\ncpu_burst_add: 0.2\nmem: 512.0\ndisk: 100.5'), {
    requests: { cpu: 0.1, memory: '512.0Mi', 'ephemeral-storage': '100.5Mi' },
    limits: { cpu: 0.30000000000000004, memory: '512.0Mi', 'ephemeral-storage': '100.5Mi' },
  });
});

test('gpus count in both lists, 0 and null in neither', () => {
  assert.is(resources('gpus: 2').requests['nvidia.com/gpu'], 2);
  assert.is(resources('gpus: 2').limits['nvidia.com/gpu'], 2);
  assert.equal(Object.keys(resources('gpus: 0').requests), ['cpu', 'memory', 'ephemeral-storage']);
  assert.equal(Object.keys(resources('gpus: null').requests), ['cpu', 'memory', 'ephemeral-storage']);
});

for (const [keys, expected] of [
  ['cpus: -1', 'a number, at least 0'],
  ['cpus: true', 'a number, at least 0'],
  ['cpus: .inf', 'a number, at least 0'],
  ['cpu_burst_add: -0.5', 'a number, at least 0'],
  ['mem: 512Mi', 'a number, at least 0'],
  ['disk: null', 'a number, at least 0'],
  ['gpus: 0.5', 'a whole number, at least 0'],
  ['gpus: 1.0', 'a whole number, at least 0'],
  ['mem: 1.0e+30', 'a number of MiB that needs no exponent'],
] as const) {
  test(`${keys} is an error: expected ${expected}`, () => {
    const [finding, ...others] = findingsOfMain(keys);
    assert.ok(finding!.startsWith('error shop/kubernetes-norcal-prod.yaml:2:'), finding);
    assert.ok(finding!.endsWith(`expected ${expected}`), finding);
    assert.equal(others, []);
  });
}

test.run();
