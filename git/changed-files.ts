import { fileURLToPath } from 'node:url';
import { type Environment, gitEnvironment } from './git-environment.ts';

/** An empty repository beside the program: git wants one, and takes what it should run from the configuration of any other. */
const REPOSITORY = fileURLToPath(new URL('./git-dir', import.meta.url));

/** Neither the system's nor the user's, whose home git looks into before version 2.32. */
const NO_CONFIGURATION = {
  GIT_CONFIG_NOSYSTEM: '1',
  GIT_CONFIG_GLOBAL: '/dev/null',
  HOME: '/dev/null',
  XDG_CONFIG_HOME: '/dev/null',
};

/** A git that has not answered by then is ended. */
const LONGEST_MILLISECONDS = 10_000;

export interface FilesQuestion {
  readonly folder: string;
  /** Path of the index; its paths are relative to the folder. */
  readonly index: string;
  readonly env: Environment;
  readonly repository?: string;
  readonly longest?: number;
}

/**
 * Files of an index (`stampIndex`) that look otherwise below a folder, or are gone, but for empty ones that are empty still; null when git
 * does not tell. git compares stamps to the second. It works meanwhile: looking from here costs twice as much. Rejects when it cannot be
 * started at all.
 */
export async function changedFiles(question: FilesQuestion): Promise<ReadonlySet<string> | null> {
  const { folder, index, env, repository = REPOSITORY, longest = LONGEST_MILLISECONDS } = question;
  // Node takes 2 ms to load this: only a large folder is worth it.
  const { spawn } = process.getBuiltinModule('node:child_process');
  const args = [
    `--git-dir=${repository}`,
    `--work-tree=${folder}`,
    '--no-optional-locks',
    // Unlike `diff-files` it looks at files only, and not once more at each of their folders.
    'ls-files',
    '--modified',
    '-z',
  ];
  const own = { ...NO_CONFIGURATION, GIT_INDEX_FILE: index };
  // It tells of files below its working directory.
  const git = spawn('git', args, { cwd: folder, env: gitEnvironment(env, own), stdio: ['ignore', 'pipe', 'ignore'] });
  // Nobody may wait for the answer.
  const end = (): boolean => git.kill('SIGKILL');
  process.once('exit', end);
  return new Promise((resolve) => {
    const timer = setTimeout(() => {
      end();
      // Whatever it started may hold the other end.
      git.stdout.destroy();
      resolve(null);
    }, longest);
    const pieces: Buffer[] = [];
    git.on('error', () => {
      clearTimeout(timer);
      process.off('exit', end);
      resolve(null);
    });
    git.on('close', (status) => {
      clearTimeout(timer);
      process.off('exit', end);
      const paths = Buffer.concat(pieces).toString().split('\0').slice(0, -1);
      resolve(status === 0 ? new Set(paths) : null);
    });
    // Without a descriptor left there is none.
    (git.stdout as typeof git.stdout | null)?.on('data', (piece: Buffer) => pieces.push(piece));
  });
}
