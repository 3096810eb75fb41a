import { cpSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { readTree, ROOT, runCli } from './support/run-cli.ts';

const golden = join(ROOT, 'test/golden/paasta');
const scratch = mkdtempSync(join(tmpdir(), 'deterministic-'));

function synth(
  name: string,
  input: string,
  options: { cwd?: string; env?: Record<string, string> } = {},
): Record<string, string> {
  const out = join(scratch, name);
  const args = ['synth', '--soa-dir', join(input, 'soa-configs'), '--system-config-dir', join(input, 'etc-paasta')];
  const { status, stderr } = runCli([...args, '--out', out], options);
  assert.ok(status === 0 || status === 1, stderr);
  const tree = readTree(out);
  assert.ok(Object.keys(tree).length > 100, 'the whole tree is rendered');
  return tree;
}

const reference = synth('reference', golden);

test('the same input gives the same bytes twice', () => {
  assert.equal(synth('again', golden), reference);
});

test('locale, time zone and working folder change nothing', () => {
  const env = { LC_ALL: 'tr_TR.UTF-8', LANG: 'tr_TR.UTF-8', TZ: 'Pacific/Kiritimati' };
  assert.equal(synth('elsewhere', golden, { cwd: scratch, env }), reference);
});

test('the order in which files were created changes nothing', () => {
  const copy = join(scratch, 'copy');
  const paths = (
    readdirSync(golden, { recursive: true, withFileTypes: true }) as unknown as {
      name: string;
      parentPath: string;
      isFile: () => boolean;
    }[]
  )
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name).slice(golden.length + 1))
    .filter((path) => path.startsWith('soa-configs/') || path.startsWith('etc-paasta/'))
    .sort()
    .reverse();
  for (const path of paths) {
    mkdirSync(dirname(join(copy, path)), { recursive: true });
    writeFileSync(join(copy, path), readFileSync(join(golden, path)));
  }
  assert.equal(synth('reversed', copy), reference);
});

test('a second run writes nothing', () => {
  const out = join(scratch, 'twice');
  cpSync(join(scratch, 'reference'), out, { recursive: true, preserveTimestamps: true });
  const input = ['--soa-dir', join(golden, 'soa-configs'), '--system-config-dir', join(golden, 'etc-paasta')];
  const { stdout } = runCli(['synth', ...input, '--out', out, '-o', 'json']);
  const report = JSON.parse(stdout) as { written: unknown[]; removed: unknown[] };
  assert.equal([report.written.length, report.removed.length], [0, 0]);
});

test.after(() => rmSync(scratch, { recursive: true, force: true }));
test.run();
