/** The verbs `validate` and `schema` as people run them. */
import { spawnSync } from 'node:child_process';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { changedServices } from '../cli/changed-services.ts';
import type { Io } from '../cli/io.ts';
import { main } from '../cli/main.ts';
import { kindOf } from '../cli/modelines.ts';
import { GIT_ENV, tempDir, workRepository } from './support/git-repository.ts';
import { ROOT } from './support/run-cli.ts';
import { shopProject as project } from './support/shop-project.ts';
import { skipSuite } from './support/skip.ts';
import { SHOP } from './support/validate.ts';

type Files = Readonly<Record<string, string>>;

interface Outcome {
  readonly status: number;
  readonly out: string;
  readonly err: string;
}

async function run(cwd: string, ...args: readonly string[]): Promise<Outcome> {
  const text = { out: '', err: '' };
  const io: Io = {
    out: (more) => void (text.out += more),
    err: (more) => void (text.err += more),
    ...{ env: GIT_ENV, cwd, isTerminal: false, hasColor: false },
  };
  return { status: await main(args, io), ...text };
}

const FILE = 'shop/kubernetes-norcal-prod.yaml';
const withKey = (line: string): Files => ({ ...SHOP, [FILE]: `${SHOP[FILE]!}  ${line}\n` });

test('a clean tree passes', async () => {
  const { status, out } = await run(project(SHOP), 'validate');
  assert.equal([status, out], [0, '0 errors, 0 policy findings, 0 warnings, 0 notes\n']);
});

test('a finding shows its line with a caret, and what was meant', async () => {
  const { status, out } = await run(project(withKey('cpuz: 1')), 'validate');
  assert.is(status, 1);
  assert.is(
    out,
    [
      `soa/${FILE}:4:3: policy warning: "cpuz" is not a key that exists here  [unknown-key]`,
      '  4 |   cpuz: 1',
      '    |   ^^^^',
      '  hint: did you mean "cpus"?',
      '0 errors, 1 policy finding, 0 warnings, 0 notes',
      '',
    ].join('\n'),
  );
});

test('warnings fail only strictly, and notes are shown with --verbose', async () => {
  const dir = project(withKey('min_instances: 2'));
  assert.is((await run(dir, 'validate')).status, 0);
  assert.is((await run(dir, 'validate', '--strict')).status, 1);
  const noted = project(withKey('host_port: 80'));
  assert.not.match((await run(noted, 'validate')).out, 'no-effect');
  assert.match((await run(noted, 'validate', '-v')).out, 'info: host_port has no effect');
});

test('a run can be about one service', async () => {
  const dir = project({ ...withKey('cpuz: 1'), 'cart/monitoring.yaml': 'teem: x\n' });
  assert.match((await run(dir, 'validate')).out, 'cart/monitoring.yaml');
  const { out } = await run(dir, 'validate', '-s', 'shop');
  assert.match(out, 'cpuz');
  assert.not.match(out, 'cart/monitoring.yaml');
});

test('wrong usage is told in one line', async () => {
  const dir = project(SHOP);
  assert.is((await run(dir, 'validate', '-o', 'xml')).status, 2);
  assert.is((await run(dir, 'validate', '--etc-services', 'gone')).status, 2);
  assert.is((await run(dir, 'validate', '-s', 'gone')).status, 1);
  assert.is((await run(dir, 'validate', '--config', dir)).status, 2);
  assert.is((await run(dir, 'validate', '--write-modelines', '--soa-dir', 'gone')).status, 1);
});

test('ports of a list of services', async () => {
  const dir = project({ ...SHOP, 'shop/smartstack.yaml': 'main:\n  proxy_port: 20100\n' });
  writeFileSync(join(dir, 'services'), '# ports\ncart.main 20100/tcp # cart\nshop.main 20100/udp\n');
  assert.is((await run(dir, 'validate')).status, 0);
  assert.match((await run(dir, 'validate', '--etc-services', 'services')).out, 'belongs to cart.main');
});

test('reports for programs go to standard output, whole', async () => {
  const { out } = await run(project(withKey('cpuz: 1')), 'validate', '-o', 'json');
  const [row] = JSON.parse(out) as Record<string, unknown>[];
  assert.equal([row!['code'], row!['location'], row!['line']], ['unknown-key', `soa/${FILE}`, 4]);
  assert.match((await run(project(withKey('cpuz: 1')), 'validate', '--format', 'sarif')).out, '"version": "2.1.0"');
});

const OTHER: Files = {
  'cart/kubernetes-norcal-prod.yaml': 'main:\n  registrations: [shop.main]\n',
  'mail/kubernetes-norcal-prod.yaml': 'main:\n  env: {A: SHARED_SECRET(key)}\n',
  'shopping/service.yaml': 'description: x\n',
  '_shared/secrets/key.json': '{"environments": {}}',
};

