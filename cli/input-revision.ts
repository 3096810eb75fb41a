import { relative } from 'node:path';
import { realpathSync } from 'node:fs';
import { createDiskReader } from '../compiler/load/disk-reader.ts';
import type { TreeReader } from '../compiler/model/tree-reader.ts';
import { asGitFailure, GitFailure } from '../git/git-failure.ts';
import { openGitTree } from '../git/git-tree-reader.ts';
import { openGit, type SafeGit } from '../git/safe-git.ts';
import type { Io } from './io.ts';
import type { Project } from './project.ts';

/** Both input trees as they are on disk or were at a revision. */
export interface InputTrees {
  /** The revision's name and the first digits of its commit, or `working tree`. */
  readonly name: string;
  /** Commit of the soa-configs tree; null for the working tree. */
  readonly commit: string | null;
  readonly soa: TreeReader;
  readonly system: TreeReader;
  /** The system configuration lies in another repository, or in none: it was read from disk. */
  readonly isSystemFromDisk: boolean;
}

/** The trees as they stand on disk. */
export function workingTrees(project: Project): InputTrees {
  return {
    name: 'working tree',
    commit: null,
    soa: createDiskReader(project.soaDir),
    system: createDiskReader(project.systemConfigDir),
    isSystemFromDisk: false,
  };
}

/**
 * The trees at a revision of the repository that holds the soa-configs. A system configuration in the same repository is read at the
 * same revision, any other from disk. Rejects with a GitFailure when there is no repository or no such revision.
 */
export async function treesAt(project: Project, io: Io, revision: string): Promise<InputTrees> {
  const place = await placeOf(project.soaDir, io);
  if (place === null) throw new GitFailure('missing', -1, `${project.soaDir} is in no git repository`);
  const soa = await openGitTree(place.git, revision, place.folder);
  const other = await placeOf(project.systemConfigDir, io);
  const isSame = other?.top === place.top;
  const system = isSame
    ? await openGitTree(place.git, soa.commit, other.folder)
    : createDiskReader(project.systemConfigDir);
  const short = soa.commit.slice(0, 10);
  const name = soa.commit.startsWith(revision) ? short : `${revision} (${short})`;
  return { name, commit: soa.commit, soa, system, isSystemFromDisk: !isSame };
}

/** A repository on this machine, and a folder in it without a slash at the end. */
export interface RepositoryPlace {
  readonly git: SafeGit;
  readonly top: string;
  readonly folder: string;
}

/** What git says of a folder that is in no work tree, or that is not there. Anything else, such as a wrong owner, is no such answer. */
const NO_REPOSITORY = /not a git repository|must be run in a work tree|directory that does not exist/;

/** The repository that a folder lies in; null when there is none. Rejects with a GitFailure when git does not tell. */
export async function placeOf(dir: string, io: Io): Promise<RepositoryPlace | null> {
  try {
    const own = openGit({ dir, env: io.env });
    const top = (await own.run(['rev-parse', '--show-toplevel'])).replace(/\n$/, '');
    return { git: openGit({ dir: top, env: io.env }), top, folder: relative(top, realpathSync(dir)) };
  } catch (error) {
    const failure = asGitFailure(error);
    if (!NO_REPOSITORY.test(failure.message)) throw failure;
    return null;
  }
}
