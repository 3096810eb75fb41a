const SECONDS: Readonly<Record<string, number>> = {
  Y: 365 * 86_400,
  M: 30 * 86_400,
  W: 7 * 86_400,
  D: 86_400,
  h: 3600,
  m: 60,
  s: 1,
};

/**
 * Seconds of a duration such as `10m` or `1h30m`: digits and a unit (`Y M W D h m s`, case matters), any number of times,
 * without blanks; parts are added. The empty text is 0. Undefined when it is none. Source: pysensu-yelp `human_to_seconds`.
 */
export function parseDuration(text: string): number | undefined {
  if (!/^(?:[0-9]+[YMWDhms])*$/.test(text) || text.endsWith('\n')) return undefined;
  let seconds = 0;
  for (const [, digits, unit] of text.matchAll(/([0-9]+)([YMWDhms])/g)) seconds += Number(digits) * SECONDS[unit!]!;
  return seconds;
}
