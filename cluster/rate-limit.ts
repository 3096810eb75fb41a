/** Clock and pause of a limit; tests give their own. */
export interface Timer {
  readonly now: () => number;
  readonly pause: (milliseconds: number, signal?: AbortSignal) => Promise<void>;
}

export interface RateLimit {
  /** Waits until one more request may be sent. */
  take(signal?: AbortSignal): Promise<void>;
  /** The server has too much to do: half the rate from now on. */
  slowDown(): void;
  /** Requests a second that are allowed now. */
  rate(): number;
}

const REGAIN_MS = 10_000;

/** A bucket of `burst` tokens that refills at `qps`; after `slowDown` the rate regains a tenth of `qps` every ten seconds. */
export function rateLimit(qps: number, burst: number, timer: Timer): RateLimit {
  let tokens = burst;
  let allowed = qps;
  let filledAt = timer.now();
  let regainedAt = filledAt;
  let queue: Promise<void> = Promise.resolve();
  const refill = (): void => {
    const now = timer.now();
    while (allowed < qps && now - regainedAt >= REGAIN_MS) {
      allowed = Math.min(qps, allowed + qps / 10);
      regainedAt += REGAIN_MS;
    }
    tokens = Math.min(burst, tokens + ((now - filledAt) / 1000) * allowed);
    filledAt = now;
  };
  const takeOne = async (signal?: AbortSignal): Promise<void> => {
    refill();
    while (tokens < 1) {
      await timer.pause(((1 - tokens) / allowed) * 1000, signal);
      refill();
    }
    tokens -= 1;
  };
  return {
    take: (signal) => {
      const turn = queue.then(() => takeOne(signal));
      queue = turn.catch(() => undefined);
      return turn;
    },
    slowDown: () => {
      refill();
      allowed = Math.max(1, allowed / 2);
      tokens = Math.min(tokens, allowed);
      regainedAt = timer.now();
    },
    rate: () => allowed,
  };
}
