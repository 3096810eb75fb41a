import { spawnSync } from 'node:child_process';
import { cpSync, existsSync, mkdirSync, readdirSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { callCli } from './support/call-cli.ts';
import { tempDir, workRepository } from './support/git-repository.ts';
import { PROGRAM, ROOT, runCli } from './support/run-cli.ts';
import { skipSuite } from './support/skip.ts';

function inBash(script: string, cwd = ROOT) {
  const env = { ...process.env, NODE: process.execPath, PROGRAM };
  return spawnSync('bash', ['-o', 'pipefail', '-c', script], { cwd, env, encoding: 'utf8' });
}

test('a reader that leaves early, such as head, is no error', () => {
  const { status, stderr } = inBash('"$NODE" "$PROGRAM" schema print kubernetes | true');
  assert.is(stderr, '');
  assert.is(status, 0);
});

const REFUSED = (code: string) => new RegExp(`^paasta-gitops: cannot write to standard output: ${code}[^\\n]*\\n$`);

if (existsSync('/dev/full')) {
  test('every verb tells in one line that its output is lost, and does not end with 0', () => {
    const plain = [
      '--help',
      '--version',
      'codeowners',
      'list clusters',
      'secrets list',
      'completion bash',
      'services-file',
    ];
    for (const [verb, expected] of [...plain.map((verb) => [verb, 1] as const), ['review --base HEAD', 6] as const]) {
      const { status, stderr } = inBash(`"$NODE" "$PROGRAM" ${verb} > /dev/full`);
      assert.match(stderr, REFUSED('ENOSPC'), verb);
      assert.is(status, expected, verb);
    }
  });

  test('the file of --provenance is named when it has no room', () => {
    const { status, stderr } = runCli([
      'synth',
      '--no-cache',
      '--out',
      tempDir('no-room'),
      '--provenance',
      '/dev/full',
    ]);
    assert.is(stderr, 'paasta-gitops: error: /dev/full: no space left on device\n');
    assert.is(status, 1);
  });
} else skipSuite('cli-output: a full standard output', 'there is no /dev/full');

test('output of which a file takes a part only is lost too', () => {
  const folder = tempDir('part');
  const { status, stderr } = inBash(`ulimit -f 1; "$NODE" "$PROGRAM" schema print kubernetes > '${folder}/schema'`);
  assert.match(stderr, REFUSED('EFBIG'));
  assert.is(status, 1);
  assert.is(readFileSync(join(folder, 'schema')).length, 1024);
});

test('a file that does not hold all of its content is named, and what stood there stays', () => {
  const folder = tempDir('too-large');
  const file = join(folder, '.gitlab-ci.yml');
  const { status, stderr } = inBash(`ulimit -f 0; "$NODE" "$PROGRAM" ci generate --target gitlab --out '${folder}'`);
  assert.is(stderr, `paasta-gitops: error: ${file}: file too large\n`);
  assert.is(status, 1);
  assert.equal(readdirSync(folder), []);
});

test('a folder in the place of the file is named, and nothing stays beside it', () => {
  const parent = tempDir('folder-for-file');
  mkdirSync(join(parent, 'services'));
  const { status, stderr } = runCli(['services-file', '--out', join(parent, 'services')]);
  assert.is(stderr, `paasta-gitops: error: ${join(parent, 'services')}: illegal operation on a directory\n`);
  assert.is(status, 1);
  assert.equal(readdirSync(parent), ['services']);
});

test('a file that cannot be written is named, with the reason, and is no defect of the program', () => {
  const file = 'package.json/sub/services';
  const { status, stderr } = runCli(['services-file', '--out', file]);
  assert.is(stderr, `paasta-gitops: error: ${join(ROOT, 'package.json/sub')}: not a directory\n`);
  assert.is(status, 1);
});

test('a working directory that is gone is told in one line', () => {
  const command = `cd "$(mktemp -d)" && rmdir "$PWD" && exec "${process.execPath}" "${PROGRAM}" list`;
  const { status, stderr } = spawnSync('bash', ['-c', command], { encoding: 'utf8' });
  assert.is(stderr, 'paasta-gitops: the working directory is gone: change to one that is there\n');
  assert.is(status, 2);
});

test('an output folder that the next run would read as input is refused before anything is written', () => {
  const folder = tempDir('out-in-input');
  cpSync(join(ROOT, 'examples/company'), folder, { recursive: true });
  symlinkSync('soa-configs', join(folder, 'link'));
  const synth = (out: string) =>
    runCli(['synth', '--no-cache', '--config', join(folder, 'p.yaml'), '--out', out], { cwd: folder });
  writeFileSync(join(folder, 'p.yaml'), 'soa_dir: soa-configs\nsystem_config_dir: system-config\n');
  for (const [out, why] of [
    ['soa-configs', /lies in the soa-configs, where its folders would be services/],
    ['soa-configs/dist', /lies in the soa-configs/],
    ['link/dist', /lies in the soa-configs/],
    ['system-config/north-prod/_dist', /lies in the system configuration/],
  ] as const) {
    const { status, stderr } = synth(out);
    assert.is(status, 2, stderr);
    assert.match(stderr, why);
    assert.not.ok(existsSync(join(folder, out, 'clusters')), out);
  }
  for (const out of ['soa-configs/_dist', 'soa-configs-dist', '.']) assert.is(synth(out).status, 0, out);
});

test('synth tells the lists that it rewrote for what somebody else put there', () => {
  const folder = tempDir('synth-lists');
  cpSync(join(ROOT, 'examples/company'), folder, { recursive: true });
  const synth = (...more: readonly string[]): string => {
    const folders = ['--soa-dir', 'soa-configs', '--system-config-dir', 'system-config'];
    return runCli(['synth', ...folders, ...more], { cwd: folder }).stdout;
  };
  assert.not.match(synth(), 'also');
  const catalog = 'clusters/north-prod/paastasvc-catalog';
  const mine = join(folder, 'dist', catalog, 'mine.yaml');
  writeFileSync(mine, 'apiVersion: v1\nkind: ConfigMap\nmetadata: {name: mine}\n');
  assert.match(
    synth(),
    `0 files written, 30 unchanged, 0 removed\nalso brought up to date: ${catalog}/kustomization.yaml\n`,
  );
  assert.match(synth(), '0 files written, 30 unchanged, 0 removed: nothing changed\n');
  rmSync(mine);
  const json = JSON.parse(synth('-o', 'json')) as { written: string[]; bookkeeping: string[] };
  assert.equal(json.written, []);
  assert.equal(json.bookkeeping, [`${catalog}/kustomization.yaml`]);
  writeFileSync(mine, 'apiVersion: v1\nkind: ConfigMap\nmetadata: {name: mine}\n');
  rmSync(join(folder, 'soa-configs/shopfront/kubernetes-north-prod.yaml'));
  assert.match(synth(), /[1-9] removed\nalso brought up to date: \S+catalog\/kustomization.yaml\n/);
});

test('a verb that needs a cluster says how to name one', async () => {
  const cwd = tempDir('which-cluster');
  const said = async (): Promise<string> => (await callCli(['diff'], { cwd })).stderr.split('\n')[0]!;
  const start = 'paasta-gitops diff: which cluster? Give --cluster';
  assert.is(await said(), `${start}, or name it under clusters in the project file`);
  writeFileSync(join(cwd, 'paasta-gitops.yaml'), 'clusters: {prod: {}, stage: {}}\n');
  assert.is(await said(), `${start}: one of prod, stage`);
});

const KUBECONFIG = `
apiVersion: v1
kind: Config
clusters: [{name: a, cluster: {server: 'https://127.0.0.1:1'}}]
users: [{name: a, user: {}}]
contexts: [{name: a, context: {cluster: a, user: a}}]
`;

test('a revision that does not exist is told from one without the tree', () => {
  const repository = workRepository('no-revision');
  repository.commit('all', { 'paasta-gitops.yaml': 'clusters: {prod: {context: a}}\n', kubeconfig: KUBECONFIG });
  const [cwd, env] = [repository.dir, { KUBECONFIG: join(repository.dir, 'kubeconfig') }];
  for (const [revision, why] of [
    ['nope', 'there is no revision "nope"'],
    ['HEAD', 'the revision "HEAD" has no folder dist'],
  ] as const) {
    const { status, stderr } = runCli(['diff', '--rev', revision], { cwd, env });
    assert.is(stderr, `paasta-gitops: ${why}\n`);
    assert.is(status, 6);
  }
});

test('a construct that ends the process does not make an unfinished run look done', () => {
  const folder = tempDir('ended');
  cpSync(join(ROOT, 'examples/company'), folder, { recursive: true });
  const project = 'soa_dir: soa-configs\nsystem_config_dir: system-config\nconstructs: [end.mjs]\n';
  writeFileSync(join(folder, 'paasta-gitops.yaml'), project);
  writeFileSync(join(folder, 'end.mjs'), 'export default () => process.exit(0);\n');
  const { status, stderr } = runCli(['synth', '--no-cache'], { cwd: folder });
  assert.is(status, 1);
  assert.match(stderr, /^paasta-gitops: ended before its work was done: /);
});

test('what is found in the output tree is shown by synth, which alone looks at it', () => {
  const folder = tempDir('found-in-output');
  cpSync(join(ROOT, 'examples/company'), folder, { recursive: true });
  writeFileSync(join(folder, 'paasta-gitops.yaml'), 'soa_dir: soa-configs\nsystem_config_dir: system-config\n');
  const synth = (cwd = folder, ...more: readonly string[]) => runCli(['synth', '--no-cache', ...more], { cwd });
  assert.is(synth().stderr, '');
  rmSync(join(folder, 'dist/.paasta-gitops'), { recursive: true });
  assert.match(synth().stderr, /^dist\/\.paasta-gitops\/north-prod\.json: warning: .*\[index-missing\]$/m);
  writeFileSync(join(folder, 'taken'), '');
  const below = synth(join(folder, 'soa-configs'), '--config', '../paasta-gitops.yaml', '--out', '../taken');
  assert.match(
    below.stderr,
    /^\.\.\/taken\/\.paasta-gitops: error: .*a file stands where a folder is needed {2}\[write-failed\]$/m,
  );
});

test.run();
