import { CODE, isBlankOrEnd, isBreak, YamlSyntaxError, type Cursor } from './cursor.ts';
import { foldGap, readGap } from './fold.ts';

/** Reads a quoted scalar; the cursor stands at its opening quote and is left behind the closing one. */
export function scanQuoted(cursor: Cursor): string {
  const quote = cursor.code();
  const opened = cursor.at;
  cursor.at++;
  let value = '';
  for (;;) {
    if (cursor.isAtDocumentMarker() || cursor.code() === CODE.end) throw unclosed(opened, quote);
    const piece = readPiece(cursor, quote, opened);
    value += piece.value;
    if (piece.isClosed) return value;
    if (piece.joinsLines) value += '\n'.repeat(readGap(cursor).breaks);
    else value += foldGap(readGap(cursor));
  }
}

interface Piece {
  readonly value: string;
  readonly isClosed: boolean;
  /** Ends with a backslash that takes the line break away. */
  readonly joinsLines: boolean;
}

/** Reads up to white space, or through the closing quote. */
function readPiece(cursor: Cursor, quote: number, opened: number): Piece {
  let value = '';
  let from = cursor.at;
  for (;;) {
    const code = cursor.code();
    if (code === quote) {
      value += cursor.text.slice(from, cursor.at);
      cursor.at++;
      if (quote === CODE.doubleQuote || cursor.code() !== quote) return { value, isClosed: true, joinsLines: false };
      from = cursor.at++;
    } else if (isBlankOrEnd(code)) {
      return { value: value + cursor.text.slice(from, cursor.at), isClosed: false, joinsLines: false };
    } else if (code === CODE.backslash && quote === CODE.doubleQuote) {
      value += cursor.text.slice(from, cursor.at);
      cursor.at++;
      if (isBreak(cursor.code())) {
        cursor.skipBreak();
        return { value, isClosed: false, joinsLines: true };
      }
      value += readEscape(cursor, opened);
      from = cursor.at;
    } else cursor.at++;
  }
}

const SIMPLE_ESCAPES: ReadonlyMap<string, string> = new Map([
  ['0', '\0'],
  ['a', '\x07'],
  ['b', '\b'],
  ['t', '\t'],
  ['\t', '\t'],
  ['n', '\n'],
  ['v', '\v'],
  ['f', '\f'],
  ['r', '\r'],
  ['e', '\x1b'],
  [' ', ' '],
  ['"', '"'],
  ['/', '/'],
  ['\\', '\\'],
  ['N', '\x85'],
  ['_', '\xa0'],
  ['L', '\u2028'],
  ['P', '\u2029'],
]);
const HEX_DIGITS: ReadonlyMap<string, number> = new Map([
  ['x', 2],
  ['u', 4],
  ['U', 8],
]);

/** Reads what follows a backslash. */
function readEscape(cursor: Cursor, opened: number): string {
  const start = cursor.at - 1;
  const name = cursor.text[cursor.at++]!;
  const simple = SIMPLE_ESCAPES.get(name);
  if (simple !== undefined) return simple;
  const length = HEX_DIGITS.get(name);
  if (length === undefined) {
    if (name === '\0') throw unclosed(opened, CODE.doubleQuote);
    throw new YamlSyntaxError(`\\${name} is no escape sequence`, { start, end: start + 2 }, BACKSLASH_HINT);
  }
  const digits = cursor.text.slice(cursor.at, cursor.at + length);
  const end = cursor.at + length;
  if (!/^[0-9a-fA-F]+$/.test(digits) || digits.length < length) {
    throw new YamlSyntaxError(
      `\\${name} needs ${length} hexadecimal digits`,
      { start, end: start + 2 },
      BACKSLASH_HINT,
    );
  }
  cursor.at = end;
  const code = Number.parseInt(digits, 16);
  if (code > 0x10ffff || (code >= 0xd800 && code < 0xe000)) {
    throw new YamlSyntaxError(
      `\\${name}${digits} is no character`,
      { start, end },
      'write \\U and eight digits, or the character itself',
    );
  }
  return String.fromCodePoint(code);
}

const BACKSLASH_HINT = 'write \\\\ for a backslash, or use single quotes';

function unclosed(opened: number, quote: number): YamlSyntaxError {
  const sign = String.fromCharCode(quote);
  return new YamlSyntaxError(`the quote ${sign} is never closed`, { start: opened }, `close it with ${sign}`);
}
