import { test } from 'uvu';
import * as assert from 'uvu/assert';
import type { EnvVariable, ResolvedInstance } from '../compiler/model/resolved-instance.ts';
import { findingsOfMain, mainWith, resolveMain, resolveYaml } from './support/sources.ts';

const AUTOTUNED = {
  auto_config_instance_types_enabled: { kubernetes: true },
  auto_config_instance_type_aliases: { eks: 'kubernetes' },
};

function cpus({ pod }: ResolvedInstance): unknown {
  return pod.main.resources.requests['cpu'];
}

/** Variables of the user among PaaSTA's own, in order. */
function userEnv({ pod }: ResolvedInstance): readonly string[] {
  const isUsers = ({ name }: EnvVariable): boolean => !/^(PAASTA_|AWS_SDK_|POD_NAME)/.test(name);
  return pod.main.env
    .filter(isUsers)
    .map((variable) => `${variable.name}=${'value' in variable ? variable.value : ''}`);
}

test('an instance key comes before autotuned defaults, these before service.yaml, that before the built-in default', () => {
  const service = { 'shop/service.yaml': 'cpus: 2\n' };
  const tuned = { ...service, 'shop/autotuned_defaults/kubernetes-norcal-prod.yaml': 'main: {cpus: 3}\n' };
  assert.is(cpus(resolveMain('')), 1);
  assert.is(cpus(resolveMain('', { files: service })), 2);
  assert.is(cpus(resolveMain('', { files: tuned, system: AUTOTUNED })), 3);
  assert.is(cpus(resolveMain('cpus: 4', { files: tuned, system: AUTOTUNED })), 4);
});

test('autotuned defaults count only where the system enables them for the type, after its alias', () => {
  const files = { 'shop/autotuned_defaults/kubernetes-norcal-prod.yaml': 'main: {cpus: 3}\nother: {cpus: 9}\n' };
  assert.is(cpus(resolveMain('', { files })), 1);
  assert.is(cpus(resolveMain('', { files, system: AUTOTUNED, type: 'eks' })), 3);
  const withoutAlias = { ...AUTOTUNED, auto_config_instance_type_aliases: {} };
  assert.is(cpus(resolveMain('', { files, system: withoutAlias, type: 'eks' })), 1);
});

test('autotuned max_instances makes an instance autoscaled', () => {
  const files = { 'shop/autotuned_defaults/kubernetes-norcal-prod.yaml': 'main: {max_instances: 3}\n' };
  assert.ok(resolveMain('', { files, system: AUTOTUNED }).scaling.autoscaler);
});

test('environments of all layers are merged; keys of the weaker layers stand first', () => {
  const files = {
    'shop/service.yaml': 'env: {A: service, B: service}\n',
    'shop/autotuned_defaults/kubernetes-norcal-prod.yaml': 'main: {env: {C: tuned, A: tuned}}\n',
  };
  const main = resolveMain('env: {D: own, C: own}', { files, system: AUTOTUNED });
  assert.equal(userEnv(main), ['A=tuned', 'B=service', 'C=own', 'D=own']);
});

test('a list replaces the weaker list whole', () => {
  const files = { 'shop/service.yaml': 'args: [a, b]\ncap_add: [SYS_PTRACE]\n' };
  const { args, capabilities } = resolveMain('args: [c]', { files }).pod.main;
  assert.equal([args, capabilities.add], [['c'], ['SYS_PTRACE']]);
});

test('an explicit null replaces what is below it and is not the default', () => {
  const files = { 'shop/service.yaml': 'max_instances: 4\n' };
  assert.is(resolveMain('max_instances: null', { files }).scaling.isAutoscaled, false);
  assert.equal(findingsOfMain('cpus: null', { files: { 'shop/service.yaml': 'cpus: 2\n' } }), [
    'error shop/kubernetes-norcal-prod.yaml:2:9 bad-value: cpus is null, expected a number, at least 0',
  ]);
});

