import { openGit, type GitOptions, type SafeGit } from './safe-git.ts';
import { withTemporaryFolder } from './temporary-folder.ts';

/**
 * Runs a task with an empty bare repository of its own, readable by this user only and removed afterwards. What is fetched
 * and built there touches nobody's checkout; a killed process leaves a temporary folder behind and nothing else.
 */
export async function withScratchRepository<T>(
  options: Omit<GitOptions, 'dir'>,
  task: (git: SafeGit) => Promise<T>,
): Promise<T> {
  return withTemporaryFolder('paasta-gitops-', async (dir) => {
    const git = openGit({ ...options, dir });
    await git.run(['init', '--bare']);
    return task(git);
  });
}
