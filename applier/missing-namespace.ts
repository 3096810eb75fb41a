import { ApiFailure } from '../cluster/api-failure.ts';
import type { SetName } from './names.ts';

/** What a write of the record or the lock failed with; when their namespace is not there, that and the command that makes it. */
export function explainMissingNamespace(error: unknown, { namespace }: SetName): unknown {
  if (!(error instanceof ApiFailure) || error.kind !== 'not-found') return error;
  const command = `kubectl create namespace ${namespace}`;
  return new ApiFailure(
    400,
    `the namespace ${namespace} for the record and the lock does not exist: create it once (${command})`,
  );
}
