import { createHash, hash } from 'node:crypto';
import { closeSync, lstatSync, openSync, readSync, renameSync, type Stats, utimesSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';
import { tickOf } from '../compiler/cache/index.ts';
import { choose, joinLooks, NO_LOOKS, NUMBERS, packedPaths, type PackedLooks } from '../compiler/model/looks.ts';
import { isSameStamp, type Stamp } from '../compiler/model/tree-reader.ts';
import { changedFiles, type FilesQuestion } from '../git/changed-files.ts';
import { stampIndex } from '../git/stamp-index.ts';
import { chunks, readKept, removeOld, writeKept } from './kept-file.ts';
import { looksBytes, type LooksPart, looksToKeep, readLooks } from './looks-file.ts';

/**
 * Looks at files that git takes over: an index of its own kind has their stamps, and git tells which of them look otherwise. They lie in
 * a file of their own, which is read only when some do. What is kept elsewhere of a path goes before what is kept here.
 */
export interface KnownLooks {
  /** Digest of the file. */
  readonly digest: string;
  readonly folders: readonly LooksPart[];
  /** Null with nothing in it. */
  readonly index: KnownIndex | null;
  /** How many looks were left, and how many of these were too young. */
  readonly left: number;
  readonly young: number;
}

/** One index for all folders: to start git costs as much as thousands of looks. It lies beside the file (`indexPlace`). */
interface KnownIndex {
  readonly digest: string;
  /** How its file looks. */
  readonly stamp: Stamp;
  /** The folder that its paths are relative to. */
  readonly root: string;
}

/** It takes less time to look at fewer files than to ask git. */
export const FEWEST = 1000;

/** The file of what is known, and the index: `place` is their path without its ending. */
function knownPlace(place: string): string {
  return `${place}.known`;
}

function indexPlace(place: string): string {
  return `${place}.index`;
}

/** Whether it is worth to look at everything again, for git could take over so many more looks, or has lost what it had. */
export function isWorthKnowing(
  own: readonly Pick<LooksPart, 'count'>[],
  known: KnownLooks | null,
  { place, fewest }: { readonly place: string; readonly fewest: number },
): boolean {
  const count = own.reduce((sum, part) => sum + part.count, 0);
  if (known === null) return count >= fewest;
  return count - known.left >= fewest || known.young >= fewest || !isInPlace(place, known);
}

/** Whether the index looks as it was left. */
export function isInPlace(place: string, known: KnownLooks | null): boolean {
  const index = known?.index ?? null;
  if (index === null) return true;
  const status = lstatSync(indexPlace(place), { throwIfNoEntry: false });
  return status !== undefined && isSameStamp(stampOf(status), index.stamp);
}

/**
 * For each of these folders, the files that look otherwise than known, or may do; null when all of them have to be looked at. Never
 * rejects, whatever `known` holds.
 */
export async function maybeChanged(
  reals: readonly string[],
  known: KnownLooks | null,
  { place, ...how }: { readonly place: string } & Pick<FilesQuestion, 'env' | 'repository'>,
): Promise<readonly (ReadonlySet<string> | null)[]> {
  const none = new Set<string>();
  try {
    if (known === null || known.index === null) return reals.map(() => none);
    const { folders, index } = known;
    const changed = await changedFiles({ folder: index.root, index: indexPlace(place), ...how });
    return reals.map((real, at) => (folders[at]!.count === 0 ? none : changed && below(real, index.root, changed)));
  } catch {
    return reals.map(() => null);
  }
}

/**
 * Whether the bytes of the index are those that were written, which git does not check. One that is gone git takes for an empty one:
 * ask `isInPlace` before and after git reads it.
 */
export function isWholeIndex(place: string, known: KnownLooks | null): boolean {
  try {
    return !known?.index || digestOfFile(indexPlace(place)) === known.index.digest;
  } catch {
    return false;
  }
}

/** So many bytes are read at once: memory that was used before costs less than new memory. */
const PIECE_BYTES = 1 << 16;

function digestOfFile(path: string): string {
  const hashed = createHash('sha256');
  const piece = Buffer.allocUnsafe(PIECE_BYTES);
  const file = openSync(path, 'r');
  try {
    for (let length = 0; (length = readSync(file, piece)) > 0;) hashed.update(piece.subarray(0, length));
  } finally {
    closeSync(file);
  }
  return hashed.digest('hex');
}

function below(folder: string, root: string, paths: Iterable<string>): ReadonlySet<string> {
  const start = pathBelow(root, folder);
  return new Set([...paths].filter((path) => path.startsWith(start)).map((path) => path.slice(start.length)));
}

/** What stands before the paths of a folder that are relative to one above it, or to itself. */
function pathBelow(root: string, folder: string): string {
  return `${folder}/`.slice(root.endsWith('/') ? root.length : root.length + 1);
}

/** The innermost folder that holds all of them, or is one of them. */
function commonFolder(folders: readonly string[]): string {
  let common = folders[0]!;
  for (const folder of folders)
    while (!`${folder}/`.startsWith(`${common}/`) && common !== '/') common = dirname(common);
  return common;
}

/** Throws when the file is another one than it was. */
export function readKnown(place: string, known: KnownLooks | null): readonly PackedLooks[] {
  if (known === null) return [];
  const file = knownPlace(place);
  const kept = readKept(file);
  if (kept?.digest !== known.digest) throw new Error(`${file} is not the file that was written`);
  return readLooks(kept.content, known.folders);
}

/** A folder, everything in it looked at just now. */
export interface SeenFolder {
  /** Where it really is. */
  readonly real: string;
  readonly looks: PackedLooks;
  /** Device, mode, user and group, where a look has its numbers; zeros for what is no regular file. */
  readonly owners: Float64Array;
}

interface KeepOptions {
  /** When it was begun to look, in milliseconds. */
  readonly now: number;
  readonly fewest: number;
}

/** Keeps what git can take over of folders, and tells what is left. */
export function keepKnown(
  place: string,
  folders: readonly SeenFolder[],
  options: KeepOptions,
): { readonly own: readonly PackedLooks[]; readonly known: KnownLooks } {
  const { isKnown, young } = whatIsKnown(folders, options);
  const part = (isOf: 0 | 1): readonly PackedLooks[] =>
    folders.map(({ looks }, at) => choose(looks, (_, which) => isKnown[at]![which] === isOf));
  const [own, known] = [part(0), part(1)];
  const owners = folders.map(({ looks, owners: numbers }, at) => {
    return choose({ ...looks, numbers }, (_, which) => isKnown[at]![which] === 1).numbers;
  });
  const keeping = known.map(looksToKeep);
  const digest = writeKept(knownPlace(place), chunks(looksBytes(keeping)));
  const parts = keeping.map(({ bytes, count }) => ({ bytes, count }));
  const laidOut = layOutIndex(folders, { known, owners });
  const index = laidOut && putIndex(place, laidOut);
  const left = own.reduce((sum, { numbers }) => sum + numbers.length, 0) / NUMBERS;
  return { own, known: { digest, folders: parts, index, left, young } };
}

/**
 * Which looks git can take over, by folder, and how many files changed too late for it. git compares times by their seconds: what
 * changes after the look at a file shows in the second of its status's change, unless that was the second of `now`. With fewer files
 * than `fewest` to take over, all looks stay; so do those at a folder of a few, which may lie far from the others, and at one of two
 * that lie within each other, so that each path is of one folder.
 */
function whatIsKnown(
  folders: readonly SeenFolder[],
  { now, fewest }: KeepOptions,
): { readonly isKnown: readonly Uint8Array[]; readonly young: number } {
  let young = 0;
  const known = folders.map(({ looks, owners }) => {
    const isOfFolder = new Uint8Array(looks.numbers.length / NUMBERS);
    for (let place = 0; place < isOfFolder.length; place++) {
      const [size, modified, changed] = looks.numbers.subarray(place * NUMBERS);
      // Of an empty file that changed git reads the text, by the rules of a .gitattributes file.
      if (size === 0) continue;
      if (owners[place * NUMBERS + 1] === 0 || !isOfOurTime(modified!, now)) continue;
      if (second(changed!) < second(now - tickOf(modified!, changed!))) isOfFolder[place] = 1;
      else young++;
    }
    return isOfFolder;
  });
  const counts = known.map((each) => each.reduce((sum, one) => sum + one, 0));
  const places = [...folders.keys()].sort((a, b) => counts[b]! - counts[a]!);
  const taken: number[] = [];
  for (const place of places) {
    const isApart = taken.every((other) => areApart(folders[other]!.real, folders[place]!.real));
    if (isApart && counts[place]! * FEW_OF >= fewest) taken.push(place);
  }
  const isEnough = taken.reduce((sum, place) => sum + counts[place]!, 0) >= fewest;
  return { isKnown: known.map((each, place) => (isEnough && taken.includes(place) ? each : each.fill(0))), young };
}

function areApart(one: string, other: string): boolean {
  return ![one, other].includes(commonFolder([one, other]));
}

/** A folder has a few files with less than a tenth of what is worth asking git about. */
const FEW_OF = 10;

function second(milliseconds: number): number {
  return Math.floor(milliseconds / 1000);
}

/** So much younger than files are that git never reads one to be sure. */
const FAR_SECONDS = 2 ** 31;

/** git counts seconds from 1970, and takes files that are younger than its index for changed. */
function isOfOurTime(modified: number, now: number): boolean {
  return modified >= 0 && second(modified) < second(now) + FAR_SECONDS;
}

interface IndexParts {
  readonly known: readonly PackedLooks[];
  readonly owners: readonly Float64Array[];
}

/** The index of what is known of folders, and the folder that its paths are relative to; null with nothing in it. */
function layOutIndex(
  folders: readonly SeenFolder[],
  { known, owners }: IndexParts,
): { readonly bytes: Buffer; readonly root: string } | null {
  const indexed = folders.map(({ real }, at) => ({ real, paths: packedPaths(known[at]!) }));
  const holding = indexed.filter(({ paths }) => paths.length > 0);
  if (holding.length === 0) return null;
  const root = commonFolder(holding.map(({ real }) => real));
  const bytes = stampIndex({
    paths: indexed.flatMap(({ real, paths }) => paths.map((path) => `${pathBelow(root, real)}${path}`)),
    stamps: joined(known.map(({ numbers }) => numbers)),
    owners: joined(owners),
  });
  return { bytes, root };
}

/** Puts an index into the cache in one step. */
function putIndex(place: string, { bytes, root }: { readonly bytes: Buffer; readonly root: string }): KnownIndex {
  const file = indexPlace(place);
  const temporary = `${file}.${process.pid}`;
  const time = Math.floor(Date.now() / 1000) + FAR_SECONDS;
  writeFileSync(temporary, bytes, { mode: 0o600 });
  utimesSync(temporary, time, time);
  renameSync(temporary, file);
  const stamp = stampOf(lstatSync(file));
  removeOld(file);
  return { digest: hash('sha256', bytes), stamp, root };
}

function joined(parts: readonly Float64Array[]): Float64Array {
  const whole = new Float64Array(parts.reduce((sum, { length }) => sum + length, 0));
  let at = 0;
  for (const part of parts) {
    whole.set(part, at);
    at += part.length;
  }
  return whole;
}

function stampOf({ size, mtimeMs, ctimeMs, ino }: Stats): Stamp {
  return [size, mtimeMs, ctimeMs, ino];
}

/** All looks at each folder. */
export function allLooks(own: readonly PackedLooks[], known: readonly PackedLooks[]): readonly PackedLooks[] {
  return own.map((each, at) => joinLooks(each, known[at] ?? NO_LOOKS));
}
