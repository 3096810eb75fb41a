import { writeFileSync } from 'node:fs';

/** What a device says about the content of a file that is open: such errors name no file. */
const OF_DEVICES = ['ENOSPC', 'EDQUOT', 'EFBIG', 'EIO'];

/**
 * An error of the system about a file in a person's words: `FILE: permission denied`. Undefined for any other error, which is a
 * mistake of ours.
 */
export function fileProblem(error: unknown): string | undefined {
  if (!(error instanceof Error)) return undefined;
  // Node: "CODE: reason, call 'path'".
  const reason = /^[A-Z0-9]+: (.*?), [a-z]+(?: |$)/.exec(error.message)?.[1];
  if (reason === undefined) return undefined;
  if ('path' in error && typeof error.path === 'string') return `${error.path}: ${reason}`;
  return OF_DEVICES.includes(String((error as NodeJS.ErrnoException).code)) ? reason : undefined;
}

/** Writes a file, or adds to it. Whatever the system says about it names the file. */
export function writeText(path: string, text: string, flag: 'w' | 'a' = 'w'): void {
  try {
    writeFileSync(path, text, { flag });
  } catch (error) {
    throw about(path, error);
  }
}

/** An error of the system as one about this file. */
export function about(path: string, error: unknown): unknown {
  return error instanceof Error ? Object.assign(error, { path }) : error;
}
