import { type IndexedFiles, type IndexEntry, INDEX_VERSION, parseIndex } from './tree-index.ts';

/** As `serialiseIndex` lays an index out. */
const HEAD = `{\n  "version": ${INDEX_VERSION},\n  "services": `;
const FILES = ',\n  "files": ';
/** How the line of a file begins. */
const LINE = '\n    "';
/** The lines of more owners than these are found sooner by reading all. */
const MOST_OWNERS = 20;

/**
 * The files of an index that is as the last complete run left it, found line by line: a run that makes few services asks for few of
 * them, and reading all takes longer than making those.
 */
export class SettledIndex implements IndexedFiles {
  readonly text: string;
  /** Where its files begin. */
  readonly #start: number;
  readonly #known = new Map<string, IndexEntry | undefined>();
  #whole: IndexedFiles | undefined;

  private constructor(text: string, start: number) {
    this.text = text;
    this.#start = start;
  }

  /** Null for a text that is laid out otherwise. */
  static of(text: string): SettledIndex | null {
    const start = text.indexOf(FILES);
    return text.startsWith(HEAD) && start > 0 ? new SettledIndex(text, start) : null;
  }

  get(path: string): IndexEntry | undefined {
    if (this.#known.has(path)) return this.#known.get(path);
    const key = `${LINE}${JSON.stringify(path).slice(1)}: `;
    const at = this.text.indexOf(key, this.#start);
    const entry = at < 0 ? undefined : (JSON.parse(this.#lineAt(at + key.length)) as IndexEntry);
    this.#known.set(path, entry);
    return entry;
  }

  has(path: string): boolean {
    return this.get(path) !== undefined;
  }

  /** The files whose owner, a service or null for what services share, is a wanted one. */
  ownedBy(isWanted: (service: string | null) => boolean): readonly (readonly [path: string, entry: IndexEntry])[] {
    const services = JSON.parse(this.text.slice(HEAD.length, this.#start)) as Readonly<Record<string, unknown>>;
    const wanted = [null, ...Object.keys(services)].filter(isWanted);
    if (wanted.length > MOST_OWNERS) return [...this].filter(([, { service }]) => isWanted(service));
    return wanted.flatMap((service) => this.#linesOf(service));
  }

  #linesOf(service: string | null): readonly (readonly [path: string, entry: IndexEntry])[] {
    const found: (readonly [path: string, entry: IndexEntry])[] = [];
    const owner = `"service":${JSON.stringify(service)},`;
    for (let at = this.text.indexOf(owner, this.#start); at >= 0; at = this.text.indexOf(owner, at + owner.length)) {
      const line = this.text.lastIndexOf('\n', at) + 1;
      const [[path, entry]] = Object.entries(JSON.parse(`{${this.#lineAt(line)}}`) as object) as [[string, IndexEntry]];
      // A path may look like an owner.
      if (entry.service === service) found.push([path, entry]);
    }
    return found;
  }

  /** The rest of a line, without the comma at its end. */
  #lineAt(at: number): string {
    const end = this.text.indexOf('\n', at);
    return this.text.slice(at, this.text[end - 1] === ',' ? end - 1 : end);
  }

  get #all(): IndexedFiles {
    if (this.#whole === undefined) {
      const parsed = parseIndex(this.text, true);
      // Whoever wrote the head wrote the rest.
      if (parsed.kind !== 'files') throw new Error('an index that a run left cannot be read');
      this.#whole = parsed.files;
    }
    return this.#whole;
  }

  get size(): number {
    let size = 0;
    for (let at = this.text.indexOf(LINE, this.#start); at >= 0; at = this.text.indexOf(LINE, at + 1)) size++;
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

/** The files whose owner, a service or null for what services share, is a wanted one. */
export function* filesOf(
  files: IndexedFiles,
  isWanted: (service: string | null) => boolean,
): Generator<readonly [path: string, entry: IndexEntry]> {
  if (files instanceof SettledIndex) yield* files.ownedBy(isWanted);
  else for (const [path, entry] of files) if (isWanted(entry.service)) yield [path, entry];
}
