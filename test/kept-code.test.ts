/** The compiled code that calls keep for later ones: taken when it is sound, never from where others can write. */
import {
  chmodSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  statSync,
  utimesSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { plainKubeconfig } from './support/check-company.ts';
import { tempDir } from './support/git-repository.ts';
import { ROOT, runCli } from './support/run-cli.ts';

const OVERVIEW = runCli(['--help']).stdout;

/** Calls the program with a cache of its own; gives the code files in it, with the times at which they were written. */
function call(home: string, env: Record<string, string> = {}): Readonly<Record<string, number>> {
  assert.equal(runCli(['--help'], { env: { XDG_CACHE_HOME: home, ...env } }), {
    ...{ status: 0, stdout: OVERVIEW, stderr: '' },
  });
  const folder = join(home, 'paasta-gitops');
  const names = existsSync(folder) ? readdirSync(folder) : [];
  return Object.fromEntries(names.map((name) => [name, statSync(join(folder, name)).mtimeMs]));
}

function onlyFile(home: string): string {
  return join(home, 'paasta-gitops', readdirSync(join(home, 'paasta-gitops'))[0]!);
}

test('a second call takes what the first one kept', () => {
  const home = tempDir('kept-code');
  const first = call(home);
  assert.match(Object.keys(first).join(' '), /^[0-9a-f]{32}\.code$/);
  utimesSync(onlyFile(home), 1000, 1000);
  assert.equal(Object.values(call(home)), [1000 * 1000], 'it is not written again');
});

test('what the bundle imports while it runs is found with kept code too, and without a warning', () => {
  const home = tempDir('kept-code');
  const access = ['--context', 'test', '--kubeconfig', plainKubeconfig(home, 'http://127.0.0.1:1')];
  const check = ['check', '-s', 'web', '-i', 'main', '-c', 'prod', '--instances', '2', ...access];
  for (const time of ['first', 'second']) {
    const { stdout, stderr } = runCli(check, { cwd: home, env: { XDG_CACHE_HOME: home } });
    assert.is(stderr, '', time);
    assert.match(stdout, /^UNKNOWN: the API server gives no answer: connect ECONNREFUSED/, time);
  }
});

test('other settings of Node have code of their own', () => {
  const home = tempDir('kept-code');
  call(home);
  assert.is(Object.keys(call(home, { NODE_OPTIONS: '--max-old-space-size=900' })).length, 2);
});

for (const [name, damage] of [
  ['cut off', (bytes: Buffer) => bytes.subarray(0, 1000)],
  ['empty', () => Buffer.alloc(0)],
  ['changed', (bytes: Buffer) => bytes.fill(0xff, bytes.length >> 1)],
] as const) {
  test(`code that is ${name} is made again`, () => {
    const home = tempDir('kept-code');
    call(home);
    const whole = readFileSync(onlyFile(home));
    writeFileSync(onlyFile(home), damage(Buffer.from(whole)));
    call(home);
    assert.ok(readFileSync(onlyFile(home)).length > whole.length / 2);
    assert.not.equal(readFileSync(onlyFile(home)), damage(Buffer.from(whole)));
  });
}

test('a construct module loads without a word of Node about how', () => {
  const home = tempDir('kept-code');
  const folder = tempDir('kept-code-project');
  writeFileSync(join(folder, 'own.mjs'), 'export default () => {};\n');
  const input = `soa_dir: ${ROOT}/examples/company/soa-configs\nsystem_config_dir: ${ROOT}/examples/company/system-config\n`;
  writeFileSync(join(folder, 'paasta-gitops.yaml'), `${input}constructs: own.mjs\n`);
  for (let run = 0; run < 2; run++) {
    const { status, stderr } = runCli(['synth'], { cwd: folder, env: { XDG_CACHE_HOME: home } });
    assert.equal([status, stderr], [0, '']);
  }
});

test('nothing is taken from a folder that others can write to, and nothing is kept there', () => {
  const home = tempDir('kept-code');
  mkdirSync(join(home, 'paasta-gitops'));
  chmodSync(join(home, 'paasta-gitops'), 0o777);
  assert.equal(call(home), {});
});

test('a cache that cannot be written costs nothing but time', () => {
  const home = tempDir('kept-code');
  writeFileSync(join(home, 'paasta-gitops'), '');
  runCli(['--help'], { env: { XDG_CACHE_HOME: home } });
  assert.is(runCli(['--help'], { env: { XDG_CACHE_HOME: home } }).stdout, OVERVIEW);
});

test.run();
