const SECONDS: Readonly<Record<string, number>> = { s: 1, m: 60, h: 3600, d: 86_400, w: 604_800 };

/**
 * A moment as RFC 3339: an ISO date or time (without a zone, local time), or a time ago such as `5m` or `1d3h`. Undefined when the text is
 * neither.
 */
export function timePoint(text: string, now: Date): string | undefined {
  if (/^(?:\d+[smhdw])+$/.test(text)) {
    let seconds = 0;
    for (const [, digits, unit] of text.matchAll(/(\d+)([smhdw])/g)) seconds += Number(digits) * SECONDS[unit!]!;
    return rfc3339(new Date(now.getTime() - seconds * 1000));
  }
  if (!/^\d{4}-\d\d-\d\d/.test(text)) return undefined;
  const date = new Date(/^\d{4}-\d\d-\d\d$/.test(text) ? `${text}T00:00:00` : text.replace(' ', 'T'));
  return rfc3339(date);
}

function rfc3339(date: Date): string | undefined {
  return Number.isNaN(date.getTime()) ? undefined : date.toISOString();
}
