import type { ContainerRun } from './containers.ts';
import type { LogLine } from './log-line.ts';

export interface LogStyle {
  /** The bytes of the message and nothing else. */
  readonly isRaw: boolean;
  /** The time and the message alone. */
  readonly isBare: boolean;
  readonly hasColor: boolean;
  /** Name of the workload, which all its pods' names begin with. */
  readonly workload: string;
  /** Makes a foreign text safe to print. */
  readonly safe: (text: string) => string;
}

/** Red, green, yellow, blue, magenta, cyan. */
const COLORS = [31, 32, 33, 34, 35, 36];

/** A line as it is printed: local time, which pod (and container, where there are several), the message. PaaSTA: `paasta logs`. */
export function formatLine(run: ContainerRun, line: LogLine, style: LogStyle): string {
  if (style.isRaw) return `${line.text}\n`;
  const text = style.safe(line.text);
  const time = localTime(line.time);
  if (style.isBare) return `${time} ${text}\n`;
  const source = `[${podLabel(run, style.workload)}]`;
  return `${time} ${style.hasColor ? `\u001b[${colorOf(run.pod)}m${source}\u001b[0m` : source} - ${text}\n`;
}

/** What tells a pod from the others of its workload. */
export function podLabel({ pod, container, isOneOfSeveral }: ContainerRun, workload: string): string {
  const suffix = pod.startsWith(`${workload}-`) ? pod.slice(workload.length + 1) : pod;
  return isOneOfSeveral ? `${suffix} ${container}` : suffix;
}

/** The same pod always has the same colour. */
function colorOf(pod: string): number {
  let hash = 0;
  for (const character of pod) hash = (hash * 31 + character.codePointAt(0)!) >>> 0;
  return COLORS[hash % COLORS.length]!;
}

function localTime(time: string): string {
  const date = new Date(time);
  if (Number.isNaN(date.getTime())) return '-';
  const two = (value: number): string => String(value).padStart(2, '0');
  const day = `${date.getFullYear()}-${two(date.getMonth() + 1)}-${two(date.getDate())}`;
  return `${day} ${two(date.getHours())}:${two(date.getMinutes())}:${two(date.getSeconds())}`;
}
