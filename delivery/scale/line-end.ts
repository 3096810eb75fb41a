/** The carriage return of a line that was split at line feeds, if it has one. */
export function endOf(line: string): string {
  return line.endsWith('\r') ? '\r' : '';
}

export function withoutEnd(line: string): string {
  return line.endsWith('\r') ? line.slice(0, -1) : line;
}
