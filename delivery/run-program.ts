import { spawn } from 'node:child_process';
import { DeliveryProblem } from './problem.ts';

export interface ProgramOptions {
  readonly cwd: string;
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly timeoutSeconds: number;
  /** Gets what the program prints, on both channels, as it comes. */
  readonly onOutput: (text: string) => void;
}

/**
 * Runs a program without a shell and returns its exit status; -1 when a signal or the time-out ended it. What it started goes
 * with it. Throws DeliveryProblem when it is not installed.
 */
export function runProgram(program: string, args: readonly string[], options: ProgramOptions): Promise<number> {
  return new Promise((resolve, reject) => {
    const { cwd, env, timeoutSeconds, onOutput } = options;
    const child = spawn(program, [...args], { cwd, env, stdio: ['ignore', 'pipe', 'pipe'], detached: true });
    const timer = setTimeout(() => {
      onOutput(`\n${program} was stopped after ${timeoutSeconds} s\n`);
      stopGroup(child.pid);
    }, timeoutSeconds * 1000);
    child.stdout.setEncoding('utf8').on('data', onOutput);
    child.stderr.setEncoding('utf8').on('data', onOutput);
    child.on('error', (error: NodeJS.ErrnoException) => {
      clearTimeout(timer);
      const isMissing = error.code === 'ENOENT';
      reject(
        new DeliveryProblem(
          isMissing ? `${program} is not installed, or not on PATH` : `${program} could not be started`,
        ),
      );
    });
    child.on('close', (status) => {
      clearTimeout(timer);
      resolve(status ?? -1);
    });
  });
}

function stopGroup(pid: number | undefined): void {
  if (pid === undefined) return;
  try {
    process.kill(-pid, 'SIGKILL');
  } catch {
    return; // it ended in between
  }
}
