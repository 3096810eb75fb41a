import type { Span } from '../../diagnostics/diagnostic.ts';

/** A place in a text: 1-based line, and column in code points. */
export interface Place {
  readonly line: number;
  readonly column: number;
}

/** Finds lines and columns of offsets into one text; LF, CRLF and CR end a line. */
export interface Lines {
  place(offset: number): Place;
  /** The span from one offset to another, which is exclusive. */
  span(start: number, end: number): Span;
  /** Text of a 1-based line without its break; empty beyond the end. */
  text(line: number): string;
  /** Offset where a 1-based line begins. */
  start(line: number): number;
}

/** Indexes the lines of a text: linear once, logarithmic per place. */
export function indexLines(text: string): Lines {
  const starts = lineStarts(text);

  function lineOf(offset: number): number {
    let low = 0;
    let high = starts.length - 1;
    while (low < high) {
      const middle = (low + high + 1) >> 1;
      if (starts[middle]! <= offset) low = middle;
      else high = middle - 1;
    }
    return low + 1;
  }

  function place(offset: number): Place {
    const line = lineOf(offset);
    return { line, column: codePoints(text, starts[line - 1]!, offset) + 1 };
  }

  return {
    place,
    span(start, end) {
      const from = place(start);
      const to = place(Math.max(start, end));
      return { line: from.line, column: from.column, endLine: to.line, endColumn: to.column };
    },
    text(line) {
      const start = starts[line - 1];
      if (start === undefined) return '';
      return text.slice(start, starts[line] ?? text.length).replace(/[\r\n]+$/, '');
    },
    start: (line) => starts[line - 1] ?? text.length,
  };
}

function lineStarts(text: string): number[] {
  const starts = [0];
  for (let index = 0; index < text.length; index++) {
    const code = text.charCodeAt(index);
    if (code === 0x0a || (code === 0x0d && text.charCodeAt(index + 1) !== 0x0a)) starts.push(index + 1);
  }
  return starts;
}

/** Code points in part of a text; a lone surrogate counts as one. */
function codePoints(text: string, start: number, end: number): number {
  let count = 0;
  for (let index = start; index < end; index++) {
    const code = text.charCodeAt(index);
    const isPair = code >= 0xd800 && code < 0xdc00 && (text.charCodeAt(index + 1) & 0xfc00) === 0xdc00;
    if (isPair) index++;
    count++;
  }
  return count;
}
