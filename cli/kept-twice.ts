import { mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';

/** What `writeTwice` wrote; undefined when there is none, or the two halves differ. To compare them takes no digest, which Node is slow to load. */
export function readTwice(file: string): Buffer | undefined {
  try {
    const bytes = readFileSync(file);
    const half = bytes.subarray(0, bytes.length >> 1);
    return half.length > 0 && half.equals(bytes.subarray(half.length)) ? half : undefined;
  } catch {
    return undefined;
  }
}

/** Puts bytes into a file twice, in one step. Throws what the system says. */
export function writeTwice(file: string, bytes: Uint8Array): void {
  const temporary = `${file}.${process.pid}`;
  mkdirSync(dirname(file), { recursive: true, mode: 0o700 });
  try {
    writeFileSync(temporary, Buffer.concat([bytes, bytes]), { mode: 0o600 });
    renameSync(temporary, file);
  } catch (error) {
    rmSync(temporary, { force: true });
    throw error;
  }
}
