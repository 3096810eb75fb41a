import { hash } from 'node:crypto';
import { mkdirSync, readFileSync, renameSync, utimesSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { tickOf } from '../compiler/cache/index.ts';
import { choose, joinLooks, NO_LOOKS, NUMBERS, packedPaths, type PackedLooks } from '../compiler/model/looks.ts';
import { changedFiles } from '../git/changed-files.ts';
import type { Environment } from '../git/git-environment.ts';
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
  readonly folders: readonly KnownPart[];
  /** How many looks were left, and how many of these were too young. */
  readonly left: number;
  readonly young: number;
}

interface KnownPart extends LooksPart {
  /** Name of the index, in the cache; it tells its digest. Empty with nothing in it. */
  readonly index: string;
}

/** It takes less time to look at fewer files than to ask git. */
export const FEWEST = 1000;

/** Whether it is worth to look at everything again, for git could take over so many more looks, or has lost what it had. */
export function isWorthKnowing(
  own: readonly PackedLooks[],
  known: KnownLooks | null,
  { cache, fewest }: { readonly cache: string; readonly fewest: number },
): boolean {
  const count = own.reduce((sum, { numbers }) => sum + numbers.length, 0) / NUMBERS;
  if (known === null) return count >= fewest;
  return count - known.left >= fewest || known.young >= fewest || !known.folders.every((part) => isIntact(cache, part));
}

function isIntact(cache: string, { count, index }: KnownPart): boolean {
  try {
    return count === 0 || indexName(readFileSync(join(cache, index))) === index;
  } catch {
    return false;
  }
}

/** Files of a folder that look otherwise than known, or may do; null when all of them have to be looked at. */
export async function maybeChanged(
  folder: string,
  part: KnownPart | undefined,
  { cache, env }: { readonly cache: string; readonly env: Environment },
): Promise<ReadonlySet<string> | null> {
  if (part === undefined || part.count === 0) return new Set();
  try {
    return await changedFiles({ folder, index: join(cache, part.index), env });
  } catch {
    return null;
  }
}

/** Throws when the file is another one than it was. */
export function readKnown(file: string, known: KnownLooks | null): readonly PackedLooks[] {
  if (known === null) return [];
  const kept = readKept(file);
  if (kept?.digest !== known.digest) throw new Error(`${file} is not the file that was written`);
  return readLooks(kept.content, known.folders);
}

/** A folder, everything in it looked at just now. */
export interface SeenFolder {
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
  file: string,
  folders: readonly SeenFolder[],
  options: KeepOptions,
): { readonly own: readonly PackedLooks[]; readonly known: KnownLooks } {
  const divided = folders.map((folder) => divide(folder, options));
  const keeping = divided.map(({ known }) => looksToKeep(known));
  const digest = writeKept(file, chunks(looksBytes(keeping)));
  const parts = keeping.map(({ bytes, count }, at) => {
    const { known, owners } = divided[at]!;
    const indexed = { paths: packedPaths(known), stamps: known.numbers, owners };
    return { bytes, count, index: count === 0 ? '' : writeIndex(dirname(file), stampIndex(indexed)) };
  });
  const own = divided.map((each) => each.own);
  const left = own.reduce((sum, { numbers }) => sum + numbers.length, 0) / NUMBERS;
  const young = divided.reduce((sum, each) => sum + each.young, 0);
  return { own, known: { digest, folders: parts, left, young } };
}

interface Divided {
  readonly own: PackedLooks;
  readonly known: PackedLooks;
  /** Of what is known. */
  readonly owners: Float64Array;
  readonly young: number;
}

/**
 * git compares times by their seconds: what changes after the look at a file shows in the second of its status's change, unless that was
 * the second of `now`. With fewer files than `fewest` to take over, all looks stay.
 */
function divide({ looks, owners }: SeenFolder, { now, fewest }: KeepOptions): Divided {
  const isKnown = new Uint8Array(looks.numbers.length / NUMBERS);
  let [count, young] = [0, 0];
  for (let place = 0; place < isKnown.length; place++) {
    const [, modified, changed] = looks.numbers.subarray(place * NUMBERS);
    if (owners[place * NUMBERS + 1] === 0) continue;
    if (second(changed!) < second(now - tickOf(modified!, changed!))) {
      isKnown[place] = 1;
      count++;
    } else young++;
  }
  if (count < fewest) return { own: looks, known: NO_LOOKS, owners: new Float64Array(), young };
  const isOf = (part: number) => (_: string, place: number) => isKnown[place] === part;
  return {
    own: choose(looks, isOf(0)),
    known: choose(looks, isOf(1)),
    owners: choose({ ...looks, numbers: owners }, isOf(1)).numbers,
    young,
  };
}

function second(milliseconds: number): number {
  return Math.floor(milliseconds / 1000);
}

/** So much younger than all files that git never reads one to be sure. */
const FAR_SECONDS = 2 ** 31;

/** Puts an index into the cache in one step, under a name that tells what is in it. */
function writeIndex(cache: string, bytes: Buffer): string {
  const name = indexName(bytes);
  const [place, temporary] = [join(cache, name), join(cache, `${name}.${process.pid}`)];
  const time = Math.floor(Date.now() / 1000) + FAR_SECONDS;
  mkdirSync(cache, { recursive: true, mode: 0o700 });
  writeFileSync(temporary, bytes, { mode: 0o600 });
  utimesSync(temporary, time, time);
  renameSync(temporary, place);
  removeOld(place);
  return name;
}

function indexName(bytes: Buffer): string {
  return `${hash('sha256', bytes).slice(0, 32)}.index`;
}

/** All looks at each folder. */
export function allLooks(own: readonly PackedLooks[], known: readonly PackedLooks[]): readonly PackedLooks[] {
  return own.map((each, at) => joinLooks(each, known[at] ?? NO_LOOKS));
}
