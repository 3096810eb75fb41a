import type { Io } from './io.ts';
import { COMMON_OPTIONS, parseCall } from './parse-call.ts';
import type { Outcome } from './sealed-run.ts';
import { SYNTH_OPTIONS } from './synth-options.ts';
import { openSeal } from './synth-seal.ts';
import { UsageError } from './verb.ts';

/**
 * What a call would print and return if it were run, told from the last run of the same call; null when it has to be run. Nothing of
 * the compiler is needed for it.
 */
export function recallRun(args: readonly string[], io: Io): Outcome | null {
  if (args[0] !== 'synth') return null;
  try {
    const call = parseCall(args.slice(1), { ...COMMON_OPTIONS, ...SYNTH_OPTIONS });
    if (call.words.length > 0 || call.values['help'] === true) return null;
    return openSeal({ ...call, io })?.recall() ?? null;
  } catch (error) {
    if (error instanceof UsageError) return null;
    throw error;
  }
}
