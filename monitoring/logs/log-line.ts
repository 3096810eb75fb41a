import { compareText } from '../../compiler/diagnostics/diagnostic.ts';

/** One line that a container wrote. */
export interface LogLine {
  /** RFC 3339 in UTC with up to nine digits of a second; empty when the line has none. */
  readonly time: string;
  readonly text: string;
}

const TIME = /^(\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d)(\.\d+)?(Z|[+-]\d\d:\d\d)(?: |$)/;

/** Splits the time off that the API server puts in front with `timestamps=true`: in the time zone of the pod's node. */
export function parseLine(line: string): LogLine {
  const match = TIME.exec(line);
  if (match === null) return { time: '', text: line };
  const [prefix, seconds, fraction = '', zone] = match as unknown as [string, string, string | undefined, string];
  const date = new Date(`${seconds}${zone}`);
  if (Number.isNaN(date.getTime())) return { time: '', text: line };
  return { time: `${date.toISOString().slice(0, 19)}${fraction}Z`, text: line.slice(prefix.length) };
}

/** Which of two times is earlier; the fractions that Kubernetes writes have no trailing zeros, so texts alone do not tell. */
export function compareTimes(a: string, b: string): number {
  return compareText(sortable(a), sortable(b));
}

function sortable(time: string): string {
  const [whole = '', fraction = ''] = time.replace(/Z$/, '').split('.');
  return `${whole}.${fraction.padEnd(9, '0')}`;
}
