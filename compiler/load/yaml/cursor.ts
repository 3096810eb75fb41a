/** Character codes of YAML's indicators. */
export const CODE = {
  end: 0x00,
  tab: 0x09,
  lf: 0x0a,
  cr: 0x0d,
  space: 0x20,
  bang: 0x21,
  doubleQuote: 0x22,
  hash: 0x23,
  percent: 0x25,
  ampersand: 0x26,
  singleQuote: 0x27,
  star: 0x2a,
  plus: 0x2b,
  comma: 0x2c,
  minus: 0x2d,
  dot: 0x2e,
  zero: 0x30,
  nine: 0x39,
  colon: 0x3a,
  less: 0x3c,
  greater: 0x3e,
  question: 0x3f,
  leftBracket: 0x5b,
  backslash: 0x5c,
  rightBracket: 0x5d,
  leftBrace: 0x7b,
  pipe: 0x7c,
  rightBrace: 0x7d,
} as const;

/** A text that cannot be YAML: thrown inside the reader, and a finding outside it. */
export class YamlSyntaxError extends Error {
  readonly start: number;
  readonly end: number;
  readonly hint: string | undefined;
  /** Where the construct that is broken began. */
  readonly opened: number | undefined;
  readonly code: string;

  constructor(message: string, place: SyntaxPlace, hint?: string) {
    super(message);
    this.start = place.start;
    this.end = place.end ?? place.start + 1;
    this.opened = place.opened;
    this.code = place.code ?? 'yaml-syntax';
    this.hint = hint;
  }
}

export interface SyntaxPlace {
  readonly start: number;
  readonly end?: number;
  readonly opened?: number;
  readonly code?: string;
}

/** A place in a text that moves forward. The text ends with a NUL, which stands nowhere else in it. */
export class Cursor {
  readonly text: string;
  at = 0;
  /** Offset where the line of `at` begins. */
  lineStart = 0;

  constructor(text: string) {
    this.text = `${text}\0`;
  }

  /** Code at the cursor, or some characters ahead of it. */
  code(ahead = 0): number {
    return this.text.charCodeAt(this.at + ahead);
  }

  get column(): number {
    return this.at - this.lineStart;
  }

  /** Moves over one line break: LF, CRLF or CR. */
  skipBreak(): void {
    if (this.code() === CODE.cr && this.code(1) === CODE.lf) this.at++;
    this.at++;
    this.lineStart = this.at;
  }

  skipToLineEnd(): void {
    while (!isBreakOrEnd(this.code())) this.at++;
  }

  /** Whether the line begins with `---` or `...`, which end a document wherever they stand. */
  isAtDocumentMarker(): boolean {
    if (this.at !== this.lineStart) return false;
    const code = this.code();
    if (code !== CODE.minus && code !== CODE.dot) return false;
    return this.code(1) === code && this.code(2) === code && isBlankOrEnd(this.code(3));
  }
}

export function isBlank(code: number): boolean {
  return code === CODE.space || code === CODE.tab;
}

export function isBreak(code: number): boolean {
  return code === CODE.lf || code === CODE.cr;
}

export function isBreakOrEnd(code: number): boolean {
  return code === CODE.lf || code === CODE.cr || code === CODE.end;
}

/** White space, line break or the end of the text. */
export function isBlankOrEnd(code: number): boolean {
  return code === CODE.space || code === CODE.lf || code === CODE.cr || code === CODE.tab || code === CODE.end;
}

/** `,[]{}`: what separates values inside brackets. */
export function isFlowIndicator(code: number): boolean {
  return (
    code === CODE.comma ||
    code === CODE.leftBracket ||
    code === CODE.rightBracket ||
    code === CODE.leftBrace ||
    code === CODE.rightBrace
  );
}

/** Digits, letters, `_` and `-`: what anchors and tag handles are made of. */
export function isWordCode(code: number): boolean {
  return (
    (code >= 0x61 && code <= 0x7a) ||
    (code >= 0x41 && code <= 0x5a) ||
    (code >= CODE.zero && code <= CODE.nine) ||
    code === 0x5f ||
    code === CODE.minus
  );
}
