/** Paths at which the live object does not hold what was desired; what the server adds to maps does not count. */
export function differences(desired: unknown, live: unknown, path: string): string[] {
  if (Array.isArray(desired)) {
    if (!Array.isArray(live) || live.length !== desired.length) return [`${path}: another length`];
    return desired.flatMap((item, index) => differences(item, live[index], `${path}[${index}]`));
  }
  if (typeof desired === 'object' && desired !== null) {
    if (typeof live !== 'object' || live === null) return [`${path}: gone`];
    const there = live as Record<string, unknown>;
    return Object.entries(desired).flatMap(([key, value]) => differences(value, there[key], `${path}.${key}`));
  }
  return desired === live ? [] : [`${path}: ${String(desired)} became ${String(live)}`];
}
