import { isTerminal, isWritten, writeNow, writeSoon } from './standard-output.ts';

/** The world as a verb sees it; tests give their own. */
export interface Io {
  readonly out: (text: string) => void;
  readonly err: (text: string) => void;
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly cwd: string;
  /** Standard error is a terminal: progress may be drawn there. */
  readonly isTerminal: boolean;
  /** Colours are wanted on standard output: a terminal, and NO_COLOR is not set. */
  readonly hasColor: boolean;
}

/** Verbs that write their report when all else is done. Others go on while somebody is slow to read. */
const REPORTING: readonly (string | undefined)[] = ['synth', 'validate'];

/** To look at standard error opens it, which takes time. */
let isErrorOpened = false;

/** The real process. */
export function processIo(): Io {
  const noColor = (process.env['NO_COLOR'] ?? '') !== '' || process.env['TERM'] === 'dumb';
  return {
    out: REPORTING.includes(process.argv[2]) ? writeNow : writeSoon,
    err: (text) => {
      isErrorOpened = true;
      process.stderr.write(text);
    },
    env: process.env,
    cwd: workingDirectory(),
    // Opening standard error takes time, and most calls write nothing there.
    get isTerminal() {
      return process.stderr.isTTY;
    },
    hasColor: isTerminal() && !noColor,
  };
}

/**
 * Ends the process, its exit code set, unless something that was written is still under way. Left to itself, Node would first collect
 * garbage and give memory back piece by piece.
 */
export function endProcess(): void {
  if (isWritten() && (!isErrorOpened || process.stderr.writableLength === 0)) process.exit();
}

/** A folder that was deleted meanwhile is none: nothing can be found from there. */
function workingDirectory(): string {
  try {
    return process.cwd();
  } catch {
    process.stderr.write('paasta-gitops: the working directory is gone: change to one that is there\n');
    return process.exit(2);
  }
}
