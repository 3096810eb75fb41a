/** What schemas say about files: places, templates, numbers, spelling, and one finding a cause. */
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import type { Diagnostic } from '../compiler/diagnostics/diagnostic.ts';
import { plainView } from '../compiler/validate/schema/plain-view.ts';
import { INSTANCE_KEYS, SERVICE_KEYS } from '../compiler/validate/key-names.ts';
import { KEY_HOMES, suggestKey } from '../compiler/validate/schema/suggest-key.ts';
import { PyFloat } from '../compiler/model/yaml-value.ts';
import { readSchemas } from '../schemas/schema-files.ts';
import { findingLine, SHOP, validateFiles } from './support/validate.ts';

const FILE = 'shop/kubernetes-norcal-prod.yaml';

async function findings(text: string, file = FILE, setup?: Parameters<typeof validateFiles>[1]) {
  const found = await validateFiles({ ...SHOP, [file]: text }, setup);
  return found.filter(({ severity }) => severity !== 'info');
}

const only = async (text: string, file = FILE): Promise<Diagnostic> => {
  const found = await findings(text, file);
  assert.is(found.length, 1, JSON.stringify(found.map(findingLine)));
  return found[0]!;
};

const instance = (keys: string): string => `main:\n  deploy_group: prod\n  instances: 2\n${keys}`;

test('an unknown key is named at the key, with the one that was meant', async () => {
  const found = await only(instance('  cpuz: 1\n'));
  assert.equal([found.line, found.column, found.endColumn], [4, 3, 7]);
  assert.is(found.hint, 'did you mean "cpus"?');
  assert.equal(found.path, ['main', 'cpuz']);
  assert.equal([found.service, found.cluster, found.instance], ['shop', 'norcal-prod', 'main']);
});

test('autotuned defaults that the cluster does not read hold nothing back', async () => {
  const file = 'shop/autotuned_defaults/kubernetes-norcal-prod.yaml';
  const lines = async (text: string, enabled: object): Promise<readonly string[]> =>
    (await findings(text, file, { system: { auto_config_instance_types_enabled: enabled } })).map(findingLine);
  for (const [text, place, code] of [
    ['main:\n  cpus: many\n', '2:9', 'bad-value'],
    ['main: [\n', '2:1', 'yaml-syntax'],
  ] as const) {
    assert.equal(await lines(text, { kubernetes: true }), [`error ${file}:${place} ${code}`]);
    assert.equal(await lines(text, { kubernetes: false, eks: true }), [`policy ${file}:${place} ${code}`]);
  }
});

test('an empty key is shown as one, in place of the name of its instance', async () => {
  assert.is((await only(instance('  "": 1\n'))).message, '"" is not a key that exists here');
});

test('words of other systems lead to the right key, and keys of other files to the file', async () => {
  const hint = async (line: string): Promise<string | undefined> => (await only(instance(`  ${line}\n`))).hint;
  assert.is(await hint('memory: 512'), 'did you mean "mem"?');
  assert.is(await hint('command: ls'), 'did you mean "cmd"?');
  assert.is(await hint('replicas: 3'), 'did you mean "instances"?');
  assert.match((await hint('image: x'))!, 'deployments.json');
  assert.is(await hint('proxy_port: 20100'), 'it belongs in smartstack.yaml');
  assert.match((await hint('team: web'))!, 'it belongs in monitoring of an instance');
  assert.is(await hint('xyzzy_plugh_foo: 1'), undefined);
});

test('what came through a template is reported once, at the template, with its users', async () => {
  const text = '_t: &t\n  mem: 16\nmain:\n  <<: *t\n  deploy_group: prod\nother:\n  <<: *t\n  deploy_group: prod\n';
  const found = await only(text);
  assert.is(findingLine(found), `policy ${FILE}:2:8 bad-value`);
  assert.equal(found.instances, ['main', 'other']);
  assert.equal(
    found.related?.map(({ line, message }) => [line, message]),
    [
      [3, 'used by main'],
      [6, 'used by other'],
    ],
  );
  assert.equal(found.path, ['_t', 'mem']);
});

test('a template alone may hold anything', async () => {
  assert.equal(await findings(`_t:\n  whatever: [1]\n${instance('')}`), []);
});

test('an error in a template holds back its users and nobody else', async () => {
  const text =
    '_t: &t\n  cap_add: 5\nmain:\n  <<: *t\n  deploy_group: prod\nother:\n  <<: *t\n  deploy_group: prod\nthird:\n  deploy_group: prod\n';
  const found = await only(text);
  assert.equal([found.severity, found.cluster, found.instances], ['error', 'norcal-prod', ['main', 'other']]);
});

