import { isTerminal, writeNow } from './standard-output.ts';

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

/** The streams that were written to: to look at another one opens it, which takes time. */
const opened = new Set<NodeJS.WriteStream>();

/** The real process. */
export function processIo(): Io {
  const noColor = (process.env['NO_COLOR'] ?? '') !== '' || process.env['TERM'] === 'dumb';
  return {
    out: REPORTING.includes(process.argv[2]) ? writeNow : standardOutput(),
    err: (text) => {
      opened.add(process.stderr);
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

/** Leaves to Node what the reader has no room for yet. */
function standardOutput(): Io['out'] {
  process.stdout.on('error', (error: NodeJS.ErrnoException) => {
    // Nobody reads any more, as after "| head": what is under way goes on, quietly.
    if (error.code !== 'EPIPE') throw error;
  });
  opened.add(process.stdout);
  return (text) => void process.stdout.write(text);
}

/**
 * Ends the process, its exit code set, unless something that was written is still under way. Left to itself, Node would first collect
 * garbage and give memory back piece by piece.
 */
export function endProcess(): void {
  if ([...opened].every(({ writableLength }) => writableLength === 0)) process.exit();
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
