import type { ChildProcess } from 'node:child_process';
import { closeSync, fstatSync, openSync, readSync, unlinkSync } from 'node:fs';
import { join } from 'node:path';
import { type Environment, gitEnvironment } from './git-environment.ts';

/** An empty repository beside the program: git wants one, and takes what it should run from the configuration of any other. */
const REPOSITORY = join(import.meta.dirname, 'git-dir');

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
 * Files of an index (`stampIndex`) that look otherwise below a folder, or are gone; null when git does not tell. git compares stamps to
 * the second. It works meanwhile: looking from here costs twice as much. Rejects when it cannot be started at all.
 */
export async function changedFiles(question: FilesQuestion): Promise<ReadonlySet<string> | null> {
  const { folder, index, env, repository = REPOSITORY, longest = LONGEST_MILLISECONDS } = question;
  // Node takes 2 ms to load this: only a large folder is worth it.
  const { spawn } = process.getBuiltinModule('node:child_process');
  const args = [
    // It tells of files below its working directory. If it were started there, it would be looked for there too by a relative PATH.
    '-C',
    folder,
    `--git-dir=${repository}`,
    `--work-tree=${folder}`,
    '--no-optional-locks',
    // Unlike `diff-files` it looks at files only, and not once more at each of their folders.
    'ls-files',
    '--modified',
    '-z',
  ];
  const own = { ...NO_CONFIGURATION, GIT_INDEX_FILE: index };
  const answer = openAnswer(index);
  if (answer === null) return null;
  try {
    const git = spawn('git', args, { env: gitEnvironment(env, own), stdio: ['ignore', answer, 'ignore'] });
    return (await statusOf(git, longest)) === 0 ? pathsIn(answer) : null;
  } finally {
    closeSync(answer);
  }
}

/** Null for a git that cannot be started, is ended by a signal or takes longer than so many milliseconds. */
function statusOf(git: ChildProcess, longest: number): Promise<number | null> {
  // Nobody may wait for it.
  const end = (): boolean => git.kill('SIGKILL');
  process.once('exit', end);
  return new Promise((resolve) => {
    const ended = (status: number | null): void => {
      clearTimeout(timer);
      process.off('exit', end);
      resolve(status);
    };
    const timer = setTimeout(() => {
      end();
      ended(null);
    }, longest);
    git.on('error', () => {
      ended(null);
    });
    git.on('exit', ended);
  });
}

/**
 * A file without a name that git writes to: to read from one takes Node milliseconds less than to open a pipe. It lies beside the index,
 * or where nothing can be written there, among temporary files; null when not there either.
 */
function openAnswer(index: string): number | null {
  const places = [
    () => `${index}.${process.pid}`,
    () => join(process.getBuiltinModule('node:os').tmpdir(), `paasta-gitops-${process.pid}-${Date.now()}`),
  ];
  for (const place of places) {
    try {
      const name = place();
      // Whatever is there is somebody else's.
      const file = openSync(name, 'wx+', 0o600);
      unlinkSync(name);
      return file;
    } catch {
      continue;
    }
  }
  return null;
}

/** Null when not all of it can be read. */
function pathsIn(file: number): ReadonlySet<string> | null {
  const bytes = Buffer.alloc(fstatSync(file).size);
  for (let at = 0; at < bytes.length;) {
    const length = readSync(file, bytes, at, bytes.length - at, at);
    if (length === 0) return null;
    at += length;
  }
  return new Set(bytes.toString().split('\0').slice(0, -1));
}
