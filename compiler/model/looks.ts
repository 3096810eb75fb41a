import type { Stamp } from './tree-reader.ts';

/** How a path looked: the stamp of a file or folder, that nothing was there, or null where looking tells nothing. */
export type Look = Stamp | 'absent' | null;

/** Looks as they are kept for later runs. */
export interface PackedLooks {
  /** One a line. */
  readonly paths: string;
  /** Four for each path, those of its stamp; zeros stand for what was absent. What tells nothing is kept too (`tellsNothing`). */
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

/** No looks. */
export const NO_LOOKS: PackedLooks = { paths: '', numbers: new Float64Array() };
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

  /** With those of an earlier run. Of the `stale` paths nothing is known, here or elsewhere. */
  constructor(packed: PackedLooks = NO_LOOKS, stale: readonly string[] = []) {
    this.#packed = packed;
    this.#stale = stale;
  }

  /** Undefined for a path that was not looked at, and for one at which looking told an earlier run nothing. */
  get(path: string): Look | undefined {
    const fresh = this.#fresh.get(path);
    if (fresh !== undefined) return this.#freshAt(fresh);
    const place = this.#places.get(path);
    return place === undefined || this.#stale.includes(path)
      ? undefined
      : (lookAt(this.#packed.numbers, place) ?? undefined);
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

  /**
   * All looks as they are to be kept: those of the earlier run where they lie, the new ones put in or added. Looks at `left` paths, and
   * stale ones, tell nothing. The same each time, as long as none is set.
   */
  keep(left: ReadonlySet<string> = new Set()): LooksToKeep {
    const earlier = this.#packed.numbers.slice();
    const gone = new Set([...this.#stale.filter((path) => !this.#fresh.has(path)), ...left]);
    const look = (path: string): Look => (gone.has(path) ? null : this.#freshAt(this.#fresh.get(path)!));
    const count = earlier.length / NUMBERS;
    let bytes = Buffer.byteLength(this.#packed.paths) + (count === 0 ? -1 : 0);
    const added: string[] = [];
    const note = (path: string): void => {
      const place = this.#places.get(path);
      if (place !== undefined) put(earlier, place, look(path));
      else {
        added.push(path);
        bytes += Buffer.byteLength(path) + 1;
      }
    };
    for (const path of this.#fresh.keys()) note(path);
    for (const path of gone) if (!this.#fresh.has(path)) note(path);
    return {
      ...{ count: count + added.length, bytes: Math.max(0, bytes) },
      paths: () => pathPieces(this.#packed, added),
      numbers: () => numberPieces(earlier, added, look),
    };
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

/** Looks of both; of one path those that come `first`. */
export function joinLooks(first: PackedLooks, others: PackedLooks): PackedLooks {
  const taken = new Set(packedPaths(first));
  const rest = choose(others, (path) => !taken.has(path));
  if (first.numbers.length === 0) return rest;
  if (rest.numbers.length === 0) return first;
  const numbers = new Float64Array(first.numbers.length + rest.numbers.length);
  numbers.set(first.numbers);
  numbers.set(rest.numbers, first.numbers.length);
  return { paths: `${first.paths}\n${rest.paths}`, numbers };
}

function placesOf(packed: PackedLooks): ReadonlyMap<string, number> {
  const places = new Map<string, number>();
  for (const path of packedPaths(packed)) places.set(path, places.size);
  return places;
}

function* pathPieces({ paths, numbers }: PackedLooks, added: Iterable<string>): Generator<string> {
  yield paths;
  let piece: string[] = numbers.length === 0 ? [] : [''];
  for (const path of added) {
    if (piece.length === PIECE) {
      yield piece.join('\n');
      piece = [''];
    }
    piece.push(path);
  }
  yield piece.join('\n');
}

function* numberPieces(
  earlier: Float64Array,
  added: readonly string[],
  lookOf: (path: string) => Look,
): Generator<Float64Array> {
  yield earlier;
  const piece = new Float64Array(PIECE * NUMBERS);
  let count = 0;
  for (const path of added) {
    put(piece, count++, lookOf(path));
    if (count < PIECE) continue;
    yield piece.slice();
    count = 0;
  }
  yield piece.slice(0, count * NUMBERS);
}

/** What a look that tells nothing has for an inode number. */
const NOTHING_TOLD = -1;

/** Whether nothing can be said of a path, for its look told nothing, or no longer holds. */
export function tellsNothing(numbers: Float64Array, at: number): boolean {
  return numbers[at + 3] === NOTHING_TOLD;
}

function lookAt(numbers: Float64Array, place: number): Look {
  const at = place * NUMBERS;
  if (tellsNothing(numbers, at)) return null;
  const inode = numbers[at + 3]!;
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
