import type { Io } from './io.ts';

/**
 * Names of the blobs of all files below a folder that are exactly as git's index has them, by path. Empty where git does not look
 * after the folder.
 */
export async function cleanIds(folder: string, env: Io['env']): Promise<ReadonlyMap<string, string>> {
  const { openGit } = await import('../git/safe-git.ts');
  try {
    const git = openGit({ dir: folder, env });
    // git compares stamps before anyone else looks at the files; whatever it is not sure of, it names.
    const dirty = await git.run(['diff-files', '--name-only', '--relative', '-z']);
    const clean = parseIndex(await git.run(['ls-files', '-s', '-v', '-z']));
    for (const path of dirty.split('\0')) clean.delete(path);
    return clean;
  } catch {
    return new Map();
  }
}

/** Regular files without a conflict, and without a mark that forbids git to look at them. */
function parseIndex(listing: string): Map<string, string> {
  const ids = new Map<string, string>();
  for (const line of listing.split('\0')) {
    const match = /^H 100(?:644|755) ([0-9a-f]+) 0\t(.+)$/s.exec(line);
    if (match !== null) ids.set(match[2]!, match[1]!);
  }
  return ids;
}
