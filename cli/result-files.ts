import { type CacheEntry, KeptEntry, parseCache, serialiseCache } from '../compiler/cache/index.ts';
import { readKept, writeKept } from './kept-file.ts';

/** So many results may lie beside the others before all are written again. */
const MOST_LATER = 50;

/**
 * Results of earlier runs in two files: all of them, and the few that later runs made anew, so that a run after a small change need not
 * write all again. The second file names the first by its digest, and is worth nothing without it.
 */
export class ResultFiles {
  readonly #all: string;
  readonly #later: string;
  /** Digest of the first file, and its entries. */
  #base: { readonly digest: string; readonly entries: ReadonlyMap<string, KeptEntry> } | null = null;
  #mark = '';

  constructor(path: string) {
    this.#all = `${path}.cache`;
    this.#later = `${path}.later`;
  }

  /** Tells the entries that were read or written last from all others. */
  get mark(): string {
    return this.#mark;
  }

  /** Entries by unit. */
  read(): ReadonlyMap<string, KeptEntry> {
    const all = readKept(this.#all);
    if (all === null) return new Map();
    const entries = parseCache(all.content);
    this.#base = { digest: all.digest, entries };
    this.#mark = all.digest;
    const later = readKept(this.#later);
    const head = Buffer.from(`${all.digest}\n`);
    if (later === null || !later.content.subarray(0, head.length).equals(head)) return entries;
    this.#mark = later.digest;
    return new Map([...entries, ...parseCache(later.content.subarray(head.length))]);
  }

  /** Keeps the entries of a run, in one step. Throws what the system says. */
  write(entries: readonly CacheEntry[]): void {
    const base = this.#base;
    const later = entries.filter((entry) => entry !== base?.entries.get(entry.unit));
    const isSmall = later.length <= MOST_LATER && later.length * 4 < entries.length;
    if (base !== null && isSmall && entries.length === base.entries.size) {
      this.#mark = writeKept(this.#later, [Buffer.from(`${base.digest}\n`), ...serialiseCache(later)]);
    } else this.#mark = writeKept(this.#all, serialiseCache(entries));
  }
}
