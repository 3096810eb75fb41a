/** Each rule by what breaks it and what does not: the service `shop` with a few files changed, and the findings. */
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { isOverride } from '../compiler/validate/override-comment.ts';
import { INSTANCE_RULES, SERVICE_RULES } from '../compiler/validate/rules/index.ts';
import { deploymentsJson } from './support/sources.ts';
import { findingsOfShop, SHOP } from './support/validate.ts';

type Setup = Parameters<typeof findingsOfShop>[1];

const FILE = 'shop/kubernetes-norcal-prod.yaml';
const PROD = {
  system: { kube_clusters: { 'norcal-prod': { yelp_region: 'west' } }, vault_cluster_map: { 'norcal-prod': 'prod' } },
};
const WORLD = { 'location_mapping.json': '{"prod_ecosystem": {"west_region": {}}}' };
const SECRET = JSON.stringify({ environments: { prod: { ciphertext: 'x', signature: 'y' } } });

/** Findings when the instance `main` has these keys besides its deploy group. */
const main = (keys: string, setup?: Setup, files: Readonly<Record<string, string | null>> = {}) =>
  findingsOfShop({ ...files, [FILE]: `main:\n  deploy_group: prod\n${indent(keys)}` }, setup);

const indent = (keys: string): string =>
  keys
    .split('\n')
    .map((line) => `  ${line}\n`)
    .join('');

/** Findings when the first key of `main`, on line 3, breaks a rule: what is said, its column, and its class. */
async function breaks(keys: string, column: number, code: string, level = 'policy', setup?: Setup): Promise<void> {
  assert.equal(await main(keys, { notes: level === 'info', ...setup }), [`${level} ${FILE}:3:${column} ${code}`], keys);
}

/** An instance in a cluster that is known and has no system configuration here, so that it is not resolved. */
const ELSEWHERE = { system: { clusters: ['norcal-prod', 'elsewhere'] } };
const elsewhere = (keys: string): Readonly<Record<string, string>> => ({
  'shop/eks-elsewhere.yaml': `other:\n  deploy_group: prod\n${indent(keys)}`,
});

async function holds(keys: string, setup?: Setup, files?: Readonly<Record<string, string | null>>): Promise<void> {
  assert.equal(await main(keys, setup, files), [], keys);
}

test('the usual service breaks no rule', async () => {
  assert.equal(await findingsOfShop({}, { notes: true }), []);
  assert.ok(SERVICE_RULES.length > 9 && INSTANCE_RULES.length > 19);
});

test('a deploy group is a step of the pipeline', async () => {
  const wrong = {
    [FILE]: 'main:\n  deploy_group: prud\n',
    'shop/deploy.yaml': 'pipeline: [{step: prod}, {step: prud}]\n',
  };
  assert.equal(await findingsOfShop({ ...wrong, 'shop/deploy.yaml': 'pipeline: [{step: prod}]\n' }), [
    'warning shop/deploy.yaml:1:19 unused-deploy-group',
    `policy ${FILE}:2:17 unknown-deploy-group`,
  ]);
  assert.equal(await findingsOfShop(wrong), ['warning shop/deploy.yaml:1:19 unused-deploy-group']);
  assert.equal(await findingsOfShop({ 'shop/deploy.yaml': null }), [`policy ${FILE}:2:17 unknown-deploy-group`]);
  assert.equal(await findingsOfShop({ [FILE]: 'main:\n  instances: 2\n' }), [
    'warning shop/deploy.yaml:2:11 unused-deploy-group',
    `policy ${FILE}:1:1 unknown-deploy-group`,
  ]);
});

test('steps that run in parallel, and those that do not deploy, are told apart', async () => {
  const pipeline =
    'pipeline:\n  - step: itest\n  - step: command-x\n    command: true\n  - parallel: [{step: prod}, {step: eu}]\n';
  assert.equal(await findingsOfShop({ 'shop/deploy.yaml': pipeline.replace('command: true', "command: 'true'") }), [
    'warning shop/deploy.yaml:5:37 unused-deploy-group',
  ]);
});

