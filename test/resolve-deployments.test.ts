import { test } from 'uvu';
import * as assert from 'uvu/assert';
import type { ServiceResolution } from '../compiler/resolve/index.ts';
import { deploymentsJson, findingsOfMain, findingText, GIT_SHA, resolveMain, resolveYaml } from './support/sources.ts';

/** The lists of a resolution, instances by name. */
function outcome({ instances, notDeployed, failed, known, assumedControls, unknownInstances }: ServiceResolution) {
  return {
    resolved: instances.map(({ instance }) => instance),
    notDeployed,
    failed,
    known,
    assumedControls,
    unknownInstances,
  };
}

const NOTHING = { resolved: [], notDeployed: [], failed: [], known: [], assumedControls: [], unknownInstances: false };

test('the deploy group is CLUSTER.INSTANCE unless set', () => {
  assert.is(resolveMain('').deployGroup, 'norcal-prod.main');
  assert.is(resolveMain('deploy_group: prod.web', { groups: ['prod.web'] }).deployGroup, 'prod.web');
});

test('a deploy group may name cluster, instance and service, and braces by doubling them', () => {
  const groups = ['norcal-prod.all', 'shop-main'];
  assert.is(resolveMain("deploy_group: '{cluster}.all'", { groups }).deployGroup, 'norcal-prod.all');
  assert.is(resolveMain("deploy_group: '{service}-{instance}'", { groups }).deployGroup, 'shop-main');
  const { diagnostics } = resolveYaml("main: {deploy_group: '{{a}}'}\n", { groups: ['{a}'] });
  assert.match(diagnostics[0]!.message, 'deploy group "{a}" becomes a pod label');
});

for (const [written, problem] of [
  ['{region}.all', 'the unknown field "{region}"'],
  ['{}', 'the unknown field "{}"'],
  ['{cluster!r}', 'the unknown field "{cluster!r}"'],
  ['{cluster', 'a lone "{"'],
  ['a}', 'a lone "}"'],
] as const) {
  test(`the deploy group ${written} is an error with a place`, () => {
    assert.equal(findingsOfMain(`deploy_group: '${written}'`), [
      `error shop/kubernetes-norcal-prod.yaml:2:17 bad-deploy-group: deploy_group "${written}" has ${problem}`,
    ]);
  });
}

test('a deploy group that is no string is an error', () => {
  assert.equal(findingsOfMain('deploy_group: 12'), [
    'error shop/kubernetes-norcal-prod.yaml:2:17 bad-value: deploy_group is 12, expected a string',
  ]);
});

test('an instance whose group nothing deploys is listed, without any finding', () => {
  const expected = { ...NOTHING, notDeployed: ['main'], known: ['main'] };
  const missingGroup = resolveYaml('main: {deploy_group: prod.none}\n');
  assert.equal([outcome(missingGroup), missingGroup.diagnostics], [expected, []]);
  assert.equal(outcome(resolveYaml('main: {deploy_group: null}\n')), expected);
  const absent = resolveYaml('main: {}\n', { files: { 'shop/deployments.json': '{"v2": {}}' } });
  assert.equal(outcome(absent), expected);
});

test('a group without a control entry means start, and the instance is named', () => {
  const files = { 'shop/deployments.json': deploymentsJson('shop', ['norcal-prod.main']) };
  const resolution = resolveYaml('main: {}\n', { files });
  assert.equal(outcome(resolution), { ...NOTHING, resolved: ['main'], known: ['main'], assumedControls: ['main'] });
  const [{ desiredState, forceBounce }] = resolution.instances as [ServiceResolution['instances'][number]];
  assert.equal([desiredState, forceBounce], ['start', null]);
});

test('a control entry gives state and force bounce', () => {
  const controls = { 'shop:norcal-prod.main': { desired_state: 'stop', force_bounce: '20260101T000000' } };
  const files = { 'shop/deployments.json': deploymentsJson('shop', ['norcal-prod.main'], controls) };
  const main = resolveMain('', { files });
  assert.equal([main.desiredState, main.forceBounce], ['stop', '20260101T000000']);
});

