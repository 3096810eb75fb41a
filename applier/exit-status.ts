import { ApiFailure } from '../cluster/api-failure.ts';
import { ConnectionProblem } from '../cluster/connection.ts';
import type { ObjectResult } from './events.ts';
import { LockHeld } from './lock.ts';
import { PlanFileProblem } from './plan-file.ts';
import { ParentProblem } from './parent-record.ts';

/** Exit statuses of the verbs that reach a cluster. */
export const EXIT = {
  success: 0,
  unexpected: 1,
  differences: 2,
  partial: 3,
  refused: 4,
  locked: 5,
  invalid: 6,
  forbidden: 7,
  unhealthy: 8,
  unreachable: 9,
} as const;

/**
 * The status of a run whose objects were acted on: 9 when it was given up because no answer came, else the first of 6, 7, 9 that
 * applies when nothing was written, then 3, then 8.
 */
export function exitOfResults(results: readonly ObjectResult[]): number {
  const failed = results.filter(({ outcome }) => outcome === 'failed');
  const hasWritten = results.some(({ outcome }) => ['created', 'applied', 'deleted'].includes(outcome));
  if (results.some(({ outcome, failure }) => outcome === 'stopped' && failure === 'unreachable'))
    return EXIT.unreachable;
  const isBad = failed.length > 0 || results.some(({ outcome }) => outcome === 'blocked' || outcome === 'stopped');
  if (isBad && !hasWritten) {
    for (const [kind, exit] of [
      ['invalid', EXIT.invalid],
      ['forbidden', EXIT.forbidden],
      ['unauthorized', EXIT.forbidden],
      ['unreachable', EXIT.unreachable],
    ] as const) {
      if (failed.some(({ failure }) => failure === kind)) return exit;
    }
  }
  if (isBad) return EXIT.partial;
  const isUnhealthy = results.some(({ health }) => health !== null && health.state !== 'current');
  return isUnhealthy ? EXIT.unhealthy : EXIT.success;
}

/** The status and the message of what ended a run before or between objects; null for a defect of ours. */
export function exitOfError(error: unknown): { readonly exit: number; readonly message: string } | null {
  if (error instanceof LockHeld) return { exit: EXIT.locked, message: error.message };
  if (error instanceof ParentProblem) return { exit: EXIT.refused, message: error.message };
  if (error instanceof PlanFileProblem) return { exit: EXIT.invalid, message: error.message };
  if (error instanceof ConnectionProblem) return { exit: EXIT.invalid, message: error.message };
  if (!(error instanceof ApiFailure)) return null;
  const exit = {
    invalid: EXIT.invalid,
    unauthorized: EXIT.forbidden,
    forbidden: EXIT.forbidden,
    'not-found': EXIT.unexpected,
    conflict: EXIT.unexpected,
    expired: EXIT.unreachable,
    overloaded: EXIT.unreachable,
    unreachable: EXIT.unreachable,
  }[error.kind];
  return { exit, message: error.status === 0 ? `the API server does not answer: ${error.message}` : error.message };
}