test('a run about some clusters does not say what the others do not use', async () => {
  const files = { 'shop/deploy.yaml': 'pipeline: [{step: prod}, {step: eu}]\n', 'shop/secrets/key.json': SECRET };
  const unused = ['warning shop/deploy.yaml:1:33 unused-deploy-group', 'warning shop/secrets/key.json unused-secret'];
  assert.equal(await findingsOfShop(files, PROD), unused);
  assert.equal(await findingsOfShop(files, { ...PROD, scope: { clusters: ['norcal-prod'] } }), []);
});

test('a group whose only step is disabled is noticed', async () => {
  assert.equal(await findingsOfShop({ 'shop/deploy.yaml': 'pipeline:\n  - step: prod\n    disabled: true\n' }), [
    'warning shop/deploy.yaml:2:11 disabled-deploy-group',
  ]);
  const twice = 'pipeline:\n  - step: prod\n    disabled: true\n  - step: prod\n';
  assert.equal(await findingsOfShop({ 'shop/deploy.yaml': twice }), []);
});

test('dependencies_reference is a key of dependencies.yaml', async () => {
  const dependencies = { 'shop/dependencies.yaml': 'main:\n  - http: []\n' };
  await breaks('dependencies_reference: gone', 27, 'unknown-dependencies');
  await holds('dependencies_reference: main', {}, dependencies);
});

test('every registration has two or four parts', async () => {
  const mesh = { 'shop/smartstack.yaml': 'main:\n  proxy_port: 20100\n' };
  assert.equal(await main('registrations: [shop.main, shop]', {}, mesh), [`policy ${FILE}:3:30 bad-registration`]);
  await holds('registrations: [shop.main]', {}, mesh);
});

test('names fit into Kubernetes and the mesh', async () => {
  const long = 'a'.repeat(64);
  assert.ok(
    (await findingsOfShop({ [FILE]: `${long}: {deploy_group: prod}\n` })).includes(`policy ${FILE}:1:1 long-name`),
  );
  const twoLines = `${'n'.repeat(52)}:\n  proxy_port: 20100\n${'n'.repeat(51)}:\n  proxy_port: 20101\n`;
  assert.equal(await findingsOfShop({ 'shop/smartstack.yaml': twoLines }), [
    'policy shop/smartstack.yaml:1:1 long-name',
  ]);
  const noPort = `${'n'.repeat(115)}:\n  proxy_port: null\n${'n'.repeat(114)}:\n  proxy_port: null\n`;
  assert.equal(await findingsOfShop({ 'shop/smartstack.yaml': noPort }), ['policy shop/smartstack.yaml:1:1 long-name']);
  const service = 's'.repeat(64);
  const found = await findingsOfShop({ [`${service}/data.yaml`]: '{}\n' });
  assert.ok(found.includes(`policy ${service} long-name`));
});

test('an instance name occurs once in a cluster, over all types', async () => {
  const twice = { 'shop/adhoc-norcal-prod.yaml': 'main:\n  deploy_group: prod\n' };
  assert.equal(await findingsOfShop(twice), [`policy ${FILE}:1:1 duplicate-instance`]);
  assert.equal(await findingsOfShop(twice, { system: { skip_unique_instance_name_validation: ['shop'] } }), []);
  assert.equal(await findingsOfShop({ 'shop/adhoc-norcal-prod.yaml': 'other:\n  deploy_group: prod\n' }), []);
});

test('min_instances is not above max_instances, and is 1 unless set', async () => {
  await breaks('min_instances: 5\nmax_instances: 3', 18, 'min-above-max', 'error');
  await holds('min_instances: 3\nmax_instances: 3');
  assert.equal(await findingsOfShop(elsewhere('max_instances: 0'), ELSEWHERE), [
    'policy shop/eks-elsewhere.yaml:3:18 min-above-max',
  ]);
});

test('keys about replicas that have no effect are named', async () => {
  await breaks('min_instances: 2', 18, 'ignored-key', 'warning');
  await breaks('instances: 2\nmax_instances: 3', 14, 'ignored-key', 'warning');
  await breaks(
    'max_instances: 3\nmin_instances: 3\nautoscaling: {metrics_providers: [{type: memory}]}',
    18,
    'fixed-autoscaler',
    'info',
  );
});

const scaled = (provider: string): string => `autoscaling: {metrics_providers: [${provider}]}\nmax_instances: 3`;

