/** What `npm pack` makes: everything that runs and nothing else; installed into an empty folder it works. */
import { execFileSync, spawnSync } from 'node:child_process';
import { cpSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { tempDir } from './support/git-repository.ts';
import { ROOT } from './support/run-cli.ts';
import { skipSuite } from './support/skip.ts';

/** `npm pack` without the build: lib/ is there. */
function pack(...flags: readonly string[]): { readonly filename: string; readonly files: readonly { path: string }[] } {
  const args = ['pack', '--json', '--ignore-scripts', '--loglevel=error', ...flags];
  const [packed] = JSON.parse(execFileSync('npm', args, { cwd: ROOT, encoding: 'utf8' })) as [ReturnType<typeof pack>];
  return packed;
}

test('the package holds the program, its schemas and nothing else', () => {
  const known =
    /^(package\.json|README\.md|LICENSE|lib\/(package\.json|paasta-gitops\.js|(start|compile)\.cjs|program\.(cjs|sha256)|git-dir\/(HEAD|(objects|refs)\/empty))|schemas\/[a-z_-]+\.schema\.json)$/;
  const paths = pack('--dry-run').files.map(({ path }) => path);
  assert.equal(
    paths.filter((path) => !known.test(path)),
    [],
  );
  const here = new Set(paths);
  assert.is(
    paths.filter((path) => path.startsWith('lib/git-dir/')).length,
    3,
    'git takes nothing less for a repository',
  );
  const missing = readdirSync(join(ROOT, 'schemas')).filter(
    (name) => name.endsWith('.json') && !here.has(`schemas/${name}`),
  );
  assert.equal(missing, ['kubernetes-objects.json'], 'that one is in the program');
});

const answer = spawnSync('npm', ['view', 'ajv', 'version', '--fetch-retries=0', '--fetch-timeout=5000'], { cwd: ROOT });
if (answer.status !== 0) {
  skipSuite('package install', 'no npm registry answers');
} else {
  test('installed into an empty folder, the program renders the example to the same bytes', () => {
    const folder = tempDir('package');
    const { filename } = pack('--pack-destination', folder);
    const npm = (...args: readonly string[]): string =>
      execFileSync('npm', args, { cwd: folder, encoding: 'utf8', stdio: 'pipe' });
    npm('install', '--no-audit', '--no-fund', '--loglevel=error', `./${filename}`);
    const { version } = JSON.parse(readFileSync(join(ROOT, 'package.json'), 'utf8')) as { version: string };
    const run = (...args: readonly string[]): string => npm('exec', '--offline', '--', 'paasta-gitops', ...args);
    assert.is(run('--version'), `paasta-gitops ${version}\n`);
    assert.match(run('schema', 'print', 'kubernetes'), '"$schema"');
    cpSync(join(ROOT, 'examples/company'), folder, { recursive: true });
    run('synth', '--soa-dir', 'soa-configs', '--system-config-dir', 'system-config', '--out', 'dist');
    execFileSync('git', ['diff', '--no-index', '--quiet', join(ROOT, 'dist'), join(folder, 'dist')]);
  });
}

test.run();
