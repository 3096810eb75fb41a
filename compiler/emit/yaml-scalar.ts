/** Strings that need no quotes under any YAML reader: no digit, sign, dot or indicator in front, no colon or blank inside. */
const PLAIN = /^[A-Za-z_/][A-Za-z0-9_./@-]*$/;

/** Plain text that a YAML 1.1 reader makes a boolean or a null of, in any case. */
const WORD = /^(?:y|n|yes|no|on|off|true|false|null)$/i;
const LONGEST_WORD = 5;

/**
 * What is valid in JSON text and not in YAML's double quotes: C1 controls with DEL and NEL, the line and paragraph
 * separators that YAML 1.1 folds, the byte order mark, non-characters; and the characters that turn the direction of text, so that a
 * reviewer sees them.
 */
const ESCAPED = /[\x7f-\x9f\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069\ufeff\ufffe\uffff]/g;

/** Whatever keeps a text out of a literal block: the above, all controls but LF and TAB, lone surrogates (`u`: pairs are one). */
const UNSAFE_IN_LITERAL =
  /[\x00-\x08\x0b-\x1f\x7f-\x9f\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069\ufeff\ufffe\uffff]|\p{Surrogate}/u;

/** A blank before a line's end (tools strip it), or one in front of the first line (it would need an indentation mark). */
const UNSAFE_BLANKS = /[ \t](?:\n|$)|^[ \t\n]/;

/**
 * A string on one line, read the same by YAML 1.1 and 1.2: plain when it is a word such as `web-main` or `/bin/sh` that no reader
 * takes for anything else, in JSON's double quotes otherwise. A lone surrogate is escaped.
 */
export function emitString(text: string): string {
  return PLAIN.test(text) && !(text.length <= LONGEST_WORD && WORD.test(text))
    ? text
    : JSON.stringify(text).replace(ESCAPED, escapeUnit);
}

function escapeUnit(unit: string): string {
  return `\\u${unit.charCodeAt(0).toString(16).padStart(4, '0')}`;
}

/**
 * A text of several lines as a literal block, so that files inside a ConfigMap can be reviewed line by line; undefined when a
 * block could not hold it to the byte. `pad` is a line feed and the indentation of the block's lines.
 */
export function emitLiteral(text: string, pad: string): string | undefined {
  if (UNSAFE_BLANKS.test(text) || UNSAFE_IN_LITERAL.test(text)) return undefined;
  const lines = text.split('\n');
  const closed = lines.at(-1) === '';
  if (closed) lines.pop();
  const mark = !closed ? '|-' : lines.at(-1) === '' ? '|+' : '|';
  return mark + lines.map((line) => (line === '' ? '\n' : pad + line)).join('');
}

/**
 * A number: integers with all their digits, other numbers with the fewest that read back equal, always with a point and a signed
 * exponent (without them YAML 1.1 reads `1e-7` as a string). Not for NaN and infinities.
 */
export function emitNumber(value: number | bigint): string {
  if (typeof value === 'bigint') return value.toString();
  if (Number.isInteger(value)) return Math.abs(value) < 1e21 ? String(value) : BigInt(value).toString();
  const text = String(value);
  const exponent = text.indexOf('e');
  return exponent < 0 || text.includes('.') ? text : `${text.slice(0, exponent)}.0${text.slice(exponent)}`;
}
