import { formatTimestamp } from './timestamp.ts';

/** A commit, and the image version where one commit is built more than once. */
export interface Version {
  readonly sha: string;
  readonly imageVersion: string | null;
}

export type State = 'start' | 'stop';

/** Longest image version whose docker tag `paasta-<sha>-<version>` stays within 128 characters. */
const MAX_IMAGE_VERSION = 128 - 'paasta-'.length - 40 - '-'.length;
const NAME = /^[A-Za-z0-9_.-]+$/;

/** Why nothing may be deployed to a group of this name, or null. Stricter than reading, where any name counts. */
export function problemWithGroup(group: string): string | null {
  if (!NAME.test(group)) return 'a deploy group consists of letters, digits, "_", "." and "-"';
  if (group.startsWith('-')) return 'a deploy group cannot start with "-"';
  return problemWithRef(group, 'a deploy group');
}

/** Why an image version cannot be used, or null. */
export function problemWithImageVersion(version: string): string | null {
  if (!NAME.test(version)) return 'an image version consists of letters, digits, "_", "." and "-"';
  if (version.length > MAX_IMAGE_VERSION) return `an image version has at most ${MAX_IMAGE_VERSION} characters`;
  return problemWithRef(version, 'an image version');
}

/** Why an instance's state cannot be set by a tag, or null: PaaSTA must read back the same `<cluster>.<instance>`. */
export function problemWithBranch(branch: string): string | null {
  if (!NAME.test(branch)) return 'cluster and instance consist of letters, digits, "_", "." and "-"';
  if (parseStateTag(stateTag(branch, formatTimestamp(new Date(0)), 'start'))?.branch !== branch) {
    return 'the names of cluster and instance cannot be told apart from the parts of a tag';
  }
  return problemWithRef(branch, 'cluster and instance');
}

function problemWithRef(text: string, what: string): string | null {
  return text.includes('..') ? `${what} cannot contain ".." (git allows no such tag)` : null;
}

/** `refs/tags/paasta-<group>[+<image version>]-<timestamp>-deploy`. PaaSTA: `get_paasta_tag_from_deploy_group`. */
export function deployTag(group: string, imageVersion: string | null, timestamp: string): string {
  return groupTag(group, imageVersion, timestamp, 'deploy');
}

/** The tag that marks the version left behind by a rollback; it points at the bad commit. PaaSTA: `create_rollback_tag`. */
export function rollbackTag(group: string, imageVersion: string | null, timestamp: string): string {
  return groupTag(group, imageVersion, timestamp, 'rollback');
}

/** `refs/tags/paasta-<cluster>.<instance>-<timestamp>-start|stop`. PaaSTA: start_stop_restart `format_tag`. */
export function stateTag(branch: string, timestamp: string, state: State): string {
  return `refs/tags/paasta-${branch}-${timestamp}-${state}`;
}

function groupTag(group: string, imageVersion: string | null, timestamp: string, kind: string): string {
  return `refs/tags/paasta-${group}${imageVersion === null ? '' : `+${imageVersion}`}-${timestamp}-${kind}`;
}

/** A tag of a deploy group, not yet split into group and image version. */
export interface GroupTag {
  /** `<group>` or `<group>+<image version>`; which of the two only a known group can tell. */
  readonly body: string;
  readonly timestamp: string;
  readonly kind: 'deploy' | 'rollback';
}

/**
 * The parts of a deploy or rollback tag, or null. A second `paasta-` stays in the body: `splitBody` of a group decides.
 * Source: PaaSTA's `^refs/tags/paasta-G(?:\+(?P<image_version>.*)){0,1}-(?P<dtime>\d{8}T\d{6})-deploy$`.
 */
export function parseGroupTag(ref: string): GroupTag | null {
  const match = /^refs\/tags\/paasta-(.*)-(\d{8}T\d{6})-(deploy|rollback)$/.exec(ref);
  if (match === null) return null;
  return { body: match[1]!, timestamp: match[2]!, kind: match[3] === 'deploy' ? 'deploy' : 'rollback' };
}

/** Image version of a body that belongs to `group` (null: none), or undefined when it belongs to another group. */
export function imageVersionOf(body: string, group: string): string | null | undefined {
  if (body === group) return null;
  return body.startsWith(`${group}+`) ? body.slice(group.length + 1) : undefined;
}

/** As `imageVersionOf`, but a `.` in the group stands for any character: how PaaSTA reads deploy tags. */
export function imageVersionUnescaped(body: string, group: string): string | null | undefined {
  if (body.length < group.length) return undefined;
  for (let i = 0; i < group.length; i++) {
    if (group[i] !== '.' && group[i] !== body[i]) return undefined;
  }
  const rest = body.slice(group.length);
  if (rest === '') return null;
  return rest.startsWith('+') ? rest.slice(1) : undefined;
}

/** The parts of a start or stop tag, or null. `forceBounce` is any text without `-`, a time stamp in every tag made by a tool. */
export function parseStateTag(ref: string): { branch: string; forceBounce: string; state: State } | null {
  const match = /^refs\/tags\/(?:paasta-){0,2}([a-zA-Z0-9_.-]+)-([^-]+)-(start|stop)$/.exec(ref);
  if (match === null) return null;
  return { branch: match[1]!, forceBounce: match[2]!, state: match[3] === 'start' ? 'start' : 'stop' };
}
