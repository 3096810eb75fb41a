import { CODE, isBlankOrEnd, isFlowIndicator, YamlSyntaxError, type Cursor } from './cursor.ts';
import { foldGap, readGap } from './fold.ts';

export interface PlainScalar {
  readonly value: string;
  readonly end: number;
  /** Whether the cursor stands on a later line than the scalar's end. */
  readonly crossedLine: boolean;
}

/** Characters that may end a plain scalar or a piece of it, by code. */
const STOPS = new Uint8Array(128);
for (const code of [0, 9, 10, 13, 32, CODE.colon]) STOPS[code] = 1;
for (const char of ',[]{}') STOPS[char.charCodeAt(0)] = 2;

/**
 * Reads an unquoted scalar. A line indented less than `indent` ends it in block context; inside brackets, their
 * punctuation does. Ends at `: `, at ` #` and at a document marker as well.
 */
export function scanPlain(cursor: Cursor, indent: number, inFlow: boolean): PlainScalar {
  let value = '';
  let end = cursor.at;
  let gap = '';
  let crossedLine = false;
  for (;;) {
    if (cursor.code() === CODE.hash || cursor.isAtDocumentMarker()) break;
    const start = cursor.at;
    cursor.at = pieceEnd(cursor, inFlow);
    if (cursor.at === start) break;
    value = value === '' ? cursor.text.slice(start, cursor.at) : value + gap + cursor.text.slice(start, cursor.at);
    end = cursor.at;
    crossedLine = false;
    if (!isBlankOrEnd(cursor.code()) || cursor.code() === CODE.end) break;
    const next = readGap(cursor, indent);
    gap = foldGap(next);
    crossedLine = next.breaks > 0;
    if (!inFlow && cursor.column < indent) break;
  }
  return { value, end, crossedLine };
}

/** End of the piece at the cursor: up to white space or an indicator. */
function pieceEnd(cursor: Cursor, inFlow: boolean): number {
  const { text } = cursor;
  let at = cursor.at;
  for (;;) {
    const code = text.charCodeAt(at);
    const stop = code < 128 ? STOPS[code] : 0;
    if (stop === 0 || (stop === 2 && !inFlow)) at++;
    else if (code !== CODE.colon) return at;
    else {
      const next = text.charCodeAt(at + 1);
      if (isBlankOrEnd(next)) return at;
      if (inFlow && (isFlowIndicator(next) || next === CODE.question)) {
        throw new YamlSyntaxError('a colon stands directly before punctuation', { start: at }, COLON_HINT);
      }
      at++;
    }
  }
}

const COLON_HINT = 'write a space behind the colon, or quote the value';