test('a metrics provider has fields of its own type only', async () => {
  await breaks(scaled('{type: memory, metrics_query: x}'), 67, 'unsupported-provider-field');
  await breaks(scaled('{type: memory, desired_active_requests_per_replica: 2}'), 89, 'unsupported-provider-field');
  await holds(scaled('{type: active-requests, desired_active_requests_per_replica: 2}'));
  await holds('autoscaling: {metrics_providers: [{type: memory, metrics_query: x}]}');
});

test('metrics providers combine', async () => {
  await breaks(scaled('{type: memory}, {type: memory}'), 60, 'duplicate-provider');
  await breaks(scaled('{type: memory}, {type: uwsgi, decision_policy: bespoke}'), 84, 'mixed-bespoke');
  await holds(scaled('{type: memory}, {type: uwsgi}'));
});

test('active-requests follows one registration and reads no setpoint', async () => {
  await breaks(scaled('{type: active-requests, setpoint: 0.5}'), 71, 'bad-setpoint');
  await holds(scaled('{type: active-requests, setpoint: 0.8}'));
  const mesh = { 'shop/smartstack.yaml': 'a:\n  proxy_port: 20100\nb:\n  proxy_port: 20101\n' };
  assert.equal(await main(`${scaled('{type: active-requests}')}\nregistrations: [shop.a, shop.b]`, {}, mesh), [
    `policy ${FILE}:3:44 several-registrations`,
  ]);
});

test('arbitrary-promql has a query and a positive setpoint', async () => {
  await breaks(scaled('{type: arbitrary-promql}'), 37, 'missing-key', 'error');
  const inherited = `${SHOP['shop/service.yaml']!}autoscaling: {metrics_providers: [{type: arbitrary-promql}]}\n`;
  const files = { [FILE]: null, ...elsewhere('max_instances: 3'), 'shop/service.yaml': inherited };
  assert.equal(await findingsOfShop(files, ELSEWHERE), ['policy shop/service.yaml:3:35 missing-key']);
  await holds(scaled('{type: arbitrary-promql, metrics_query: x, setpoint: 5}'));
});

test('a setpoint is a share', async () => {
  await breaks(scaled('{type: memory, setpoint: 80}'), 62, 'bad-setpoint');
  await holds(scaled('{type: memory, setpoint: 1}'));
});

test('cpus beside scaling on CPU is acknowledged', async () => {
  await breaks('cpus: 2\nmax_instances: 3', 9, 'cpu-setting');
  await holds('cpus: 2 # override-cpu-setting (PROJ-123 slow start)\nmax_instances: 3');
  await holds('cpus: 2\nmax_instances: 3', { system: { skip_cpu_override_validation: ['shop'] } });
  await holds('max_instances: 3');
  await breaks(scaled('{type: cpu}, {type: memory}'), 44, 'cpu-setting');
  await holds(`${scaled('{type: cpu}, {type: memory}')}\ncpus: 2 # override-cpu-setting (PROJ-123 x)`);
});

test('a comment counts where the key was written, also in a template', async () => {
  const template = (comment: string): string =>
    `_t: &t\n  cpus: 2${comment}\nmain:\n  <<: *t\n  deploy_group: prod\n  max_instances: 3\n`;
  assert.equal(await findingsOfShop({ [FILE]: template('') }), [`policy ${FILE}:2:9 cpu-setting`]);
  assert.equal(await findingsOfShop({ [FILE]: template(' # override-cpu-setting (PROJ-12 x)') }), []);
  const above = '# override-cpu-setting (PROJ-12 x)\ncpus: 2\nmax_instances: 3';
  assert.equal(await main(above), [`policy ${FILE}:4:9 cpu-setting`]);
});

test('a generated file needs no comments', async () => {
  await holds('cpus: 2\nmax_instances: 3\ncpu_burst_add: 9', {}, { 'shop/kubernetes-norcal-prod.in': '' });
});

test('a large cpu_burst_add is acknowledged', async () => {
  await breaks('cpu_burst_add: 2.5', 18, 'cpu-burst');
  await holds('cpu_burst_add: 2');
  await holds('cpu_burst_add: 3 # override-cpu-burst (PROJ-123 batch)');
  await holds('cpu_burst_add: 3', { system: { skip_cpu_burst_validation: ['shop'] } });
});