test('a null between two maps hides neither', () => {
  const files = {
    'shop/service.yaml': 'env: {A: service}\n',
    'shop/autotuned_defaults/kubernetes-norcal-prod.yaml': 'main: {env: null}\n',
  };
  assert.equal(userEnv(resolveMain('env: {B: own}', { files, system: AUTOTUNED })), ['A=service', 'B=own']);
});

test('monitoring.yaml gives the team, service.yaml replaces the whole file, the instance adds to either', () => {
  const monitoring = { 'shop/monitoring.yaml': 'team: infra\npage: true\n' };
  const replaced = { ...monitoring, 'shop/service.yaml': 'monitoring: {team: web}\n' };
  const emptied = { ...monitoring, 'shop/service.yaml': 'monitoring: {}\n' };
  assert.is(resolveMain('', { files: monitoring }).team, 'infra');
  assert.is(resolveMain('monitoring: {page: false}', { files: monitoring }).team, 'infra');
  assert.is(resolveMain('monitoring: {team: own}', { files: monitoring }).team, 'own');
  assert.is(resolveMain('', { files: replaced }).team, 'web');
  assert.is(resolveMain('', { files: emptied }).team, null);
});

test('a merge key is resolved before the layers, so env beside it replaces the template’s env', () => {
  const yaml = '_base: &base\n  cpus: 2\n  env: {A: base}\nmain:\n  <<: *base\n  env: {B: own}\n';
  const [main] = resolveYaml(yaml).instances;
  assert.equal([cpus(main!), userEnv(main!)], [2, ['B=own']]);
});

test('a wrong value is reported where the layer that gives it stands', () => {
  const files = {
    'shop/service.yaml': 'description: x\nmem: much\n',
    'shop/autotuned_defaults/kubernetes-norcal-prod.yaml': 'main:\n  disk: [1]\n',
  };
  assert.equal([...findingsOfMain('cpus: "1"', { files, system: AUTOTUNED })].sort(), [
    'error shop/autotuned_defaults/kubernetes-norcal-prod.yaml:2:9 bad-value: disk is a list, expected a number, at least 0',
    'error shop/kubernetes-norcal-prod.yaml:2:9 bad-value: cpus is "1", expected a number, at least 0',
    'error shop/service.yaml:2:6 bad-value: mem is "much", expected a number, at least 0',
  ]);
});

test('what is missing in a list item is reported at the item of the layer that wins', () => {
  const files = { 'shop/service.yaml': 'extra_volumes: [{hostPath: /a, containerPath: /b}]\n' };
  assert.equal(findingsOfMain('extra_volumes: [{hostPath: /a}]', { files }), [
    'error shop/kubernetes-norcal-prod.yaml:2:19 missing-key: extra_volumes[0].containerPath is not set, and it has no default',
  ]);
});

test('one mistake in a template is one finding about all its users', () => {
  const yaml = '_base: &base\n  cpus: many\nmain:\n  <<: *base\nworker:\n  <<: *base\n';
  const { diagnostics, failed } = resolveYaml(yaml);
  assert.equal(failed, ['main', 'worker']);
  assert.equal(
    diagnostics.map(({ line, instances, cluster, service }) => ({ line, instances, cluster, service })),
    [{ line: 2, instances: ['main', 'worker'], cluster: 'norcal-prod', service: 'shop' }],
  );
});

test('all mistakes of an instance are reported at once, and other instances go on', () => {
  const yaml = `${mainWith('cpus: x\nmem: y\nbounce_method: upthendown')}worker: {}\n`;
  const resolution = resolveYaml(yaml);
  assert.equal(
    resolution.instances.map(({ instance }) => instance),
    ['worker'],
  );
  assert.is(resolution.diagnostics.length, 3);
});

test('an instance that is no map is reported', () => {
  assert.equal(
    resolveYaml('main:\n').diagnostics.map(({ code, hint }) => [code, hint]),
    [['bad-instance', 'write {} after it for an instance with all defaults']],
  );
  assert.equal(resolveYaml('main: [a]\n').failed, ['main']);
});

test.run();
