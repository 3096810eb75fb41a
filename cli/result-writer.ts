import { type CacheEntry, serialiseCache, serialiseEntries } from '../compiler/cache/index.ts';
import { chunks, KeptWriter } from './kept-file.ts';

/** So many entries, or files of one, are worth writing at once. */
const BATCH = 32;

/** Writes a cache while its entries are made, so that few of them are in memory. Everything throws what the system says. */
export class ResultWriter {
  readonly #writer: KeptWriter;
  #waiting: CacheEntry[] = [];

  constructor(file: string) {
    this.#writer = new KeptWriter(file);
    this.#write(serialiseCache([]));
  }

  add(entry: CacheEntry): void {
    this.#waiting.push(entry);
    if (this.#waiting.length >= BATCH || entry.files.length >= BATCH) this.#flush();
  }

  /** Puts the cache in its place, and gives its digest. */
  close(): string {
    this.#flush();
    return this.#writer.close();
  }

  /** Leaves what stood there. */
  abandon(): void {
    this.#writer.abandon();
  }

  #flush(): void {
    const entries = this.#waiting;
    this.#waiting = [];
    this.#write(serialiseEntries(entries));
  }

  #write(parts: Iterable<string | Uint8Array>): void {
    for (const part of chunks(parts)) this.#writer.write(part);
  }
}