test('a whole float is no integer, and its limits are those of the number written', async () => {
  assert.match(
    (await only(instance('  backoff_factor: 2.0\n').replace('backoff_factor', 'weight'))).message,
    'weight is 2.0',
  );
  assert.equal(await findings(instance('  cpus: 1.0\n  bounce_margin_factor: 1.0\n  mem: 32.0\n')), []);
  assert.is(findingLine(await only(instance('  cpus: 0.0\n'))), `policy ${FILE}:4:9 bad-value`);
  assert.match((await only(instance('  cpus: 0.0\n'))).message, 'cpus is 0.0, expected more than 0');
});

test('a value that YAML takes for something else is told as it was written', async () => {
  const hint = async (line: string): Promise<string | undefined> => (await only(instance(`  ${line}\n`))).hint;
  assert.is(await hint('pool: on'), 'put it in quotes: to YAML, on is true');
  assert.is(await hint('cmd: 012'), 'put it in quotes: to YAML, 012 is 10');
  assert.is(await hint('cmd: 12:30'), 'put it in quotes: to YAML, 12:30 is 750');
  assert.is(await hint('cmd: 12'), 'put it in quotes');
  assert.is(await hint('mem: 1e3'), 'write 1000: to YAML, 1e3 is a text');
  assert.is(await hint('env: {PIN: 012}'), 'put it in quotes');
});

test('monitoring.yaml names a team; an empty file is policy, since PaaSTA reads it as an empty map', async () => {
  const file = 'shop/monitoring.yaml';
  for (const [text, column] of [
    ['', 1],
    ['{}\n', 1],
    ['team: null\n', 7],
    ['team: ""\n', 7],
  ] as const) {
    const found = await only(text, file);
    assert.equal([found.severity, found.policy, found.column], ['warning', true, column], text);
  }
});

test('values that need no stand-in are not copied', () => {
  const value = { a: [1, { b: 'x' }], c: 0.5 };
  assert.is(plainView(value).value, value);
  const shared = { n: new PyFloat(2) };
  const view = plainView({ a: shared, b: shared }).value as { a: object; b: object };
  assert.is(view.a, view.b);
  assert.not(Number.isInteger((view.a as { n: number }).n));
});

test('a value is reported once, by the worst and most telling finding about it', async () => {
  const found = await only(instance('  namespace: Bad_Name\n'));
  assert.equal([found.severity, found.code], ['error', 'bad-namespace']);
  const both = await only(instance('  healthcheck_mode: grpc\n'));
  assert.equal([both.severity, both.code], ['error', 'bad-value']);
});

test('values of environment variables are never repeated', async () => {
  const found = await validateFiles({ ...SHOP, [FILE]: instance('  env: {DB_PASSWORD: 8675309, X: [8675309]}\n') });
  assert.ok(found.some(({ code }) => code === 'bad-value'));
  assert.not.match(JSON.stringify(found.filter(({ code }) => code === 'bad-value')), '8675309');
});

test('an empty instance and an empty file are policy: PaaSTA renders the one and reads the other as nothing', async () => {
  assert.ok((await findings('main: {}\n')).map(findingLine).includes(`policy ${FILE}:1:1 empty-map`));
  const empty = (await findings('')).find(({ file }) => file === FILE)!;
  assert.is(findingLine(empty), `policy ${FILE}:1:1 bad-value`);
  assert.is(empty.message, 'the file is empty, expected a map');
});

test('files of every kind are checked', async () => {
  const cases: readonly (readonly [file: string, text: string, finding: string])[] = [
    ['shop/service.yaml', 'description: 1\nexternal_link: x\n', 'policy shop/service.yaml:1:14 bad-value'],
    ['shop/monitoring.yaml', 'team: a\nalert_after: 10 m\n', 'shop/monitoring.yaml:2:14'],
    ['shop/deploy.yaml', 'pipeline: [{step: prod}]\nx: 1\n', 'policy shop/deploy.yaml:2:1 unknown-key'],
    ['shop/dependencies.yaml', 'main: 1\n', 'shop/dependencies.yaml:1:7'],
    ['shop/authorization.yaml', 'authorization: 1\n', 'shop/authorization.yaml:1:16'],
    ['shop/smartstack.yaml', 'main: {proxy_port: 1}\n', 'policy shop/smartstack.yaml:1:20 bad-value'],
    ['shop/rollback-norcal-prod.yaml', 'x: 1\n', 'shop/rollback-norcal-prod.yaml:1:1'],
    ['shop/adhoc-norcal-prod.yaml', 'job: {cpuz: 1}\n', 'policy shop/adhoc-norcal-prod.yaml:1:7 unknown-key'],
    [
      'shop/autotuned_defaults/kubernetes-norcal-prod.yaml',
      'main: {cmd: x}\n',
      'policy shop/autotuned_defaults/kubernetes-norcal-prod.yaml:1:8 unknown-key',
    ],
  ];
  for (const [file, text, expected] of cases) {
    const lines = (await findings(text, file)).map(findingLine);
    assert.ok(
      lines.some((line) => line.includes(expected)),
      `${file}: ${JSON.stringify(lines)}`,
    );
  }
});

