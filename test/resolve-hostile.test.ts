import fc from 'fast-check';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { type Case, resolveYaml } from './support/sources.ts';

const SETTINGS = { seed: 20260409, numRuns: 600 };

/** Every key that decides a member. */
const KEYS = [
  'cpus cpu_burst_add mem disk gpus instances min_instances max_instances autoscaling registrations nerve_ns weight',
  'container_port bounce_method bounce_margin_factor bounce_overprovision_factor bounce_health_params deploy_group cmd args',
  'env ssm_secrets extra_volumes aws_ebs_volumes persistent_volumes secret_volumes projected_sa_volumes uses_bulkdata',
  'boto_keys crypto_keys datastore_credentials healthcheck_mode healthcheck_cmd healthcheck_uri',
  'healthcheck_grace_period_seconds healthcheck_interval_seconds healthcheck_timeout_seconds',
  'healthcheck_max_consecutive_failures lifecycle cap_add privileged fs_group fs_group_change_policy service_account_name',
  'iam_role iam_role_provider pool node_selectors node_selectors_preferred deploy_whitelist deploy_blacklist anti_affinity',
  'anti_affinity_preferred topology_spread_constraints pod_management_policy namespace prometheus_shard prometheus_path',
  'prometheus_port routable_ip enable_aws_lb_readiness_gate is_istio_sidecar_injection_enabled cost_owner monitoring',
  'sidecar_resource_requirements unhealthy_pod_eviction_policy docker_url',
]
  .join(' ')
  .split(' ');

/** Keys that occur below those, and some that every JavaScript object inherits. */
const INNER = [
  'metrics_providers scaledown_policies type setpoint policies check_haproxy min_task_uptime hostPath containerPath mode',
  'container_path secret_name size items key path audience volume_id team requests limits hacheck cpu operator values value',
  'weight preferences service instance topology_key pre_stop_command pre_stop_drain_seconds encrypt mysql a',
  'constructor toString hasOwnProperty valueOf length',
]
  .join(' ')
  .split(' ');

const scalar = fc.oneof(
  fc.constantFrom(null, true, false, 0, 1, -1, 0.5, 2 ** 40, 1e300),
  fc.constantFrom(
    '',
    'a',
    'A b',
    '../x',
    'x'.repeat(300),
    'SECRET(a)',
    'SECRET()',
    '0440',
    '{cluster}',
    '}',
    'ü',
    '\u0000',
  ),
);
const { value } = fc.letrec<{ value: unknown }>((tie) => ({
  value: fc.oneof(
    { depthSize: 'small', withCrossShrink: true },
    scalar,
    fc.array(tie('value'), { maxLength: 3 }),
    fc.dictionary(fc.constantFrom(...INNER), tie('value'), { maxKeys: 3 }),
  ),
}));
const keys = fc.dictionary(fc.constantFrom(...KEYS), value, { minKeys: 1, maxKeys: 4 });
const namespace = fc.dictionary(
  fc.constantFrom(
    'proxy_port',
    'mode',
    'healthcheck_mode',
    'healthcheck_uri',
    'timeout_server_ms',
    'endpoint_timeouts',
  ),
  value,
  { maxKeys: 3 },
);

/** JSON is YAML. */
function resolve(body: unknown, mesh: unknown, options: Case = {}) {
  const files = { 'shop/smartstack.yaml': JSON.stringify({ main: mesh }), ...options.files };
  return resolveYaml(`main: ${JSON.stringify(body)}\n`, { ...options, files, groups: ['a', 'norcal-prod'] });
}

test('whatever stands under the keys of an instance, it is resolved, not deployed, or reported with its place', () => {
  const property = fc.property(keys, namespace, (body, mesh) => {
    const { instances, failed, notDeployed, known, diagnostics } = resolve(body, mesh);
    const names = [...instances.map(({ instance }) => instance), ...failed, ...notDeployed];
    assert.equal([names, known], [['main'], ['main']]);
    const errors = diagnostics.filter(({ severity }) => severity === 'error');
    assert.is(errors.length > 0, failed.length > 0, JSON.stringify(diagnostics));
    for (const { file, line, column, message, path, instance } of diagnostics) {
      assert.ok(file.startsWith('shop/') && line! > 0 && column! > 0, message);
      assert.not.match(message, /undefined|\[object|function|NaN/);
      assert.ok(path.length > 0 && instance === 'main');
    }
  });
  fc.assert(property, SETTINGS);
});

test('the same keys in service.yaml or autotuned defaults are no worse', () => {
  const system = { auto_config_instance_types_enabled: { kubernetes: true } };
  const property = fc.property(keys, keys, keys, (own, tuned, service) => {
    const files = {
      'shop/service.yaml': JSON.stringify(service),
      'shop/autotuned_defaults/kubernetes-norcal-prod.yaml': JSON.stringify({ main: tuned }),
    };
    const { known, diagnostics } = resolve(own, {}, { files, system });
    assert.equal(known, ['main']);
    for (const { file, line } of diagnostics) assert.ok(file.startsWith('shop/') && line! > 0);
  });
  fc.assert(property, { ...SETTINGS, numRuns: 200 });
});

test('what is resolved is plain data, equal every time, and nothing is inherited from a prototype', () => {
  const property = fc.property(keys, namespace, (body, mesh) => {
    const [first, second] = [resolve(body, mesh), resolve(body, mesh)];
    assert.equal(second, first);
    for (const instance of first.instances) {
      assert.equal(JSON.parse(JSON.stringify(instance)), instance);
      assert.not.match(JSON.stringify(instance), 'native code');
    }
  });
  fc.assert(property, { ...SETTINGS, numRuns: 200 });
});

test('tracing never changes the outcome', () => {
  const property = fc.property(keys, namespace, (body, mesh) => {
    const { instances, ...plain } = resolve(body, mesh);
    const { instances: traced, ...others } = resolve(body, mesh, { trace: true });
    assert.equal(others, plain);
    assert.equal(
      traced.map(({ origins: _, ...instance }) => instance),
      instances,
    );
  });
  fc.assert(property, { ...SETTINGS, numRuns: 150 });
});

test.run();
