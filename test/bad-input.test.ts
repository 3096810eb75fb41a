import { appendFileSync, cpSync, mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { type CliResult, readTree, ROOT, runCli } from './support/run-cli.ts';

const company = join(ROOT, 'examples/company');
const scratch = mkdtempSync(join(tmpdir(), 'bad-input-'));
const clean = join(scratch, 'clean');
synth(company, clean);
const before = readTree(clean);

interface BadInput {
  readonly name: string;
  /** Spoils a copy of the company. */
  readonly spoil: (folder: string) => void;
  readonly code: string;
  /** `file:line:column` as printed, without the folder in front. */
  readonly place: string;
  /** Text of the hint, in part. */
  readonly hint?: string;
}

const instances = 'soa-configs/shopfront/kubernetes-north-prod.yaml';
const write =
  (path: string, content: string | Uint8Array) =>
  (folder: string): void => {
    mkdirSync(join(folder, path, '..'), { recursive: true });
    writeFileSync(join(folder, path), content);
  };
const append =
  (path: string, content: string) =>
  (folder: string): void =>
    appendFileSync(join(folder, path), content);
const remove =
  (path: string) =>
  (folder: string): void =>
    rmSync(join(folder, path), { recursive: true });
const link =
  (target: string, path: string) =>
  (folder: string): void => {
    rmSync(join(folder, path), { force: true, recursive: true });
    symlinkSync(target, join(folder, path));
  };

const CASES: readonly BadInput[] = [
  {
    name: 'an empty tree',
    spoil: (folder) => {
      remove('soa-configs')(folder);
      mkdirSync(join(folder, 'soa-configs'));
    },
    code: 'empty-soa-dir',
    place: 'soa-configs/',
    hint: 'each service is a directory',
  },
  {
    name: 'a missing tree',
    spoil: remove('soa-configs'),
    code: 'missing-soa-dir',
    place: 'soa-configs/',
    hint: '--soa-dir',
  },
  {
    name: 'a missing system configuration',
    spoil: remove('system-config'),
    code: 'missing-system-config',
    place: 'system-config/',
  },
  {
    name: 'a symlink that leads to itself',
    spoil: link('kubernetes-north-prod.yaml', instances),
    code: 'unreadable-file',
    place: instances,
    hint: 'point it at a file',
  },
  {
    name: 'a symlink out of the tree',
    spoil: link('/etc/hostname', instances),
    code: 'unsafe-symlink',
    place: instances,
    hint: 'inside the tree only',
  },
  {
    name: 'a symlink to nothing in place of a file',
    spoil: link('/nonexistent/file', instances),
    code: 'unreadable-file',
    place: instances,
    hint: 'bring back what it leads to',
  },
  {
    name: 'a folder in place of a file',
    spoil: (folder) => {
      remove(instances)(folder);
      mkdirSync(join(folder, instances));
    },
    code: 'unreadable-file',
    place: instances,
    hint: 'put a file here',
  },
  {
    name: 'a symlink to nothing in place of deployments.json',
    spoil: link('gone.json', 'soa-configs/shopfront/deployments.json'),
    code: 'bad-deployments',
    place: 'soa-configs/shopfront/deployments.json',
    hint: 'bring back what it leads to',
  },
  {
    name: 'a symlink to nothing in place of a service',
    spoil: link('/nonexistent/folder', 'soa-configs/shopfront'),
    code: 'unreadable-directory',
    place: 'soa-configs/shopfront',
    hint: 'bring back what the symlink leads to',
  },
  {
    name: 'a symlink to itself in place of a service',
    spoil: link('shopfront', 'soa-configs/shopfront'),
    code: 'unreadable-directory',
    place: 'soa-configs/shopfront',
    hint: 'point the symlink at a directory',
  },
  {
    name: 'a symlink out of the tree in place of a service',
    spoil: link('/usr', 'soa-configs/shopfront'),
    code: 'unsafe-symlink',
    place: 'soa-configs/shopfront',
    hint: 'copy the directory',
  },
  {
    name: 'a symlink to nothing in the system configuration',
    spoil: link('/nonexistent/file', 'system-config/north-prod/more.json'),
    code: 'unreadable-file',
    place: 'system-config/north-prod/more.json',
    hint: 'bring back what it leads to',
  },
  {
    name: 'a symlink to nothing in place of the folder of a cluster',
    spoil: link('/nonexistent/folder', 'system-config/north-prod'),
    code: 'unreadable-directory',
    place: 'system-config/north-prod',
    hint: 'bring back what the symlink leads to',
  },
  {
    name: 'a symlink to nothing in place of secrets',
    spoil: link('/nonexistent/folder', 'soa-configs/shopfront/secrets'),
    code: 'unreadable-directory',
    place: 'soa-configs/shopfront/secrets',
    hint: 'bring back what the symlink leads to',
  },
  {
    name: 'a list in place of instances',
    spoil: write(instances, '[]\n'),
    code: 'not-a-map',
    place: `${instances}:1:1`,
  },
  {
    name: 'a file over the budget',
    spoil: write(instances, `main:\n  cmd: ${'x'.repeat(11 * 1024 * 1024)}\n`),
    code: 'unreadable-file',
    place: instances,
    hint: 'split the file',
  },
  {
    name: 'a file that grows when its aliases are followed',
    spoil: write(instances, `a: &a [x,x,x,x,x,x,x,x,x,x]\n${bomb(8)}main: {}\n`),
    code: 'yaml-budget',
    place: `${instances}:`,
  },
  {
    name: 'values nested too deep',
    spoil: write(instances, `main: ${'['.repeat(5000)}${']'.repeat(5000)}\n`),
    code: 'yaml-budget',
    place: `${instances}:1:`,
  },
  {
    name: 'a file that is not UTF-8',
    spoil: write(instances, Buffer.from([0x6d, 0x61, 0x69, 0x6e, 0x3a, 0x0a, 0x20, 0x20, 0x63, 0x3a, 0x20, 0xff])),
    code: 'not-utf8',
    place: `${instances}:2:6`,
    hint: 'UTF-8',
  },
  {
    name: 'a syntax error',
    spoil: write(instances, 'main:\n  cmd: "open\n'),
    code: 'yaml-syntax',
    place: `${instances}:`,
  },
  {
    name: 'a top level that is a list',
    spoil: write(instances, '- main\n'),
    code: 'not-a-map',
    place: `${instances}:1:1`,
  },
  {
    name: 'an unknown tag',
    spoil: write(instances, 'main: !!python/object:os.system {}\n'),
    code: 'yaml-tag',
    place: `${instances}:1:7`,
  },
  {
    name: '__proto__ as a key',
    spoil: write(instances, 'main:\n  __proto__: {cpus: 1}\n'),
    code: 'unsafe-key',
    place: `${instances}:2:3`,
  },
  {
    name: 'a path as an instance name',
    spoil: append(instances, '"../../../etc/cron.d/x":\n  cpus: 1\n'),
    code: 'unsafe-name',
    place: `${instances}:25:1`,
  },
  {
    name: 'shell characters in an instance name',
    spoil: append(instances, '"$(reboot)":\n  cpus: 1\n'),
    code: 'unsafe-name',
    place: `${instances}:25:1`,
  },
  {
    name: 'a path as a namespace',
    spoil: append(instances, '  namespace: ../../x\n'),
    code: 'unsafe-name',
    place: `${instances}:25:14`,
  },
  {
    name: 'deployments.json that is no JSON',
    spoil: write('soa-configs/shopfront/deployments.json', '{"v2": {\n'),
    code: 'bad-deployments',
    place: 'soa-configs/shopfront/deployments.json:',
  },
  {
    name: 'one key in two files of a system configuration',
    spoil: write('system-config/north-prod/again.json', '{"docker_registry": "other"}\n'),
    code: 'duplicate-system-key',
    place: 'system-config/north-prod/',
  },
];

for (const { name, spoil, code, place, hint } of CASES) {
  test(`${name} is one clear finding, and the output stays as it was`, () => {
    // GIVEN a good output and an input that was spoilt afterwards
    const input = join(scratch, code, name.replaceAll(/\W/g, '-'));
    cpSync(company, input, { recursive: true });
    const out = join(input, 'out');
    cpSync(clean, out, { recursive: true });
    spoil(input);
    // WHEN it is rendered again
    const { status, stderr } = synth(input, out);
    // THEN it is told once, without a stack, and nothing of what is held back changed
    assert.is(status, 1, stderr);
    const findings = stderr.split('\n').filter((line) => line.includes(`[${code}]`));
    assert.is(findings.length, 1, stderr);
    assert.ok(findings[0]!.startsWith(join(input, place).slice(1)), findings[0]);
    if (hint !== undefined) assert.ok(stderr.includes(hint), stderr);
    assert.not.match(stderr, /^\s+at .*:\d+:\d+\)?$/m);
    assert.equal(changedParts(out), []);
  });
}

