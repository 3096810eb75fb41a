import { compareText } from '../../compiler/diagnostics/diagnostic.ts';

/** One line that a container wrote. */
export interface LogLine {
  /** RFC 3339 in UTC with up to nine digits of a second; empty when the line has none. */
  readonly time: string;
  readonly text: string;
}

/** Splits the time off that the API server puts in front with `timestamps=true`. */
export function parseLine(line: string): LogLine {
  const match = /^(\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:\.\d+)?(?:Z|[+-]\d\d:\d\d)) ?/.exec(line);
  return match === null ? { time: '', text: line } : { time: match[1]!, text: line.slice(match[0].length) };
}

/** Which of two times is earlier; the fractions that Kubernetes writes have no trailing zeros, so texts alone do not tell. */
export function compareTimes(a: string, b: string): number {
  return compareText(sortable(a), sortable(b));
}

function sortable(time: string): string {
  const [whole = '', fraction = ''] = time.replace(/Z$/, '').split('.');
  return `${whole}.${fraction.padEnd(9, '0')}`;
}
