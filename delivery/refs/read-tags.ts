import { compareText } from '../../compiler/diagnostics/diagnostic.ts';
import type { RemoteRef } from './remote-refs.ts';
import {
  imageVersionOf,
  imageVersionUnescaped,
  parseGroupTag,
  parseStateTag,
  type State,
  type Version,
} from './tag-names.ts';

/** One deploy or rollback tag of a group. */
export interface MarkedVersion extends Version {
  readonly ref: string;
  readonly timestamp: string;
}

/** What the deploy tags of one group say. */
export interface LatestDeploy {
  /** Null: nothing was ever deployed to the group. */
  readonly latest: MarkedVersion | null;
  /** The tag that PaaSTA would take instead, because it reads `.` in the group's name as any character. */
  readonly mistaken: MarkedVersion | null;
}

/**
 * The version deployed to a group: its deploy tag with the greatest time stamp, the first in ref order on a tie.
 * PaaSTA: `get_latest_deployment_tag`, which does not escape the group's name.
 */
export function latestDeploy(refs: readonly RemoteRef[], group: string): LatestDeploy {
  let latest: MarkedVersion | null = null;
  let loose: MarkedVersion | null = null;
  for (const { name: ref, sha } of refs) {
    const tag = parseGroupTag(ref);
    if (tag?.kind !== 'deploy') continue;
    const unescaped = imageVersionUnescaped(tag.body, group);
    if (unescaped === undefined) continue;
    const { timestamp } = tag;
    if (loose === null || timestamp > loose.timestamp) loose = { ref, sha, timestamp, imageVersion: unescaped };
    const imageVersion = imageVersionOf(tag.body, group);
    if (imageVersion === undefined) continue;
    if (latest === null || timestamp > latest.timestamp) latest = { ref, sha, timestamp, imageVersion };
  }
  return { latest, mistaken: loose !== null && loose.ref !== latest?.ref ? loose : null };
}

/** What start and stop tags say of one instance at one commit. */
export interface StateAt {
  readonly state: State;
  readonly forceBounce: string;
}

/**
 * The state of every (branch, commit): its tag with the greatest `forceBounce`, the last in ref order on a tie.
 * A tag counts only at the commit it points at, so a stop ends when another commit is deployed.
 * PaaSTA: `get_desired_state_by_branch_and_sha`.
 */
export function latestStates(refs: readonly RemoteRef[]): (branch: string, sha: string) => StateAt | null {
  const states = new Map<string, StateAt>();
  for (const { name, sha } of refs) {
    const tag = parseStateTag(name);
    if (tag === null) continue;
    const key = `${tag.branch} ${sha}`;
    const before = states.get(key);
    if (before === undefined || tag.forceBounce >= before.forceBounce) {
      states.set(key, { state: tag.state, forceBounce: tag.forceBounce });
    }
  }
  return (branch, sha) => states.get(`${branch} ${sha}`) ?? null;
}

/** Every version ever deployed to a group, newest first, each once with its newest time stamp. */
export function deployHistory(refs: readonly RemoteRef[], group: string): readonly MarkedVersion[] {
  const newest = new Map<string, MarkedVersion>();
  for (const mark of marksOf(refs, group, 'deploy')) {
    const key = `${mark.sha} ${mark.imageVersion ?? ''}`;
    const before = newest.get(key);
    if (before === undefined || mark.timestamp > before.timestamp) newest.set(key, mark);
  }
  return [...newest.values()].sort(newestFirst);
}

/** The versions that a rollback left behind in a group, newest first. PaaSTA: `get_rollback_tags_for_sha`. */
export function rolledBackVersions(refs: readonly RemoteRef[], group: string): readonly MarkedVersion[] {
  return [...marksOf(refs, group, 'rollback')].sort(newestFirst);
}

/** Greatest time stamp among the group's deploy and rollback tags, those that PaaSTA mistakes for the group's included. */
export function newestTimestamp(refs: readonly RemoteRef[], group: string): string | null {
  let newest: string | null = null;
  for (const { name } of refs) {
    const tag = parseGroupTag(name);
    if (tag === null || imageVersionUnescaped(tag.body, group) === undefined) continue;
    if (newest === null || tag.timestamp > newest) newest = tag.timestamp;
  }
  return newest;
}

/** Greatest `forceBounce` among the state tags of a branch, at any commit. */
export function newestForceBounce(refs: readonly RemoteRef[], branch: string): string | null {
  let newest: string | null = null;
  for (const { name } of refs) {
    const tag = parseStateTag(name);
    if (tag?.branch === branch && (newest === null || tag.forceBounce > newest)) newest = tag.forceBounce;
  }
  return newest;
}

function* marksOf(refs: readonly RemoteRef[], group: string, kind: 'deploy' | 'rollback'): Generator<MarkedVersion> {
  for (const { name: ref, sha } of refs) {
    const tag = parseGroupTag(ref);
    if (tag?.kind !== kind) continue;
    const imageVersion = imageVersionOf(tag.body, group);
    if (imageVersion !== undefined) yield { ref, sha, timestamp: tag.timestamp, imageVersion };
  }
}

function newestFirst(a: MarkedVersion, b: MarkedVersion): number {
  return compareText(b.timestamp, a.timestamp) || compareText(a.ref, b.ref);
}
