/**
 * An error of the system about a file in a person's words: `FILE: permission denied`. Undefined for any other error, which is a
 * mistake of ours.
 */
export function fileProblem(error: unknown): string | undefined {
  if (!(error instanceof Error) || !('path' in error) || typeof error.path !== 'string') return undefined;
  // Node: "CODE: reason, call 'path'".
  const reason = /^[A-Z0-9]+: (.*?), [a-z]+(?: |$)/.exec(error.message)?.[1];
  return reason === undefined ? undefined : `${error.path}: ${reason}`;
}
