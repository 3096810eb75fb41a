import { NO_LOOKS, NUMBERS, packedPaths, type PackedLooks, tellsNothing } from '../compiler/model/looks.ts';
import { dirtyFiles } from '../git/dirty-files.ts';
import type { Environment } from '../git/git-environment.ts';
import {
  choose,
  divideLooks,
  type IndexSeen,
  isSameIndex,
  isStill,
  seeCheckout,
  type SeenCheckout,
} from './git-looks.ts';
import { chunks, readKept, writeKept } from './kept-file.ts';
import { looksBytes, type LooksPart, looksToKeep, readLooks } from './looks-file.ts';

/**
 * Looks at files that git's index has with the same stamp. They lie in a file of their own, which is read only when git does not say
 * that nothing changed. What is kept elsewhere of a path goes before what is kept here.
 */
export interface KnownLooks {
  /** Digest of the file. */
  readonly digest: string;
  /** For each folder; null where git has no index. */
  readonly folders: readonly (KnownPart | null)[];
}

interface KnownPart extends LooksPart {
  /** With which index all looks at the folder were compared. */
  readonly index: IndexSeen;
}

/** Looks at a folder that leads through no link, except those that git's index has too. */
export interface LookedFolder {
  readonly real: string;
  readonly own: PackedLooks;
}

/** It takes less time to look at fewer files than to ask git. */
export const FEWEST = 1000;

/** The checkouts of the folders as they look now; null for one with fewer looks than git is asked about. */
export function seeCheckouts(
  folders: readonly LookedFolder[],
  known: KnownLooks | null,
  fewest: number,
): readonly (SeenCheckout | null)[] {
  return folders.map(({ real, own }, at) => {
    const count = own.numbers.length / NUMBERS + (known?.folders[at]?.count ?? 0);
    return count < fewest ? null : seeCheckout(real);
  });
}

/** Whether the looks were compared with the indexes of all checkouts. */
export function areCompared(known: KnownLooks | null, checkouts: readonly (SeenCheckout | null)[]): boolean {
  return checkouts.every((checkout, at) => {
    return checkout === null || isSameIndex(known?.folders[at]?.index ?? null, checkout.seen);
  });
}

/** Files of a folder that may look otherwise than the known looks at it have them; null when all have to be looked at. */
export async function maybeChanged(
  part: KnownPart | null,
  checkout: SeenCheckout | null,
  env: Environment,
): Promise<ReadonlySet<string> | null> {
  if (part === null || part.count === 0) return new Set();
  if (checkout === null) return null;
  try {
    const paths = await dirtyFiles(checkout, env);
    // git must have read the index with which the looks were compared.
    return isStill(part.index) ? paths : null;
  } catch {
    return null;
  }
}

/** Throws when the file is another one than it was. */
export function readKnown(file: string, known: KnownLooks | null): readonly PackedLooks[] {
  if (known === null) return [];
  const kept = readKept(file);
  if (kept?.digest !== known.digest) throw new Error(`${file} is not the file that was written`);
  return readLooks(
    kept.content,
    known.folders.map((part) => part ?? { bytes: 0, count: 0 }),
  );
}

/**
 * Compares all looks, which were taken at `now` or later, with the indexes of the checkouts, and keeps those that an index has too. The
 * others are left.
 */
export function compareLooks(
  file: string,
  {
    all,
    checkouts,
    fewest,
    now,
  }: {
    readonly all: readonly PackedLooks[];
    readonly checkouts: readonly (SeenCheckout | null)[];
    readonly fewest: number;
    readonly now: number;
  },
): { readonly own: readonly PackedLooks[]; readonly known: KnownLooks } {
  const divided = all.map((looks, at) => {
    const checkout = checkouts[at] ?? null;
    const parts = checkout && divideLooks(looks, checkout, now);
    const isEnough = parts !== null && parts.known.numbers.length >= fewest * NUMBERS;
    return {
      index: parts && checkout!.seen,
      own: isEnough ? parts.own : looks,
      known: isEnough ? parts.known : NO_LOOKS,
    };
  });
  const keeping = divided.map(({ known }) => looksToKeep(known));
  const digest = writeKept(file, chunks(looksBytes(keeping)));
  const folders = divided.map(({ index }, at) => {
    const { bytes, count } = keeping[at]!;
    return index === null ? null : { bytes, count, index };
  });
  return { own: divided.map(({ own }) => own), known: { digest, folders } };
}

/** All looks that tell something. */
export function joinLooks(own: PackedLooks, known: PackedLooks): PackedLooks {
  const owned = new Set(packedPaths(own));
  const telling = choose(own, (_, place) => !tellsNothing(own.numbers, place * NUMBERS));
  const others = choose(known, (path) => !owned.has(path));
  if (telling.numbers.length === 0) return others;
  if (others.numbers.length === 0) return telling;
  const numbers = new Float64Array(telling.numbers.length + others.numbers.length);
  numbers.set(telling.numbers);
  numbers.set(others.numbers, telling.numbers.length);
  return { paths: `${telling.paths}\n${others.paths}`, numbers };
}
