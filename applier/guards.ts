import type { DesiredSet } from './desired-set.ts';
import type { ParentRecord } from './parent-record.ts';

/** The revision of a tree, and how it relates to another. */
export interface Revision {
  /** Commit of the tree; empty when it is in no repository or was changed since. */
  readonly commit: string;
  /** Revision of the input that the tree was rendered from, as its commit says; empty when unknown. */
  readonly source: () => Promise<string>;
  /** Whether the tree's commit comes before another one in its history. */
  readonly isOlderThan: (commit: string) => Promise<boolean>;
}

export interface GuardOptions {
  readonly allowOlder: boolean;
  /** Ends a hold. */
  readonly resume: boolean;
}

/** Why this tree must not be applied to this cluster, and whether the run goes back to an older revision on purpose. */
export async function guard(
  desired: DesiredSet,
  parent: ParentRecord | null,
  revision: Revision,
  options: GuardOptions,
): Promise<{ readonly refusals: readonly string[]; readonly goesBack: boolean }> {
  const refusals: string[] = [];
  if (parent === null) return { refusals, goesBack: false };
  if (parent.cluster !== '' && parent.cluster !== desired.cluster) {
    refusals.push(`this is the cluster ${parent.cluster}, and the tree is of ${desired.cluster}`);
  }
  const recorded = parent.outputRevision;
  const isKnown = recorded !== '' && revision.commit !== '' && recorded !== revision.commit;
  const isOlder = isKnown && (await revision.isOlderThan(recorded));
  if (isOlder && !options.allowOlder) {
    refusals.push(`revision ${revision.commit} is older than ${recorded}, which is applied; --allow-older goes back`);
  }
  if (parent.hold !== '' && parent.hold !== revision.commit && !options.resume && !(isOlder && options.allowOlder)) {
    refusals.push(`the cluster is held at revision ${parent.hold}; --resume ends the hold`);
  }
  return { refusals, goesBack: isOlder };
}
