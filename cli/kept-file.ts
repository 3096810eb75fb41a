import { isAscii } from 'node:buffer';
import { createHash, hash } from 'node:crypto';
import {
  closeSync,
  mkdirSync,
  openSync,
  readdirSync,
  readFileSync,
  readSync,
  renameSync,
  rmSync,
  statSync,
  writeSync,
} from 'node:fs';
import { dirname, extname, join } from 'node:path';

/** Of so many files of a kind (their extension) the ones that were written longest ago go. */
const MOST_FILES = 20;

/** A run that is under way writes some of its file more often than this; what is older was left by one that was killed. */
const ABANDONED_MILLISECONDS = 3_600_000;

/**
 * Puts a file into the cache in one step, its first line a digest of the rest, which it gives. Each part is written before the next one
 * is asked for. Throws what the system says.
 */
export function writeKept(file: string, parts: Iterable<Uint8Array>): string {
  const writer = new KeptWriter(file);
  try {
    for (const part of parts) writer.write(part);
  } catch (error) {
    writer.abandon();
    throw error;
  }
  return writer.close();
}

/**
 * Characters of the first line, its line feed included: 64 of the digest, and spaces. V8 takes compiled code where it lies in memory only
 * at a multiple of 8.
 */
const DIGEST_LINE = 72;
const DIGEST = 64;

function digestLine(digest: string): string {
  return `${digest.padEnd(DIGEST_LINE - 1)}\n`;
}

/** The same for whoever has the parts one after the other: `close` puts the file in its place. Throws what the system says. */
export class KeptWriter {
  readonly #place: string;
  readonly #temporary: string;
  readonly #file: number;
  readonly #hashed = createHash('sha256');
  #end = DIGEST_LINE;

  constructor(place: string) {
    mkdirSync(dirname(place), { recursive: true, mode: 0o700 });
    this.#place = place;
    this.#temporary = `${place}.${process.pid}`;
    this.#file = openSync(this.#temporary, 'w', 0o600);
  }

  write(part: Uint8Array): void {
    this.#hashed.update(part);
    writeAt(this.#file, part, this.#end);
    this.#end += part.length;
  }

  /** Gives the digest. */
  close(): string {
    const digest = this.#hashed.digest('hex');
    try {
      writeAt(this.#file, Buffer.from(digestLine(digest)), 0);
    } finally {
      closeSync(this.#file);
    }
    renameSync(this.#temporary, this.#place);
    removeOld(this.#place);
    return digest;
  }

  /** Leaves what stood there. */
  abandon(): void {
    closeSync(this.#file);
    rmSync(this.#temporary, { force: true });
  }
}

/** Removes the oldest files of the kind of this one, and what killed runs left of it. */
export function removeOld(file: string): void {
  const folder = dirname(file);
  const kind = extname(file);
  const names = readdirSync(folder).filter((name) => /^[0-9a-f]{32}\.[a-z]+/.test(name));
  const alike = names
    .filter((name) => extname(name.replace(/\.\d+$/, '')) === kind)
    .map((name) => join(folder, name))
    .map((path) => ({ path, written: statSync(path, { throwIfNoEntry: false })?.mtimeMs ?? 0 }))
    .sort((a, b) => b.written - a.written);
  const abandoned = Date.now() - ABANDONED_MILLISECONDS;
  for (const [index, { path, written }] of alike.entries()) {
    if (index >= MOST_FILES || (/\.\d+$/.test(path) && written < abandoned)) rmSync(path, { force: true });
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

/** What lies in a file of the cache. */
export interface KeptFile {
  readonly content: Buffer;
  readonly digest: string;
}

/** What was kept in a file; null when there is none, or anything about it is not as it was written. */
export function readKept(file: string): KeptFile | null {
  try {
    const bytes = readFileSync(file);
    const content = bytes.subarray(DIGEST_LINE);
    const line = bytes.toString('latin1', 0, DIGEST_LINE);
    return line === digestLine(hash('sha256', content)) ? { content, digest: line.slice(0, DIGEST) } : null;
  } catch {
    return null;
  }
}

/**
 * How the content of a file begins, up to so many bytes, for whoever has use for it before all of it is read: only `readKept` tells whether
 * it is as it was written. Throws what the system says.
 */
export function startOfKept(file: string, length: number): Buffer {
  const start = Buffer.allocUnsafe(length);
  const descriptor = openSync(file, 'r');
  try {
    return start.subarray(0, readSync(descriptor, start, 0, length, DIGEST_LINE));
  } finally {
    closeSync(descriptor);
  }
}

/**
 * What was kept as two equal parts; undefined when there is none, or they differ. That is told without a digest: Node is slow to load
 * what makes one.
 */
export function readTwice(file: string): Buffer | undefined {
  try {
    const content = readFileSync(file).subarray(DIGEST_LINE);
    const half = content.subarray(0, content.length >> 1);
    return half.length > 0 && half.equals(content.subarray(half.length)) ? half : undefined;
  } catch {
    return undefined;
  }
}

/** UTF-8 as text; a byte for each character is much faster to read. */
export function keptText(bytes: Buffer): string {
  return bytes.toString(isAscii(bytes) ? 'latin1' : 'utf8');
}