test('only the broken service is held back: the others are rendered anew', () => {
  const input = join(scratch, 'others');
  cpSync(company, input, { recursive: true });
  const out = join(input, 'out');
  cpSync(clean, out, { recursive: true });
  write(instances, 'main: [\n')(input);
  write(
    'soa-configs/catalog/kubernetes-north-stage.yaml',
    'main:\n  deploy_group: stage.main\n  instances: 5\n',
  )(input);
  assert.is(synth(input, out).status, 1);
  const catalog = 'clusters/north-stage/paastasvc-catalog/catalog-main.yaml';
  assert.match(readTree(out)[catalog]!, /replicas: 5/);
  assert.equal(changedParts(out), []);
});

test('what stays because of an error is named, also when no instance can be read', () => {
  const input = join(scratch, 'named');
  cpSync(company, input, { recursive: true });
  const out = join(input, 'out');
  cpSync(clean, out, { recursive: true });
  write(instances, 'main: [\n')(input);
  write('soa-configs/ledger/kubernetes-north-prod.yaml', 'main: [\n')(input);
  const text = synth(input, out).stdout;
  assert.match(text, 'north-prod: 5 instances rendered\n  held back: shopfront.canary, shopfront.main\n');
  assert.match(text, 'held back: what ledger/kubernetes-north-prod.yaml holds\n');
  const json = JSON.parse(synth(input, out, '-o', 'json').stdout) as { failed: number; heldFiles: string[] };
  assert.is(json.failed, 2);
  assert.equal(json.heldFiles, ['ledger/kubernetes-north-prod.yaml']);
  write('system-config/north-prod/cluster.json', '{')(input);
  const ofCluster = synth(input, out).stdout;
  assert.match(
    ofCluster,
    /north-prod: held back, its system configuration has errors\n {2}held back: cart_api.main, .*shopfront.main\n/,
  );
  assert.not.match(ofCluster, 'north-prod: 0');
});

/** Which files of the service that every case spoils, and of the aggregates that hold parts of it, are not as they were. */
function changedParts(out: string): readonly string[] {
  const after = readTree(out);
  const isKept = (path: string): boolean => path.includes('north-prod') && /shopfront|adapter|namespace-/.test(path);
  return [...new Set([...Object.keys(before), ...Object.keys(after)])]
    .filter((path) => isKept(path) && before[path] !== after[path])
    .sort();
}

function synth(input: string, out: string, ...more: readonly string[]): CliResult {
  const args = ['--soa-dir', join(input, 'soa-configs'), '--system-config-dir', join(input, 'system-config')];
  return runCli(['synth', ...args, '--out', out, ...more], { cwd: '/' });
}

function bomb(levels: number): string {
  const names = 'abcdefghijklm';
  const lines = Array.from({ length: levels }, (_, index) => {
    const aliases = Array.from({ length: 10 }, () => `*${names[index]!}`).join(',');
    return `${names[index + 1]!}: &${names[index + 1]!} [${aliases}]\n`;
  });
  return lines.join('');
}

test.after(() => rmSync(scratch, { recursive: true, force: true }));
test.run();
