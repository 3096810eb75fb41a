import { type CacheEntry, KeptEntry, parseCache, serialiseCache } from '../compiler/cache/index.ts';
import { chunks, readKept, writeKept } from './kept-file.ts';
import { ResultWriter } from './result-writer.ts';

/** So many results may lie beside the others before all are written again. */
const MOST_LATER = 50;

/**
 * Results of earlier runs in two files: all of them, and the few that later runs made anew, so that a run after a small change need not
 * write all again. The second file names the first by its digest, and is worth nothing without it.
 */
export class ResultFiles {
  readonly #all: string;
  readonly #later: string;
  /** Digest of the first file, and how many entries it has. */
  #base: { readonly digest: string; readonly size: number } | null = null;
  /** What was read of the second file. */
  readonly #ofLater = new WeakSet<CacheEntry>();
  /** The first file, while it is written anew. */
  #writer: ResultWriter | null = null;
  /** Why that failed. */
  #failure: { readonly error: unknown } | null = null;
  #mark = '';

  constructor(path: string) {
    this.#all = `${path}.cache`;
    this.#later = `${path}.later`;
  }

  /** Tells the entries that were read or written last from all others. */
  get mark(): string {
    return this.#mark;
  }

  /** Entries by unit. They are the caller's: what it drops need not stay in memory. */
  read(): Map<string, KeptEntry> {
    const all = readKept(this.#all);
    if (all === null) return new Map();
    const entries = parseCache(all.content);
    this.#base = { digest: all.digest, size: entries.size };
    this.#mark = all.digest;
    const later = readKept(this.#later);
    const head = Buffer.from(`${all.digest}\n`);
    if (later === null || !later.content.subarray(0, head.length).equals(head)) return entries;
    this.#mark = later.digest;
    for (const [unit, entry] of parseCache(later.content.subarray(head.length))) {
      entries.set(unit, entry);
      this.#ofLater.add(entry);
    }
    return entries;
  }

  /** Whether `add` was given an entry. */
  get hasBegun(): boolean {
    return this.#writer !== null || this.#failure !== null;
  }

  /** Takes an entry of a run that keeps none of those that were read. What the system says is left for `write` to throw. */
  add(entry: CacheEntry): void {
    if (this.#failure !== null) return;
    try {
      this.#writer ??= new ResultWriter(this.#all);
      this.#writer.add(entry);
    } catch (error) {
      this.#failure = { error };
      this.#writer?.abandon();
    }
  }

  /** Keeps the entries of a run, after those that were added, in one step. Throws what the system says. */
  write(entries: readonly CacheEntry[]): void {
    if (this.hasBegun) {
      for (const entry of entries) this.add(entry);
      if (this.#failure !== null) throw this.#failure.error;
      this.#mark = this.#writer!.close();
      return;
    }
    const base = this.#base;
    const later = entries.filter((entry) => !(entry instanceof KeptEntry) || this.#ofLater.has(entry));
    const isSmall = later.length <= MOST_LATER && later.length * 4 < entries.length;
    if (base !== null && isSmall && entries.length === base.size) {
      this.#mark = writeKept(this.#later, chunks(laterParts(base.digest, later)));
    } else this.#mark = writeKept(this.#all, chunks(serialiseCache(entries)));
  }
}

function* laterParts(base: string, entries: readonly CacheEntry[]): Generator<string | Uint8Array> {
  yield `${base}\n`;
  yield* serialiseCache(entries);
}
