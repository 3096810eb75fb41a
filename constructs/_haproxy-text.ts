/**
 * Text as one word of an HAProxy line, whatever it contains: outside quotes HAProxy gives a meaning to space, `#`, `\` and the
 * two quotes only, and expands no variables. Control characters never get here (`smartstack-control-char`).
 */
export function haproxyWord(text: string): string {
  return text === '' ? '""' : text.replace(/[ #\\"']/g, '\\$&');
}

/** Text as a pattern of an ACL; one that begins with `-` would be taken for a flag. */
export function aclPattern(text: string): string {
  return `${text.startsWith('-') ? '-- ' : ''}${haproxyWord(text)}`;
}

/** Text as a word that HAProxy reads as a log format, where `%` begins an expression. */
export function logFormatWord(text: string): string {
  return haproxyWord(text.replaceAll('%', '%%'));
}

/**
 * Headers behind the version of an `option httpchk`: `\r\n` is written as HAProxy's escape, values are log formats.
 * The newer `http-check send` would be dropped by synapse.
 */
export function checkHeaders(headers: readonly (readonly [string, string])[]): string {
  if (headers.length === 0) return '';
  const lines = headers.map(
    ([name, value]) => `\\r\\n${haproxyWord(name)}:\\ ${escapeIn(value.replaceAll('%', '%%'))}`,
  );
  return ` HTTP/1.1${lines.join('')}`;
}

/** Sets a header of each request. An empty value needs an expression: HAProxy takes an empty word for a missing one. */
export function setHeader(name: string, value: string): string {
  return `http-request set-header ${haproxyWord(name)} ${value === '' ? '%[str()]' : logFormatWord(value)}`;
}

/** As `haproxyWord`, inside a word that has other parts. */
function escapeIn(text: string): string {
  return text === '' ? '' : haproxyWord(text);
}
