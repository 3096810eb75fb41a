import { spawnSync } from 'node:child_process';
import { existsSync, readdirSync, readFileSync, lstatSync, readlinkSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

export const ROOT = fileURLToPath(new URL('../..', import.meta.url));
/** The built program, as a user runs it; `npm run build` makes it. */
export const PROGRAM = join(ROOT, 'lib/paasta-gitops.js');

export interface CliResult {
  readonly status: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

/** Runs the built program with a bare environment (PATH and HOME only) plus `env`. */
export function runCli(
  args: readonly string[],
  options: { cwd?: string; env?: Record<string, string> } = {},
): CliResult {
  if (!existsSync(PROGRAM)) throw new Error('lib/ is missing: run npm run build first');
  const { status, stdout, stderr } = spawnSync(process.execPath, [PROGRAM, ...args], {
    cwd: options.cwd ?? ROOT,
    env: {
      PATH: process.env['PATH'] ?? '',
      HOME: process.env['HOME'] ?? '',
      ...(process.env['XDG_CACHE_HOME'] !== undefined && { XDG_CACHE_HOME: process.env['XDG_CACHE_HOME'] }),
      ...options.env,
    },
    encoding: 'utf8',
    maxBuffer: 1 << 28,
  });
  return { status, stdout, stderr };
}

/** Every file below a folder with its content, by path; symlinks by their target. */
export function readTree(folder: string): Record<string, string> {
  const tree: Record<string, string> = {};
  if (!existsSync(folder)) return tree;
  for (const path of (readdirSync(folder, { recursive: true }) as string[]).sort()) {
    const absolute = join(folder, path);
    const stat = lstatSync(absolute);
    if (stat.isSymbolicLink()) tree[path] = `-> ${readlinkSync(absolute)}`;
    else if (stat.isFile()) tree[path] = readFileSync(absolute, 'utf8');
  }
  return tree;
}