test('an entry without image or sha is an error of the instances that use it', () => {
  const deployments = { 'norcal-prod.main': { docker_image: 'x' }, other: { docker_image: 'x:1', git_sha: '1' } };
  const files = { 'shop/deployments.json': JSON.stringify({ v2: { deployments, controls: {} } }) };
  const resolution = resolveYaml('main: {}\nworker: {deploy_group: other}\n', { files });
  assert.equal(outcome(resolution).failed, ['main']);
  assert.equal(outcome(resolution).resolved, ['worker']);
  assert.equal(resolution.diagnostics.map(findingText), [
    'error shop/deployments.json:1:42 bad-deployment: deploy group norcal-prod.main has no usable docker_image and git_sha',
  ]);
});

test('an unreadable control entry never starts an instance', () => {
  const text = deploymentsJson('shop', ['norcal-prod.main']).replace(
    '{}',
    '{"shop:norcal-prod.main": {"desired_state": 1}}',
  );
  const resolution = resolveYaml('main: {}\n', { files: { 'shop/deployments.json': text } });
  assert.equal(outcome(resolution), { ...NOTHING, failed: ['main'], known: ['main'] });
});

test('broken deployments.json holds the service back and removes nothing', () => {
  const resolution = resolveYaml('main: {}\nworker: {}\n', { files: { 'shop/deployments.json': '{' } });
  assert.equal(outcome(resolution), { ...NOTHING, failed: ['main', 'worker'], known: ['main', 'worker'] });
});

for (const file of ['service.yaml', 'smartstack.yaml', 'monitoring.yaml']) {
  test(`a broken ${file} holds back every instance, without a second report`, () => {
    const resolution = resolveYaml('main: {}\n', { files: { [`shop/${file}`]: 'a: [\n' } });
    assert.equal(outcome(resolution), { ...NOTHING, failed: ['main'], known: ['main'] });
    assert.equal(resolution.diagnostics, []);
  });
}

test('a broken file of instances leaves them unknown; those of the other type go on', () => {
  const resolution = resolveYaml('main: {}\n', { files: { 'shop/eks-norcal-prod.yaml': 'a: [\n' } });
  assert.is(resolution.unknownInstances, true);
  assert.equal(resolution.known, ['main']);
});

test('broken autotuned defaults hold back the instances that use them', () => {
  const files = { 'shop/autotuned_defaults/kubernetes-norcal-prod.yaml': 'a: [\n' };
  const system = { auto_config_instance_types_enabled: { kubernetes: true } };
  assert.equal(outcome(resolveYaml('main: {}\n', { files, system })).failed, ['main']);
});

test('templates are no instances, and instances of other clusters and types are not looked at', () => {
  const files = {
    'shop/adhoc-norcal-prod.yaml': 'console: {}\n',
    'shop/kubernetes-pnw-prod.yaml': 'far: {}\n',
  };
  const system = { clusters: ['norcal-prod', 'pnw-prod'] };
  assert.equal(resolveYaml('_base: {cpus: x}\nmain: {}\n', { files, system }).known, ['main']);
});

test('instances come sorted by name', () => {
  assert.equal(outcome(resolveYaml('web: {}\nB: {}\napi: {}\n')).resolved, ['B', 'api', 'web']);
});

test('the image is registry and image; service.yaml names its own registry, an instance cannot', () => {
  const image = `services-shop:paasta-${GIT_SHA}`;
  assert.equal(resolveMain('docker_registry: no').version, {
    image: `registry.example.com:443/${image}`,
    dockerImage: image,
    gitSha: GIT_SHA,
    imageVersion: null,
  });
  const files = { 'shop/service.yaml': 'docker_registry: own.example.com\n' };
  assert.is(resolveMain('', { files }).version.image, `own.example.com/${image}`);
});

test('docker_url is the image as it stands', () => {
  assert.is(resolveMain('docker_url: x.example.com/y:z-1').version.image, 'x.example.com/y:z-1');
  assert.is(resolveMain('docker_url: x.example.com/y:z-1').version.gitSha, '1');
  assert.match(findingsOfMain('docker_url: ""')[0]!, 'docker_url is empty');
});

