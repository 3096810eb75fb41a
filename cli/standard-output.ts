import { fstatSync, writeSync } from 'node:fs';

const STANDARD_OUTPUT = 1;
/** Between two tries with a full pipe that does not wait for its reader. */
const PAUSE_MILLISECONDS = 5;

/** Why nothing more is written. */
let end: 'gone' | 'lost' | undefined;
let onEnd: (() => void) | undefined;
let isOpened = false;

/**
 * Writes to standard output, and returns when the system has it all: for runs that have nothing else to do then, and for files and
 * terminals, of which Node's stream does not tell when they took a part only. The stream would have to be opened first, which takes longer.
 */
export function writeNow(text: string | Buffer): void {
  const bytes = typeof text === 'string' ? Buffer.from(text) : text;
  for (let at = 0; at < bytes.length && end === undefined;) {
    try {
      at += writeSync(STANDARD_OUTPUT, bytes, at);
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'EAGAIN') endOutput(error as NodeJS.ErrnoException);
      else Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, PAUSE_MILLISECONDS);
    }
  }
}

/** The same for runs that go on: leaves to Node what the reader of a pipe has no room for yet. */
export function writeSoon(text: string): void {
  if (!isPipe()) {
    writeNow(text);
    return;
  }
  if (!isOpened) process.stdout.on('error', endOutput);
  isOpened = true;
  if (end === undefined) process.stdout.write(text);
}

/** Whether nothing is under way any more. */
export function isWritten(): boolean {
  return !isOpened || end !== undefined || process.stdout.writableLength === 0;
}

/** Whether the system refused some of the output, which was told. Such a run must not end with 0. */
export function isOutputLost(): boolean {
  return end === 'lost';
}

/** Calls back, instead of whom it called before, when nothing more can be written. */
export function whenOutputEnds(callBack: () => void): void {
  onEnd = callBack;
}

/** That nobody reads any more, as after "| head", is no mistake. What is under way goes on in either case: it may not stop halfway. */
function endOutput({ code, message }: NodeJS.ErrnoException): void {
  if (end !== undefined) return;
  end = code === 'EPIPE' ? 'gone' : 'lost';
  if (end === 'lost') {
    process.stderr.write(`paasta-gitops: cannot write to standard output: ${message}\n`);
    process.once('exit', () => {
      process.exitCode ||= 1;
    });
  }
  onEnd?.();
}

let isFifo: boolean | undefined;

function isPipe(): boolean {
  if (isFifo === undefined) {
    const status = fstatSync(STANDARD_OUTPUT);
    isFifo = status.isFIFO() || status.isSocket();
  }
  return isFifo;
}

/** Whether standard output is a terminal. What is none mostly shows without opening the stream. */
export function isTerminal(): boolean {
  try {
    return fstatSync(STANDARD_OUTPUT).isCharacterDevice() && (process.stdout.isTTY as boolean | undefined) === true;
  } catch {
    return false;
  }
}