test('override comments are read as PaaSTA reads them', () => {
  const is = (text: string): boolean => isOverride(text, 'override-cpu-burst');
  assert.ok(is('# override-cpu-burst (PROJ-123)'));
  assert.ok(is('# why # override-cpu-burst (see PROJ-12 for it)'));
  assert.ok(is('#override-cpu-burst (OPS-12)'));
  assert.not.ok(is('# override-cpu-burst (OPS-9)'));
  assert.not.ok(is('# override-cpu-burst (A-12)'));
  assert.not.ok(is('# override-cpu-burst(OPS-12)'));
  assert.not.ok(is('# override-cpu-burst (OPS-12'));
  assert.not.ok(is('# override-cpu-burst PROJ-123'));
  assert.not.ok(is(`# override-cpu-burst (${'A-'.repeat(50_000)}`));
});

const eks = (keys: string, more = ''): Readonly<Record<string, string | null>> => ({
  ...WORLD,
  [FILE]: null,
  'shop/eks-norcal-prod.yaml': `main:\n  deploy_group: prod\n${indent(keys)}${more}`,
});

test('a single replica in production is acknowledged', async () => {
  const at = 'shop/eks-norcal-prod.yaml:3';
  assert.equal(await findingsOfShop(eks('instances: 1'), PROD), [`policy ${at}:14 single-replica`]);
  assert.equal(await findingsOfShop(eks('instances: 1 # override-single-replica (PROJ-12 x)'), PROD), []);
  assert.equal(await findingsOfShop(eks('instances: 1')), []);
  assert.equal(await findingsOfShop(eks('instances: 2'), PROD), []);
  assert.equal(await findingsOfShop(eks('mem: 512'), { ...PROD, notes: true }), [
    'info shop/eks-norcal-prod.yaml:1:1 single-replica',
  ]);
  const beside = 'big:\n  deploy_group: prod\n  registrations: [shop.main]\n  instances: 2\n';
  const mesh = { 'shop/smartstack.yaml': 'main:\n  proxy_port: 20100\n' };
  assert.equal(await findingsOfShop({ ...mesh, ...eks('instances: 1', beside) }, PROD), []);
  assert.equal(
    await findingsOfShop({ ...eks('instances: 1'), 'shop/deployments.json': deploymentsJson('shop', []) }, PROD),
    [],
  );
});

test('the pool exists and is large enough', async () => {
  const system = {
    allowed_pools: { 'norcal-prod': ['default', 'edge'] },
    pool_limits: { 'norcal-prod': { edge: { max_cpus: 4, recommended_pool: 'default' } } },
  };
  await breaks('pool: egde', 9, 'unknown-pool', 'policy', { system });
  await breaks('cpus: 4\npool: edge', 9, 'pool-cpu-limit', 'policy', { system });
  await holds('cpus: 3.9\npool: edge', { system });
  await holds('pool: anything');
});

test('secrets have files with a ciphertext for the ecosystem', async () => {
  const file = { 'shop/secrets/key.json': SECRET };
  await breaks('env: {A: SECRET(kye)}', 12, 'missing-secret', 'policy', PROD);
  await holds('env: {A: SECRET(key)}', PROD, file);
  await holds('env: {A: SHARED_SECRET(key)}', PROD, { '_shared/secrets/key.json': SECRET });
  const stage = { 'shop/secrets/key.json': SECRET.replace('prod', 'stage') };
  assert.equal(await main('env: {A: SECRET(key)}', PROD, stage), [`policy ${FILE}:3:12 missing-secret`]);
  assert.equal(await main('env: {A: SECRET(key)}', {}, file), [`policy ${FILE}:3:12 unknown-ecosystem`]);
  const volume = 'secret_volumes: [{container_path: /s, secret_name: gone}]';
  await breaks(volume, 54, 'missing-secret', 'policy', PROD);
  const items = (name: string, key: string): string =>
    `secret_volumes: [{container_path: /s, secret_name: ${name}, items: [{key: ${key}, path: x, mode: "0400"}]}]`;
  await holds(items('key', 'key'), PROD, file);
  assert.equal(await main(items('gone', 'key'), PROD, file), [`policy ${FILE}:3:54 missing-secret`]);
  assert.equal(await main(items('key', 'kye'), PROD, file), [`policy ${FILE}:3:73 missing-secret`]);
});

