import { createNameTest, type NameTest } from '../differences/secret-names.ts';

/** Keys of soa-configs that match and hold names of secrets or maps of them, never a value. */
const REFERENCES: ReadonlySet<string> = new Set([
  'datastore_credentials',
  'projected_sa_volumes',
  'secret_name',
  'secret_volumes',
  'ssm_secrets',
]);
const WORD = /[\w.-]+/g;
const USERINFO = /(?<=:\/\/)[^\s/'"@]+(?:@[^\s/'"@]+)*(?=@)/g;
const REFERENCE = /^["']?(?:SHARED_)?SECRET\(/;
const QUOTED = /^(?:"(?:[^"\\]|\\.)*"|'(?:[^']|'')*')/;
/** A line that only names an instance or a namespace. */
const INSTANCE = /^["']?[\w.-]+["']?\s*:\s*$/;

/** What is hidden of a line, as positions in its text. */
type Range = readonly [from: number, to: number];

/** The line with this number, from 1, as it may be shown; undefined past the end. */
export type ShownLine = (line: number) => string | undefined;

/**
 * Shows lines of YAML and JSON with `*` for each character that may be secret, so that places in them stay: what stands after
 * or below a name that matches `password|token|secret|private.?key|credential` or one of `patterns`, and user and password of
 * URLs. References such as `SECRET(name)`, and names of instances, are shown.
 */
export function createLineMask(patterns: readonly string[]): (text: string) => ShownLine {
  const isSecretName = createNameTest(patterns);
  return (text) => {
    const lines = text.split(/\r\n|\n|\r/);
    const hidden = hiddenRanges(lines, isSecretName);
    return (line) => (lines[line - 1] === undefined ? undefined : starred(lines[line - 1]!, hidden[line - 1]!));
  };
}

/** For each line what is hidden, in one walk: `open` are the secret keys around the line, by the depth they began at. */
function hiddenRanges(lines: readonly string[], isSecretName: NameTest): readonly (readonly Range[])[] {
  let open: number | null = null;
  return lines.map((text): readonly Range[] => {
    const depth = depthOf(text);
    if (open !== null && (depth > open || text.trim() === '')) return [[0, text.length]];
    open = null;
    const values = secretValues(text, isSecretName);
    if (values.some(([, to]) => to === text.length) && !INSTANCE.test(text)) open = depth;
    return [...values, ...[...text.matchAll(USERINFO)].flatMap((user) => rangeOfUser(user))];
  });
}

function rangeOfUser({ 0: user, index }: RegExpExecArray): readonly Range[] {
  return user === 'git' ? [] : [[index, index + user.length]];
}

function secretValues(text: string, isSecretName: NameTest): readonly Range[] {
  const found: Range[] = [];
  for (const { 0: name, index } of text.matchAll(WORD)) {
    if (index < (found.at(-1)?.[1] ?? 0) || !isSecretName(name) || REFERENCES.has(name)) continue;
    const mark = /^(?:["']?[ \t]*:(?=\s|$|["'])|[ \t]*=)[ \t]*/.exec(text.slice(index + name.length));
    if (mark === null) continue;
    const from = index + name.length + mark[0].length;
    const rest = text.slice(from);
    if (REFERENCE.test(rest)) continue;
    const isWhole = /^\s*(?:- +)*["']?$/.test(text.slice(0, index)) && mark[0].includes(':');
    found.push([from, from + valueLength(rest, isWhole, mark[0].includes('='))]);
  }
  return found;
}

/** How far a value reaches: to its closing quote, to the end of the line, or in flow style or an assignment to what ends it there. */
function valueLength(rest: string, isWhole: boolean, isAssigned: boolean): number {
  const quoted = QUOTED.exec(rest);
  if (quoted !== null) return quoted[0].length;
  if (isWhole || /^["'[{|>&*!]/.test(rest)) return rest.length;
  return /^[^\s"']*/.exec(isAssigned ? rest : '')![0].length || /^[^,}\]]*/.exec(rest)![0].length;
}

/** Twice the indentation, and one more for an item of a list: items stand below their key even where they are not indented. */
function depthOf(text: string): number {
  return 2 * (text.length - text.trimStart().length) + (/^\s*-(?:\s|$)/.test(text) ? 1 : 0);
}

/** The text with a star for each visible code point of the ranges. */
function starred(text: string, ranges: readonly Range[]): string {
  if (ranges.length === 0) return text;
  const isHidden = new Uint8Array(text.length);
  for (const [from, to] of ranges) isHidden.fill(1, from, to);
  let at = 0;
  return [...text]
    .map((point) => {
      const shown = isHidden[at] === 1 && !/\s/.test(point) ? '*' : point;
      at += point.length;
      return shown;
    })
    .join('');
}
