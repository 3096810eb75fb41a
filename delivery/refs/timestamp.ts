/** UTC `YYYYMMDDTHHMMSS`, 15 characters whose text order is time order. */
export function formatTimestamp(time: Date): string {
  return time.toISOString().slice(0, 19).replace(/[-:]/g, '');
}

/** The time of such a text, or null when it is none (`20261399T000000` is none). */
export function parseTimestamp(text: string): Date | null {
  const match = /^(\d{4})(\d\d)(\d\d)T(\d\d)(\d\d)(\d\d)$/.exec(text);
  if (match === null) return null;
  const [year, month, day, hour, minute, second] = match.slice(1).map(Number) as [
    number,
    number,
    number,
    number,
    number,
    number,
  ];
  const time = new Date(Date.UTC(year, month - 1, day, hour, minute, second));
  return formatTimestamp(time) === text ? time : null;
}

/**
 * Time stamp of a new tag: now, or one second after the newest one that it must win against, whichever is later. So a clock
 * that lags behind, or two marks within one second, never make a tag that loses to an older one.
 */
export function nextTimestamp(now: Date, newest: string | null): string {
  const text = formatTimestamp(now);
  if (newest === null || newest < text) return text;
  const time = parseTimestamp(newest);
  return time === null ? text : formatTimestamp(new Date(time.getTime() + 1000));
}

/** Whether a text is a time stamp that exists. */
export function isTimestamp(text: string): boolean {
  return parseTimestamp(text) !== null;
}
