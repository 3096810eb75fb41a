import { hash } from 'node:crypto';
import { lstatSync, readFileSync } from 'node:fs';
import { dirname, join, relative, resolve, sep } from 'node:path';
import type { Stamp } from '../compiler/model/tree-reader.ts';

/** The checkout that a folder lies in. */
export interface Checkout {
  /** The folder that holds `.git`. */
  readonly top: string;
  /** Of the folder from there: empty, or with a slash at its end. */
  readonly prefix: string;
  /** Path of the file in which git notes the tracked files. */
  readonly index: string;
}

/** The nearest checkout, as git finds it; null where there is none. `folder` is absolute and leads through no link. */
export function findCheckout(folder: string): Checkout | null {
  for (let top = folder; ; top = dirname(top)) {
    const gitDir = gitDirOf(top);
    if (gitDir !== null) {
      const prefix = relative(top, folder).split(sep).join('/');
      return { top, prefix: prefix === '' ? '' : `${prefix}/`, index: join(gitDir, 'index') };
    }
    if (top === dirname(top)) return null;
  }
}

/** `.git` is a folder, or names it: in a linked worktree and in a submodule. */
function gitDirOf(top: string): string | null {
  const path = join(top, '.git');
  const status = lstatSync(path, { throwIfNoEntry: false });
  if (status?.isFile() !== true) return status?.isDirectory() === true ? path : null;
  const named = /^gitdir: (.+)\n?$/.exec(readFileSync(path, 'utf8'))?.[1];
  return named === undefined ? null : resolve(top, named);
}

/** How tracked files looked when git last compared them with what it has of them. */
export interface IndexEntries {
  readonly paths: readonly string[];
  /** Four for each path, those of its stamp. Of sizes and inode numbers git keeps the lower 32 bits. */
  readonly numbers: Float64Array;
}

const NONE: IndexEntries = { paths: [], numbers: new Float64Array() };
const HEADER_BYTES = 12;
/** Bytes of an entry before the name of its blob. */
const STATUS_BYTES = 40;
/** An entry's path ends with one NUL byte or more, up to a multiple of this. */
const ALIGNMENT = 8;
/** Bits of the flags of an entry. */
const ASSUME_VALID = 0x8000;
const EXTENDED = 0x4000;
const STAGE = 0x3000;
/** Of the further flags: left out of the checkout, or added without content. */
const SKIPPED_OR_INTENDED = 0x6000;
const FILE_TYPE = 0xf000;
const REGULAR = 0x8000;

/**
 * The regular files of an index (https://git-scm.com/docs/index-format), except those in conflict and those at which git is told not to
 * look. None of an index that cannot be read alone: one that is split, damaged, or without a checksum.
 */
export function parseIndex(bytes: Buffer): IndexEntries {
  const idBytes = idLength(bytes);
  const version = bytes.length < HEADER_BYTES ? 0 : bytes.readUInt32BE(4);
  if (idBytes === null || bytes.toString('latin1', 0, 4) !== 'DIRC' || version < 2 || version > 4) return NONE;
  const count = bytes.readUInt32BE(8);
  const paths: string[] = [];
  const numbers = new Float64Array(count * 4);
  let [at, path] = [HEADER_BYTES, ''];
  for (let left = count; left > 0; left--) {
    const start = at;
    const flags = bytes.readUInt16BE((at += STATUS_BYTES + idBytes));
    const isExtended = (flags & EXTENDED) !== 0;
    const more = isExtended ? bytes.readUInt16BE(at + 2) : 0;
    at += isExtended ? 4 : 2;
    let shared = '';
    if (version === 4) {
      const cut = readVariable(bytes, at);
      at = cut.end;
      shared = path.slice(0, path.length - cut.value);
    }
    const end = bytes.indexOf(0, at);
    path = shared + bytes.toString('latin1', at, end);
    at = version === 4 ? end + 1 : start + (Math.floor((end - start) / ALIGNMENT) + 1) * ALIGNMENT;
    const isRegular = (bytes.readUInt32BE(start + 24) & FILE_TYPE) === REGULAR;
    if (isRegular && (flags & (ASSUME_VALID | STAGE)) === 0 && (more & SKIPPED_OR_INTENDED) === 0) {
      numbers.set(stampAt(bytes, start), paths.length * 4);
      paths.push(OUTSIDE_ASCII.test(path) ? Buffer.from(path, 'latin1').toString() : path);
    }
  }
  return isWhole(bytes, at, bytes.length - idBytes) ? { paths, numbers } : NONE;
}

const OUTSIDE_ASCII = /[\x80-\xff]/;

/** Times in milliseconds, as Node gives them. */
function stampAt(bytes: Buffer, start: number): Stamp {
  const number = (offset: number): number => bytes.readUInt32BE(start + offset);
  return [number(36), number(8) * 1000 + number(12) / 1e6, number(0) * 1000 + number(4) / 1e6, number(20)];
}

/** Bytes of a name of a blob, which are those of the checksum at the end; null when neither is right. */
function idLength(bytes: Buffer): number | null {
  const isRight = (algorithm: string, length: number): boolean => {
    const end = bytes.length - length;
    return end > HEADER_BYTES && hash(algorithm, bytes.subarray(0, end)) === bytes.toString('hex', end);
  };
  return isRight('sha1', 20) ? 20 : isRight('sha256', 32) ? 32 : null;
}

/** A number of seven bits a byte, the most significant ones first, each byte but the last one more than it says. */
function readVariable(bytes: Buffer, start: number): { readonly value: number; readonly end: number } {
  let at = start;
  let byte = bytes[at++]!;
  let value = byte & 0x7f;
  while ((byte & 0x80) !== 0) {
    byte = bytes[at++]!;
    value = (value + 1) * 0x80 + (byte & 0x7f);
  }
  return { value, end: at };
}

/** Whether all extensions are of a kind that changes no entry: git writes those with a capital letter. The one of a split index is not. */
function isWhole(bytes: Buffer, start: number, end: number): boolean {
  let at = start;
  while (at + 8 <= end) {
    if (!/^[A-Z]/.test(bytes.toString('latin1', at, at + 1))) return false;
    at += 8 + bytes.readUInt32BE(at + 4);
  }
  return at === end;
}
