import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { findingsOfMain, findingText, resolveMain, resolveYaml } from './support/sources.ts';

const LABELS = { kubernetes_add_registration_labels: true };

/** Codes and messages of all findings about a text of instances. */
function findings(yaml: string, options: Parameters<typeof resolveYaml>[1] = {}): readonly string[] {
  return resolveYaml(yaml, options).diagnostics.map(({ code, message }) => `${code}: ${message}`);
}

test('workload, container and namespace have sanitised names; labels come from the raw ones', () => {
  const [instance] = resolveYaml('canary_1: {}\n', { service: 'api_gw' }).instances;
  const { name, namespace, service, pod } = instance!;
  assert.equal([name, namespace, service], ['api--gw-canary--1', 'paastasvc-api--gw', 'api_gw']);
  assert.equal([instance!.instance, pod.main.name], ['canary_1', 'canary--1']);
});

test('key namespace replaces the default namespace', () => {
  assert.is(resolveMain('namespace: web-1').namespace, 'web-1');
});

for (const [namespace, code] of [
  ['Web', 'bad-namespace'],
  ['-web', 'bad-namespace'],
  ['a.b', 'bad-namespace'],
  ['x'.repeat(64), 'bad-namespace'],
  ['../web', 'unsafe-name'],
  ['a b', 'unsafe-name'],
  ['..', 'unsafe-name'],
] as const) {
  test(`the namespace ${namespace} is ${code}, at its place`, () => {
    const [finding, ...others] = findingsOfMain(`namespace: '${namespace}'`);
    assert.match(finding!, new RegExp(`^error shop/kubernetes-norcal-prod.yaml:2:14 ${code}: `));
    assert.equal(others, []);
  });
}

test('a service whose default namespace is too long is told so; an explicit namespace helps', () => {
  const service = 'x'.repeat(54);
  assert.match(findings('main: {}\n', { service })[0]!, 'bad-namespace: the default namespace');
  assert.equal(findings('main: {namespace: short}\n', { service }), []);
});

for (const [instance, expected] of [
  ['a_', 'bad-label-value: the instance name "a_" becomes a pod label'],
  ['x-', 'bad-label-value: the instance name "x-" becomes a pod label'],
  ['a_'.repeat(25) + 'b', 'bad-part-name: the main container would be named'],
] as const) {
  test(`the instance name ${instance} gives one finding`, () => {
    const found = findings(`${instance}: {deploy_group: g}\n`, { groups: ['g'], system: LABELS });
    assert.is(found.length, 1);
    assert.match(found[0]!, expected);
  });
}

test('instances that become one name in Kubernetes are both held back', () => {
  const { failed, diagnostics } = resolveYaml('a_b: {}\na--b: {}\nother: {}\n');
  assert.equal(failed, ['a--b', 'a_b']);
  assert.equal(diagnostics.map(findingText), [
    'error shop/kubernetes-norcal-prod.yaml:2:1 name-collision: instance a--b and a_b both become paastasvc-shop/shop-a--b',
    'error shop/kubernetes-norcal-prod.yaml:1:1 name-collision: instance a_b and a--b both become paastasvc-shop/shop-a--b',
  ]);
  assert.equal(resolveYaml('a_b: {}\na--b: {namespace: elsewhere}\n').failed, []);
});

test('an instance in the mesh may not be named like the sidecar', () => {
  const files = { 'shop/smartstack.yaml': 'hacheck: {proxy_port: 20001}\n' };
  assert.match(findings('hacheck: {}\n', { files })[0]!, 'bad-part-name: the main container and the sidecar');
  assert.equal(findings('hacheck: {}\n'), []);
});

test('registrations default to SERVICE.INSTANCE, or to the deprecated nerve_ns', () => {
  assert.equal(resolveMain('').registrations, ['shop.main']);
  assert.equal(resolveMain('nerve_ns: web').registrations, ['shop.web']);
  assert.equal(resolveMain('registrations: []\nnerve_ns: web').registrations, ['shop.web']);
  assert.equal(resolveMain('registrations: [shop.a]\nnerve_ns: web').registrations, ['shop.a']);
});

test('an invalid first registration is an error, an invalid later one a warning, and it is kept', () => {
  assert.equal(findingsOfMain('registrations: [web]'), [
    'error shop/kubernetes-norcal-prod.yaml:2:19 bad-registration: registration "web" has 1 part, expected "service.namespace"',
  ]);
  const options = { files: { 'shop/smartstack.yaml': 'main: {proxy_port: 1}\n' } };
  assert.equal(findingsOfMain('registrations: [shop.main, web]', options), [
    'warning shop/kubernetes-norcal-prod.yaml:2:30 bad-registration: registration "web" has 1 part, expected "service.namespace"',
  ]);
  assert.equal(resolveMain('registrations: [shop.main, web]').registrations, ['shop.main', 'web']);
});

test('registrations with characters that cannot stand in a path or label are unsafe', () => {
  assert.match(findingsOfMain('registrations: ["shop.main", "a b.c"]')[0]!, 'unsafe-name: registration "a b.c"');
});

test('a registration that cannot be a label matters only where registrations become labels', () => {
  const codes = (system: Record<string, unknown>): readonly string[] =>
    resolveYaml('main: {registrations: [shop.-]}\n', { system })
      .diagnostics.filter(({ severity }) => severity === 'error')
      .map(({ code }) => code);
  assert.equal([codes({}), codes(LABELS)], [[], ['bad-registration']]);
});

test('a service with a dot cannot make a registration', () => {
  assert.match(
    findings('main: {namespace: web}\n', { service: 'a.b' }).join(),
    'registration "a.b.main" has 3 parts, expected "service.namespace"',
  );
});

test('a team with unsafe characters is refused', () => {
  assert.equal(findingsOfMain('monitoring: {team: "a/b"}'), [
    'error shop/kubernetes-norcal-prod.yaml:2:22 unsafe-name: team "a/b" has characters other than letters, digits, ., _ and -',
  ]);
});

test('two roles behind one ServiceAccount hold back their instances, and none of another namespace', () => {
  const role = (name: string): string => `iam_role: 'arn:aws:iam::1:role/${name}'`;
  const yaml = `a: {${role('x.y')}}\nb: {${role('x_y')}}\nc: {${role('x_y')}, namespace: other}\nd: {}\n`;
  const { instances, failed, diagnostics } = resolveYaml(yaml);
  assert.equal(
    [instances.map(({ instance }) => instance), failed],
    [
      ['c', 'd'],
      ['a', 'b'],
    ],
  );
  const both = 'the roles arn:aws:iam::1:role/x.y and arn:aws:iam::1:role/x_y both give ServiceAccount';
  assert.equal(
    diagnostics.map(({ code, line, message }) => [code, line, message.startsWith(both)]),
    [1, 2].map((line) => ['service-account-collision', line, true]),
  );
});

test.run();
