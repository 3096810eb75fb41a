import { isAscii } from 'node:buffer';
import { createHash, hash } from 'node:crypto';
import {
  closeSync,
  mkdirSync,
  openSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  writeSync,
} from 'node:fs';
import { dirname, extname, join } from 'node:path';

/** Of so many files of a kind (their extension) the ones that were written longest ago go. */
const MOST_FILES = 20;

const LINE_FEED = 10;

/**
 * Puts a file into the cache in one step, its first line a digest of the rest, which it gives. Each part is written before the next one
 * is asked for. Throws what the system says.
 */
export function writeKept(file: string, parts: Iterable<Uint8Array>): string {
  const folder = dirname(file);
  mkdirSync(folder, { recursive: true, mode: 0o700 });
  const temporary = `${file}.${process.pid}`;
  const digest = writeBelowDigest(temporary, parts);
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

/** Characters of the first line, its line feed included. */
const DIGEST_LINE = 65;

function writeBelowDigest(path: string, parts: Iterable<Uint8Array>): string {
  const hashed = createHash('sha256');
  const file = openSync(path, 'w', 0o600);
  try {
    let end = DIGEST_LINE;
    for (const part of parts) {
      hashed.update(part);
      writeAt(file, part, end);
      end += part.length;
    }
    const digest = hashed.digest('hex');
    writeAt(file, Buffer.from(`${digest}\n`), 0);
    return digest;
  } finally {
    closeSync(file);
  }
}

function writeAt(file: number, bytes: Uint8Array, start: number): void {
  for (let written = 0; written < bytes.length;) {
    written += writeSync(file, bytes, written, bytes.length - written, start + written);
  }
}

/** So many bytes are written at once. */
const CHUNK = 1 << 18;

/** Texts and bytes as bytes, joined to chunks that are worth writing. */
export function* chunks(parts: Iterable<string | Uint8Array>): Generator<Buffer> {
  let [pending, length]: [Uint8Array[], number] = [[], 0];
  for (const part of parts) {
    const bytes = typeof part === 'string' ? Buffer.from(part) : part;
    pending.push(bytes);
    if ((length += bytes.length) < CHUNK) continue;
    yield Buffer.concat(pending);
    [pending, length] = [[], 0];
  }
  yield Buffer.concat(pending);
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
