import { CODE, isBlank, isBreak, YamlSyntaxError, type Cursor } from './cursor.ts';

/** White space between two pieces of a plain or quoted scalar. */
export interface Gap {
  /** Spaces and tabs, when no line ends in it. */
  readonly blanks: string;
  readonly breaks: number;
}

/** Reads white space up to the next piece. A tab on a later line, left of the column `indent`, is refused. */
export function readGap(cursor: Cursor, indent = 0): Gap {
  const start = cursor.at;
  let breaks = 0;
  let blanksEnd = start;
  for (let code = cursor.code(); isBlank(code) || isBreak(code); code = cursor.code()) {
    if (isBreak(code)) {
      breaks++;
      cursor.skipBreak();
      continue;
    }
    if (breaks > 0 && code === CODE.tab && cursor.column < indent) throw tabError(cursor.at);
    cursor.at++;
    if (breaks === 0) blanksEnd = cursor.at;
  }
  return { blanks: breaks === 0 ? cursor.text.slice(start, blanksEnd) : '', breaks };
}

/** What a gap leaves in the value: its blanks, a space for one line break, a line break for every further one. */
export function foldGap(gap: Gap): string {
  if (gap.breaks === 0) return gap.blanks;
  return gap.breaks === 1 ? ' ' : '\n'.repeat(gap.breaks - 1);
}

export function tabError(at: number): YamlSyntaxError {
  return new YamlSyntaxError('a tab is used as indentation', { start: at }, 'indent with spaces');
}
