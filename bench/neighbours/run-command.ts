import { spawnSync } from 'node:child_process';
import { mkdtempSync, openSync, closeSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/** What a command and the processes it waited for used. */
export interface CommandUsage {
  /** User and system CPU, seconds. */
  readonly cpuSeconds: number;
  /** Peak resident memory of its largest process, MB (10^6 bytes). */
  readonly peakMb: number;
}

const MEASURE = `
import json, resource, subprocess, sys
status = subprocess.run(sys.argv[2:]).returncode
usage = resource.getrusage(resource.RUSAGE_CHILDREN)
with open(sys.argv[1], 'w') as out:
    json.dump({'cpuSeconds': usage.ru_utime + usage.ru_stime, 'peakMb': usage.ru_maxrss * 1024 / 1e6}, out)
sys.exit(status)
`;

/** Runs a command in a folder, its standard output to a file. Needs python3, since Node does not tell what a child used. */
export function runCommand(command: readonly string[], cwd: string, output: string): CommandUsage {
  const folder = mkdtempSync(join(tmpdir(), 'bench-command-'));
  const usage = join(folder, 'usage.json');
  const out = openSync(output, 'w');
  try {
    const { status, stderr } = spawnSync('python3', ['-c', MEASURE, usage, ...command], {
      cwd,
      stdio: ['ignore', out, 'pipe'],
      env: { ...process.env, HOME: folder, NO_COLOR: '1' },
    });
    if (status !== 0) throw new Error(`${command.join(' ')} exited with ${status}: ${stderr.toString().slice(-500)}`);
    return JSON.parse(readFileSync(usage, 'utf8')) as CommandUsage;
  } finally {
    closeSync(out);
    rmSync(folder, { recursive: true, force: true });
  }
}

/** Where a program is in PATH. */
export function findProgram(name: string): string | undefined {
  const { status, stdout } = spawnSync('sh', ['-c', 'command -v "$0"', name], { encoding: 'utf8' });
  return status === 0 ? stdout.trim() : undefined;
}