test('clusters without a system configuration are checked too', async () => {
  const text = instance('  cpuz: 1\n  cpu_burst_add: 9\n');
  const found = await findings(text, 'shop/kubernetes-elsewhere.yaml', {
    system: { clusters: ['norcal-prod', 'elsewhere'] },
  });
  assert.equal(found.map(findingLine), [
    'policy shop/kubernetes-elsewhere.yaml:4:3 unknown-key',
    'policy shop/kubernetes-elsewhere.yaml:5:18 cpu-burst',
  ]);
});

test('keys named as belonging elsewhere are keys of some schema', () => {
  const known = new Set<string>();
  const walk = (schema: unknown): void => {
    if (typeof schema !== 'object' || schema === null) return;
    for (const [key, value] of Object.entries(schema)) {
      if (key === 'properties') Object.keys(value as object).forEach((name) => known.add(name));
      walk(value);
    }
  };
  for (const schema of readSchemas().values()) walk(schema);
  assert.equal(
    Object.values(KEY_HOMES)
      .flat()
      .filter((key) => !known.has(key)),
    [],
  );
  assert.is(suggestKey('team', ['cpus']), 'it belongs in monitoring of an instance, or monitoring.yaml');
});

test('names of keys are those of the schemas', () => {
  const keysOf = (file: string, definition?: string): readonly string[] => {
    const schema = readSchemas().get(file)!;
    return Object.keys((definition === undefined ? schema : schema.$defs![definition]!).properties!);
  };
  const instanceKeys = new Set([
    ...keysOf('kubernetes.schema.json', 'instance'),
    ...keysOf('adhoc.schema.json', 'instance'),
  ]);
  assert.equal([...INSTANCE_KEYS].sort(), [...instanceKeys].sort());
  const files = ['deploy', 'data', 'smartstack', 'dependencies'];
  assert.equal([...SERVICE_KEYS].sort(), [...new Set([...keysOf('service.schema.json'), ...files])].sort());
});

const LONG = 1_000_000;

/** A file in which some text stands where names and values do. */
const PLACES: Readonly<Record<string, (text: string) => Readonly<Record<string, string>>>> = {
  'an instance': (text) => ({ [FILE]: `${text}:\n  deploy_group: prod\n` }),
  'an unknown key': (text) => ({ [FILE]: instance(`  ${text}: 1\n`) }),
  'a variable': (text) => ({ [FILE]: instance(`  env: {${text}: SECRET(${text})}\n`) }),
  'a registration': (text) => ({ [FILE]: instance(`  registrations: [shop.${text}]\n`) }),
  'a deploy group': (text) => ({ [FILE]: `main:\n  deploy_group: ${text}\n` }),
  'a label': (text) => ({ [FILE]: instance(`  node_selectors: {${text}: ${text}}\n`) }),
  'a pool, a command, a duration': (text) => ({
    [FILE]: instance(`  pool: ${text}\n  cmd: ${text}\n  monitoring: {alert_after: ${text}}\n`),
  }),
  'a namespace and a path': (text) => ({ 'shop/smartstack.yaml': `${text}:\n  healthcheck_uri: ${text}\n` }),
  'a step': (text) => ({ 'shop/deploy.yaml': `pipeline: [{step: ${text}}]\n` }),
  'a comment': (text) => ({ [FILE]: instance(`  mem: 16 # paasta-gitops: ignore ${text}\n`) }),
};

for (const [place, files] of Object.entries(PLACES)) {
  test(`${place} of a million characters costs time in proportion, and no long message`, async () => {
    for (const word of ['"a"', '"-"', '"a."', '"1h"', '"A-1"', '"/"']) {
      const text = JSON.stringify((JSON.parse(word) as string).repeat(LONG / (word.length - 2)));
      const start = process.cpuUsage();
      const found = await validateFiles({ ...SHOP, ...files(text) });
      const { user, system } = process.cpuUsage(start);
      assert.ok(user + system < 2_500_000, word);
      for (const { message, hint = '', code } of found) assert.ok(message.length + hint.length <= 1000, code);
    }
  });
}

test.run();
