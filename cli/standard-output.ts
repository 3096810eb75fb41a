import { fstatSync, writeSync } from 'node:fs';

const STANDARD_OUTPUT = 1;
/** Between two tries with a full pipe that does not wait for its reader. */
const PAUSE_MILLISECONDS = 5;

let isReaderGone = false;

/**
 * Writes to standard output, and returns when the system has it all: for runs that have nothing else to do then. Node's stream would have
 * to be opened first, which takes longer. Ends the process when the system refuses; that nobody reads any more is no reason.
 */
export function writeNow(text: string): void {
  const bytes = Buffer.from(text);
  for (let at = 0; at < bytes.length && !isReaderGone;) {
    try {
      at += writeSync(STANDARD_OUTPUT, bytes, at);
    } catch (error) {
      const { code, message } = error as NodeJS.ErrnoException;
      if (code === 'EPIPE') isReaderGone = true;
      else if (code === 'EAGAIN') Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, PAUSE_MILLISECONDS);
      else {
        process.stderr.write(`paasta-gitops: cannot write to standard output: ${message}\n`);
        process.exit(1);
      }
    }
  }
}

/** Whether standard output is a terminal. What is none mostly shows without opening the stream. */
export function isTerminal(): boolean {
  try {
    return fstatSync(STANDARD_OUTPUT).isCharacterDevice() && process.stdout.isTTY;
  } catch {
    return false;
  }
}
