import { asGitFailure, GitFailure } from '../git/git-failure.ts';
import { openGit, type GitOptions, type SafeGit } from '../git/safe-git.ts';
import { withTemporaryFolder } from '../git/temporary-folder.ts';

/** A clone with a work tree that belongs to this run alone. Nobody's checkout is touched. */
export interface OutputClone {
  readonly git: SafeGit;
  readonly dir: string;
  readonly url: string;
}

/** Runs a task with a clone that is removed afterwards. */
export async function withOutputClone<T>(
  options: Omit<GitOptions, 'dir'> & { readonly url: string },
  task: (clone: OutputClone) => Promise<T>,
): Promise<T> {
  return withTemporaryFolder('paasta-gitops-publish-', async (dir) => {
    const git = openGit({ ...options, dir });
    await git.run(['init', '-q']);
    for (const setting of ['core.autocrlf false', 'core.symlinks true', 'core.quotepath false']) {
      await git.run(['config', ...setting.split(' ')]);
    }
    return task({ git, dir, url: options.url });
  });
}

/** Newest commit of a branch, fetched with its history; null when the remote has no such branch. */
export async function fetchBranch({ git, url }: OutputClone, branch: string): Promise<string | null> {
  const local = `refs/paasta-gitops/${branch}`;
  try {
    await git.run(['fetch', '-q', '--no-tags', '--no-write-fetch-head', '--', url, `+refs/heads/${branch}:${local}`]);
    return (await git.run(['rev-parse', '--verify', local])).trim();
  } catch (error) {
    const failure = asGitFailure(error);
    if (failure.kind === 'missing') return null;
    throw failure;
  }
}

/** Refuses a branch that does not exist in a repository that has others: its name is most likely misspelt. */
export async function refuseUnknownBranch({ git, url }: OutputClone, branch: string): Promise<void> {
  const heads = await git.run(['ls-remote', '--heads', '--', url]);
  if (heads.trim() === '') return;
  throw new GitFailure('missing', -1, `the output repository has no branch ${branch}`);
}

/** Puts the work tree at a commit and nothing else in it; null: an empty tree. */
export async function checkOut({ git }: OutputClone, commit: string | null): Promise<void> {
  if (commit === null) return;
  await git.run(['checkout', '-q', '--force', '--detach', commit]);
  await git.run(['clean', '-q', '-ffdx']);
}

/** Stages what stands (or does not stand any more) at paths, whatever an ignore file says, and returns the tree. */
export async function stage({ git }: OutputClone, paths: readonly string[]): Promise<string> {
  const input = paths.map((path) => `${path}\0`).join('');
  if (input !== '') await git.run(['update-index', '-z', '--add', '--remove', '--stdin'], input);
  return (await git.run(['write-tree'])).trim();
}

/** Texts of files at a commit by path; null where there is none. */
export async function textsAt(
  { git }: OutputClone,
  commit: string,
  paths: readonly string[],
): Promise<ReadonlyMap<string, string | null>> {
  const texts = new Map<string, string | null>();
  if (paths.length === 0) return texts;
  const output = await git.catFile(paths.map((path) => `${commit}:${path}\n`).join(''));
  let at = 0;
  for (const path of paths) {
    const end = output.indexOf(10, at);
    const header = output.toString('utf8', at, end);
    const size = / blob (\d+)$/.exec(header)?.[1];
    texts.set(path, size === undefined ? null : output.toString('utf8', end + 1, end + 1 + Number(size)));
    at = size === undefined ? end + 1 : end + 2 + Number(size);
  }
  return texts;
}
