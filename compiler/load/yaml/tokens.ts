/** Kinds of tokens. Block collections begin and end with tokens that have no text of their own. */
export const TOKEN = {
  streamEnd: 0,
  directive: 1,
  documentStart: 2,
  documentEnd: 3,
  blockSequenceStart: 4,
  blockMappingStart: 5,
  blockEnd: 6,
  flowSequenceStart: 7,
  flowSequenceEnd: 8,
  flowMappingStart: 9,
  flowMappingEnd: 10,
  blockEntry: 11,
  flowEntry: 12,
  key: 13,
  value: 14,
  alias: 15,
  anchor: 16,
  tag: 17,
  scalar: 18,
} as const;

export type TokenKind = (typeof TOKEN)[keyof typeof TOKEN];

export interface Token {
  readonly kind: TokenKind;
  readonly start: number;
  readonly end: number;
  /** Value of a scalar, name of an anchor or alias, handle of a tag, name of a directive. */
  readonly text: string;
  /** Suffix of a tag, arguments of a directive. */
  readonly suffix: string;
  readonly isPlain: boolean;
}

export function token(kind: TokenKind, start: number, end: number, text = '', suffix = '', isPlain = false): Token {
  return { kind, start, end, text, suffix, isPlain };
}
