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
import { readTwice } from '../cli/kept-file.ts';
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

/** A project whose runs keep their results in the cache of a home. */
function project() {
  const [home, folder] = [tempDir('kept-code'), tempDir('kept-code-project')];
  const input = `soa_dir: ${ROOT}/examples/company/soa-configs\nsystem_config_dir: ${ROOT}/examples/company/system-config\n`;
  writeFileSync(join(folder, 'paasta-gitops.yaml'), input);
  return {
    home,
    synth: () => runCli(['synth', '-o', 'json'], { cwd: folder, env: { XDG_CACHE_HOME: home } }),
    started: () => {
      const cache = join(home, 'paasta-gitops');
      return readdirSync(cache)
        .filter((name) => name.endsWith('.start'))
        .map((name) => join(cache, name));
    },
  };
}

test('a run that has nothing to do keeps what starts the next one, and takes only what is whole', async () => {
  const { synth, started } = project();
  assert.is(synth().status, 0);
  assert.equal(started(), [], 'the first run does what few runs do');
  // What was written too lately is looked at again.
  await new Promise((resolve) => setTimeout(resolve, 1100));
  synth();
  const nothing = synth();
  const [file] = started() as [string];
  const whole = readFileSync(file);
  const half = whole.length / 2;
  assert.ok(readTwice(file));
  utimesSync(file, 1000, 1000);
  assert.equal(synth(), nothing);
  assert.is(statSync(file).mtimeMs, 1000 * 1000, 'it is not written again');
  for (const damaged of [whole.subarray(0, 1000), whole.subarray(1), Buffer.alloc(0), flipped(whole, half + 500)]) {
    writeFileSync(file, damaged);
    assert.equal(synth(), nothing);
    assert.ok(readFileSync(file).length > half, 'it is made again');
    assert.not.equal(readFileSync(file), damaged);
  }
});

function flipped(bytes: Buffer, at: number): Buffer {
  const copy = Buffer.from(bytes);
  copy[at]! ^= 1;
  return copy;
}

test('what starts the program is not kept where others can write either', async () => {
  const { home, synth, started } = project();
  synth();
  chmodSync(join(home, 'paasta-gitops'), 0o777);
  await new Promise((resolve) => setTimeout(resolve, 1100));
  for (let run = 0; run < 2; run++) assert.is(synth().status, 0);
  assert.equal(started(), []);
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
