import { createHash } from 'node:crypto';

/** Files as git compares them. */
export interface IndexedFiles {
  /** Relative to the work tree. */
  readonly paths: readonly string[];
  /** Four for each: size, times of the last change of content and of status in milliseconds, inode number. */
  readonly stamps: Float64Array;
  /** Four for each: device, mode, user and group. */
  readonly owners: Float64Array;
}

const HEADER_BYTES = 12;
/** Bytes of an entry before its path. */
const FIXED_BYTES = 62;
/** An entry's path ends with one NUL byte or more, up to a multiple of this. */
const ALIGNMENT = 8;
const LONGEST_NOTED = 0xfff;
const CHECKSUM_BYTES = 20;
/** git looks at the blob of an empty file only, and takes a name of zeros for damage. */
const ANY_BLOB = Buffer.alloc(20, 1);
/** git keeps of every number what is below this. */
const LIMIT = 2 ** 32;

/**
 * An index of git (https://git-scm.com/docs/index-format, version 2) of files with such stamps and any content, but not of empty ones: of
 * use to whoever only asks which files look otherwise.
 */
export function stampIndex({ paths, stamps, owners }: IndexedFiles): Buffer {
  // As bytes they have the order that git wants.
  const names = paths.map((path) => Buffer.from(path).toString('latin1'));
  const order = names.map((_, place) => place).sort((a, b) => (names[a]! < names[b]! ? -1 : 1));
  const bytes = Buffer.alloc(names.reduce((sum, name) => sum + entryBytes(name), HEADER_BYTES + CHECKSUM_BYTES));
  bytes.write('DIRC');
  bytes.writeUInt32BE(2, 4);
  bytes.writeUInt32BE(names.length, 8);
  let at = HEADER_BYTES;
  for (const place of order) {
    const name = names[place]!;
    const [size, modified, changed, inode] = stamps.subarray(4 * place);
    const [device, mode, user, group] = owners.subarray(4 * place);
    writeTime(bytes, at, changed!);
    writeTime(bytes, at + 8, modified!);
    bytes.writeUInt32BE(device! % LIMIT, at + 16);
    bytes.writeUInt32BE(inode! % LIMIT, at + 20);
    bytes.writeUInt32BE((mode! & 0o100) === 0 ? 0o100644 : 0o100755, at + 24);
    bytes.writeUInt32BE(user! % LIMIT, at + 28);
    bytes.writeUInt32BE(group! % LIMIT, at + 32);
    bytes.writeUInt32BE(size! % LIMIT, at + 36);
    ANY_BLOB.copy(bytes, at + 40);
    bytes.writeUInt16BE(Math.min(name.length, LONGEST_NOTED), at + 60);
    bytes.write(name, at + FIXED_BYTES, 'latin1');
    at += entryBytes(name);
  }
  createHash('sha1').update(bytes.subarray(0, at)).digest().copy(bytes, at);
  return bytes;
}

function entryBytes(name: string): number {
  return (Math.floor((FIXED_BYTES + name.length) / ALIGNMENT) + 1) * ALIGNMENT;
}

function writeTime(bytes: Buffer, at: number, milliseconds: number): void {
  const seconds = Math.floor(milliseconds / 1000);
  bytes.writeUInt32BE(seconds, at);
  bytes.writeUInt32BE(Math.floor((milliseconds - seconds * 1000) * 1e6), at + 4);
}
