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
  /** Plain data. */
  readonly result: unknown;
}

/** An entry that an earlier run kept. What its result rests on is read when it is asked for. */
export class KeptEntry implements CacheEntry {
  readonly unit: string;
  readonly key: string;
  readonly result: unknown;
  /** How many files were rendered. */
  readonly fileCount: number;
  /** The two lines that hold the entry. */
  readonly bytes: Buffer;
  readonly #kept: KeptText;
  /** Where the second line begins and ends. */
  readonly #start: number;
  readonly #end: number;
  #grounds: Grounds | undefined;

  constructor(kept: KeptText, start: number, middle: number, end: number) {
    // Nobody else wrote it.
    [this.unit, this.key, this.fileCount, this.result] = JSON.parse(kept.slice(start, middle)) as Head;
    this.bytes = kept.bytes.subarray(start, end + 1);
    this.#kept = kept;
    this.#start = middle + 1;
    this.#end = end;
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
    return this.#kept.holds(JSON.stringify(path), this.#start, this.#end);
  }

  get #parsed(): Grounds {
    return (this.#grounds ??= JSON.parse(this.#kept.slice(this.#start, this.#end)) as Grounds);
  }
}

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
const HEADER = Buffer.from('paasta-gitops cache 2\n');
const LINE_FEED = 10;

/** A cache in parts: its version, and two lines for each entry. Whoever keeps it sees to it that it comes back whole. */
export function serialiseCache(entries: Iterable<CacheEntry>): readonly Uint8Array[] {
  const body = Array.from(entries, (entry) => (entry instanceof KeptEntry ? entry.bytes : Buffer.from(textOf(entry))));
  return [HEADER, ...body];
}

/** Entries by unit; none when another version wrote the bytes. */
export function parseCache(bytes: Buffer): Map<string, KeptEntry> {
  const entries = new Map<string, KeptEntry>();
  if (!bytes.subarray(0, HEADER.length).equals(HEADER)) return entries;
  const kept = new KeptText(bytes);
  for (let start = HEADER.length; start < bytes.length;) {
    const middle = bytes.indexOf(LINE_FEED, start);
    const end = bytes.indexOf(LINE_FEED, middle + 1);
    const entry = new KeptEntry(kept, start, middle, end);
    entries.set(entry.unit, entry);
    start = end + 1;
  }
  return entries;
}

type Head = readonly [unit: string, key: string, fileCount: number, result: unknown];

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

function textOf({ unit, key, dependencies, files, result }: CacheEntry): string {
  const head: Head = [unit, key, files.length, result];
  const grounds: Grounds = [
    dependencies.map(({ operation, path, id, stamp }) => [operation, path, id, ...(stamp ?? ([] as const))]),
    files.map((file) => [
      ...([file.path, file.cluster, file.service, file.instance, file.sha256] as const),
      ...(file.stamp ?? ([] as const)),
    ]),
  ];
  return `${JSON.stringify(head)}\n${JSON.stringify(grounds)}\n`;
}
