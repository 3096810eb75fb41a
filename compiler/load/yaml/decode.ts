import { isAscii, isUtf8 } from 'node:buffer';

/** A text, or the offset of the first byte that is not UTF-8 with the text before it. */
export type Decoded =
  | { readonly kind: 'text'; readonly text: string }
  | { readonly kind: 'not-utf8'; readonly before: string; readonly byte: number };

const decoder = new TextDecoder('utf-8', { ignoreBOM: true });

/** Decodes UTF-8 strictly, as Python does: no overlong forms, no surrogates. A byte order mark stays in the text. */
export function decodeUtf8(bytes: Uint8Array): Decoded {
  if (isAscii(bytes)) return { kind: 'text', text: asBuffer(bytes).toString('latin1') };
  const text = decoder.decode(bytes);
  if (isUtf8(bytes)) return { kind: 'text', text };
  const { length, offset } = validPrefix(bytes, text);
  return { kind: 'not-utf8', before: text.slice(0, length), byte: bytes[offset] ?? 0 };
}

/** The same bytes with a buffer's methods. */
export function asBuffer(bytes: Uint8Array): Buffer {
  return bytes instanceof Buffer ? bytes : Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length);
}

/** Length in characters and bytes of what stands before the first replacement character that the bytes do not hold. */
function validPrefix(bytes: Uint8Array, text: string): { length: number; offset: number } {
  let length = 0;
  let offset = 0;
  for (;;) {
    const next = text.indexOf('\ufffd', length);
    offset += Buffer.byteLength(text.slice(length, next === -1 ? text.length : next), 'utf8');
    if (next === -1) return { length: text.length, offset };
    const isGenuine = bytes[offset] === 0xef && bytes[offset + 1] === 0xbf && bytes[offset + 2] === 0xbd;
    if (!isGenuine) return { length: next, offset };
    length = next + 1;
    offset += 3;
  }
}

/** A character that a YAML file may not hold, or that YAML versions read differently. */
export interface BadCharacter {
  readonly kind: 'control' | 'line-separator' | 'byte-order-mark';
  readonly offset: number;
  readonly code: number;
}

/**
 * What PyYAML refuses (controls, U+FFFE, U+FFFF), and what YAML versions read differently: U+0085, U+2028 and U+2029 end
 * a line in 1.1 only, a byte order mark is skipped in some places.
 */
const BAD_CHARACTER = /[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\u2028\u2029\ufeff\ufffe\uffff]/;
const LONE_SURROGATE = /\p{Surrogate}/u;

/** Finds the first such character, or the first surrogate that is not half of a pair. */
export function findBadCharacter(text: string): BadCharacter | undefined {
  const offset = text.search(text.isWellFormed() ? BAD_CHARACTER : LONE_SURROGATE);
  if (offset === -1) return undefined;
  const code = text.charCodeAt(offset);
  if (code === 0xfeff) return { kind: 'byte-order-mark', offset, code };
  const isSeparator = code === 0x85 || code === 0x2028 || code === 0x2029;
  return { kind: isSeparator ? 'line-separator' : 'control', offset, code };
}