test('a digest pins the image and does not reach the git sha', () => {
  const digest = `sha256:${'ab'.repeat(32)}`;
  const text = deploymentsJson('shop', ['norcal-prod.main']).replace('"git_sha"', `"digest":"${digest}","git_sha"`);
  const { version } = resolveMain('', { files: { 'shop/deployments.json': text } });
  assert.is(version.image, `registry.example.com:443/services-shop:paasta-${GIT_SHA}@${digest}`);
  assert.is(version.gitSha, GIT_SHA);
});

for (const [image, sha] of [
  ['s:paasta-abcdef0123456789-20220101T', 'abcdef0123456789'],
  ['s:v1.2', 'v1.2'],
  ['s-foo:bar-baz', 'baz'],
  ['s:paasta-_x', ''],
  ['deep/path/s:tag', 'tag'],
] as const) {
  test(`the git sha of the image ${image} is "${sha}"`, () => {
    const deployments = { 'norcal-prod.main': { docker_image: image, git_sha: 'x', image_version: 'v7' } };
    const files = { 'shop/deployments.json': JSON.stringify({ v2: { deployments, controls: {} } }) };
    const { version } = resolveMain('', { files });
    assert.equal([version.gitSha, version.imageVersion], [sha, 'v7']);
  });
}

function deployed(image: string) {
  const deployments = { 'norcal-prod.main': { docker_image: image, git_sha: 'x', image_version: null } };
  return { 'shop/deployments.json': JSON.stringify({ v2: { deployments, controls: {} } }) };
}

for (const image of [
  'services-SHOP:paasta-ab',
  'services shop:paasta-ab',
  's:',
  's:-a',
  'a___b',
  's@sha256:ab',
  's:a:b',
  '-s',
]) {
  test(`the image ${image} is an error`, () => {
    const [found, ...others] = resolveYaml('main: {}\n', { files: deployed(image) }).diagnostics;
    assert.equal([found?.file, found?.code, others], ['shop/deployments.json', 'bad-image', []]);
    assert.match(found!.message, `image "registry.example.com:443/${image}" is no image reference`);
  });
}

for (const image of [
  'services-cart_api:paasta-AB12',
  'a__b/c--d.e:_x',
  `s:t@sha256:${'a'.repeat(64)}`,
  `s:${'x'.repeat(128)}`,
]) {
  test(`the image ${image} is a legal one`, () => {
    const { diagnostics } = resolveYaml('main: {}\n', { files: deployed(image) });
    assert.not.ok(diagnostics.some(({ code }) => code === 'bad-image'));
  });
}

test('an illegal docker_url is found at its place, and of a registry that is a URL the hint tells', () => {
  assert.equal(findingsOfMain('docker_url: Nginx'), [
    'error shop/kubernetes-norcal-prod.yaml:2:15 bad-image: image "Nginx" is no image reference: no container runtime would take it',
  ]);
  for (const url of ['Registry_1/x', 'my_registry:5000/x', 'https://r.example.com/x']) {
    assert.match(findingsOfMain(`docker_url: ${url}`)[0]!, 'bad-image', url);
  }
  for (const url of ['nginx', 'My-Registry:5000/x/y:V1.2', 'localhost/x', '[::1]:5000/x', 'my_org/x:1']) {
    assert.equal(findingsOfMain(`docker_url: '${url}'`), [], url);
  }
  const [found] = resolveYaml('main: {}\n', { system: { docker_registry: 'https://r.example.com' } }).diagnostics;
  assert.match(found!.hint!, 'docker_registry is a host');
});

test('a service needs a docker_registry from somewhere', () => {
  const system = { docker_registry: undefined };
  assert.equal(findingsOfMain('', { system }), ['error  no-docker-registry: docker_registry is not set']);
  const files = { 'shop/service.yaml': 'docker_registry: own.example.com\n' };
  assert.match(resolveMain('', { files, system }).version.image, /^own\.example\.com\//);
});

test.run();
