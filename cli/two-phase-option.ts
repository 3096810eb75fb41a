import type { OptionSpec } from './verb.ts';

/** Flag of the verbs that write output. */
export const TWO_PHASE_OPTION: OptionSpec = {
  help: 'clusters of Argo CD and Flux: keep what a move or another kind replaces until the next run',
};
