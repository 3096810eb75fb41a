import { test } from 'uvu';
import * as assert from 'uvu/assert';
import type { EnvVariable } from '../compiler/model/resolved-instance.ts';
import { type Case, deploymentsJson, findingsOfMain, resolveMain, resolveYaml } from './support/sources.ts';

const FIELDS = ['PAASTA_POD_IP', 'POD_NAME', 'PAASTA_HOST', 'PAASTA_CLUSTER'];

function env(keys: string, options: Case = {}): readonly EnvVariable[] {
  return resolveMain(keys, options).pod.main.env;
}
function names(keys: string, options: Case = {}): readonly string[] {
  return env(keys, options).map(({ name }) => name);
}
function value(keys: string, name: string, options: Case = {}): unknown {
  const variable = env(keys, options).find((each) => each.name === name);
  return variable === undefined || !('value' in variable) ? variable : variable.value;
}

test('the plain environment has PaaSTA’s variables in PaaSTA’s order', () => {
  assert.equal(names(''), [
    'PAASTA_SERVICE',
    'PAASTA_INSTANCE',
    'PAASTA_DEPLOY_GROUP',
    'PAASTA_DOCKER_IMAGE',
    'PAASTA_RESOURCE_CPUS',
    'PAASTA_RESOURCE_MEM',
    'PAASTA_RESOURCE_DISK',
    'PAASTA_GIT_SHA',
    'PAASTA_INSTANCE_TYPE',
    'AWS_SDK_UA_APP_ID',
    'PAASTA_PORT',
    ...FIELDS,
  ]);
});

test('gpus, image version and team have their places; the user’s variables follow, then the port', () => {
  const version = { docker_image: 'x:paasta-abcdefabcdef', git_sha: 'x', image_version: '7' };
  const deployments = JSON.stringify({ v2: { deployments: { 'norcal-prod.main': version }, controls: {} } });
  const files = { 'shop/deployments.json': deployments, 'shop/monitoring.yaml': 'team: web\n' };
  const all = names('gpus: 0\nenv: {Z: z, A: a}', { files });
  assert.equal(all.slice(6), [
    'PAASTA_RESOURCE_DISK',
    'PAASTA_RESOURCE_GPUS',
    'PAASTA_GIT_SHA',
    'PAASTA_IMAGE_VERSION',
    'PAASTA_MONITORING_TEAM',
    'PAASTA_INSTANCE_TYPE',
    'AWS_SDK_UA_APP_ID',
    'Z',
    'A',
    'PAASTA_PORT',
    ...FIELDS,
  ]);
  assert.is(value('', 'PAASTA_GIT_SHA', { files }), 'abcdefab');
  assert.is(value('', 'PAASTA_IMAGE_VERSION', { files }), '7');
});

test('values say what the instance is', () => {
  const keys = 'cpus: 1.0\nmem: 1.0e-5\ndisk: 2048\ncontainer_port: 80';
  assert.is(value('', 'PAASTA_INSTANCE_TYPE'), 'kubernetes');
  assert.is(value('', 'PAASTA_INSTANCE_TYPE', { type: 'eks' }), 'eks');
  assert.is(value('cpus: 1.0', 'PAASTA_RESOURCE_CPUS'), '1.0');
  assert.is(value('cpus: 1', 'PAASTA_RESOURCE_CPUS'), '1');
  assert.is(value('disk: 2048', 'PAASTA_RESOURCE_DISK'), '2048');
  assert.is(value('container_port: 80', 'PAASTA_PORT'), '80');
  assert.match(findingsOfMain(keys)[0]!, 'mem is 1e-05');
  const service = 'a_service_with_a_longer_name';
  const [long] = resolveYaml('instance_with_a_longer_name: {}\n', { service }).instances;
  const appId = long!.pod.main.env.find(({ name }) => name === 'AWS_SDK_UA_APP_ID') as { value: string };
  assert.is(appId.value, 'a_service_with_a_longer_name.instance_with_a_longe');
});

test('field references come last and read the pod', () => {
  assert.equal(env('').slice(-4), [
    { name: 'PAASTA_POD_IP', fieldPath: 'status.podIP' },
    { name: 'POD_NAME', fieldPath: 'metadata.name' },
    { name: 'PAASTA_HOST', fieldPath: 'spec.nodeName' },
    { name: 'PAASTA_CLUSTER', fieldPath: "metadata.labels['paasta.yelp.com/cluster']" },
  ]);
});

test('a user’s value changes one of PaaSTA’s variables in place', () => {
  const changed = env('env: {PAASTA_SERVICE: other}');
  assert.equal(changed[0], { name: 'PAASTA_SERVICE', value: 'other' });
  assert.is(changed.length, env('').length);
});

for (const name of [...FIELDS, 'PAASTA_PORT', 'PAASTA_SOA_CONFIGS_SHA']) {
  test(`a user’s ${name} has no effect, and a warning says so`, () => {
    const keys = `env: {A: a, ${name}: mine}`;
    assert.is(names(keys).filter((each) => each === name).length, name === 'PAASTA_SOA_CONFIGS_SHA' ? 0 : 1);
    assert.is.not(value(keys, name), 'mine');
    assert.match(findingsOfMain(keys)[0]!, `reserved-env: env.${name} has no effect`);
  });
}

