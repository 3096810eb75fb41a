import { CODE, isBlankOrEnd, isWordCode, YamlSyntaxError, type Cursor } from './cursor.ts';

const MAY_FOLLOW_NAME = '?:,]}%@`';

/** Reads the name behind `&` or `*`. */
export function scanName(cursor: Cursor): string {
  const sign = cursor.text[cursor.at]!;
  const start = ++cursor.at;
  while (isWordCode(cursor.code())) cursor.at++;
  const next = cursor.code();
  const isEnded = isBlankOrEnd(next) || MAY_FOLLOW_NAME.includes(String.fromCharCode(next));
  if (cursor.at > start && isEnded) return cursor.text.slice(start, cursor.at);
  const hint = `a name has letters, digits, _ and - only; quote the value if ${sign} belongs to it`;
  throw new YamlSyntaxError(`${sign} needs a name`, { start: start - 1 }, hint);
}

/** Reads a tag: `!<uri>` (no handle), `!!str`, `!handle!suffix`, `!suffix`, or the lone `!` (handle `!`, no suffix). */
export function scanTag(cursor: Cursor, inFlow: boolean): { handle: string; suffix: string } {
  const start = cursor.at;
  const tag = cursor.code(1) === CODE.less ? verbatimTag(cursor, start) : shorthandTag(cursor, start);
  const next = cursor.code();
  if (isBlankOrEnd(next) || (inFlow && next === CODE.comma)) return tag;
  throw tagError(cursor, start);
}

function verbatimTag(cursor: Cursor, start: number): { handle: string; suffix: string } {
  cursor.at += 2;
  const suffix = readUri(cursor, start, true);
  if (suffix === '' || cursor.code() !== CODE.greater) throw tagError(cursor, start);
  cursor.at++;
  return { handle: '', suffix };
}

function shorthandTag(cursor: Cursor, start: number): { handle: string; suffix: string } {
  cursor.at++;
  while (isWordCode(cursor.code())) cursor.at++;
  if (cursor.code() !== CODE.bang) {
    cursor.at = start + 1;
    return { handle: '!', suffix: readUri(cursor, start, false) };
  }
  const handle = cursor.text.slice(start, ++cursor.at);
  const suffix = readUri(cursor, start, false);
  if (suffix === '') throw tagError(cursor, start);
  return { handle, suffix };
}

const URI = /[0-9A-Za-z_\-;/?:@&=+$.!~*'()]/;
const FLOW_URI = /[,[\]]/;

function readUri(cursor: Cursor, tagStart: number, isVerbatim: boolean): string {
  const start = cursor.at;
  for (;;) {
    const char = cursor.text[cursor.at]!;
    if (char === '%') {
      if (!/^%[0-9A-Fa-f]{2}$/.test(cursor.text.slice(cursor.at, cursor.at + 3))) throw tagError(cursor, tagStart);
      cursor.at += 3;
    } else if (URI.test(char) || (isVerbatim && FLOW_URI.test(char))) cursor.at++;
    else break;
  }
  try {
    return decodeURIComponent(cursor.text.slice(start, cursor.at));
  } catch {
    throw tagError(cursor, tagStart);
  }
}

function tagError(cursor: Cursor, start: number): YamlSyntaxError {
  return new YamlSyntaxError(
    'this is no complete tag',
    { start, end: cursor.at + 1 },
    'quote the value if ! belongs to it',
  );
}

const YAML_LINE = /^%YAML[ \t]+1\.[12][ \t]*(?:#.*)?$/;
const TAG_LINE =
  /^%TAG[ \t]+(!(?:[0-9A-Za-z_-]*!)?)[ \t]+((?:[0-9A-Za-z_\-;/?:@&=+$.!~*'(),[\]]|%[0-9A-Fa-f]{2})+)(?:[ \t]+(?:#.*)?)?$/;

const LONGEST_DIRECTIVE = 1000;

/** Reads a line that begins with `%`: a tag handle with its prefix, or a version that changes nothing. */
export function scanDirective(cursor: Cursor): { handle: string; prefix: string } {
  const start = cursor.at;
  cursor.skipToLineEnd();
  const line = cursor.text.slice(start, cursor.at);
  const tag = line.length > LONGEST_DIRECTIVE ? null : TAG_LINE.exec(line);
  if (tag !== null) return { handle: tag[1]!, prefix: tag[2]! };
  if (YAML_LINE.test(line)) return { handle: '', prefix: '' };
  const hint = 'remove the line, or quote the value if % belongs to it';
  throw new YamlSyntaxError('% begins no directive that PaaSTA can read', { start, end: cursor.at }, hint);
}
