import { createHash } from 'node:crypto';
import { listServices } from '../compiler/load/index.ts';
import type { TreeReader } from '../compiler/model/tree-reader.ts';
import { asGitFailure, GitFailure } from '../git/git-failure.ts';
import type { Relation } from '../publish/publish.ts';
import { placeOf, treesAt, workingTrees, type InputTrees } from './input-revision.ts';
import type { Io } from './io.ts';
import type { Project } from './project.ts';

/** What is published: the trees of one revision, and how it relates to others. */
export interface PublishInput {
  readonly trees: InputTrees;
  relationTo(revision: string): Promise<Relation>;
  /** The checkout has changes that are not committed, and are not published. */
  readonly isDirty: boolean;
}

/** The input at a revision; the working tree when soa-configs are in no repository. Rejects with a GitFailure. */
export async function publishInput(project: Project, io: Io, revision: string): Promise<PublishInput> {
  const place = await placeOf(project.soaDir, io);
  if (place === null) {
    if (revision !== 'HEAD') throw new GitFailure('missing', -1, `${project.soaDir} is in no git repository`);
    return { trees: workingTrees(project), relationTo: () => Promise.resolve('unrelated'), isDirty: false };
  }
  const trees = await treesAt(project, io, revision);
  const status = await place.git.run(['status', '--porcelain', '--', `:(literal)${place.folder || '.'}`]);
  const isAncestor = async (older: string, newer: string): Promise<boolean> => {
    try {
      await place.git.run(['merge-base', '--is-ancestor', older, newer]);
      return true;
    } catch (error) {
      const failure = asGitFailure(error);
      if (failure.kind === 'no-git' || failure.kind === 'timeout') throw failure;
      return false;
    }
  };
  const relationTo = async (other: string): Promise<Relation> => {
    const own = trees.commit!;
    if (own === other) return 'same';
    if (await isAncestor(other, own)) return 'newer';
    return (await isAncestor(own, other)) ? 'older' : 'unrelated';
  };
  return { trees, relationTo, isDirty: status.trim() !== '' };
}

/** A digest of all deployments.json of a tree, by service. */
export function deploymentsDigest(soa: TreeReader): string {
  const digest = createHash('sha256');
  for (const service of listServices(soa).services) {
    const read = soa.read(`${service}/deployments.json`);
    if (read.kind === 'file') digest.update(`${service} ${createHash('sha256').update(read.bytes).digest('hex')}\n`);
  }
  return digest.digest('hex');
}
