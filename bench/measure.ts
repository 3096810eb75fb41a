import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

/** What one whole run used. */
export interface Usage {
  /** User and system CPU of its processes, seconds. */
  readonly cpuSeconds: number;
  readonly wallSeconds: number;
  /** Peak resident memory of Node's process, MB (10^6 bytes). */
  readonly peakMb: number;
  readonly status: number | null;
  readonly stdout: string;
}

const PRELOAD = fileURLToPath(new URL('./report-peak.cjs', import.meta.url));
export const PROGRAM = fileURLToPath(new URL('../lib/paasta-gitops.js', import.meta.url));

/** The environment without a list of certificates, which any Node would read at its start and which this program does not need. */
export function plainEnvironment(): NodeJS.ProcessEnv {
  const { NODE_EXTRA_CA_CERTS: _certificates, ...rest } = process.env;
  return rest;
}

/** Tells what a command and all processes that it waited for used, which Node does not: git runs in one of its own. */
const TIMED = 'TIMEFORMAT="%3U %3S"; exec 4>&2; { time "$0" "$@" 2>&4 4>&-; } 2>"$BENCH_TIME_FILE"';

/** Runs the built program once and reports the CPU of it and its git, Node's own start included, and the memory of its process. */
export function runProgram(args: readonly string[]): Usage {
  const folder = mkdtempSync(join(tmpdir(), 'bench-'));
  const [peak, time] = [join(folder, 'peak'), join(folder, 'time')];
  const start = process.hrtime.bigint();
  const command = [process.execPath, '--require', PRELOAD, PROGRAM, ...args];
  const { status, stdout, stderr } = spawnSync('bash', ['-c', TIMED, ...command], {
    env: { ...plainEnvironment(), BENCH_PEAK_FILE: peak, BENCH_TIME_FILE: time, NO_COLOR: '1' },
    encoding: 'utf8',
    maxBuffer: 1 << 28,
  });
  const wallSeconds = Number(process.hrtime.bigint() - start) / 1e9;
  if (status !== 0 && status !== 1) throw new Error(`${args.join(' ')} exited with ${status}: ${stderr}`);
  const [user, system] = readFileSync(time, 'utf8').trim().split(' ').map(Number);
  const peakMb = Number(readFileSync(peak, 'utf8'));
  rmSync(folder, { recursive: true });
  return { cpuSeconds: user! + system!, peakMb, wallSeconds, status, stdout };
}

/** Wall seconds of `node` with these arguments, nothing preloaded. */
export function wallSeconds(args: readonly string[]): number {
  const start = process.hrtime.bigint();
  spawnSync(process.execPath, args, { env: plainEnvironment(), maxBuffer: 1 << 28 });
  return Number(process.hrtime.bigint() - start) / 1e9;
}

export function median(values: readonly number[]): number {
  return [...values].sort((a, b) => a - b)[Math.floor(values.length / 2)]!;
}

/** The run with the median CPU of several. */
export function medianRun(times: number, run: () => Usage): Usage {
  return medianOf(Array.from({ length: times }, run));
}

/** The one with the median CPU, with the median of all peaks: when garbage is collected is chance. */
export function medianOf<T extends { readonly cpuSeconds: number; readonly peakMb: number }>(runs: readonly T[]): T {
  const middle = Math.floor((runs.length - 1) / 2);
  const run = [...runs].sort((a, b) => a.cpuSeconds - b.cpuSeconds)[middle]!;
  return { ...run, peakMb: runs.map(({ peakMb }) => peakMb).sort((a, b) => a - b)[middle]! };
}
