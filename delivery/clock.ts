import { setTimeout as sleep } from 'node:timers/promises';

/** Time as delivery sees it; tests give their own. */
export interface Clock {
  now(): Date;
  sleep(milliseconds: number): Promise<void>;
}

/** The real time. */
export const SYSTEM_CLOCK: Clock = {
  now: () => new Date(),
  sleep: (milliseconds) => sleep(milliseconds),
};

/** How long to wait before attempt `attempt` (the second is 2): 0.5 to 8 s, doubling, with jitter so that two writers part. */
export function backoffMilliseconds(attempt: number): number {
  const base = Math.min(8000, 500 * 2 ** (attempt - 2));
  return base / 2 + Math.random() * (base / 2);
}
