import { CODE, isBlank, isBreak, isBreakOrEnd, YamlSyntaxError, type Cursor } from './cursor.ts';
import { tabError } from './fold.ts';

interface Header {
  readonly isFolded: boolean;
  readonly chomping: 'clip' | 'strip' | 'keep';
  /** Spaces of indentation written in the header; 0 without. */
  readonly increment: number;
}

/**
 * Reads a block scalar, `|` or `>`; the cursor stands at that sign. `parentIndent` is the indentation of the mapping or
 * list it stands in, -1 at the top.
 */
export function scanBlock(cursor: Cursor, parentIndent: number): { value: string; end: number } {
  const header = readHeader(cursor);
  let end = cursor.at;
  if (isBreak(cursor.code())) cursor.skipBreak();
  let indent = header.increment === 0 ? 0 : Math.max(parentIndent, 0) + header.increment;
  let gap = readBlankLines(cursor, indent);
  if (indent === 0) indent = Math.max(gap.deepest, parentIndent + 1, 1);
  let value = '';
  let lineBreak = '';
  let wasMoreIndented = false;
  while (cursor.column === indent && cursor.code() !== CODE.end) {
    const isMoreIndented = isBlank(cursor.code());
    const isFolding = header.isFolded && lineBreak !== '' && !wasMoreIndented && !isMoreIndented;
    value += isFolding ? (gap.breaks === 0 ? ' ' : '') : lineBreak;
    value += '\n'.repeat(gap.breaks);
    wasMoreIndented = isMoreIndented;
    const start = cursor.at;
    cursor.skipToLineEnd();
    value += cursor.text.slice(start, cursor.at);
    end = cursor.at;
    lineBreak = isBreak(cursor.code()) ? '\n' : '';
    if (lineBreak !== '') cursor.skipBreak();
    gap = readBlankLines(cursor, indent);
  }
  if (header.chomping !== 'strip') value += lineBreak;
  if (header.chomping === 'keep') value += '\n'.repeat(gap.breaks);
  return { value, end };
}

function readHeader(cursor: Cursor): Header {
  const isFolded = cursor.code() === CODE.greater;
  cursor.at++;
  let chomping: Header['chomping'] = 'clip';
  let increment = 0;
  for (let part = 0; part < 2; part++) {
    const code = cursor.code();
    if (chomping === 'clip' && (code === CODE.plus || code === CODE.minus)) {
      chomping = code === CODE.plus ? 'keep' : 'strip';
      cursor.at++;
    } else if (increment === 0 && code >= CODE.zero && code <= CODE.nine) {
      increment = code - CODE.zero;
      if (increment === 0) throw new YamlSyntaxError('an indentation of 0 is impossible', { start: cursor.at });
      cursor.at++;
    }
  }
  while (isBlank(cursor.code())) cursor.at++;
  if (cursor.code() === CODE.hash) cursor.skipToLineEnd();
  if (isBreakOrEnd(cursor.code())) return { isFolded, chomping, increment };
  const sign = isFolded ? '>' : '|';
  const hint = `begin the text on the next line, or quote it if ${sign} belongs to it`;
  throw new YamlSyntaxError(`text stands behind ${sign} on the same line`, { start: cursor.at }, hint);
}

/** Moves over empty lines and the indentation of the next line; `indent` 0 means that it is yet to be found. */
function readBlankLines(cursor: Cursor, indent: number): { breaks: number; deepest: number } {
  let breaks = 0;
  let deepest = 0;
  for (;;) {
    while ((indent === 0 || cursor.column < indent) && cursor.code() === CODE.space) cursor.at++;
    deepest = Math.max(deepest, cursor.column);
    if ((indent === 0 || cursor.column < indent) && cursor.code() === CODE.tab) {
      throw tabError(cursor.at);
    }
    if (!isBreak(cursor.code())) return { breaks, deepest };
    cursor.skipBreak();
    breaks++;
  }
}
