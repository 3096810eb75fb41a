/** Characters that would end or split a line of HAProxy's configuration or of a request, and halves of a character. */
const CONTROL = /[\u0000-\u001f\u007f\ud800-\udfff]/u;
/** A surrogate without its other half: no program can read it back from UTF-8. */
const HALF = /[\ud800-\udfff]/u;
/** A header name of RFC 9110. */
const TOKEN = /^[A-Za-z0-9!#$%&'*+.^_`|~-]{1,200}$/;
const TIME = /^[0-9]{1,9}(us|ms|s|m|h|d)?$/;
/** What may stand in a path pattern: no character classes or groups that JavaScript and PCRE read differently. */
const PORTABLE =
  /^\^(?:[A-Za-z0-9 _/\-.*+?()|{},:=&%~!@;'"#<>]|\[\^?(?:[A-Za-z0-9_/.:%~-]|\\[wdsWDS.-])+\]|\\[wdsWDSbB/.\-*+?()|[\]{}^$\\]|\$)*$/;

/** Whether text holds a character that no configuration line, header or file name can. */
export function hasControlCharacter(text: string): boolean {
  return CONTROL.test(text);
}

export function hasHalfCharacter(text: string): boolean {
  return HALF.test(text);
}

export function isHeaderName(text: string): boolean {
  return TOKEN.test(text);
}

/** Whether HAProxy reads the text as a duration: digits and a unit, milliseconds without one. */
export function isHaproxyTime(text: string): boolean {
  return TIME.test(text);
}

/**
 * Whether an endpoint of `endpoint_timeouts` can be matched: a path, or `^` and a pattern that every regular-expression
 * library reads alike. HAProxy refuses its whole configuration for one bad pattern.
 */
export function isEndpoint(text: string): boolean {
  if (hasControlCharacter(text)) return false;
  return text.startsWith('/') || (text.startsWith('^') && isPortablePattern(text));
}

function isPortablePattern(text: string): boolean {
  if (!PORTABLE.test(text) || text.includes('(?<')) return false;
  try {
    new RegExp(text, 'u');
    return true;
  } catch {
    return false;
  }
}
