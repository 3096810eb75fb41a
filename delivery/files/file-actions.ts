import { compareText } from '../../compiler/diagnostics/diagnostic.ts';
import type { SafeGit } from '../../git/safe-git.ts';
import type { Clock } from '../clock.ts';
import { controlKey, type DeploymentsDocument } from '../deployments-document.ts';
import { deploymentsText } from '../deployments-text.ts';
import { isSameVersion, versionText } from '../image-name.ts';
import { DeliveryProblem } from '../problem.ts';
import type { State, Version } from '../refs/tag-names.ts';
import { formatTimestamp, isTimestamp, nextTimestamp } from '../refs/timestamp.ts';
import type { GroupOutcome, StateOutcome, StateTarget } from '../tags/tag-actions.ts';
import { commitFileChange, fileHistory, type ConfigTarget, type Identity } from './config-repository.ts';
import { versionIn, withDeployment, withRolledBack, withState } from './edit-deployments.ts';
import { readDeployments } from './read-deployments.ts';

/** Versions of a file that are looked through for what was deployed before. */
const HISTORY = 500;

/** What every action on a deployments.json in a repository needs. */
export interface FileContext {
  readonly git: SafeGit;
  readonly clock: Clock;
  readonly target: ConfigTarget;
  readonly identity: Identity;
  readonly service: string;
  /** Path of the service's deployments.json in the repository. */
  readonly path: string;
  /** Take over a file that is generated from tags. Without it such a file is a problem. */
  readonly mayTakeOver: boolean;
  /** `paasta-gitops/1.2.3`, for the trailer. */
  readonly generator: string;
}

/** What an action did to the file. */
export interface FileOutcome<T> {
  readonly commit: string | null;
  readonly branch: string;
  readonly outcomes: readonly T[];
}

/** Versions for groups at once, in one commit. */
export interface FileMark {
  readonly groups: readonly string[];
  readonly version: Version;
  readonly digest: string | null;
  /** Control branches of a group's instances. */
  branchesOf(group: string): readonly string[];
  /** Remember what is left behind as rolled back. */
  readonly isRollback: boolean;
}

/** Puts a version into groups. A group that has it already is left alone. */
export async function markInFile(context: FileContext, mark: FileMark): Promise<FileOutcome<GroupOutcome>> {
  const { groups, version, digest, isRollback } = mark;
  const verb = isRollback ? 'roll back' : 'mark';
  const subject = `${context.service}: ${verb} ${groups.join(', ')} to ${versionText(version).slice(0, 40)}`;
  return changeFile(context, subject, (document) => {
    const outcomes: GroupOutcome[] = [];
    let next = document;
    for (const group of groups) {
      const before = versionIn(document, group);
      const isChanged = before === null || !isSameVersion(before, version) || hasOtherDigest(document, group, digest);
      outcomes.push({ group, before, isChanged });
      if (!isChanged) continue;
      const { service } = context;
      next = withDeployment(next, { service, group, version, digest, branches: mark.branchesOf(group) });
      if (!isRollback || before === null || isSameVersion(before, version)) continue;
      const entry = { sha: before.sha, image_version: before.imageVersion, by: context.identity.name };
      next = withRolledBack(next, group, { ...entry, timestamp: formatTimestamp(context.clock.now()) });
    }
    return { next, outcomes };
  });
}

/** Sets the state of instances in one commit; with the same meaning as the tags. */
export async function setStateInFile(
  context: FileContext,
  targets: readonly StateTarget[],
  state: State,
): Promise<FileOutcome<StateOutcome>> {
  const subject = `${context.service}: ${state} ${targets.map(({ branch }) => branch).join(', ')}`;
  return changeFile(context, subject, (document) => {
    let next = document;
    const outcomes = targets.map(({ branch, group }): StateOutcome => {
      const version = versionIn(document, group);
      if (version === null) return { branch, group, kind: 'not-deployed', sha: null };
      const control = document.v2.controls[controlKey(context.service, branch)];
      if (state === 'stop' && control?.desired_state === 'stop') {
        return { branch, group, kind: 'already-stopped', sha: version.sha };
      }
      const last = control?.force_bounce ?? null;
      const timestamp = nextTimestamp(context.clock.now(), last !== null && isTimestamp(last) ? last : null);
      next = withState(next, { service: context.service, branch, group, state, timestamp });
      return { branch, group, kind: 'changed', sha: version.sha };
    });
    return { next, outcomes };
  });
}

/** One version that a group had, and when it was put there. */
export interface PastVersion extends Version {
  readonly timestamp: string;
}

/** The versions that a group had, newest first, each once, from the history of the file. */
export async function versionsInHistory(
  context: FileContext,
  groups: readonly string[],
): Promise<ReadonlyMap<string, readonly PastVersion[]>> {
  const history = await fileHistory(context.git, context.target, context.path, HISTORY);
  const states = history.flatMap(({ time, text }) => {
    const read = readDeployments(text);
    return 'document' in read ? [{ time, document: read.document }] : [];
  });
  return new Map(groups.map((group) => [group, versionsOf(states, group)]));
}

function versionsOf(
  states: readonly { readonly time: Date; readonly document: DeploymentsDocument }[],
  group: string,
): readonly PastVersion[] {
  const newest = new Map<string, PastVersion>();
  let later: Version | null = null;
  let isNewestMark = false;
  for (const { time, document } of states) {
    const version = versionIn(document, group);
    if (version === null) continue;
    const key = versionText(version);
    if (later === null || !isSameVersion(later, version)) isNewestMark = !newest.has(key);
    if (isNewestMark) newest.set(key, { ...version, timestamp: formatTimestamp(time) });
    later = version;
  }
  return [...newest.values()].sort((a, b) => compareText(b.timestamp, a.timestamp));
}

async function changeFile<T>(
  context: FileContext,
  subject: string,
  decide: (document: DeploymentsDocument) => { readonly next: DeploymentsDocument; readonly outcomes: readonly T[] },
): Promise<FileOutcome<T>> {
  let outcomes: readonly T[] = [];
  const edit = (before: string | null): string | null => {
    const document = documentOf(context, before);
    const decided = decide(document);
    outcomes = decided.outcomes;
    return decided.next === document ? null : deploymentsText(decided.next, 'pretty');
  };
  const message = `${shortened(subject)}\n\nService: ${context.service}\nGenerator: ${context.generator}\n`;
  const { identity, path } = context;
  const { commit, branch } = await commitFileChange(context.git, context.clock, context.target, {
    path,
    edit,
    message,
    identity,
  });
  return { commit, branch, outcomes };
}

function documentOf(context: FileContext, text: string | null): DeploymentsDocument {
  const read = readDeployments(text);
  if ('problem' in read) {
    throw new DeliveryProblem(
      `${context.path} cannot be changed: ${read.problem}`,
      'repair the file in the repository first',
    );
  }
  const isForeign =
    text !== null && read.document.source !== 'file' && Object.keys(read.document.v2.deployments).length > 0;
  if (isForeign && !context.mayTakeOver) {
    throw new DeliveryProblem(
      `${context.path} is generated from tags`,
      'leave --mode out to mark by tags, or give --mode file to make this file the truth from now on',
    );
  }
  return read.document;
}

function hasOtherDigest(document: DeploymentsDocument, group: string, digest: string | null): boolean {
  if (digest === null || !Object.hasOwn(document.v2.deployments, group)) return false;
  return document.v2.deployments[group]!.digest !== digest;
}

/** Subjects of commits are one line of at most 72 characters. */
function shortened(subject: string): string {
  return subject.length <= 72 ? subject : `${subject.slice(0, 71)}…`;
}
