import { createNameTest, SECRET_REFERENCES, type NameTest } from '../differences/secret-names.ts';

const WORD = /[\w.-]+/g;
const USERINFO = /(?<=:\/\/)[^\s/'"@]+(?:@[^\s/'"@]+)*(?=@)/g;
const REFERENCE = /^["']?(?:SHARED_)?SECRET\(/;
const QUOTED = /^(?:"(?:[^"\\]|\\.)*"|'(?:[^']|'')*')/;
/** A flag that may have its value behind it: another word of a command, or the next item of a list. */
const IS_FLAG = /^--?\w/;
const FLAG_SIGN = /^\\?["']?[ \t]*(?:,[ \t]*|(?<=[ \t])(?=[^\s-])(?!\\$))/;
/** A word of a shell, as it stands in YAML or JSON. */
const SHELL_WORD = /^(?:\\["'].*?\\["']|[^\s"'\\]|\\.)+/;
/** Single quotes as they stand within single quotes. */
const TWICE_QUOTED = /^''[^']+''/;
/** A flag whose value stands in the next line. */
const FLAG_AT_END = /(?:^|[\s"'[,])(--?\w[\w.-]*)["']?(?:[ \t]*,)?[ \t]*(?:\\|(?<=[ \t])#[^\n]*)?$/;
const BEGINS_WITH_FLAG = /^\s*(?:- +)?["']?--?\w/;
const KEY = /^\s*["']?[\w.-]+["']?\s*:(?:\s|$)/;
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

/**
 * For each line what is hidden, in one walk: `open` are the secret keys around the line, by the depth they began at, and `flag` is the depth
 * of a secret flag that the line before ended with.
 */
function hiddenRanges(lines: readonly string[], isSecretName: NameTest): readonly (readonly Range[])[] {
  let open: number | null = null;
  let flag: number | null = null;
  return lines.map((text): readonly Range[] => {
    const depth = depthOf(text);
    if (open !== null && (depth > open || text.trim() === '')) return [[0, text.length]];
    open = null;
    if (flag !== null && /^\s*(?:#|$)/.test(text)) return [[0, text.length]];
    if (flag !== null && isFlagValue(text, depth, flag)) [open, flag] = [depth, null];
    if (open !== null) return [[0, text.length]];
    flag = endsWithFlag(text, isSecretName) ? depth : null;
    const values = secretValues(text, isSecretName);
    if (values.some(([, to]) => to === text.length) && !INSTANCE.test(text)) open = depth;
    return [...values, ...[...text.matchAll(USERINFO)].flatMap((user) => rangeOfUser(user))];
  });
}

function endsWithFlag(text: string, isSecretName: NameTest): boolean {
  const name = FLAG_AT_END.exec(text)?.[1];
  return name !== undefined && isSecretName(name);
}

/** Whether a line below one that ends with a flag has the flag's value: it is no other flag and no next key. */
function isFlagValue(text: string, depth: number, depthOfFlag: number): boolean {
  return (depth > depthOfFlag || (depth === depthOfFlag && !KEY.test(text))) && !BEGINS_WITH_FLAG.test(text);
}

function rangeOfUser({ 0: user, index }: RegExpExecArray): readonly Range[] {
  return user === 'git' ? [] : [[index, index + user.length]];
}

function secretValues(text: string, isSecretName: NameTest): readonly Range[] {
  const found: Range[] = [];
  for (const { 0: name, index } of text.matchAll(WORD)) {
    if (index < (found.at(-1)?.[1] ?? 0) || !isSecretName(name) || SECRET_REFERENCES.has(name)) continue;
    const sign = signBehind(name, text.slice(index + name.length));
    if (sign === null) continue;
    const from = index + name.length + sign.length;
    const rest = text.slice(from);
    if (REFERENCE.test(rest)) continue;
    const isWhole = /^\s*(?:- +)*["']?$/.test(text.slice(0, index)) && sign.includes(':');
    found.push([from, from + valueLength(rest, isWhole, !/[:,]/.test(sign))]);
  }
  return found;
}

/** What stands between a name and its value; null when it has none. */
function signBehind(name: string, behind: string): string | null {
  const sign = /^(?:["']?[ \t]*:(?=\s|$|["'])|[ \t]*=)[ \t]*/.exec(behind);
  if (sign !== null || !IS_FLAG.test(name)) return sign?.[0] ?? null;
  return FLAG_SIGN.exec(behind)?.[0] ?? null;
}

/** How far a value reaches: to its closing quote, to the end of the line, or in flow style or a command to what ends it there. */
function valueLength(rest: string, isWhole: boolean, isWord: boolean): number {
  const quoted = (isWord ? TWICE_QUOTED.exec(rest) : null) ?? QUOTED.exec(rest);
  if (quoted !== null) return quoted[0].length;
  if (isWhole || /^["'[{|>&*!]/.test(rest)) return rest.length;
  return (isWord ? SHELL_WORD.exec(rest) : null)?.[0].length ?? /^[^,}\]]*/.exec(rest)![0].length;
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
