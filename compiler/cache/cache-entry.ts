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

/** An entry that an earlier run kept. All but its name and key is read when it is asked for. */
export class KeptEntry implements CacheEntry {
  readonly unit: string;
  readonly key: string;
  /** How many files were rendered. */
  readonly fileCount: number;
  /** The three lines that hold the entry, as they were written. */
  readonly lines: readonly [head: string, result: string, grounds: string];
  #result: { readonly data: unknown } | undefined;
  #grounds: Grounds | undefined;

  constructor(...lines: KeptEntry['lines']) {
    // Nobody else wrote it.
    [this.unit, this.key, this.fileCount] = JSON.parse(lines[0]) as Head;
    this.lines = lines;
  }

  /** The same object each time. */
  get result(): unknown {
    return (this.#result ??= { data: JSON.parse(this.lines[1]) as unknown }).data;
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
    return this.lines[2].includes(JSON.stringify(path));
  }

  get #parsed(): Grounds {
    return (this.#grounds ??= JSON.parse(this.lines[2]) as Grounds);
  }
}

/** Names the version of the layout below; a cache of another version is an empty one. */
const HEADER = 'paasta-gitops cache 3\n';

/**
 * The text of a cache, in pieces: its version, and three lines for each entry. Whoever keeps it sees to it that it comes back whole.
 */
export function* serialiseCache(entries: Iterable<CacheEntry>): Generator<string> {
  yield HEADER;
  for (const entry of entries) {
    if (entry instanceof KeptEntry) for (const line of entry.lines) yield `${line}\n`;
    else yield* textOf(entry);
  }
}

/** Entries by unit; none when another version wrote the text. */
export function parseCache(text: string): Map<string, KeptEntry> {
  const entries = new Map<string, KeptEntry>();
  if (!text.startsWith(HEADER)) return entries;
  const lines = text.slice(HEADER.length).split('\n');
  for (let at = 0; at + 2 < lines.length; at += 3) {
    const entry = new KeptEntry(lines[at]!, lines[at + 1]!, lines[at + 2]!);
    entries.set(entry.unit, entry);
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

function* textOf({ unit, key, dependencies, files, result }: CacheEntry): Generator<string> {
  const head: Head = [unit, key, files.length];
  const looks: Grounds[0] = dependencies.map(({ operation, path, id, stamp }) => {
    return [operation, path, id, ...(stamp ?? ([] as const))];
  });
  yield `${JSON.stringify(head)}\n${JSON.stringify(result)}\n[${JSON.stringify(looks)},[`;
  // What services share has more files than are worth a text of their own.
  for (const [index, file] of files.entries()) yield `${index === 0 ? '' : ','}${JSON.stringify(lineOf(file))}`;
  yield ']]\n';
}

function lineOf({ path, cluster, service, instance, sha256, stamp }: PlacedFile): Grounds[1][number] {
  return [path, cluster, service, instance, sha256, ...(stamp ?? ([] as const))];
}
