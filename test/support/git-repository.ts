import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';

/** Environment of every test's git: no configuration of the machine, one author, no clock. */
export const GIT_ENV: Readonly<Record<string, string | undefined>> = {
  PATH: process.env['PATH'],
  HOME: '/nonexistent',
  GIT_CONFIG_GLOBAL: '/dev/null',
  GIT_CONFIG_SYSTEM: '/dev/null',
  GIT_CONFIG_NOSYSTEM: '1',
  GIT_AUTHOR_NAME: 'dev',
  GIT_AUTHOR_EMAIL: 'dev@example.com',
  GIT_COMMITTER_NAME: 'dev',
  GIT_COMMITTER_EMAIL: 'dev@example.com',
};

/** A real repository in a temporary folder. */
export interface TestRepository {
  readonly dir: string;
  /** Output of a git command in it, trimmed. */
  git(...args: readonly string[]): string;
  /** Commits files (null: deletes) on the current branch and returns the commit's id. */
  commit(message: string, files: Readonly<Record<string, string | null>>): string;
}

const made: string[] = [];
process.on('exit', () => {
  for (const dir of made) rmSync(dir, { recursive: true, force: true });
});

/** A temporary folder that goes away when the test process ends. */
export function tempDir(name: string): string {
  const dir = mkdtempSync(join(tmpdir(), `paasta-gitops-${name}-`));
  made.push(dir);
  return dir;
}

/** Runs git in a folder; a failure shows git's own text. */
export function git(dir: string, ...args: readonly string[]): string {
  return execFileSync('git', ['-C', dir, ...args], {
    env: GIT_ENV,
    stdio: ['ignore', 'pipe', 'pipe'],
    encoding: 'utf8',
  }).trim();
}

/** An empty repository with a work tree and the branch `main`. */
export function workRepository(name: string): TestRepository {
  const dir = tempDir(name);
  git(dir, 'init', '-q', '-b', 'main');
  return repositoryAt(dir);
}

/** A bare repository that others push to; `work` clones of it see what was pushed. */
export function bareRepository(name: string): TestRepository {
  const dir = tempDir(name);
  git(dir, 'init', '-q', '--bare', '-b', 'main');
  return repositoryAt(dir);
}

/** A clone with `origin` pointing at another test repository. */
export function cloneOf(origin: TestRepository, name: string): TestRepository {
  const dir = tempDir(name);
  git(dir, 'clone', '-q', origin.dir, '.');
  git(dir, 'checkout', '-q', '-B', 'main');
  return repositoryAt(dir);
}

function repositoryAt(dir: string): TestRepository {
  return {
    dir,
    git: (...args) => git(dir, ...args),
    commit(message, files) {
      for (const [path, content] of Object.entries(files)) {
        if (content === null) {
          rmSync(join(dir, path));
          continue;
        }
        mkdirSync(dirname(join(dir, path)), { recursive: true });
        writeFileSync(join(dir, path), content);
      }
      git(dir, 'add', '-A');
      git(dir, 'commit', '-q', '--allow-empty', '-m', message);
      return git(dir, 'rev-parse', 'HEAD');
    },
  };
}