test('services that changed since a revision, and those that name them', async () => {
  const repository = workRepository('changed');
  project({ ...SHOP, ...OTHER }, repository.dir);
  repository.git('add', '-A');
  repository.git('commit', '-q', '-m', 'all');
  const folders = { soaDir: join(repository.dir, 'soa'), systemConfigDir: join(repository.dir, 'etc') };
  const changed = () => changedServices(folders, 'main', GIT_ENV);
  assert.equal(await changed(), []);
  repository.git('switch', '-q', '-c', 'topic');
  repository.commit('one', { [`soa/${FILE}`]: 'main: {}\n' });
  assert.equal(await changed(), ['cart', 'shop']);
  repository.commit('two', { 'soa/_shared/secrets/key.json': '{}' });
  assert.equal(await changed(), ['cart', 'mail', 'shop']);
  writeFileSync(join(repository.dir, 'soa/shopping/data.yaml'), '{}\n');
  assert.equal(await changed(), ['cart', 'mail', 'shop', 'shopping']);
  writeFileSync(join(repository.dir, 'etc/system.json'), '{}');
  assert.is(await changed(), undefined);
});

test('what a changed service gets wrong together with others is found, and told of it alone', async () => {
  const repository = workRepository('together');
  const port = (number: number): string => `main: {proxy_port: ${number}}\n`;
  const others = { 'cart/smartstack.yaml': port(20_002), 'mail/smartstack.yaml': port(20_002) };
  project({ ...SHOP, ...OTHER, ...others, 'shop/smartstack.yaml': port(20_001) }, repository.dir);
  repository.git('add', '-A');
  repository.git('commit', '-q', '-m', 'all');
  repository.commit('taken', { 'soa/shop/smartstack.yaml': port(20_002) });
  const { status, out } = await run(repository.dir, 'validate', '--changed-since', 'HEAD~1');
  assert.is(status, 1);
  assert.match(out, /^soa\/shop\/smartstack\.yaml:1:20: .*20002/m);
  assert.not.match(out, /^soa\/mail\/smartstack/m);
});

test('what others changed since the branches parted does not count', async () => {
  const repository = workRepository('parted');
  project({ ...SHOP, ...OTHER }, repository.dir);
  repository.git('add', '-A');
  repository.git('commit', '-q', '-m', 'all');
  repository.git('branch', 'topic');
  repository.commit('on main', { 'soa/mail/service.yaml': 'description: x\n' });
  repository.git('switch', '-q', 'topic');
  const { status, err } = await run(repository.dir, 'validate', '--changed-since', 'main');
  assert.equal([status, err], [0, 'no service changed\n']);
  repository.commit('on topic', { [`soa/${FILE}`]: `${SHOP[FILE]!}  cpuz: 1\n` });
  const { out } = await run(repository.dir, 'validate', '--changed-since', 'main');
  assert.match(out, 'cpuz');
  assert.not.match(out, 'soa/mail/');
  assert.is((await run(repository.dir, 'validate', '--changed-since', 'gone')).status, 2);
  assert.is((await run(repository.dir, 'validate', '--changed-since', '--output=x')).status, 2);
});

test('a run in which no service changed makes the empty report of every form', async () => {
  const repository = workRepository('unchanged');
  project(SHOP, repository.dir);
  repository.git('add', '-A');
  repository.git('commit', '-q', '-m', 'all');
  for (const format of ['pretty', 'json', 'github', 'sarif', 'gitlab', 'junit']) {
    const whole = await run(repository.dir, 'validate', '-o', format);
    const unchanged = await run(repository.dir, 'validate', '-o', format, '--changed-since', 'HEAD');
    assert.equal(unchanged, { status: 0, out: whole.out, err: 'no service changed\n' }, format);
  }
});

