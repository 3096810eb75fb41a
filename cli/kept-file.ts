import { isAscii } from 'node:buffer';
import { createHash, hash } from 'node:crypto';
import { mkdirSync, readdirSync, readFileSync, renameSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { dirname, extname, join } from 'node:path';

/** Of so many files of a kind (their extension) the ones that were written longest ago go. */
const MOST_FILES = 20;

const LINE_FEED = 10;

/** Puts a file into the cache in one step, its first line a digest of the rest, which it gives. Throws what the system says. */
export function writeKept(file: string, parts: readonly Uint8Array[]): string {
  const folder = dirname(file);
  mkdirSync(folder, { recursive: true, mode: 0o700 });
  const hashed = createHash('sha256');
  for (const part of parts) hashed.update(part);
  const digest = hashed.digest('hex');
  const temporary = `${file}.${process.pid}`;
  writeFileSync(temporary, Buffer.concat([Buffer.from(`${digest}\n`), ...parts]), { mode: 0o600 });
  renameSync(temporary, file);
  const kind = extname(file);
  const old = readdirSync(folder)
    .filter((name) => /^[0-9a-f]{32}\.[a-z]+/.test(name) && extname(name.replace(/\.\d+$/, '')) === kind)
    .map((name) => join(folder, name))
    .map((path) => ({ path, written: statSync(path, { throwIfNoEntry: false })?.mtimeMs ?? 0 }))
    .sort((a, b) => b.written - a.written);
  for (const { path } of old.slice(MOST_FILES)) rmSync(path, { force: true });
  return digest;
}

/** What was kept in a file, and its digest; null when there is none, or anything about it is not as it was written. */
export function readKept(file: string): { readonly content: Buffer; readonly digest: string } | null {
  try {
    const bytes = readFileSync(file);
    const start = bytes.indexOf(LINE_FEED) + 1;
    const content = bytes.subarray(start);
    const digest = hash('sha256', content);
    return digest === bytes.toString('latin1', 0, start - 1) ? { content, digest } : null;
  } catch {
    return null;
  }
}

/** UTF-8 as text; a byte for each character is much faster to read. */
export function keptText(bytes: Buffer): string {
  return bytes.toString(isAscii(bytes) ? 'latin1' : 'utf8');
}
