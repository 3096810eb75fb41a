import type { Stamp } from './tree-reader.ts';

/** How a path looked: the stamp of a file or folder, that nothing was there, or null where looking tells nothing. */
export type Look = Stamp | 'absent' | null;

/** Looks as they are kept for later runs. */
export interface PackedLooks {
  /** One a line. */
  readonly paths: string;
  /** Four for each path, those of its stamp; zeros stand for what was absent. */
  readonly numbers: Float64Array;
}

/** Looks that are about to be kept: what `PackedLooks` holds, in pieces, for there are many. */
export interface LooksToKeep {
  /** How many paths there are. */
  readonly count: number;
  /** Bytes of the paths, with a line feed between them. */
  readonly bytes: number;
  paths(): Iterable<string>;
  numbers(): Iterable<Float64Array>;
}

const NONE: PackedLooks = { paths: '', numbers: new Float64Array() };
export const NUMBERS = 4;
/** So many looks lie in one piece of memory, and are kept at once. */
const PIECE = 1024;

/**
 * How the paths of a tree looked. Looks of an earlier run stay packed: most are never asked for. New ones are packed at once: what a
 * run looks at stays until its end.
 */
export class Looks {
  readonly #packed: PackedLooks;
  readonly #stale: readonly string[];
  /** Places of what was set. */
  readonly #fresh = new Map<string, number>();
  readonly #numbers: Float64Array[] = [];
  #placesOfPacked: ReadonlyMap<string, number> | undefined;

  /** With those of an earlier run, except the stale ones. */
  constructor(packed: PackedLooks = NONE, stale: readonly string[] = []) {
    this.#packed = packed;
    this.#stale = stale;
  }

  /** Undefined for a path that was not looked at. */
  get(path: string): Look | undefined {
    const fresh = this.#fresh.get(path);
    if (fresh !== undefined) return this.#freshAt(fresh);
    const place = this.#places.get(path);
    return place === undefined || this.#stale.includes(path) ? undefined : lookAt(this.#packed.numbers, place);
  }

  set(path: string, look: Look): void {
    let place = this.#fresh.get(path);
    if (place === undefined) {
      place = this.#fresh.size;
      this.#fresh.set(path, place);
      if (place % PIECE === 0) this.#numbers.push(new Float64Array(PIECE * NUMBERS));
    }
    put(this.#numbers[Math.floor(place / PIECE)]!, place % PIECE, look);
  }

  /** Those that were set. */
  *fresh(): Generator<readonly [path: string, look: Look]> {
    for (const [path, place] of this.#fresh) yield [path, this.#freshAt(place)];
  }

  /** All looks but those that tell nothing, those at `left`, and stale ones; the same each time, as long as none is set. */
  keep(left: ReadonlySet<string> = new Set()): LooksToKeep {
    const edited = left.size > 0 ? null : this.#edited();
    if (edited !== null) return edited;
    let [count, bytes] = [0, -1];
    for (const [path] of this.#kept(left)) {
      count++;
      bytes += Buffer.byteLength(path) + 1;
    }
    return {
      ...{ count, bytes: Math.max(0, bytes) },
      paths: () => pathPieces(this.#kept(left)),
      numbers: () => numberPieces(this.#kept(left)),
    };
  }

  /** Those of the earlier run as they lie there, with the new ones put in or added; null when one of them is not to be kept. */
  #edited(): LooksToKeep | null {
    const { paths, numbers: earlier } = this.#packed;
    const isLost = (path: string): boolean => this.#places.has(path) && !this.#fresh.has(path);
    if (earlier.length === 0 || this.#stale.some(isLost)) return null;
    const numbers = earlier.slice();
    const added: (readonly [path: string, look: Look])[] = [];
    for (const [path, look] of this.fresh()) {
      const place = this.#places.get(path);
      if (place === undefined) {
        if (look !== null) added.push([path, look]);
      } else if (look === null) return null;
      else put(numbers, place, look);
    }
    const more = added.map(([path]) => `\n${path}`).join('');
    return {
      count: earlier.length / NUMBERS + added.length,
      bytes: Buffer.byteLength(paths) + Buffer.byteLength(more),
      paths: () => [paths, more],
      numbers: () => [numbers, ...numberPieces(added)],
    };
  }

  *#kept(left: ReadonlySet<string>): Generator<readonly [path: string, look: Look]> {
    const stale = new Set(this.#stale);
    for (const [path, place] of this.#places) {
      const fresh = this.#fresh.get(path);
      if (left.has(path) || (fresh === undefined && stale.has(path))) continue;
      const look = fresh === undefined ? lookAt(this.#packed.numbers, place) : this.#freshAt(fresh);
      if (look !== null) yield [path, look];
    }
    for (const [path, place] of this.#fresh) {
      if (this.#places.has(path) || left.has(path)) continue;
      const look = this.#freshAt(place);
      if (look !== null) yield [path, look];
    }
  }

  #freshAt(place: number): Look {
    return lookAt(this.#numbers[Math.floor(place / PIECE)]!, place % PIECE);
  }

  get #places(): ReadonlyMap<string, number> {
    return (this.#placesOfPacked ??= placesOf(this.#packed));
  }
}

/** The packed paths, in order. */
export function packedPaths({ paths, numbers }: PackedLooks): readonly string[] {
  return numbers.length === 0 ? [] : paths.split('\n');
}

function placesOf(packed: PackedLooks): ReadonlyMap<string, number> {
  const places = new Map<string, number>();
  for (const path of packedPaths(packed)) places.set(path, places.size);
  return places;
}

function* pathPieces(looks: Iterable<readonly [path: string, look: Look]>): Generator<string> {
  let piece: string[] = [];
  for (const [path] of looks) {
    if (piece.length === PIECE) {
      // Another path follows the last line feed.
      yield `${piece.join('\n')}\n`;
      piece = [];
    }
    piece.push(path);
  }
  yield piece.join('\n');
}

function* numberPieces(looks: Iterable<readonly [path: string, look: Look]>): Generator<Float64Array> {
  const piece = new Float64Array(PIECE * NUMBERS);
  let count = 0;
  for (const [, look] of looks) {
    put(piece, count++, look);
    if (count < PIECE) continue;
    yield piece.slice();
    count = 0;
  }
  yield piece.slice(0, count * NUMBERS);
}

/** What a look that tells nothing has for an inode number. */
const NOTHING_TOLD = -1;

function lookAt(numbers: Float64Array, place: number): Look {
  const at = place * NUMBERS;
  const inode = numbers[at + 3]!;
  if (inode === NOTHING_TOLD) return null;
  return inode === 0 ? 'absent' : [numbers[at]!, numbers[at + 1]!, numbers[at + 2]!, inode];
}

const ABSENT: Stamp = [0, 0, 0, 0];
const NULL: Stamp = [0, 0, 0, NOTHING_TOLD];

function put(numbers: Float64Array, place: number, look: Look): void {
  const [size, modified, changed, inode] = look === null ? NULL : look === 'absent' ? ABSENT : look;
  const at = place * NUMBERS;
  numbers[at] = size;
  numbers[at + 1] = modified;
  numbers[at + 2] = changed;
  numbers[at + 3] = inode;
}
