import { join } from 'node:path';
import { GitFailure } from '../git/git-failure.ts';
import { pushCommit } from '../git/push-commit.ts';
import type { GuardRefusal } from '../compiler/write/index.ts';
import type { Review } from '../review/review.ts';
import { holdPath, readHolds, removeHold, writeHold, type Hold } from './hold.ts';
import { checkOut, fetchBranch, refuseUnknownBranch, stage, type OutputClone } from './output-clone.ts';
import { manualEdits, publishedClusters, type PublishedCluster } from './published-files.ts';
import { publishedRevision, type PublishedRevision } from './published-revision.ts';

const ATTEMPTS = 5;

/** How two revisions of the configuration are related. */
export type Relation = 'same' | 'older' | 'newer' | 'unrelated';

/** What rendering into the work tree did. */
export interface RenderOutcome {
  /** Paths that were written or removed, relative to the output tree. */
  readonly touched: readonly string[];
  readonly refused: readonly GuardRefusal[];
  /** Files written by hand that stand where a file is rendered. */
  readonly collisions: readonly string[];
  /** Clusters that were rendered or held back as a whole. */
  readonly clusters: readonly string[];
}

/** A commit to make, as its message needs it. */
export interface CommitFacts {
  readonly review: Review;
  readonly manualEdits: readonly string[];
  readonly holds: readonly string[];
  readonly resumed: readonly string[];
}

export interface PublishOptions {
  /** Branch that holds the published state. */
  readonly branch: string;
  /** Branch to push to instead, for a pull request; null: the branch itself. */
  readonly proposal: string | null;
  /** Folder of the output tree in the repository; empty: its top. */
  readonly folder: string;
  /** Only these clusters; null: all. */
  readonly clusters: readonly string[] | null;
  readonly identity: { readonly name: string; readonly email: string };
  /** Commit of the configuration; null when it is in no repository, which turns off the guard against older revisions. */
  readonly revision: string | null;
  /** How our revision relates to another one. */
  relationTo(revision: string): Promise<Relation>;
  readonly onManualEdit: 'overwrite' | 'fail';
  readonly allowsOlder: boolean;
  readonly resumes: boolean;
  readonly isSigned: boolean;
  /** Makes the commit in the clone and pushes nothing. */
  readonly isDryRun: boolean;
  /** Renders into an output tree that holds what was published last. Called anew for each attempt. */
  render(tree: string): Promise<RenderOutcome>;
  /** Compares what was published with what was rendered. */
  review(clone: OutputClone, tip: string | null, tree: string, clusters: readonly PublishedCluster[]): Promise<Review>;
  message(facts: CommitFacts): string;
  /** Waits before the second and later attempts. */
  wait(attempt: number): Promise<void>;
}

export type PublishResult =
  | { readonly kind: 'published'; readonly commit: string; readonly message: string; readonly facts: CommitFacts }
  | { readonly kind: 'unchanged'; readonly manualEdits: readonly string[] }
  | {
      readonly kind: 'superseded';
      readonly by: PublishedRevision;
      readonly cluster: string;
      readonly relation: Relation;
    }
  | { readonly kind: 'held'; readonly holds: readonly Hold[] }
  | { readonly kind: 'manual-edits'; readonly paths: readonly string[] }
  | { readonly kind: 'collision'; readonly paths: readonly string[] }
  | { readonly kind: 'refused'; readonly refused: readonly GuardRefusal[] };

/**
 * Renders on top of the newest published state, commits once and pushes, never forced. When another writer is faster, everything is
 * done again on what that writer left, at most five times. A process that is killed leaves the remote as it was or with the whole
 * commit. Rejects with a GitFailure.
 */
export async function publish(clone: OutputClone, options: PublishOptions): Promise<PublishResult> {
  for (let attempt = 1; ; attempt++) {
    if (attempt > 1) await options.wait(attempt);
    const result = await attemptOnce(clone, options);
    if (result !== 'overtaken') return result;
    if (attempt === ATTEMPTS) {
      throw new GitFailure('rejected', -1, `other writers were faster ${ATTEMPTS} times; nothing was published`);
    }
  }
}

async function attemptOnce(clone: OutputClone, options: PublishOptions): Promise<PublishResult | 'overtaken'> {
  const tip = await fetchBranch(clone, options.branch);
  if (tip === null) await refuseUnknownBranch(clone, options.branch);
  await checkOut(clone, tip);
  const tree = join(clone.dir, options.folder);
  const before = publishedClusters(tree).filter(({ cluster }) => options.clusters?.includes(cluster) ?? true);
  const holds = readHolds(
    tree,
    before.map(({ cluster }) => cluster),
  );
  const stop = await whyStale(clone, options, tip, before, holds);
  if (stop !== null && 'kind' in stop) return stop;
  const edits = manualEdits(tree, before);
  if (edits.length > 0 && options.onManualEdit === 'fail') return { kind: 'manual-edits', paths: edits };
  const rendered = await options.render(tree);
  if (rendered.refused.length > 0) return { kind: 'refused', refused: rendered.refused };
  if (rendered.collisions.length > 0) return { kind: 'collision', paths: rendered.collisions };
  const changed = changeHolds(tree, options, holds, stop?.older ?? []);
  const paths = [...rendered.touched, ...edits, ...changed.touched].map((path) => join(options.folder, path));
  const staged = await stage(clone, paths);
  if (staged === (await treeOf(clone, tip))) return { kind: 'unchanged', manualEdits: edits };
  const facts: CommitFacts = {
    review: await options.review(clone, tip, tree, before),
    ...{ manualEdits: edits, holds: changed.held, resumed: changed.resumed },
  };
  const message = options.message(facts);
  const commit = await commitTree(clone, options, { tree: staged, tip, message });
  if (
    commit.isNew &&
    !options.isDryRun &&
    !(await pushCommit(clone.git, clone.url, commit.id, options.proposal ?? options.branch))
  ) {
    return 'overtaken';
  }
  return { kind: 'published', commit: commit.id, message, facts };
}

