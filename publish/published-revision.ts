import type { SafeGit } from '../git/safe-git.ts';

/** How far back the newest commit with a revision is looked for. */
const MOST_COMMITS = 1000;

/** A commit of ours in the output repository and the revision it was made from. */
export interface PublishedRevision {
  readonly commit: string;
  readonly revision: string;
}

/**
 * The revision that a cluster's output was last made from: the trailer `Source-Revision` of the newest commit that touches the cluster's
 * paths and is by the author who publishes, or carries a good signature. What others write into messages is not believed.
 */
export async function publishedRevision(
  git: SafeGit,
  tip: string,
  paths: readonly string[],
  authorEmail: string,
): Promise<PublishedRevision | null> {
  const fields = ['%H', '%ae', '%(trailers:key=Source-Revision,valueonly,separator=%x2C)'];
  const options = [`--format=${fields.join('%x00')}`, `--max-count=${MOST_COMMITS}`];
  const log = await git.run(['log', ...options, tip, '--', ...paths.map((path) => `:(literal)${path}`)]);
  for (const line of log.split('\n')) {
    const [commit, email, revision] = line.split('\0');
    if (commit === undefined || revision === undefined || !/^[0-9a-f]{40}(?:[0-9a-f]{24})?$/.test(revision)) continue;
    if (email === authorEmail || (await hasGoodSignature(git, commit))) return { commit, revision };
  }
  return null;
}

async function hasGoodSignature(git: SafeGit, commit: string): Promise<boolean> {
  return (await git.run(['log', '-1', '--format=%G?', commit])).trim() === 'G';
}
