import type { Health } from './health.ts';

/** What became of one object in a run. */
export type Outcome =
  'created' | 'applied' | 'deleted' | 'gone-already' | 'current' | 'failed' | 'blocked' | 'postponed' | 'stopped';

export interface ObjectResult {
  readonly key: string;
  readonly service: string | null;
  readonly instance: string | null;
  readonly outcome: Outcome;
  /** What the server said, or what it waits for. */
  readonly message: string;
  /** Why it failed, as the exit status needs it. */
  readonly failure: 'invalid' | 'forbidden' | 'unauthorized' | 'unreachable' | 'conflict' | 'other' | null;
  /** How it stood when the wait was over; null when nothing was awaited. */
  health: Health | null;
  /** More on a rollout that is stuck: events and waiting containers. */
  details: readonly string[];
}

/** What happens during a run, told as it happens. */
export type RunEvent =
  | { readonly kind: 'phase'; readonly phase: string }
  | { readonly kind: 'result'; readonly result: ObjectResult }
  | { readonly kind: 'health'; readonly key: string; readonly health: Health }
  | { readonly kind: 'deletion'; readonly deletion: Deletion }
  | { readonly kind: 'note'; readonly text: string };

/** What is written down of everything that is deleted. */
export interface Deletion {
  readonly key: string;
  readonly uid: string;
  readonly resourceVersion: string;
  /** Commit of the tree; empty when unknown. */
  readonly revision: string;
  readonly reason: string;
}

export type Listen = (event: RunEvent) => void;
