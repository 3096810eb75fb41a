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
  /** Path of the index, in a folder that can be written to; its paths are relative to `folder`. */
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
  const place = `${index}.${process.pid}`;
  const answer = openAnswer(place);
  if (answer === null) return null;
  // git tells of files below its working directory.
  const git = spawn('git', args, { cwd: folder, env: gitEnvironment(env, own), stdio: ['ignore', answer, 'ignore'] });
  removeName(place);
  // Nobody may wait for the answer.
  const end = (): boolean => git.kill('SIGKILL');
  process.once('exit', end);
  const status = await new Promise<number | null>((resolve) => {
    const timer = setTimeout(() => {
      end();
      resolve(null);
    }, longest);
    const ended = (status: number | null): void => {
      clearTimeout(timer);
      resolve(status);
    };
    git.on('error', () => {
      ended(null);
    });
    git.on('exit', ended);
  });
  process.off('exit', end);
  try {
    return status === 0 ? new Set(readAnswer(answer).split('\0').slice(0, -1)) : null;
  } finally {
    closeSync(answer);
  }
}

/** To read from a file takes Node milliseconds less than to open a pipe. Null where there is no room for one. */
function openAnswer(path: string): number | null {
  try {
    return openSync(path, 'w+', 0o600);
  } catch {
    return null;
  }
}

/** Whoever has a file open keeps it. */
function removeName(path: string): void {
  try {
    unlinkSync(path);
  } catch {
    // A name that stays goes with what killed runs left.
  }
}

function readAnswer(file: number): string {
  const bytes = Buffer.alloc(fstatSync(file).size);
  for (let at = 0; at < bytes.length;) at += readSync(file, bytes, at, bytes.length - at, at);
  return bytes.toString();
}
