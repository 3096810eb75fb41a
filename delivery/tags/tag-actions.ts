import { GitFailure } from '../../git/git-failure.ts';
import { backoffMilliseconds, type Clock } from '../clock.ts';
import { isSameVersion } from '../image-name.ts';
import {
  latestDeploy,
  latestStates,
  newestForceBounce,
  newestTimestamp,
  type MarkedVersion,
} from '../refs/read-tags.ts';
import type { RemoteRef } from '../refs/remote-refs.ts';
import { deployTag, rollbackTag, stateTag, type State, type Version } from '../refs/tag-names.ts';
import { isTimestamp, nextTimestamp } from '../refs/timestamp.ts';
import type { CodeRepository, NewTag } from './code-repository.ts';

const ATTEMPTS = 5;

/** What an action found and did for one deploy group. */
export interface GroupOutcome {
  readonly group: string;
  /** What was deployed before; null: nothing. */
  readonly before: Version | null;
  readonly isChanged: boolean;
}

/** What happened to the state of one instance. */
export interface StateOutcome {
  readonly branch: string;
  readonly group: string;
  readonly kind: 'changed' | 'already-stopped' | 'not-deployed';
  readonly sha: string | null;
}

/** One instance whose state is set. */
export interface StateTarget {
  readonly branch: string;
  readonly group: string;
}

/**
 * Marks a version for a deploy group with one new tag; nothing when it is there already.
 * PaaSTA: `mark_for_deployment`, with time stamps that never lose.
 */
export async function markByTag(
  repository: CodeRepository,
  clock: Clock,
  group: string,
  version: Version,
): Promise<GroupOutcome> {
  return retried<GroupOutcome>(repository, clock, (refs) => {
    const before = latestDeploy(refs, group);
    if (isCurrent(before, version)) return { tags: [], result: { group, before: before.latest, isChanged: false } };
    const timestamp = nextTimestamp(clock.now(), newestTimestamp(refs, group));
    const tags = [{ ref: deployTag(group, version.imageVersion, timestamp), sha: version.sha }];
    return { tags, result: { group, before: before.latest, isChanged: true } };
  });
}

/**
 * Goes back (or on) to a version in several groups at once: a deploy tag each, and a rollback tag on what is left behind.
 * All tags appear together or none does. PaaSTA: `paasta_rollback`, which makes them one by one.
 */
export async function rollbackByTag(
  repository: CodeRepository,
  clock: Clock,
  groups: readonly string[],
  version: Version,
): Promise<readonly GroupOutcome[]> {
  return retried(repository, clock, (refs) => {
    const tags: NewTag[] = [];
    const result = groups.map((group): GroupOutcome => {
      const before = latestDeploy(refs, group);
      if (isCurrent(before, version)) return { group, before: before.latest, isChanged: false };
      const timestamp = nextTimestamp(clock.now(), newestTimestamp(refs, group));
      tags.push({ ref: deployTag(group, version.imageVersion, timestamp), sha: version.sha });
      const left = before.latest;
      if (left !== null && !isSameVersion(left, version)) {
        tags.push({ ref: rollbackTag(group, left.imageVersion, timestamp), sha: left.sha });
      }
      return { group, before: left, isChanged: true };
    });
    return { tags, result };
  });
}

/**
 * Sets the state of instances at the commit that their group has now, all or none. `stop` of a stopped instance does nothing;
 * `start` always makes a new tag, which is also a restart. Instances whose group was never deployed are told apart.
 */
export async function setStateByTag(
  repository: CodeRepository,
  clock: Clock,
  targets: readonly StateTarget[],
  state: State,
): Promise<readonly StateOutcome[]> {
  return retried(repository, clock, (refs) => {
    const stateAt = latestStates(refs);
    const tags: NewTag[] = [];
    const result = targets.map(({ branch, group }): StateOutcome => {
      const { latest } = latestDeploy(refs, group);
      if (latest === null) return { branch, group, kind: 'not-deployed', sha: null };
      const { sha } = latest;
      if (state === 'stop' && stateAt(branch, sha)?.state === 'stop') {
        return { branch, group, kind: 'already-stopped', sha };
      }
      tags.push({ ref: stateTag(branch, stateTimestamp(refs, branch, clock), state), sha });
      return { branch, group, kind: 'changed', sha };
    });
    return { tags, result };
  });
}

function isCurrent(
  { latest, mistaken }: { readonly latest: MarkedVersion | null; readonly mistaken: MarkedVersion | null },
  version: Version,
): boolean {
  return latest !== null && mistaken === null && isSameVersion(latest, version);
}

function stateTimestamp(refs: readonly RemoteRef[], branch: string, clock: Clock): string {
  const newest = newestForceBounce(refs, branch);
  const timestamp = nextTimestamp(clock.now(), newest);
  if (newest === null || timestamp > newest || isTimestamp(newest)) return timestamp;
  throw new GitFailure(
    'other',
    -1,
    `a state tag of ${branch} has "${newest}" instead of a time stamp and wins against every new one: delete that tag`,
  );
}

/** Looks, decides, writes; looks again when another writer was faster. */
async function retried<T>(
  repository: CodeRepository,
  clock: Clock,
  decide: (refs: readonly RemoteRef[]) => { readonly tags: readonly NewTag[]; readonly result: T },
): Promise<T> {
  for (let attempt = 1; ; attempt++) {
    const { tags, result } = decide(await repository.refs('tags'));
    if (tags.length === 0 || (await repository.createTags(tags))) return result;
    if (attempt === ATTEMPTS) {
      throw new GitFailure('rejected', -1, `other writers were faster ${ATTEMPTS} times; nothing was changed`);
    }
    await clock.sleep(backoffMilliseconds(attempt + 1));
  }
}
