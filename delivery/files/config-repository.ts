import { asGitFailure, GitFailure } from '../../git/git-failure.ts';
import { pushCommit } from '../../git/push-commit.ts';
import type { SafeGit } from '../../git/safe-git.ts';
import { backoffMilliseconds, type Clock } from '../clock.ts';

const ATTEMPTS = 5;

/** Who a commit is by; git's own configuration decides where it is null. */
export interface Identity {
  readonly name: string;
  readonly email: string;
}

/** Where commits to the configuration go. */
export interface ConfigTarget {
  readonly url: string;
  /** Branch that the deployed state is read from. */
  readonly base: string;
  /** Branch that the commit goes to: the base itself, or one for a pull request. */
  readonly branch: string;
}

/** One file of the configuration, what it becomes, and the message of that commit. */
export interface FileChange {
  /** Path in the repository. */
  readonly path: string;
  /** The new text, or null when nothing needs to change. `before` is null where the file does not exist. */
  edit(before: string | null): string | null;
  readonly message: string;
  readonly identity: Identity;
}

export interface CommitOutcome {
  /** Null: the file was as wanted, nothing was committed. */
  readonly commit: string | null;
  readonly branch: string;
}

/**
 * Commits a change of one file on top of the newest state and pushes it, never forced. Another writer in between means the
 * change is made again on what that writer left. A branch for a pull request that exists already gets one more commit.
 * `git` runs in a scratch repository of the caller; rejects with a GitFailure.
 */
export async function commitFileChange(
  git: SafeGit,
  clock: Clock,
  target: ConfigTarget,
  change: FileChange,
): Promise<CommitOutcome> {
  for (let attempt = 1; ; attempt++) {
    const tip = await fetchTip(git, target);
    const before = await fileAt(git, tip, change.path);
    const text = change.edit(before);
    if (text === null || text === before) return { commit: null, branch: target.branch };
    const commit = await buildCommit(git, tip, change, text);
    if (await pushCommit(git, target.url, commit, target.branch)) return { commit, branch: target.branch };
    if (attempt === ATTEMPTS) {
      throw new GitFailure('rejected', -1, `other writers were faster ${ATTEMPTS} times; nothing was changed`);
    }
    await clock.sleep(backoffMilliseconds(attempt + 1));
  }
}

/** Commit ids of a branch that changed a file, newest first, with the file's text after each; fetches the branch's history. */
export async function fileHistory(
  git: SafeGit,
  target: ConfigTarget,
  path: string,
  limit: number,
): Promise<readonly { readonly time: Date; readonly text: string }[]> {
  await git.run(['fetch', '--no-tags', '--no-write-fetch-head', '--', target.url, refspec(target.base)]);
  const log = await git.run(['log', '--format=%H %ct', `--max-count=${limit}`, LOCAL_TIP, '--', `:(literal)${path}`]);
  const found: { time: Date; text: string }[] = [];
  for (const line of log.split('\n').filter((row) => row !== '')) {
    const [commit, seconds] = line.split(' ') as [string, string];
    const text = await fileAt(git, commit, path);
    if (text !== null) found.push({ time: new Date(Number(seconds) * 1000), text });
  }
  return found;
}

/** Text of a file on the base branch, or null where it does not exist. */
export async function readFileAt(git: SafeGit, target: ConfigTarget, path: string): Promise<string | null> {
  return fileAt(git, await fetchTip(git, { ...target, branch: target.base }), path);
}

const LOCAL_TIP = 'refs/paasta-gitops/tip';

/** The newest commit of the branch to write to, or of the base while that branch does not exist. Without history and files. */
async function fetchTip(git: SafeGit, target: ConfigTarget): Promise<string> {
  const branches = target.branch === target.base ? [target.base] : [target.branch, target.base];
  for (const branch of branches) {
    try {
      const options = ['--depth=1', '--filter=blob:none', '--no-tags', '--no-write-fetch-head'];
      await git.run(['fetch', ...options, '--', target.url, refspec(branch)]);
      return (await git.run(['rev-parse', LOCAL_TIP])).trim();
    } catch (error) {
      const failure = asGitFailure(error);
      if (failure.kind !== 'missing' || branch !== target.branch || branch === target.base) throw failure;
    }
  }
  throw new GitFailure('missing', -1, `the branch ${target.base} does not exist`);
}

function refspec(branch: string): string {
  return `+refs/heads/${branch}:${LOCAL_TIP}`;
}

async function fileAt(git: SafeGit, commit: string, path: string): Promise<string | null> {
  const listing = await git.run(['ls-tree', '-z', '--full-tree', commit, '--', path]);
  const match = /^100(?:644|755) blob ([0-9a-f]+)\t/.exec(listing);
  if (match === null) {
    if (listing === '') return null;
    throw new GitFailure('other', -1, `${path} is no plain file in the repository`);
  }
  return git.run(['cat-file', 'blob', match[1]!]);
}

async function buildCommit(git: SafeGit, tip: string, change: FileChange, text: string): Promise<string> {
  const { name, email } = change.identity;
  const own = git.withEnv({
    GIT_INDEX_FILE: `${git.dir}/paasta-gitops-index`,
    GIT_AUTHOR_NAME: name,
    GIT_AUTHOR_EMAIL: email,
    GIT_COMMITTER_NAME: name,
    GIT_COMMITTER_EMAIL: email,
  });
  const blob = (await own.run(['hash-object', '-w', '--stdin'], text)).trim();
  await own.run(['read-tree', tip]);
  await own.run(['update-index', '--add', '--cacheinfo', `100644,${blob},${change.path}`]);
  const tree = (await own.run(['write-tree', '--missing-ok'])).trim();
  return (await own.run(['commit-tree', tree, '-p', tip, '-F', '-'], change.message)).trim();
}
