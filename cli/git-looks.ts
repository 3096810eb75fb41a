import { lstatSync, readFileSync } from 'node:fs';
import { settled } from '../compiler/cache/index.ts';
import { NUMBERS, packedPaths, type PackedLooks } from '../compiler/model/looks.ts';
import { isSameStamp, type Stamp } from '../compiler/model/tree-reader.ts';
import { type Checkout, findCheckout, parseIndex } from '../git/index-file.ts';

/** git's index, as it looked when looks were compared with it. */
export interface IndexSeen {
  readonly path: string;
  readonly stamp: Stamp;
}

/** The checkout that a folder lies in, with its index as it looks now. */
export interface SeenCheckout extends Checkout {
  readonly seen: IndexSeen;
}

/** The checkout of a folder that leads through no link; null without one. */
export function seeCheckout(folder: string): SeenCheckout | null {
  const checkout = findCheckout(folder);
  const stamp = checkout && stampOf(checkout.index);
  // An index that changed just now may change again without a trace.
  if (stamp === null || settled(stamp, Date.now()) === null) return null;
  return { ...checkout!, seen: { path: checkout!.index, stamp } };
}

export function isSameIndex(a: IndexSeen | null, b: IndexSeen | null): boolean {
  return a === b || (a !== null && b !== null && a.path === b.path && isSameStamp(a.stamp, b.stamp));
}

/** Whether the index is still the one that was seen. */
export function isStill({ path, stamp }: IndexSeen): boolean {
  const now = stampOf(path);
  return now !== null && isSameStamp(now, stamp);
}

/** git keeps of sizes and inode numbers what is below this. */
const LIMIT = 2 ** 32;

/** git compares times by their seconds. */
const SECOND = 1000;

/**
 * Divides looks that were taken at `now` (milliseconds) or later: `known` are those whose stamp git's index has too, from a second before.
 * Whatever changes one of these files afterwards shows in the second in which its status changed, so for as long as git has the same
 * index and finds a file clean, it is as it was. Null when the index was replaced meanwhile, or has stamps of this second.
 */
export function divideLooks(
  looks: PackedLooks,
  { prefix, seen }: SeenCheckout,
  now: number,
): { readonly own: PackedLooks; readonly known: PackedLooks } | null {
  const entries = parseIndex(readFileSync(seen.path));
  if (!isStill(seen)) return null;
  const places = new Map(packedPaths(looks).map((path, place) => [path, place]));
  const isKnown = new Uint8Array(places.size);
  for (const [entry, path] of entries.paths.entries()) {
    const place = path.startsWith(prefix) ? places.get(path.slice(prefix.length)) : undefined;
    if (place === undefined || !isSameFile(looks.numbers, place * NUMBERS, entries.numbers, entry * NUMBERS)) continue;
    if (Math.floor(looks.numbers[place * NUMBERS + 2]! / SECOND) >= Math.floor(now / SECOND)) return null;
    isKnown[place] = 1;
  }
  return {
    own: choose(looks, (_, place) => isKnown[place] === 0),
    known: choose(looks, (_, place) => isKnown[place] === 1),
  };
}

/** Whether the index has the stamp of a look. */
function isSameFile(looks: Float64Array, at: number, entries: Float64Array, entry: number): boolean {
  return (
    // Whatever was there has an inode number above 0.
    looks[at + 3]! > 0 &&
    looks[at]! % LIMIT === entries[entry] &&
    looks[at + 1] === entries[entry + 1] &&
    looks[at + 2] === entries[entry + 2] &&
    looks[at + 3]! % LIMIT === entries[entry + 3]
  );
}

/** Some of the looks, in their order. */
export function choose(looks: PackedLooks, isChosen: (path: string, place: number) => boolean): PackedLooks {
  const paths: string[] = [];
  const numbers = new Float64Array(looks.numbers.length);
  for (const [place, path] of packedPaths(looks).entries()) {
    if (!isChosen(path, place)) continue;
    const at = place * NUMBERS;
    numbers.set(looks.numbers.subarray(at, at + NUMBERS), paths.length * NUMBERS);
    paths.push(path);
  }
  return { paths: paths.join('\n'), numbers: numbers.slice(0, paths.length * NUMBERS) };
}

function stampOf(path: string): Stamp | null {
  try {
    const status = lstatSync(path);
    return status.isFile() ? [status.size, status.mtimeMs, status.ctimeMs, status.ino] : null;
  } catch {
    return null;
  }
}