test('modelines are written once, and nothing else of a file changes', async () => {
  const dir = project({
    ...SHOP,
    'shop/notes.yaml': 'x\n',
    'shop/smartstack.yaml': 'main:\r\n  proxy_port: 20100\r\n',
  });
  assert.match((await run(dir, 'validate', '--write-modelines')).err, '5 files have a new first line');
  const read = (path: string): string => readFileSync(join(dir, 'soa', path), 'utf8');
  const [line, ...rest] = read(FILE).split('\n');
  assert.match(line!, /^# yaml-language-server: \$schema=(\.\.\/)+.*schemas\/kubernetes\.schema\.json$/);
  assert.is(rest.join('\n'), SHOP[FILE]);
  assert.match(read('shop/smartstack.yaml'), /^# .*smartstack\.schema\.json\r\nmain:\r\n/);
  assert.is(read('shop/notes.yaml'), 'x\n');
  assert.match((await run(dir, 'validate', '--write-modelines')).err, '0 files have');
});

/** A project whose report is longer than a pipe. */
function talkativeProject(): string {
  const keys = Array.from({ length: 100 }, (_, index) => `k${index}${'x'.repeat(900)}: 1`);
  return project(withKey(keys.join('\n  ')));
}

test('a reader that stops early sees no stack, and the status stays', () => {
  const dir = talkativeProject();
  const script = `node ${join(ROOT, 'lib/paasta-gitops.js')} validate -o json | head -c 1; echo " $\{PIPESTATUS[0]}"`;
  const { stdout, stderr } = spawnSync('bash', ['-c', script], { cwd: dir, encoding: 'utf8' });
  assert.equal([stdout, stderr], ['[ 1\n', '']);
});

test('a slow reader gets the whole report, through a pipe that does not wait for it too', () => {
  const call = [join(ROOT, 'lib/paasta-gitops.js'), 'validate', '-o', 'json'];
  const cwd = talkativeProject();
  const whole = spawnSync(process.execPath, call, { cwd, encoding: 'utf8' }).stdout;
  assert.ok(whole.length > 65_536);
  // Another program of Node keeps the pipe so for all who have it, until it ends.
  const holding = `process.stdout.write(''); fs.writeFileSync('held', ''); setTimeout(() => undefined, 60_000)`;
  const writing = `"$NODE" -e "$HOLDING" & until [ -e held ]; do sleep 0.1; done; "$NODE" ${call.join(' ')}; kill %1`;
  const { stdout, stderr } = spawnSync('bash', ['-c', `{ ${writing}; } | { sleep 1; cat; }`], {
    ...{ cwd, encoding: 'utf8', env: { ...process.env, NODE: process.execPath, HOLDING: holding }, timeout: 60_000 },
  });
  assert.equal([stdout, stderr], [whole, '']);
});

if (existsSync('/dev/full')) {
  test('standard output that is full is told in one line', () => {
    const script = `"${process.execPath}" "${join(ROOT, 'lib/paasta-gitops.js')}" validate -o json > /dev/full`;
    const { status, stderr } = spawnSync('bash', ['-c', script], { cwd: talkativeProject(), encoding: 'utf8' });
    assert.is(status, 1);
    assert.match(stderr, /^paasta-gitops: cannot write to standard output: ENOSPC[^\n]*\n$/);
  });
} else skipSuite('validate-verb: a full standard output', 'there is no /dev/full');

test('the kind of a file follows from its path', () => {
  assert.is(kindOf('shop/eks-prod.yaml'), 'kubernetes');
  assert.is(kindOf('shop/autotuned_defaults/kubernetes-prod.yaml'), 'autotuned_defaults');
  assert.is(kindOf('shop/sub/eks-prod.yaml'), undefined);
  assert.is(kindOf('shop/service.yaml'), 'service');
  assert.is(kindOf('shop/eks-.yml'), undefined);
});

test('schemas are printed by kind', async () => {
  const dir = tempDir('schema');
  const { status, out } = await run(dir, 'schema', 'print', 'smartstack');
  assert.is(status, 0);
  assert.is((JSON.parse(out) as { title: string }).title, 'smartstack.yaml');
  const wrong = await run(dir, 'schema', 'print', 'smartstak');
  assert.is(wrong.status, 2);
  assert.match(wrong.err, 'did you mean "smartstack"?');
  for (const words of [['print'], ['show'], ['settings', 'x'], ['catalog', '--base-url', 'x']]) {
    assert.is((await run(dir, 'schema', ...words)).status, 2, words.join(' '));
  }
});

test('editors get the schema of each file by its path', async () => {
  const { out } = await run(project(SHOP), 'schema', 'settings');
  const settings = JSON.parse(out) as Readonly<Record<string, Readonly<Record<string, unknown>>>>;
  const file = Object.keys(settings['yaml.schemas']!).find((url) => url.endsWith('/smartstack.schema.json'))!;
  assert.ok(existsSync(new URL(file)));
  assert.equal(settings['yaml.schemas']![file], ['soa/*/smartstack.yaml']);
  const catalogue = (await run(tempDir('catalog'), 'schema', 'catalog', '--base-url', 'https://x/y')).out;
  const { schemas } = JSON.parse(catalogue) as { schemas: readonly Readonly<Record<string, unknown>>[] };
  assert.equal(schemas.find(({ url }) => url === 'https://x/y/deploy.schema.json')?.['fileMatch'], ['*/deploy.yaml']);
});

test.run();
