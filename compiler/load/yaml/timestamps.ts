const TIMESTAMP =
  /^([0-9]{4})-([0-9]{1,2})-([0-9]{1,2})(?:(?:[Tt]|[ \t]+)([0-9]{1,2}):([0-9]{2}):([0-9]{2})(?:\.([0-9]*))?(?:[ \t]*(Z|([-+])([0-9]{1,2})(?::([0-9]{2}))?))?)?\n?$/;

/** Whether plain text is a date or time to PyYAML's resolver (a date alone needs two digits for month and day). */
export const IMPLICIT_TIMESTAMP =
  /^(?:[0-9]{4}-[0-9]{2}-[0-9]{2}|[0-9]{4}-[0-9]{1,2}-[0-9]{1,2}(?:[Tt]|[ \t]+)[0-9]{1,2}:[0-9]{2}:[0-9]{2}(?:\.[0-9]*)?(?:[ \t]*(?:Z|[-+][0-9]{1,2}(?::[0-9]{2})?))?)$/;

/**
 * The text that Python prints for a YAML timestamp: `2024-01-02`, `2024-01-02 03:04:05.600000+01:00`.
 * Undefined where PyYAML fails: not a timestamp, no such day or hour.
 */
export function pythonTimestampText(text: string): string | undefined {
  const match = TIMESTAMP.exec(text);
  if (match === null) return undefined;
  const [year, month, day] = [Number(match[1]), Number(match[2]), Number(match[3])];
  if (year < 1 || month < 1 || month > 12 || day < 1 || day > daysInMonth(year, month)) return undefined;
  const date = `${match[1]!}-${two(month)}-${two(day)}`;
  if (match[4] === undefined) return date;
  const [hour, minute, second] = [Number(match[4]), Number(match[5]), Number(match[6])];
  if (hour > 23 || minute > 59 || second > 59) return undefined;
  const zone = zoneText(match);
  if (zone === undefined) return undefined;
  const fraction = (match[7] ?? '').slice(0, 6).padEnd(6, '0');
  return `${date} ${two(hour)}:${two(minute)}:${two(second)}${fraction === '000000' ? '' : `.${fraction}`}${zone}`;
}

/** `+01:30`, empty without a zone, undefined for an offset of a day or more. */
function zoneText(match: RegExpExecArray): string | undefined {
  if (match[8] === undefined) return '';
  if (match[9] === undefined) return '+00:00';
  const minutes = Number(match[10]) * 60 + Number(match[11] ?? 0);
  if (minutes >= 24 * 60) return undefined;
  const sign = minutes === 0 ? '+' : match[9];
  return `${sign}${two(Math.floor(minutes / 60))}:${two(minutes % 60)}`;
}

function daysInMonth(year: number, month: number): number {
  if (month === 2) return (year % 4 === 0 && year % 100 !== 0) || year % 400 === 0 ? 29 : 28;
  return month === 4 || month === 6 || month === 9 || month === 11 ? 30 : 31;
}

function two(value: number): string {
  return String(value).padStart(2, '0');
}
