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

const NONE: PackedLooks = { paths: '', numbers: new Float64Array() };
export const NUMBERS = 4;

/** How the paths of a tree looked. Looks of an earlier run stay packed: most are never asked for. */
export class Looks {
  readonly #packed: PackedLooks;
  readonly #stale: readonly string[];
  readonly #fresh = new Map<string, Look>();
  #placesOfPacked: ReadonlyMap<string, number> | undefined;

  /** With those of an earlier run, except the stale ones. */
  constructor(packed: PackedLooks = NONE, stale: readonly string[] = []) {
    this.#packed = packed;
    this.#stale = stale;
  }

  /** Undefined for a path that was not looked at. */
  get(path: string): Look | undefined {
    const fresh = this.#fresh.get(path);
    if (fresh !== undefined) return fresh;
    const place = this.#places.get(path);
    return place === undefined || this.#stale.includes(path) ? undefined : lookAt(this.#packed.numbers, place);
  }

  set(path: string, look: Look): void {
    this.#fresh.set(path, look);
  }

  /** Those that were set. */
  get fresh(): ReadonlyMap<string, Look> {
    return this.#fresh;
  }

  /** All looks but those that tell nothing, those at `left`, and stale ones. */
  pack(left: ReadonlySet<string> = new Set()): PackedLooks {
    const fresh = [...this.#fresh].filter(([path, look]) => look !== null && !left.has(path));
    const kept = new Set(fresh.map(([path]) => path));
    const dropped = [...this.#stale, ...left, ...this.#fresh.keys()].filter((path) => !kept.has(path));
    const packed = dropped.some((path) => this.#places.has(path))
      ? without(this.#packed, new Set(dropped))
      : { ...this.#packed, places: this.#places };
    const added = fresh.filter(([path]) => !packed.places.has(path));
    const places = new Map(added.map(([path], index) => [path, packed.places.size + index]));
    const numbers = new Float64Array(packed.numbers.length + added.length * NUMBERS);
    numbers.set(packed.numbers);
    for (const [path, look] of fresh) put(numbers, packed.places.get(path) ?? places.get(path)!, look);
    return { paths: [...(packed.places.size > 0 ? [packed.paths] : []), ...places.keys()].join('\n'), numbers };
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

function without(
  packed: PackedLooks,
  dropped: ReadonlySet<string>,
): PackedLooks & { places: ReadonlyMap<string, number> } {
  const left = [...placesOf(packed)].filter(([path]) => !dropped.has(path));
  const numbers = new Float64Array(left.length * NUMBERS);
  for (const [index, [, place]] of left.entries()) put(numbers, index, lookAt(packed.numbers, place));
  const places = new Map(left.map(([path], index) => [path, index]));
  return { paths: [...places.keys()].join('\n'), numbers, places };
}

function lookAt(numbers: Float64Array, place: number): Look {
  const at = place * NUMBERS;
  const inode = numbers[at + 3]!;
  return inode === 0 ? 'absent' : [numbers[at]!, numbers[at + 1]!, numbers[at + 2]!, inode];
}

function put(numbers: Float64Array, place: number, look: Look): void {
  const [size, modified, changed, inode] = look === null || look === 'absent' ? [0, 0, 0, 0] : look;
  const at = place * NUMBERS;
  numbers[at] = size;
  numbers[at + 1] = modified;
  numbers[at + 2] = changed;
  numbers[at + 3] = inode;
}