/** A cluster that was published from a revision newer than ours. */
interface Older {
  readonly cluster: string;
  readonly by: PublishedRevision;
}

/** What keeps this revision from being published; else the clusters that go back with it, which was asked for. */
async function whyStale(
  clone: OutputClone,
  options: PublishOptions,
  tip: string | null,
  clusters: readonly PublishedCluster[],
  holds: readonly Hold[],
): Promise<PublishResult | { readonly older: readonly Older[] }> {
  const { revision, folder, identity } = options;
  const holding = holds.filter((hold) => hold.revision === null || hold.revision !== revision);
  if (holding.length > 0 && !options.resumes && !options.allowsOlder) return { kind: 'held', holds: holding };
  const older: Older[] = [];
  if (revision === null || tip === null) return { older };
  for (const { cluster } of clusters) {
    const paths = [`clusters/${cluster}`, `sensu/${cluster}`, `.paasta-gitops/${cluster}.json`, holdPath(cluster)];
    const by = await publishedRevision(
      clone.git,
      tip,
      paths.map((path) => join(folder, path)),
      identity.email,
    );
    if (by === null) continue;
    const relation = await options.relationTo(by.revision);
    if (relation === 'same' || relation === 'newer') continue;
    if (!options.allowsOlder) return { kind: 'superseded', by, cluster, relation };
    older.push({ cluster, by });
  }
  return { older };
}

interface HoldChanges {
  readonly touched: readonly string[];
  readonly held: readonly string[];
  readonly resumed: readonly string[];
}

function changeHolds(
  tree: string,
  options: PublishOptions,
  holds: readonly Hold[],
  older: readonly Older[],
): HoldChanges {
  const { revision } = options;
  const held = revision === null ? [] : older;
  for (const { cluster, by } of held) writeHold(tree, cluster, revision!, by.revision);
  const resumed = options.resumes ? holds.filter(({ cluster }) => !held.some((each) => each.cluster === cluster)) : [];
  for (const { cluster } of resumed) removeHold(tree, cluster);
  return {
    touched: [...held, ...resumed].map(({ cluster }) => holdPath(cluster)),
    held: held.map(
      ({ cluster, by }) =>
        `${cluster} goes back to ${revision!.slice(0, 10)} from ${by.revision.slice(0, 10)} and is held there`,
    ),
    resumed: resumed.map(({ cluster }) => cluster),
  };
}

async function treeOf({ git }: OutputClone, commit: string | null): Promise<string> {
  return (
    await git.run(commit === null ? ['hash-object', '-t', 'tree', '/dev/null'] : ['rev-parse', `${commit}^{tree}`])
  ).trim();
}

interface NewCommit {
  readonly tree: string;
  readonly tip: string | null;
  readonly message: string;
}

/** The commit on the branch; one for a proposal that exists already follows it, and the branch too where it has moved on. */
async function commitTree(
  clone: OutputClone,
  { proposal, identity, isSigned }: PublishOptions,
  { tree, tip, message }: NewCommit,
): Promise<{ readonly id: string; readonly isNew: boolean }> {
  const earlier = proposal === null ? null : await fetchBranch(clone, proposal);
  const isCurrent = earlier !== null && (tip === null || (await isAncestor(clone, tip, earlier)));
  if (isCurrent && (await treeOf(clone, earlier)) === tree) return { id: earlier, isNew: false };
  const parents = [earlier, isCurrent ? null : tip].filter((parent) => parent !== null);
  const git = clone.git.withEnv({
    ...{ GIT_AUTHOR_NAME: identity.name, GIT_AUTHOR_EMAIL: identity.email },
    ...{ GIT_COMMITTER_NAME: identity.name, GIT_COMMITTER_EMAIL: identity.email },
  });
  const options = [...parents.flatMap((parent) => ['-p', parent]), ...(isSigned ? ['-S'] : [])];
  return { id: (await git.run(['commit-tree', ...options, '-F', '-', tree], message)).trim(), isNew: true };
}

async function isAncestor({ git }: OutputClone, older: string, newer: string): Promise<boolean> {
  return (await git.run(['rev-list', '--count', `${newer}..${older}`])).trim() === '0';
}
