/**
 * Runs the plain suites (Node and git, nothing else) on each Node that is supported; numbers among the arguments choose versions,
 * others suites, as in test.ts. A version other than the running one comes from the npm package `node`, installed into a cache
 * folder of the user.
 */
import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync } from 'node:fs';
import { homedir } from 'node:os';
import { delimiter, dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const SUPPORTED = ['20', '22', '24'];
const chosen = process.argv.slice(2).filter((argument) => SUPPORTED.includes(argument));
const filters = process.argv.slice(2).filter((argument) => !SUPPORTED.includes(argument));
/** What makes suites run that need more than Node and git. */
const EQUIPMENT = ['KUBEBUILDER_ASSETS', 'PAASTA_ORACLE', 'PAASTA_ORACLE_PYTHON', 'CHECK_JSONSCHEMA'];

const root = fileURLToPath(new URL('..', import.meta.url));
const cache = join(process.env['XDG_CACHE_HOME'] ?? join(homedir(), '.cache'), 'paasta-gitops-nodes');

/** The program of a major version. */
function nodeOf(major: string): string {
  if (process.versions.node.startsWith(`${major}.`)) return process.execPath;
  const folder = join(cache, major);
  const node = join(folder, 'node_modules/node/bin/node');
  if (!existsSync(node)) {
    mkdirSync(folder, { recursive: true });
    const flags = ['--prefix', folder, '--no-save', '--no-audit', '--no-fund', '--loglevel=error'];
    const { status } = spawnSync('npm', ['install', ...flags, `node@${major}`], { cwd: folder, stdio: 'inherit' });
    if (status !== 0 || !existsSync(node)) throw new Error(`node@${major} could not be installed into ${folder}`);
  }
  return node;
}

function passesOn(node: string): boolean {
  const env = Object.fromEntries(Object.entries(process.env).filter(([name]) => !EQUIPMENT.includes(name)));
  const path = `${dirname(node)}${delimiter}${process.env['PATH'] ?? ''}`;
  const args = ['--import', 'tsx', 'scripts/test.ts', ...filters];
  return spawnSync(node, args, { cwd: root, env: { ...env, PATH: path }, stdio: 'inherit' }).status === 0;
}

for (const major of chosen.length > 0 ? chosen : SUPPORTED) {
  const node = nodeOf(major);
  process.stdout.write(`Node ${spawnSync(node, ['--version'], { encoding: 'utf8' }).stdout}`);
  if (!passesOn(node)) process.exitCode = 1;
}
