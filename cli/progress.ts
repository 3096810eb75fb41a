import type { Io } from './io.ts';

const QUIET_MILLISECONDS = 1000;
const STEP_MILLISECONDS = 200;

/** Shows progress on a terminal once a run takes more than a second: one line, redrawn. `clear` removes it. */
export function progressLine(
  io: Io,
  label: string,
): { update: (done: number, total: number) => void; clear: () => void } {
  // Node loads its clock for measuring when it is asked for: 4 ms that few runs have a use for.
  if (!io.isTerminal) return { update: () => undefined, clear: () => undefined };
  const started = performance.now();
  let drawn = 0;
  return {
    update(done, total) {
      const now = performance.now();
      if (now - started < QUIET_MILLISECONDS || now - drawn < STEP_MILLISECONDS) return;
      drawn = now;
      io.err(`\r${label} ${done}/${total}`);
    },
    clear() {
      if (drawn > 0) io.err('\r\u001b[K');
    },
  };
}