test('what looks like a secret reference is one', async () => {
  await breaks('env: {A: SECRET(a b)}', 12, 'bad-secret-reference', 'policy', PROD);
  await breaks('env: {A: "secret(key)"}', 12, 'bad-secret-reference', 'policy', PROD);
});

test('secret files are used and signed', async () => {
  const unsigned = SECRET.replace('"signature":"y"', '"signature":null');
  assert.equal(await findingsOfShop({ 'shop/secrets/key.json': SECRET }, PROD), [
    'warning shop/secrets/key.json unused-secret',
  ]);
  assert.equal(await main('env: {A: SECRET(key)}', PROD, { 'shop/secrets/key.json': unsigned }), [
    'warning shop/secrets/key.json unsigned-secret',
  ]);
});

test('a service has monitoring.yaml', async () => {
  const without = { 'shop/monitoring.yaml': null };
  assert.equal(await findingsOfShop(without), ['policy shop/monitoring.yaml missing-monitoring-file']);
  assert.equal(await findingsOfShop({ ...without, 'shop/service.yaml': null }), []);
  assert.equal(await findingsOfShop(without, { system: { skip_check_monitoring_file_exists: ['shop'] } }), []);
});

test('proxy ports belong to nobody else, and proxies exist', async () => {
  const mesh = (keys: string) => ({ 'shop/smartstack.yaml': `main:\n  proxy_port: 20100\n${keys}` });
  const taken = { checks: { etcServices: new Map([[20100, 'cart.main']]) } };
  assert.equal(await findingsOfShop(mesh(''), taken), ['policy shop/smartstack.yaml:2:15 taken-proxy-port']);
  assert.equal(await findingsOfShop(mesh(''), { checks: { etcServices: new Map([[20100, 'shop.main']]) } }), []);
  assert.equal(await findingsOfShop(mesh('  clb_proxy: gone.main\n')), [
    'policy shop/smartstack.yaml:3:14 smartstack-proxied-through',
  ]);
  const proxy = { 'proxy/smartstack.yaml': 'main:\n  proxy_port: 20101\n' };
  assert.equal(await findingsOfShop({ ...mesh('  proxied_through: proxy.main\n'), ...proxy }), []);
});

test('health checks do not overlap, and ask for a path that somebody chose', async () => {
  await breaks('healthcheck_interval_seconds: 5', 33, 'healthcheck-overlap', 'warning');
  await holds('healthcheck_interval_seconds: 15');
  await breaks('healthcheck_mode: http', 21, 'default-healthcheck-uri', 'info');
});

test('settings without effect or with a double meaning are noted', async () => {
  await breaks('prometheus_port: 8888', 20, 'port-clash', 'info');
  await breaks(
    'bounce_method: crossover\npersistent_volumes: [{container_path: /d, size: 1, mode: RW}]',
    18,
    'no-effect',
    'info',
  );
});

test('keys of service.yaml are those of a service or of an instance', async () => {
  const file = `${SHOP['shop/service.yaml']!}cost_ownr: x\nmem: 512\nzzzzzzzz: 1\n`;
  assert.equal(await findingsOfShop({ 'shop/service.yaml': file }, { notes: true }), [
    'warning shop/service.yaml:3:1 unknown-key',
    'info shop/service.yaml:4:1 service-wide-key',
    'warning shop/service.yaml:5:1 unknown-key',
  ]);
});

test('deployments.json names instances that exist', async () => {
  const controls = { 'shop:norcal-prod.gone': { desired_state: 'start', force_bounce: null } };
  const found = await findingsOfShop(
    { 'shop/deployments.json': deploymentsJson('shop', ['prod'], controls) },
    { notes: true },
  );
  assert.equal(
    found.map((line) => line.split(' ').at(-1)),
    ['stale-deployment'],
  );
});

test('an instance that was never deployed is checked like any other, and noted', async () => {
  const files = { 'shop/deployments.json': null, [FILE]: 'main:\n  deploy_group: prod\n  cmd: a\n  args: [b]\n' };
  assert.equal(await findingsOfShop(files, { notes: true }), [
    `info ${FILE}:1:1 not-deployed`,
    `error ${FILE}:4:9 cmd-and-args`,
  ]);
  assert.equal(await findingsOfShop(files, { checks: {} }), []);
});

test.run();
