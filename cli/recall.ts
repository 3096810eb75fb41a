import type { Io } from './io.ts';
import { FEWEST } from './known-looks.ts';
import { COMMON_OPTIONS, parseCall } from './parse-call.ts';
import type { Outcome } from './sealed-run.ts';
import { SYNTH_OPTIONS } from './synth-options.ts';
import { openSeal, type Seal } from './synth-seal.ts';
import { UsageError } from './verb.ts';

/** What the last run of a call tells. */
export interface RecalledRun {
  /** What the call would print and return if it were run; null when it has to be. */
  readonly outcome: Outcome | null;
  /** Null where nothing is kept. */
  readonly seal: Seal | null;
}

/** Looks at the last run of the same call. Nothing of the compiler is needed for it. git is asked about `fewest` files or more. */
export async function recallRun(args: readonly string[], io: Io, fewest = FEWEST): Promise<RecalledRun> {
  const nothing = { outcome: null, seal: null };
  if (args[0] !== 'synth') return nothing;
  try {
    const call = parseCall(args.slice(1), { ...COMMON_OPTIONS, ...SYNTH_OPTIONS });
    if (call.words.length > 0 || call.values['help'] === true) return nothing;
    const seal = openSeal({ ...call, io });
    return { outcome: (await seal?.recall(fewest)) ?? null, seal };
  } catch (error) {
    if (error instanceof UsageError) return nothing;
    throw error;
  }
}
