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

/** The real process. */
export function processIo(): Io {
  const noColor = (process.env['NO_COLOR'] ?? '') !== '' || process.env['TERM'] === 'dumb';
  process.stdout.on('error', (error: NodeJS.ErrnoException) => {
    // Nobody reads any more, as after "| head": what is under way goes on, quietly.
    if (error.code !== 'EPIPE') throw error;
  });
  return {
    out: (text) => void process.stdout.write(text),
    err: (text) => void process.stderr.write(text),
    env: process.env,
    cwd: workingDirectory(),
    // Opening standard error takes time, and most calls write nothing there.
    get isTerminal() {
      return process.stderr.isTTY;
    },
    hasColor: process.stdout.isTTY && !noColor,
  };
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
