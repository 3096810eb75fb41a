import { type ChildProcess, spawn } from 'node:child_process';
import { closeSync, openSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';

/** A port was taken between choosing and using it: start again with others. */
export class PortTaken extends Error {}

/**
 * Runs the program and kills it when its own standard input closes, which happens when the process that started it ends in any
 * way, `kill -9` included. Its exit status is the program's.
 */
const GUARD = `exec 3<&0
"$@" </dev/null 3<&- &
child=$!
{ cat <&3 >/dev/null; kill -9 $child; } 2>/dev/null &
guard=$!
exec 3<&-
wait $child
status=$?
kill -9 $guard 2>/dev/null
exit $status`;

/** Long-running programs of one folder, each with a log file, that all end together. */
export class Programs {
  readonly #assets: string;
  readonly #logs: string;
  readonly #deadline: number;
  readonly #running = new Map<
    string,
    { child: ChildProcess; ended: Promise<void>; status: number | null | undefined }
  >();

  constructor(assets: string, logs: string, deadline: number) {
    this.#assets = assets;
    this.#logs = logs;
    this.#deadline = deadline;
  }

  start(name: string, args: readonly string[]): void {
    const log = openSync(this.#logOf(name), 'w');
    const child = spawn('/bin/sh', ['-c', GUARD, 'sh', join(this.#assets, name), ...args], {
      cwd: this.#logs,
      stdio: ['pipe', log, log],
    });
    closeSync(log);
    const entry: { child: ChildProcess; ended: Promise<void>; status: number | null | undefined } = {
      child,
      status: undefined,
      ended: new Promise((resolve) => {
        child.once('error', () => {
          entry.status = null;
          resolve();
        });
        child.once('exit', (status) => {
          entry.status = status;
          resolve();
        });
      }),
    };
    this.#running.set(name, entry);
  }

  /** Asks again and again until the answer is yes; fails when a program died or the time is over. */
  async waitFor(what: string, isReady: () => Promise<boolean>): Promise<void> {
    while (!(await isReady().catch(() => false))) {
      for (const [name, { status }] of this.#running) if (status !== undefined) throw this.#death(name, what);
      if (Date.now() > this.#deadline) throw new Error(`timed out waiting for ${what}\n${this.#tails()}`);
      await pause(50);
    }
  }

  async stop(): Promise<void> {
    const entries = [...this.#running.values()];
    for (const { child } of entries) child.stdin?.destroy();
    await Promise.all(entries.map(({ ended }) => ended));
    this.#running.clear();
  }

  #death(name: string, what: string): Error {
    const log = this.#tail(name);
    const text = `${name} died while waiting for ${what}\n${log}`;
    return /address already in use/.test(log) ? new PortTaken(text) : new Error(text);
  }

  #tails(): string {
    return [...this.#running.keys()].map((name) => `--- ${name}\n${this.#tail(name)}`).join('\n');
  }

  #tail(name: string): string {
    return readFileSync(this.#logOf(name), 'utf8').split('\n').slice(-12).join('\n');
  }

  #logOf(name: string): string {
    return join(this.#logs, `${name}.log`);
  }
}
