import { asGitFailure, GitFailure } from '../../git/git-failure.ts';
import type { SafeGit } from '../../git/safe-git.ts';
import { parseLsRemote, type RemoteRef } from '../refs/remote-refs.ts';

/** A tag to create. */
export interface NewTag {
  /** `refs/tags/…` */
  readonly ref: string;
  readonly sha: string;
}

/** The repository of a service's code, as far as deploying needs it. Every method rejects with a GitFailure. */
export interface CodeRepository {
  readonly url: string;
  /** All refs, or only tags where no commit has to be looked up. */
  refs(which: 'all' | 'tags'): Promise<readonly RemoteRef[]>;
  /** Creates tags, all or none; an existing tag is never moved. False: another writer was there first, look again. */
  createTags(tags: readonly NewTag[]): Promise<boolean>;
}

/** The repository behind a URL that `checkGitUrl` accepts. `git` runs in a scratch repository of the caller. */
export function openCodeRepository(git: SafeGit, url: string): CodeRepository {
  return {
    url,
    async refs(which) {
      const filter = which === 'tags' ? ['--tags'] : [];
      return parseLsRemote(await git.run(['ls-remote', '--quiet', ...filter, '--', url]));
    },
    async createTags(tags) {
      await fetchCommits(git, url, [...new Set(tags.map((tag) => tag.sha))]);
      const specs = tags.map((tag) => `${tag.sha}:${tag.ref}`);
      try {
        await push(git, url, specs);
        return true;
      } catch (error) {
        const failure = asGitFailure(error);
        if (failure.kind === 'rejected') return false;
        throw failure;
      }
    },
  };
}

/** Git pushes only what it has, so the commits come first: without history, and without files where the server can do that. */
async function fetchCommits(git: SafeGit, url: string, commits: readonly string[]): Promise<void> {
  const options = ['--depth=1', '--filter=tree:0', '--no-tags', '--no-write-fetch-head'];
  try {
    await git.run(['fetch', ...options, '--', url, ...commits]);
  } catch (error) {
    const failure = asGitFailure(error);
    if (failure.kind !== 'missing') throw failure;
    throw new GitFailure('missing', failure.exitCode, `${commits.join(', ')} is not in the repository: was it pushed?`);
  }
}

async function push(git: SafeGit, url: string, specs: readonly string[]): Promise<void> {
  const options = ['--porcelain', '--no-verify', '--no-follow-tags', '--recurse-submodules=no'];
  try {
    await git.run(['push', '--atomic', ...options, '--', url, ...specs]);
  } catch (error) {
    const failure = asGitFailure(error);
    if (failure.kind !== 'unsupported-atomic') throw failure;
    for (const spec of specs) await git.run(['push', ...options, '--', url, spec]);
  }
}
