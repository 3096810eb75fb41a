/**
 * Text that came from outside, made safe to print: control characters (C0, C1) and bidirectional marks become visible escapes,
 * so that no input can move the cursor, hide text or fake a line of output.
 */
export function safeText(text: string): string {
  return UNSAFE.test(text) ? text.replace(UNSAFE_ALL, escapeOne) : text;
}

const PATTERN = '[\\u0000-\\u001f\\u007f-\\u009f\\u061c\\u200b\\u200e\\u200f\\u2028-\\u202e\\u2066-\\u2069\\ufeff]';
const UNSAFE = new RegExp(PATTERN, 'u');
const UNSAFE_ALL = new RegExp(PATTERN, 'gu');
const NAMES: Readonly<Record<string, string>> = { '\n': '\\n', '\r': '\\r', '\t': '\\t' };

function escapeOne(character: string): string {
  return NAMES[character] ?? `\\u${character.codePointAt(0)!.toString(16).padStart(4, '0')}`;
}
