/**
 * Runs the plain suites (Node and git, nothing else) on each Node that is supported; numbers among the arguments choose versions,
 * others suites, as in test.ts. A version other than the running one comes from the npm package `node`, installed into a cache
 * folder of the user. Ends with a table of the versions.
 */
import { spawn, spawnSync } from 'node:child_process';
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

interface Totals {
  readonly version: string;
  readonly passed: number;
  readonly failed: number;
  readonly skipped: number;
  /** Suites in which something failed. */
  readonly failing: readonly string[];
}

/** Runs the suites, shows what they print, and counts it. */
async function totalsOn(node: string): Promise<Totals> {
  const env = Object.fromEntries(Object.entries(process.env).filter(([name]) => !EQUIPMENT.includes(name)));
  const path = `${dirname(node)}${delimiter}${process.env['PATH'] ?? ''}`;
  const args = ['--import', 'tsx', 'scripts/test.ts', ...filters];
  const version = spawnSync(node, ['--version'], { encoding: 'utf8' }).stdout.trim();
  process.stdout.write(`Node ${version}\n`);
  const child = spawn(node, args, { cwd: root, env: { ...env, PATH: path }, stdio: ['ignore', 'pipe', 'inherit'] });
  let output = '';
  for await (const chunk of child.stdout.setEncoding('utf8')) {
    process.stdout.write(String(chunk));
    output += String(chunk);
  }
  const [, passed = 0, failed = 1] = /^(\d+) passed, (\d+) failed$/m.exec(output)?.map(Number) ?? [];
  const failing = [...output.matchAll(/^FAIL (\S+)/gm)].map((match) => match[1]!);
  return { version, passed, failed, skipped: output.match(/^skipped: /gm)?.length ?? 0, failing };
}

function table(rows: readonly Totals[]): string {
  const cells = [
    ['Node', 'passed', 'failed', 'not run', ''],
    ...rows.map((row) => [row.version, row.passed, row.failed, row.skipped, row.failing.join(' ')].map(String)),
  ];
  return cells
    .map(
      (row) =>
        `${row
          .map((cell) => cell.padEnd(9))
          .join(' ')
          .trimEnd()}\n`,
    )
    .join('');
}

const rows: Totals[] = [];
for (const major of chosen.length > 0 ? chosen : SUPPORTED) rows.push(await totalsOn(nodeOf(major)));
process.stdout.write(`\n${table(rows)}`);
if (rows.some(({ failed }) => failed > 0)) process.exitCode = 1;
