/** Names whose values are hidden wherever objects and files are shown. */
const SECRET_NAME = /password|token|secret|private.?key|credential/i;
/** Keys of files that match and hold names of secrets or maps of them, never a value. */
export const SECRET_REFERENCES: ReadonlySet<string> = new Set([
  'datastore_credentials',
  'image_pull_secrets',
  'projected_sa_volumes',
  'secret_name',
  'secret_volumes',
  'ssm_secrets',
]);
/** What is tested of a longer name: the time that a pattern takes grows with a power of it. */
const LONGEST_NAME = 128;
const MOST_REPEATS = 3;
/** Escapes and character classes as a whole, so that `*`, `+` and `{` elsewhere are those that repeat, with the group before them. */
const PARTS = /\\.|\[(?:\\.|[^\]\\])*\]|\)?[*+{]/g;

/** Whether a value with this name is hidden. */
export type NameTest = (name: string) => boolean;

/** Patterns of a project that hide the values of all names. */
export const EVERY_NAME: readonly string[] = [''];

/**
 * Tests names for `password|token|secret|private.?key|credential` and for a project's own patterns, which have no `patternProblem`: a
 * part of the name matches, in upper or lower case.
 */
export function createNameTest(patterns: readonly string[]): NameTest {
  const own = patterns.map((pattern) => new RegExp(pattern, 'i'));
  return (name) => SECRET_NAME.test(name) || own.some((pattern) => pattern.test(name.slice(0, LONGEST_NAME)));
}

/** Why a text is no pattern for names, as the end of a sentence; undefined when it is one. */
export function patternProblem(pattern: string): string | undefined {
  try {
    new RegExp(pattern, 'i');
  } catch {
    return 'is no regular expression';
  }
  const repeats = [...pattern.matchAll(PARTS)].map(([part]) => part).filter((part) => /^\)?[*+{]$/.test(part));
  if (repeats.some((part) => part.startsWith(')'))) return 'repeats a group, which can take for ever';
  return repeats.length > MOST_REPEATS ? `repeats more than ${MOST_REPEATS} parts, which can take for ever` : undefined;
}
