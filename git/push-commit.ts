import { asGitFailure } from './git-failure.ts';
import type { SafeGit } from './safe-git.ts';

/**
 * Pushes a commit to a branch, never forced. False when another writer was faster: the branch is not what the commit was built on.
 * Rejects with a GitFailure for everything else.
 */
export async function pushCommit(git: SafeGit, url: string, commit: string, branch: string): Promise<boolean> {
  const options = ['--porcelain', '--no-verify', '--no-follow-tags', '--recurse-submodules=no'];
  try {
    await git.run(['push', ...options, '--', url, `${commit}:refs/heads/${branch}`]);
    return true;
  } catch (error) {
    const failure = asGitFailure(error);
    if (failure.kind === 'rejected') return false;
    throw failure;
  }
}
