import { test } from 'uvu';
import * as assert from 'uvu/assert';
import type { Origin } from '../compiler/model/origin.ts';
import type { ResolvedInstance } from '../compiler/model/resolved-instance.ts';
import { type Case, resolveMain } from './support/sources.ts';

const INSTANCES = 'shop/kubernetes-norcal-prod.yaml';

/** Origins of a member, in the words of a report. */
function origins(keys: string, member: string, options: Case = {}): readonly string[] {
  const { origins: all } = resolveMain(keys, { ...options, trace: true });
  return (all![member] ?? []).map(originText);
}

function originText(origin: Origin): string {
  if (origin.kind === 'default') return `default ${origin.source}`;
  if (origin.kind === 'system') return `system ${origin.file} ${origin.path.join('.')}`;
  return `${origin.file}:${origin.span?.line}:${origin.span?.column} ${origin.path.join('.')}`;
}

test('without tracing an instance carries no origins, and tracing changes nothing else', () => {
  const keys = 'env: {A: SECRET(a)}\nmax_instances: 3\niam_role: arn:aws:iam::1:role/x';
  const options = { files: { 'shop/smartstack.yaml': 'main: {proxy_port: 20001}\n' } };
  const plain = resolveMain(keys, options);
  const { origins: traced, ...others } = resolveMain(keys, { ...options, trace: true });
  assert.is(plain.origins, undefined);
  assert.ok(Object.keys(traced!).length > 60);
  assert.equal(others, plain);
});

test('a default names PaaSTA’s key and value', () => {
  assert.equal(origins('', 'minReadySeconds'), [
    'default PaaSTA: persistent_volumes []',
    'default PaaSTA: bounce_health_params.min_task_uptime 0',
  ]);
  assert.equal(origins('', 'pod.main.env.PAASTA_PORT'), ['default PaaSTA: container_port 8888']);
});

test('a key has the place of its value, whichever layer gives it', () => {
  const files = { 'shop/service.yaml': 'description: x\nenv:\n  A: a\n', 'shop/monitoring.yaml': 'team: web\n' };
  const options = { files };
  assert.equal(origins('env: {B: b}', 'pod.main.env.A', options), ['shop/service.yaml:3:6 env.A']);
  assert.equal(origins('env: {B: b}', 'pod.main.env.B', options), [`${INSTANCES}:2:12 main.env.B`]);
  assert.equal(origins('', 'team', options), ['shop/monitoring.yaml:1:7 team']);
});

test('a value from a template has the template’s place', () => {
  const files = { [INSTANCES]: '_base: &base\n  cpus: 3\nmain:\n  <<: *base\n' };
  assert.equal(origins('', 'pod.main.env.PAASTA_RESOURCE_CPUS', { files }), [`${INSTANCES}:2:9 main.cpus`]);
});

test('system keys and deployments.json are origins too', () => {
  const system = { pdb_max_unavailable: '10%' };
  assert.equal(origins('', 'disruption.maxUnavailable', { system }), ['system system.json pdb_max_unavailable']);
  assert.equal(origins('', 'disruption.maxUnavailable'), ['default PaaSTA: system pdb_max_unavailable']);
  assert.equal(origins('bounce_margin_factor: .5', 'disruption.maxUnavailable', { system }), [
    `${INSTANCES}:2:25 main.bounce_margin_factor`,
  ]);
  assert.match(
    origins('', 'version')[0]!,
    /^shop\/deployments.json:1:\d+ v2.deployments.norcal-prod.main.docker_image$/,
  );
});

test('what several members need is an origin of each', () => {
  const files = { 'shop/smartstack.yaml': 'main: {proxy_port: 20001, timeout_server_ms: 2000}\n' };
  const options = { files };
  const inMesh = 'shop/smartstack.yaml:1:20 main.proxy_port';
  for (const member of ['mesh', 'pod.main.readiness', 'pod.terminationGracePeriodSeconds', 'pod.main.preStop']) {
    assert.ok(origins('', member, options).includes(inMesh), member);
  }
  const grace = origins('', 'pod.terminationGracePeriodSeconds', options);
  assert.ok(grace.includes('shop/smartstack.yaml:1:46 main.timeout_server_ms'));
});

test('a name comes from the place where the instance is defined', () => {
  for (const member of ['name', 'pod.main.name', 'pod.main.env.PAASTA_INSTANCE']) {
    assert.equal(origins('', member), [`${INSTANCES}:1:1 main`]);
  }
});

test('of a variable that the user overrides only the user’s value is an origin', () => {
  assert.equal(origins('cpus: 2\nenv: {PAASTA_RESOURCE_CPUS: "3"}', 'pod.main.env.PAASTA_RESOURCE_CPUS'), [
    `${INSTANCES}:3:31 main.env.PAASTA_RESOURCE_CPUS`,
  ]);
});

test('every member that can differ has an origin', () => {
  const keys = 'max_instances: 3\nbounce_method: brutal\nfs_group: 5\npool: web';
  const traced = resolveMain(keys, { trace: true });
  const members: readonly (keyof ResolvedInstance)[] = [
    'name',
    'namespace',
    'deployGroup',
    'registrations',
    'team',
    'version',
    'desiredState',
    'forceBounce',
    'kind',
    'strategy',
    'serviceAccount',
  ];
  for (const member of [
    ...members,
    'scaling.replicas',
    'pod.fsGroup',
    'pod.placement.nodeSelector',
    'pod.marks.pool',
  ]) {
    assert.ok((traced.origins![member] ?? []).length > 0, member);
  }
});

test.run();
