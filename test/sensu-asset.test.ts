import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { plainKubeconfig } from './support/check-company.ts';
import { ROOT } from './support/run-cli.ts';
import { skipSuite } from './support/skip.ts';

const MOST_BYTES = 1024 * 1024;

if (['tar', 'gzip'].some((program) => spawnSync(program, ['--version']).status !== 0)) {
  skipSuite('sensu-asset', 'tar or gzip is missing');
} else {
  test('the asset is small, the same twice, names its digest, and runs a rendered check without anything else', () => {
    const folder = mkdtempSync(join(tmpdir(), 'paasta-gitops-asset-test-'));
    try {
      const one = pack(join(folder, 'one'));
      const umask = process.umask(0o077);
      const two = pack(join(folder, 'two'));
      process.umask(umask);
      assert.equal(one.digest, two.digest);
      assert.ok(one.bytes.length < MOST_BYTES, `${one.bytes.length} bytes`);
      assert.is(createHash('sha512').update(one.bytes).digest('hex'), one.digest);
      const home = join(folder, 'agent');
      mkdirSync(home);
      assert.is(spawnSync('tar', ['-xzf', one.path, '-C', home]).status, 0);
      const check = ['check', '--service', 'web', '--instance', 'main', '--cluster', 'prod', '--instances', '2'];
      const access = ['--context', 'test', '--kubeconfig', plainKubeconfig(folder, 'http://127.0.0.1:1')];
      const result = spawnSync(join(home, 'bin/paasta-gitops'), [...check, ...access], { cwd: home, encoding: 'utf8' });
      assert.is(result.status, 3, result.stderr);
      assert.match(result.stdout, /^UNKNOWN: the API server gives no answer: connect ECONNREFUSED/);
    } finally {
      rmSync(folder, { recursive: true, force: true });
    }
  });
}

function pack(folder: string): { readonly path: string; readonly bytes: Buffer; readonly digest: string } {
  const tsx = import.meta.resolve('tsx');
  const made = spawnSync(process.execPath, ['--import', tsx, 'scripts/pack-check.ts', folder], {
    cwd: ROOT,
    encoding: 'utf8',
  });
  assert.is(made.status, 0, made.stderr);
  const name = readdirSync(folder).find((file) => file.endsWith('.tar.gz'))!;
  const digest = readFileSync(join(folder, `${name}.sha512`), 'utf8').split(' ')[0]!;
  return { path: join(folder, name), bytes: readFileSync(join(folder, name)), digest };
}

test.run();
