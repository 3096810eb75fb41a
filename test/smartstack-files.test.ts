import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { load } from 'js-yaml';
import { verb as servicesFile } from '../cli/services-file.ts';
import { verb as smartstack } from '../cli/smartstack.ts';
import { UsageError, type OptionValues, type Verb } from '../cli/verb.ts';
import { evaluateErb } from './support/erb.ts';
import { GOLDEN } from './support/golden-tree.ts';
import { meshFiles, meshSystem } from './support/mesh-tree.ts';
import { ROOT, readTree } from './support/run-cli.ts';

const scratch = mkdtempSync(join(tmpdir(), 'mesh-files-'));
test.after(() => rmSync(scratch, { recursive: true, force: true }));

async function run(verb: Verb, words: readonly string[], values: OptionValues) {
  let out = '';
  let err = '';
  const io = {
    out: (text: string) => void (out += text),
    err: (text: string) => void (err += text),
    ...{ env: {}, cwd: scratch, isTerminal: false, hasColor: false },
  };
  return { status: await verb.run({ words, values, io }), out, err };
}

function tree(name: string, files: Readonly<Record<string, string>>): string {
  for (const [path, text] of Object.entries(files)) {
    mkdirSync(dirname(join(scratch, name, path)), { recursive: true });
    writeFileSync(join(scratch, name, path), text);
  }
  return join(scratch, name);
}

const golden = { 'soa-dir': join(GOLDEN, 'soa-configs'), 'system-config-dir': join(GOLDEN, 'etc-paasta') };
const fixture = (name: string): string => readFileSync(join(ROOT, 'test/fixtures/services-file', name), 'utf8');

test("the list of services has PaaSTA's lines", async () => {
  const { status, out } = await run(servicesFile, [], golden);
  assert.is(status, 0);
  assert.is(out.split('\n').slice(2).join('\n'), fixture('services.txt'));
});

test("the addresses are PaaSTA's, as JSON and as YAML", async () => {
  const json = await run(servicesFile, [], { ...golden, style: 'json' });
  assert.is(json.out, fixture('services.json'));
  const yaml = await run(servicesFile, [], { ...golden, style: 'yaml' });
  assert.equal(load(yaml.out), JSON.parse(fixture('services.json')));
});

test('a cluster has no part in the list of ports, and is refused there', async () => {
  const error = await run(servicesFile, [], { ...golden, cluster: ['norcal-prod'] }).catch((caught: unknown) => caught);
  assert.instance(error, UsageError);
});

test('old ports of services, and descriptions of several lines, make one line each', async () => {
  const soa = tree('ports', {
    'a/port': '1111\n',
    'a/service.yaml': 'description: "two\\nlines"\n',
    'b/service.yaml': 'port: 2222\n',
    'b/port': '9\n',
    'c/smartstack.yaml': 'port: 3333\nmain: {proxy_port: 20001}\nfiles: {proxy_port: null}\nold: {mode: http}\n',
  });
  const { out } = await run(servicesFile, [], { ...golden, 'soa-dir': soa });
  assert.equal(out.split('\n').slice(2, -1), [
    'a\t1111/tcp\t# two lines',
    'b\t2222/tcp\t# No description',
    'c\t3333/tcp\t# No description',
    'c.main\t20001/tcp\t# No description',
  ]);
});

test('authenticating services come from every authorization.yaml and the system configuration', async () => {
  const rules = (...services: string[]): string =>
    JSON.stringify({ authorization: { rules: [{ identity_groups: { services } }] } });
  const soa = tree('authorization', { 'a/authorization.yaml': rules('x', 'b'), 'b/authorization.yaml': rules('x') });
  const system = tree('always', { 'a.json': meshSystem(null, { always_authenticating_services: ['z'] }) });
  const dirs = { 'soa-dir': soa, 'system-config-dir': system };
  const { out } = await run(servicesFile, ['authenticating'], dirs);
  assert.equal(load(out), { services: ['b', 'x', 'z'] });
  const json = await run(servicesFile, ['authenticating'], { ...dirs, style: 'json' });
  assert.is(json.out, '{\n  "services": [\n    "b",\n    "x",\n    "z"\n  ]\n}\n');
});

