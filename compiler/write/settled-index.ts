import { type IndexedFiles, type IndexEntry, INDEX_VERSION, lineOf, parseIndex } from './tree-index.ts';

/** As `serialiseIndex` lays an index out. */
const HEAD = Buffer.from(`{\n  "version": ${INDEX_VERSION},\n  "services": `);
const FILES = Buffer.from(',\n  "files": ');
/** How the line of a file begins. */
const LINE = Buffer.from('\n    "');
const [LINE_FEED, COMMA] = Buffer.from('\n,');
/** The lines of more owners than these are found sooner by reading all. */
const MOST_OWNERS = 20;

/**
 * The files of an index that is as the last complete run left it, found line by line in its bytes: a run that makes few services asks for
 * few of them, and reading all takes longer than making those.
 */
export class SettledIndex implements IndexedFiles {
  readonly #bytes: Buffer;
  /** Where its files begin. */
  readonly #start: number;
  readonly #known = new Map<string, IndexEntry | undefined>();
  #owners: readonly (string | null)[] | undefined;
  #whole: IndexedFiles | undefined;

  private constructor(bytes: Buffer, start: number) {
    this.#bytes = bytes;
    this.#start = start;
  }

  /** Null for bytes that are laid out otherwise. */
  static of(bytes: Buffer): SettledIndex | null {
    const start = bytes.indexOf(FILES);
    return bytes.subarray(0, HEAD.length).equals(HEAD) && start > 0 ? new SettledIndex(bytes, start) : null;
  }

  get(path: string): IndexEntry | undefined {
    if (this.#known.has(path)) return this.#known.get(path);
    const key = Buffer.from(`${LINE.toString()}${JSON.stringify(path).slice(1)}: `);
    const at = this.#bytes.indexOf(key, this.#start);
    const entry = at < 0 ? undefined : (JSON.parse(this.#lineAt(at + key.length)) as IndexEntry);
    this.#known.set(path, entry);
    return entry;
  }

  has(path: string): boolean {
    return this.get(path) !== undefined;
  }

  /** The files whose owner, a service or null for what services share, is a wanted one. */
  ownedBy(isWanted: (service: string | null) => boolean): readonly (readonly [path: string, entry: IndexEntry])[] {
    this.#owners ??= [null, ...Object.keys(JSON.parse(this.#textOf(HEAD.length, this.#start)) as object)];
    const wanted = this.#owners.filter(isWanted);
    if (wanted.length > MOST_OWNERS) return [...this].filter(([, { service }]) => isWanted(service));
    return wanted.flatMap((service) => this.#linesOf(service));
  }

  /**
   * The bytes of the index with other digests for some of its files; undefined when something else than digests would differ: then it is
   * laid out anew.
   */
  edited(files: Iterable<readonly [path: string, entry: IndexEntry]>): Buffer | undefined {
    const edited = Buffer.from(this.#bytes);
    for (const [path, entry] of files) {
      const before = this.get(path);
      if (before === undefined) return undefined;
      const [line, other] = [Buffer.from(lineOf(path, before)), Buffer.from(lineOf(path, entry))];
      const isOfOwner = before.service === entry.service && before.instance === entry.instance;
      const at = this.#bytes.indexOf(line, this.#start);
      if (!isOfOwner || at < 0 || line.length !== other.length) return undefined;
      edited.set(other, at);
    }
    return edited;
  }

  #linesOf(service: string | null): readonly (readonly [path: string, entry: IndexEntry])[] {
    const found: (readonly [path: string, entry: IndexEntry])[] = [];
    const owner = Buffer.from(`"service":${JSON.stringify(service)},`);
    const bytes = this.#bytes;
    for (let at = bytes.indexOf(owner, this.#start); at >= 0; at = bytes.indexOf(owner, at + owner.length)) {
      const line = bytes.lastIndexOf(LINE_FEED!, at) + 1;
      const [[path, entry]] = Object.entries(JSON.parse(`{${this.#lineAt(line)}}`) as object) as [[string, IndexEntry]];
      // A path may look like an owner.
      if (entry.service === service) found.push([path, entry]);
    }
    return found;
  }

  /** The rest of a line, without the comma at its end. */
  #lineAt(at: number): string {
    const end = this.#bytes.indexOf(LINE_FEED!, at);
    return this.#textOf(at, this.#bytes[end - 1] === COMMA ? end - 1 : end);
  }

  #textOf(start: number, end?: number): string {
    return this.#bytes.toString('utf8', start, end);
  }

  get #all(): IndexedFiles {
    if (this.#whole === undefined) {
      const parsed = parseIndex(this.#textOf(0), true);
      // Whoever wrote the head wrote the rest.
      if (parsed.kind !== 'files') throw new Error('an index that a run left cannot be read');
      this.#whole = parsed.files;
    }
    return this.#whole;
  }

  get isEmpty(): boolean {
    return this.#bytes.indexOf(LINE, this.#start) < 0;
  }

  get size(): number {
    let size = 0;
    const bytes = this.#bytes;
    for (let at = bytes.indexOf(LINE, this.#start); at >= 0; at = bytes.indexOf(LINE, at + 1)) size++;
    return size;
  }

  [Symbol.iterator](): MapIterator<[string, IndexEntry]> {
    return this.#all[Symbol.iterator]();
  }

  entries(): MapIterator<[string, IndexEntry]> {
    return this.#all.entries();
  }

  keys(): MapIterator<string> {
    return this.#all.keys();
  }

  values(): MapIterator<IndexEntry> {
    return this.#all.values();
  }

  forEach(act: (entry: IndexEntry, path: string, files: IndexedFiles) => void): void {
    this.#all.forEach(act);
  }
}

/** Whether there is no file; the lines of a settled index are not counted for it. */
export function isEmpty(files: IndexedFiles): boolean {
  return files instanceof SettledIndex ? files.isEmpty : files.size === 0;
}

/** The files whose owner, a service or null for what services share, is a wanted one. */
export function* filesOf(
  files: IndexedFiles,
  isWanted: (service: string | null) => boolean,
): Generator<readonly [path: string, entry: IndexEntry]> {
  if (files instanceof SettledIndex) yield* files.ownedBy(isWanted);
  else for (const [path, entry] of files) if (isWanted(entry.service)) yield [path, entry];
}
