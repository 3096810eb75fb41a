import { GitError } from 'simple-git';
import { withoutCredentials } from './git-url.ts';

/** What went wrong, as far as a caller acts on it. `rejected`: another writer was faster; `declined`: the server does not want it. */
export type GitFailureKind =
  'rejected' | 'declined' | 'timeout' | 'access' | 'missing' | 'unsupported-atomic' | 'no-git' | 'other';

/**
 * A git command that ended with a non-zero status, was stopped by the time-out, or could not start.
 * `message` is git's own text without credentials; it is meant to be shown to people.
 */
export class GitFailure extends GitError {
  readonly kind: GitFailureKind;
  readonly exitCode: number;
  constructor(kind: GitFailureKind, exitCode: number, message: string) {
    super(undefined, message);
    this.kind = kind;
    this.exitCode = exitCode;
  }
}

/** Makes the failure of a finished command from its status and output. */
export function failureOf(exitCode: number, stdout: string, stderr: string): GitFailure {
  const text = [stderr, stdout].map(plainLines).filter(Boolean).join('\n');
  const kind = kindOf(text);
  const message = kind === 'no-git' ? 'git could not be started' : withoutCredentials(text.replaceAll('\t', '  '));
  return new GitFailure(kind, exitCode, message || `git ended with status ${exitCode}`);
}

/** Text of a remote side ends its lines with blanks and carriage returns, to overwrite what stands on a terminal. */
function plainLines(text: string): string {
  return text.replace(/[ \t]*(?:\r\n?|\n)/g, '\n').trim();
}

/** The failure behind whatever a git call threw. */
export function asGitFailure(error: unknown): GitFailure {
  if (error instanceof GitFailure) return error;
  return new GitFailure('other', -1, withoutCredentials(error instanceof Error ? error.message : String(error)));
}

/** One line that says what a person can do, or nothing when git's text says it. */
export function adviceFor(kind: GitFailureKind): string | undefined {
  switch (kind) {
    case 'access':
      return 'check the URL and that your credentials (ssh key, credential helper, GIT_ASKPASS) may use it';
    case 'timeout':
      return 'the server did not answer in time: check that it can be reached from here';
    case 'no-git':
      return 'install git and make sure it is on PATH';
    default:
      return undefined;
  }
}

/** Why a server rejects a ref that another writer changed meanwhile, and the refs that were to be pushed together with such a one. */
const RACES = [
  'cannot lock ref',
  'failed to (?:update|lock) ref',
  'incorrect old value',
  'stale info',
  'fetch first',
  'non-fast-forward',
  'already exists',
  'atomic',
];

/** Git tells what happened by text only; the first line that fits counts. */
const SIGNS: readonly (readonly [GitFailureKind, RegExp])[] = [
  ['no-git', /spawn \S+ ENOENT/],
  ['unsupported-atomic', /does not support --atomic/],
  ['declined', new RegExp(`\\[remote rejected\\](?!.*\\((?:${RACES.join('|')}))`)],
  ['rejected', /\[(?:remote )?rejected\]|^!\t|failed to update ref|cannot lock ref/m],
  ['missing', /not our ref|couldn't find remote ref|unadvertised object|not a valid object name|bad object/i],
  [
    'access',
    /Authentication failed|Permission denied|could not read (?:Username|Password)|access denied|terminal prompts disabled/i,
  ],
  ['access', /Could not read from remote repository|repository .* not found|does not appear to be a git repository/i],
];

function kindOf(text: string): GitFailureKind {
  return SIGNS.find(([, sign]) => sign.test(text))?.[0] ?? 'other';
}