test('a file is written only when it differs', async () => {
  const out = join(scratch, 'etc/services');
  await run(servicesFile, [], { ...golden, out });
  assert.ok(readFileSync(out, 'utf8').endsWith(fixture('services.txt')));
  rmSync(out);
  writeFileSync(out, readFileSync(join(GOLDEN, 'README.md')));
  await run(servicesFile, [], { ...golden, out });
  assert.ok(readFileSync(out, 'utf8').endsWith(fixture('services.txt')));
});

test('an unreadable smartstack.yaml is reported, and the rest printed', async () => {
  const soa = tree('broken', { 'a/smartstack.yaml': '[', 'b/smartstack.yaml': 'main: {proxy_port: 20001}\n' });
  const { status, out, err } = await run(servicesFile, [], { ...golden, 'soa-dir': soa });
  assert.is(status, 1);
  assert.match(out, /^b\.main\t/m);
  assert.match(err, /a\/smartstack\.yaml:1/);
});

const LOCATIONS = { superregion: { static: 'west' }, region: { node_file: '/nail/etc/region' } };
const mesh = {
  'soa-dir': tree('soa', meshFiles({ web: { smartstack: { main: { proxy_port: 20001 } } } })),
  'system-config-dir': tree('system', { 'system.json': meshSystem({ locations: LOCATIONS }) }),
  cluster: 'norcal-prod',
};
const pod = { instance: 'web.main', 'pod-ip': '10.0.0.5', 'pod-name': 'web-main-abc-1' };

test('extract writes what the containers read, the pod filled in', async () => {
  const out = join(scratch, 'extracted');
  tree('extracted/services.d', { 'gone.main.json': '{}', README: 'stays' });
  const { status, err } = await run(smartstack, ['extract'], { ...mesh, ...pod, out });
  assert.is(status, 0, err);
  const files = readTree(out);
  assert.equal(Object.keys(files).sort(), [
    'hacheck.yaml',
    'nerve.conf.json',
    'services.d/README',
    'services.d/web.main.json',
    'synapse.conf.json',
  ]);
  const region = { '/nail/etc/region': 'west-1\n' };
  const nerve = JSON.parse(evaluateErb(files['nerve.conf.json']!, { env: {}, files: region })) as Record<
    string,
    object
  >;
  assert.is(nerve['instance_id'], 'web-main-abc-1');
  assert.equal(Object.keys(nerve['services']!), ['web.main.west:10.0.0.5.8888.v2.new']);
  assert.match(files['synapse.conf.json']!, /ENV\.fetch\('PAASTA_HOST'\)/);
});

test('extract fills in locations that it is told', async () => {
  const out = join(scratch, 'located');
  await run(smartstack, ['extract'], { ...mesh, ...pod, location: ['region=west-1'], out });
  const files = readTree(out);
  assert.match(files['services.d/web.main.json']!, /"region:west-1"/);
  assert.not.match(files['nerve.conf.json']!, /</);
});

test('extract without an instance writes the files of synapse only', async () => {
  const out = join(scratch, 'synapse');
  const { status } = await run(smartstack, ['extract'], { ...mesh, out });
  assert.is(status, 0);
  assert.equal(Object.keys(readTree(out)).sort(), ['services.d/web.main.json', 'synapse.conf.json']);
});

test('extract tells when there is nothing to extract', async () => {
  const out = join(scratch, 'nothing');
  const missing = await run(smartstack, ['extract'], { ...mesh, ...pod, instance: 'web.gone', out });
  assert.is(missing.status, 1);
  assert.match(missing.err, /nothing of nerve is rendered for web\.gone/);
  const host = tree('host', { 'system.json': meshSystem(null) });
  const none = await run(smartstack, ['extract'], { ...mesh, 'system-config-dir': host, out: join(scratch, 'none') });
  assert.is(none.status, 1);
  assert.match(none.err, /nothing of synapse is rendered/);
  assert.not(existsSync(join(scratch, 'none')));
});

test('a pod needs an address and a name that can stand in the files', async () => {
  const out = join(scratch, 'bad');
  for (const wrong of [
    { 'pod-ip': '10.0.0.5"' },
    { 'pod-name': 'a"b' },
    { instance: 'web' },
    { location: ['region'] },
    { location: ['region=west-1', 'regoin=west-1'] },
    { location: ['superregion=west'] },
  ]) {
    const error = await run(smartstack, ['extract'], { ...mesh, ...pod, out, ...wrong }).catch(
      (caught: unknown) => caught,
    );
    assert.instance(error, UsageError);
  }
});

test.run();