test('a user’s PAASTA_PORT keeps its place for the real port', () => {
  assert.equal(names('env: {PAASTA_PORT: "1", B: b}').slice(10, 12), ['PAASTA_PORT', 'B']);
});

for (const [written, text] of [
  ['true', 'True'],
  ['1.0', '1.0'],
  ['null', 'None'],
  ['0x10', '16'],
  ['[a, 1]', "['a', 1]"],
] as const) {
  test(`the env value ${written} becomes Python’s text ${text}, with a warning`, () => {
    assert.is(value(`env: {A: ${written}}`, 'A'), text);
    assert.match(
      findingsOfMain(`env: {A: ${written}}`)[0]!,
      /^warning shop\/kubernetes-norcal-prod.yaml:2:12 env-not-text/,
    );
  });
}

for (const name of ['a b', '1a', 'a=b', 'ü']) {
  test(`the variable name ${name} is an error`, () => {
    assert.match(findingsOfMain(`env: {'${name}': x}`)[0]!, 'bad-env-name');
  });
}

test('secret references stand after all plain values: own, then shared, then SSM', () => {
  const keys = [
    'env: {S: SHARED_SECRET(edge-token), A: a, O: SECRET(db_password)}',
    'ssm_secrets: [{source: /x, secret_name: SSM_KEY}]',
  ].join('\n');
  assert.equal(env(keys).slice(10, -4), [
    { name: 'A', value: 'a' },
    { name: 'PAASTA_PORT', value: '8888' },
    { name: 'O', secretName: 'paastasvc-shop-secret-shop-db--password', secretKey: 'db_password' },
    { name: 'S', secretName: 'paastasvc-shop-secret-underscore-shared-edge-token', secretKey: 'edge-token' },
    { name: 'SSM_KEY', secretName: 'paastasvc-shop-ssm-secret-shop-main-ssm--key', secretKey: 'SSM_KEY' },
  ]);
  const references = resolveMain(keys).secretReferences.map(({ key, service, kind }) => [key, service, kind]);
  assert.equal(references, [
    ['db_password', 'shop', 'env'],
    ['edge-token', '_shared', 'env'],
    ['SSM_KEY', 'shop', 'ssm'],
  ]);
});

test('of two variables of one name the last stays', () => {
  const variables = env('env: {A: a, B: b}\nssm_secrets: [{source: /x, secret_name: A}]');
  assert.equal(
    variables.filter(({ name }) => name === 'A').map((variable) => 'secretName' in variable),
    [true],
  );
});

for (const text of ['SECRET(a.b)', 'secret(a)', ' SECRET(a)', 'SECRET(a) ', 'XSECRET(a)', 'SECRET(a']) {
  test(`"${text}" is no reference`, () => assert.is(value(`env: {A: "${text}"}`, 'A'), text));
}

test('an empty reference and one with a line break are errors', () => {
  assert.match(findingsOfMain('env: {A: SECRET()}')[0]!, 'unsafe-name: the secret name in env.A is empty');
  assert.match(findingsOfMain('env:\n  A: |\n    SECRET(a)')[0]!, 'bad-secret-reference');
});

test('a secret used in env and as a volume is one reference', () => {
  const keys = 'env: {A: SECRET(x), B: SECRET(x)}\nsecret_volumes: [{container_path: /s, secret_name: x}]';
  const secretName = 'paastasvc-shop-secret-shop-x';
  assert.equal(resolveMain(keys).secretReferences, [{ secretName, key: 'x', service: 'shop', kind: 'env' }]);
});

test('signatures come from the environment of the cluster', () => {
  const secret = (signature: string): string =>
    JSON.stringify({
      environments: { prod: { ciphertext: 'x', signature }, dev: { ciphertext: 'x', signature: 'no' } },
    });
  const files = {
    'shop/secrets/a.json': secret('sig-a'),
    '_shared/secrets/a.json': secret('sig-shared'),
    'shop/deployments.json': deploymentsJson('shop', ['norcal-prod.main']),
  };
  const keys = 'env: {A: SECRET(a), B: SHARED_SECRET(a), C: SECRET(missing)}';
  const signatures = (system: Record<string, unknown>) => resolveMain(keys, { files, system }).secretSignatures;
  assert.equal(signatures({ vault_cluster_map: { 'norcal-prod': 'prod' } }), {
    'SECRET(a)': 'sig-a',
    'SHARED_SECRET(a)': 'sig-shared',
    'SECRET(missing)': null,
  });
  assert.is(signatures({ vault_environment: 'dev' })['SECRET(a)'], 'no');
  assert.is(signatures({})['SECRET(a)'], null);
});

test('an unusable secret file holds back the instances that refer to it, and shows nothing of it', () => {
  const files = { 'shop/secrets/a.json': '{"environments": "hunter2"' };
  const { failed, diagnostics } = resolveYaml('main: {env: {A: SECRET(a)}}\nworker: {}\n', { files });
  assert.equal(failed, ['main']);
  assert.equal(
    diagnostics.map(({ code }) => code),
    ['broken-secret'],
  );
  assert.not.match(JSON.stringify(diagnostics), 'hunter2');
});

test('no finding shows a value of the environment that may be a secret', () => {
  const found = findingsOfMain('env: {POD_NAME: hunter2, "a b": hunter2, C: [hunter2]}').join();
  assert.not.match(found, 'hunter2');
});

test.run();
