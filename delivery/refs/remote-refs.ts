/** One ref of a remote repository. */
export interface RemoteRef {
  /** Full name: `refs/tags/paasta-prod-20260102T030405-deploy`. */
  readonly name: string;
  /** The commit it leads to: an annotated tag is followed. */
  readonly sha: string;
}

/**
 * Refs in the order in which the server lists them (byte order) from the output of `git ls-remote`.
 * An annotated tag has a second line `refs/tags/x^{}` with its commit, which takes the place of the tag object: an image is
 * named after a commit. PaaSTA takes the tag object's id there, which no image has.
 */
export function parseLsRemote(text: string): readonly RemoteRef[] {
  const refs = new Map<string, string>();
  for (const line of text.split('\n')) {
    const match = /^([0-9a-f]{40,64})\t(\S+)$/.exec(line);
    if (match === null) continue;
    const name = match[2]!;
    refs.set(name.endsWith('^{}') ? name.slice(0, -3) : name, match[1]!);
  }
  return [...refs].map(([name, sha]) => ({ name, sha }));
}

/**
 * Full commit ids that refs lead to and that start with `short`, each once.
 * PaaSTA: a short sha is looked up among ref targets only and must match exactly one.
 */
export function commitsStartingWith(refs: readonly RemoteRef[], short: string): readonly string[] {
  return [...new Set(refs.map((ref) => ref.sha).filter((sha) => sha.startsWith(short)))];
}
