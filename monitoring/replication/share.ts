/** How much of what ought to be there is there. */
export interface Share {
  /** 100 when nothing is expected. */
  readonly percent: number;
  readonly isTooLow: boolean;
}

/** Whether fewer than `threshold` percent of the expected replicas are available; equal is enough. PaaSTA: `is_under_replicated`. */
export function shareOf(available: number, expected: number, threshold: number): Share {
  const percent = expected === 0 ? 100 : (available / expected) * 100;
  return { percent, isTooLow: percent < Math.trunc(threshold) };
}
