import { simpleGit, GitPluginError, type SimpleGit } from 'simple-git';
import { type Environment, gitEnvironment, PASSED } from './git-environment.ts';
import { failureOf, GitFailure } from './git-failure.ts';

export interface GitOptions {
  /** Where git runs; a folder that exists. */
  readonly dir: string;
  readonly env: Environment;
  /** Let git read and write repositories on this machine by path. */
  readonly allowFile?: boolean;
  /** Seconds until a command is stopped; 60 unless told. */
  readonly timeoutSeconds?: number;
  /** Variables that are ours and not the caller's; all of them reach git. */
  readonly own?: Environment;
}

/** Runs git commands. Every non-zero status rejects with a GitFailure. */
export interface SafeGit {
  readonly dir: string;
  /** Standard output of a command as text. */
  run(args: readonly string[], input?: string | Uint8Array): Promise<string>;
  /** Output of `git cat-file --batch` for object names, byte for byte. */
  catFile(input: string): Promise<Buffer>;
  /** The same git with more environment variables. */
  withEnv(env: Environment): SafeGit;
}

const OURS = ['GIT_ALLOW_PROTOCOL', 'GIT_TERMINAL_PROMPT', 'GIT_INDEX_FILE', 'GIT_NO_LAZY_FETCH'];

/** No hooks, no file-system monitor, no background work: a command does what it says and nothing else. */
const CONFIG = [
  'core.hooksPath=/dev/null',
  'core.fsmonitor=false',
  'gc.auto=0',
  'maintenance.auto=false',
  'submodule.recurse=false',
  'push.followTags=false',
  'advice.pushUpdateRejected=false',
];

/**
 * Git for URLs and names that others wrote: only https and ssh (and file when allowed) whatever the configuration rewrites,
 * no hooks, no prompts, a time-out, and failures that reject. Arguments are never given to a shell.
 */
export function openGit(options: GitOptions): SafeGit {
  const protocols = options.allowFile === true ? 'https:ssh:file' : 'https:ssh';
  const env = gitEnvironment(options.env, { ...options.own, GIT_ALLOW_PROTOCOL: protocols });
  async function use<T>(task: (git: SimpleGit) => PromiseLike<T>, input?: string | Uint8Array): Promise<T> {
    const seconds = options.timeoutSeconds ?? 60;
    const stop = new AbortController();
    const timer = setTimeout(() => stop.abort(), seconds * 1000);
    try {
      return await task(instance(options.dir, env, stop.signal, input));
    } catch (error) {
      if (stop.signal.aborted) throw new GitFailure('timeout', -1, `git was stopped after ${seconds} s`);
      throw error instanceof GitPluginError ? new GitFailure('other', -1, error.message) : error;
    } finally {
      clearTimeout(timer);
    }
  }
  return {
    dir: options.dir,
    run: (args, input) => use((git) => git.raw([...args]), input),
    catFile: (input) => use((git) => git.binaryCatFile(['--batch']) as PromiseLike<Buffer>, input),
    withEnv: (more) => openGit({ ...options, own: { ...options.own, ...more } }),
  };
}

function instance(dir: string, env: NodeJS.ProcessEnv, abort: AbortSignal, input?: string | Uint8Array): SimpleGit {
  return simpleGit({
    baseDir: dir,
    config: CONFIG,
    abort,
    completion: { onClose: true, onExit: false },
    allowEnvironment: [...PASSED, ...OURS],
    unsafe: {
      allowUnsafeHooksPath: true,
      allowUnsafeFsMonitor: true,
      allowUnsafeSshCommand: true,
      allowUnsafeAskPass: true,
      allowUnsafeConfigPaths: true,
    },
    errors: (error, { exitCode, stdOut, stdErr }) => {
      if (error instanceof GitPluginError) return error;
      if (exitCode === 0) return undefined;
      return failureOf(exitCode, Buffer.concat(stdOut).toString(), Buffer.concat(stdErr).toString());
    },
    ...(input === undefined ? {} : { input: () => (typeof input === 'string' ? input : Buffer.from(input)) }),
  }).env(env);
}
