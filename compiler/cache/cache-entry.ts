import { isAscii } from 'node:buffer';
import type { PlacedFile } from '../model/rendered-file.ts';
import type { Stamp } from '../model/tree-reader.ts';
import type { Dependency } from './dependency.ts';

/**
 * What a run made of one unit (a service, or all that services share), for later runs. No text of a file is in it, neither of the
 * input nor of the output: what cannot be found on disk as it was is made again.
 */
export interface CacheEntry {
  readonly unit: string;
  /** Digest of everything besides files that the result follows from. */
  readonly key: string;
  readonly dependencies: readonly Dependency[];
  readonly files: readonly PlacedFile[];
  /** What is told of it in every run; plain data. */
  readonly result: unknown;
  /** What other units follow from, plain data too: null when none does. */
  readonly summary: unknown;
}

/** An entry that an earlier run kept. All but its name and key is read when it is asked for. */
export class KeptEntry implements CacheEntry {
  readonly unit: string;
  readonly key: string;
  /** How many files were rendered. */
  readonly fileCount: number;
  /** The lines that hold the entry, as they were written. */
  readonly bytes: Buffer;
  readonly #kept: KeptText;
  readonly #ends: LineEnds;
  #result: { readonly data: unknown } | undefined;
  #grounds: Grounds | undefined;

  constructor(kept: KeptText, start: number, ends: LineEnds) {
    // Nobody else wrote it.
    [this.unit, this.key, this.fileCount] = JSON.parse(kept.slice(start, ends[0])) as Head;
    this.bytes = kept.bytes.subarray(start, ends[3] + 1);
    this.#kept = kept;
    this.#ends = ends;
  }

  /** The same object each time. */
  get result(): unknown {
    const [start, end] = this.#ends;
    return (this.#result ??= { data: JSON.parse(this.#kept.slice(start + 1, end)) as unknown }).data;
  }

  /** Another object each time: it is large, and mostly nobody asks for it. */
  get summary(): unknown {
    return JSON.parse(this.#kept.slice(this.#ends[1] + 1, this.#ends[2]));
  }

  get dependencies(): readonly Dependency[] {
    return this.#parsed[0].map(([operation, path, id, ...stamp]) => ({
      ...{ operation, path, id },
      stamp: stamp.length === 0 ? null : stamp,
    }));
  }

  get files(): readonly PlacedFile[] {
    return this.#parsed[1].map(([path, cluster, service, instance, sha256, ...stamp]) => ({
      ...{ path, cluster, service, instance, sha256 },
      stamp: stamp.length === 0 ? null : stamp,
    }));
  }

  /** Whether the path may be among the dependencies; surely not if false. */
  mayName(path: string): boolean {
    return this.#kept.holds(JSON.stringify(path), this.#ends[2], this.#ends[3]);
  }

  get #parsed(): Grounds {
    return (this.#grounds ??= JSON.parse(this.#kept.slice(this.#ends[2] + 1, this.#ends[3])) as Grounds);
  }
}

/** Where the four lines of an entry end. */
type LineEnds = readonly [head: number, result: number, summary: number, grounds: number];

/** The bytes of a cache, most of which nobody asks for. */
class KeptText {
  readonly bytes: Buffer;
  readonly #isAscii: boolean;
  readonly #places = new Map<string, readonly number[]>();

  constructor(bytes: Buffer) {
    this.bytes = bytes;
    this.#isAscii = isAscii(bytes);
  }

  slice(start: number, end: number): string {
    return this.#isAscii ? this.bytes.toString('latin1', start, end) : this.bytes.toString('utf8', start, end);
  }

  /** Whether a text stands in a part. All of the bytes are searched at once: a text is asked for in every part. */
  holds(text: string, start: number, end: number): boolean {
    let places = this.#places.get(text);
    if (places === undefined) this.#places.set(text, (places = this.#find(Buffer.from(text))));
    return places.some((place) => place >= start && place < end);
  }

  #find(wanted: Buffer): readonly number[] {
    const places: number[] = [];
    for (let at = this.bytes.indexOf(wanted); at >= 0; at = this.bytes.indexOf(wanted, at + 1)) places.push(at);
    return places;
  }
}

/** Names the version of the layout below; a cache of another version is an empty one. */
const HEADER = Buffer.from('paasta-gitops cache 4\n');
const LINE_FEED = 10;

/**
 * A cache in pieces: its version, and four lines for each entry. Whoever keeps it sees to it that it comes back whole.
 */
export function* serialiseCache(entries: Iterable<CacheEntry>): Generator<string | Uint8Array> {
  yield HEADER;
  yield* serialiseEntries(entries);
}

/** What follows the version in a cache that holds these entries and others. */
export function* serialiseEntries(entries: Iterable<CacheEntry>): Generator<string | Uint8Array> {
  for (const entry of entries) {
    if (entry instanceof KeptEntry) yield entry.bytes;
    else yield* textOf(entry);
  }
}

/** Entries by unit; none when another version wrote the bytes. */
export function parseCache(bytes: Buffer): Map<string, KeptEntry> {
  const entries = new Map<string, KeptEntry>();
  if (!bytes.subarray(0, HEADER.length).equals(HEADER)) return entries;
  const kept = new KeptText(bytes);
  for (let start = HEADER.length; start < bytes.length;) {
    const head = bytes.indexOf(LINE_FEED, start);
    const result = bytes.indexOf(LINE_FEED, head + 1);
    const summary = bytes.indexOf(LINE_FEED, result + 1);
    const grounds = bytes.indexOf(LINE_FEED, summary + 1);
    const entry = new KeptEntry(kept, start, [head, result, summary, grounds]);
    entries.set(entry.unit, entry);
    start = grounds + 1;
  }
  return entries;
}

type Head = readonly [unit: string, key: string, fileCount: number];

type Grounds = readonly [
  dependencies: readonly (readonly [Dependency['operation'], path: string, id: string, ...(Stamp | [])])[],
  files: readonly (readonly [
    path: string,
    cluster: string,
    service: string | null,
    instance: string | null,
    sha256: string,
    ...(Stamp | []),
  ])[],
];

function* textOf({ unit, key, dependencies, files, result, summary }: CacheEntry): Generator<string> {
  const head: Head = [unit, key, files.length];
  const looks: Grounds[0] = dependencies.map(({ operation, path, id, stamp }) => {
    return [operation, path, id, ...(stamp ?? ([] as const))];
  });
  yield `${JSON.stringify(head)}\n${JSON.stringify(result)}\n${JSON.stringify(summary)}\n[${JSON.stringify(looks)},[`;
  // What services share has more files than are worth a text of their own.
  for (const [index, file] of files.entries()) yield `${index === 0 ? '' : ','}${JSON.stringify(lineOf(file))}`;
  yield ']]\n';
}

function lineOf({ path, cluster, service, instance, sha256, stamp }: PlacedFile): Grounds[1][number] {
  return [path, cluster, service, instance, sha256, ...(stamp ?? ([] as const))];
}
