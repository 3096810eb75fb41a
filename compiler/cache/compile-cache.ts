import type { Diagnostic } from '../diagnostics/diagnostic.ts';
import type { PlacedFile } from '../model/rendered-file.ts';
import { isSameStamp, type Stamp, type StampReader, type TreeReader } from '../model/tree-reader.ts';
import { type CacheEntry, KeptEntry } from './cache-entry.ts';
import { ABSENT, type Dependency, listId, readId, settled, textId } from './dependency.ts';
import { digest } from './digest.ts';
import { type Recording, recordLooks } from './recording.ts';

export interface CompileCacheOptions {
  readonly soa: TreeReader;
  readonly stamps: StampReader;
  /** Entries of earlier runs, by unit. Emptied when none of them is of use. */
  readonly entries: Map<string, KeptEntry>;
  /**
   * Paths of soa-configs that look otherwise than the last complete run left them. Given, everything else that this run depended on is
   * as it left it, its output included; null when nobody knows.
   */
  readonly changed: readonly string[] | null;
  /** Ids of files that are as git has them, by path; asked for once, when many files have new stamps. */
  readonly cleanIds: () => Promise<ReadonlyMap<string, string>>;
  /** Digest of the program, the users' constructs and whatever else of the machine results follow from. */
  readonly program: string;
  /** Recall nothing, and compare what is made with what would have been recalled. */
  readonly isVerifying: boolean;
  /** The time in milliseconds. */
  readonly now: () => number;
  /**
   * Takes, in a run that has no use for earlier results, each entry as soon as nothing about it will change, so that it need not stay in
   * memory. `entries` gives the others.
   */
  readonly store?: (entry: CacheEntry) => void;
}

/** An earlier result whose input is as it was. */
export interface Recalled {
  readonly files: readonly PlacedFile[];
  readonly result: unknown;
  readonly summary: unknown;
}

/** What the results of a run rest on. */
export interface Foundation {
  /** What earlier runs wrote made a difference. */
  readonly isOutputRead: boolean;
  /** Looks at the input that only looking again can confirm. */
  readonly unsettled: readonly Dependency[];
}

/** As many files may have new stamps before git is asked about all; reading so many takes as long. */
const FEW = 200;

/**
 * Results of earlier runs, as far as they still hold. A result is recalled only if everything that it followed from is as it was: the
 * facts given to `open`, and every file that was read, every path at which nothing was, every folder that was listed.
 */
export class CompileCache {
  readonly #options: CompileCacheOptions;
  readonly #entries = new Map<string, CacheEntry>();
  /** What the foundation tells of stored entries. */
  readonly #unsettled: Dependency[] = [];
  readonly #differences: Diagnostic[] = [];
  #facts = '';
  #isComplete = false;
  #isOutputRead = false;
  #cleanIds: ReadonlyMap<string, string> = new Map();
  #readEarlier: (path: string) => string | null = () => null;

  constructor(options: CompileCacheOptions) {
    this.#options = options;
  }

  /** Tells what all results of the run follow from besides files (as text), and how to read earlier output. */
  async open(facts: string, readEarlier: (path: string) => string | null): Promise<void> {
    this.#facts = digest(`${this.#options.program}\n${facts}`);
    this.#readEarlier = (path) => {
      this.#isOutputRead = true;
      return readEarlier(path);
    };
    this.#isComplete = true;
    const { entries, changed } = this.#options;
    if (![...entries.values()].some(({ key }) => key.startsWith(this.#facts))) entries.clear();
    if (changed !== null) return;
    let touched = 0;
    for (const { dependencies } of entries.values()) {
      for (const dependency of dependencies) if (this.#hasNewStamp(dependency)) touched++;
    }
    if (touched > FEW) this.#cleanIds = await this.#options.cleanIds();
  }

  /** Whether all is as the last complete run left it but for some paths, so that units can be `untouched`. */
  get isSettled(): boolean {
    return this.#options.changed !== null && !this.#options.isVerifying;
  }

  /**
   * The earlier result of a unit of which nothing was touched, neither input nor output, and how many files it has; null when it must
   * be looked at. The facts must be as they were, and so must be what it follows from besides them and files, unless the caller knows.
   */
  untouched(unit: string, more?: string): Pick<KeptEntry, 'result' | 'summary' | 'fileCount'> | null {
    const { entries, changed } = this.#options;
    const entry = entries.get(unit);
    if (!this.isSettled || changed === null || entry === undefined) return null;
    const isSameKey = more === undefined ? entry.key.startsWith(this.#facts) : entry.key === this.#key(more);
    if (!isSameKey) return null;
    if (changed.some((path) => entry.mayName(path))) return null;
    this.#entries.set(unit, entry);
    return entry;
  }

  /** What an earlier run made of a unit, whether or not it still holds; the object that `untouched` gives. */
  earlier(unit: string): Pick<KeptEntry, 'result' | 'summary'> | undefined {
    return this.#options.entries.get(unit);
  }

  /** The earlier result of a unit; null when it must be made. `more` is what it follows from besides facts and files. */
  recall(unit: string, more = ''): Recalled | null {
    const entry = this.#options.isVerifying ? null : this.#find(unit, more);
    if (entry !== null) this.#entries.set(unit, entry);
    return entry;
  }

  record(): Recording {
    return recordLooks({ ...this.#options, readEarlier: this.#readEarlier });
  }

  /** Whether an earlier run kept anything that follows from the same facts. */
  hasResults(): boolean {
    return [...this.#options.entries.values()].some(({ key }) => key === this.#facts);
  }

  /** Keeps a result for later runs; null as files when one of them is not in place. */
  keep(unit: string, made: KeptResult, more = ''): void {
    const { dependencies, result, summary, files } = made;
    const known = this.#options.isVerifying ? this.#find(unit, more) : null;
    if (known !== null) this.#differences.push(...differences(unit, known, made));
    if (files === null) {
      this.#isComplete = false;
      this.#entries.delete(unit);
    } else this.#entries.set(unit, { unit, key: this.#key(more), dependencies, files, result, summary });
    if (this.#options.entries.size === 0) this.#store();
    if (dependencies.some(({ operation }) => operation === 'earlier')) this.#isOutputRead = true;
  }

  /** In the order in which they were made: one whose files are too young lets the later ones wait. */
  #store(): void {
    const { now, store } = this.#options;
    if (store === undefined) return;
    const time = now();
    for (const [unit, entry] of this.#entries) {
      if (entry.files.some((file) => settledFile(file, time) !== file)) return;
      this.#unsettled.push(...unsettledOf(entry));
      this.#entries.delete(unit);
      store(entry);
    }
  }

  /** Keeps a recalled result, its files found in place. */
  keepRecalled(unit: string, files: readonly PlacedFile[]): void {
    const entry = this.#entries.get(unit)!;
    this.#entries.set(unit, withGrounds(entry, entry.dependencies, files));
  }

  /** What is to be kept of this run and was not stored. Stamps of output that are too young at the end are left out. */
  entries(): readonly CacheEntry[] {
    const now = this.#options.now();
    return [...this.#entries.values()].map((entry) => (entry instanceof KeptEntry ? entry : settledEntry(entry, now)));
  }

  /** Tells that results follow from what earlier runs wrote. */
  restOnOutput(): void {
    this.#isOutputRead = true;
  }

  /** What the results of a finished run rest on besides settled stamps; null when one of them is not kept. */
  foundation(): Foundation | null {
    if (!this.#isComplete) return null;
    // What is kept as it was rests on settled stamps.
    const made = [...this.#entries.values()].filter((entry) => !(entry instanceof KeptEntry));
    const unsettled = [...this.#unsettled, ...made.flatMap(unsettledOf)];
    return { isOutputRead: this.#isOutputRead, unsettled };
  }

  /** What verifying found. */
  differences(): readonly Diagnostic[] {
    return this.#differences;
  }

  #key(more: string): string {
    return more === '' ? this.#facts : `${this.#facts} ${digest(more)}`;
  }

  #find(unit: string, more: string): CacheEntry | null {
    const entry = this.#options.entries.get(unit);
    if (entry?.key !== this.#key(more)) return null;
    const dependencies: Dependency[] = [];
    for (const dependency of entry.dependencies) {
      const confirmed = this.#confirm(dependency);
      if (confirmed === null) return null;
      dependencies.push(confirmed);
    }
    return withGrounds(entry, dependencies, entry.files);
  }

  #hasNewStamp({ operation, path, stamp }: Dependency): boolean {
    if (operation !== 'read' || stamp === null) return false;
    const found = this.#options.stamps.stamp(path);
    return !isStamp(found) || !isSameStamp(found, stamp);
  }

  /** The dependency with its stamp of today; null when it shows something else now. */
  #confirm(dependency: Dependency): Dependency | null {
    const { operation, path, id, stamp } = dependency;
    if (operation === 'earlier') return textId(this.#readEarlier(path)) === id ? dependency : null;
    const found = this.#options.stamps.stamp(path);
    if (found === 'absent' && id === ABSENT) return dependency;
    if (isStamp(found) && stamp !== null && isSameStamp(found, stamp)) return dependency;
    const today = isStamp(found) ? settled(found, this.#options.now()) : null;
    const isClean = operation === 'read' && stamp?.[0] === today?.[0] && this.#cleanIds.get(path) === id;
    return (isClean && today !== null) || this.#look(dependency) === id ? { ...dependency, stamp: today } : null;
  }

  #look({ operation, path }: Dependency): string {
    const { soa } = this.#options;
    if (operation === 'list') return listId(soa.list(path));
    return operation === 'read' ? readId(soa.read(path)) : String(soa.exists(path));
  }
}

/** Looks at the input that only looking again can confirm. */
function unsettledOf({ dependencies }: CacheEntry): readonly Dependency[] {
  return dependencies.filter(({ operation, stamp, id }) => operation !== 'earlier' && stamp === null && id !== ABSENT);
}

/** The entry with what was found of it now. Its summary stays unread until it is asked for. */
function withGrounds(
  entry: CacheEntry,
  dependencies: CacheEntry['dependencies'],
  files: CacheEntry['files'],
): CacheEntry {
  const { unit, key, result } = entry;
  return {
    ...{ unit, key, dependencies, files, result },
    get summary() {
      return entry.summary;
    },
  };
}

/** Its files are made when they are asked for: a run has many. */
function settledEntry(entry: CacheEntry, now: number): CacheEntry {
  const { unit, key, dependencies, result } = entry;
  return {
    ...{ unit, key, dependencies, result },
    get summary() {
      return entry.summary;
    },
    get files() {
      return entry.files.map((file) => settledFile(file, now));
    },
  };
}

function settledFile(file: PlacedFile, now: number): PlacedFile {
  const stamp = file.stamp && settled(file.stamp, now);
  return stamp === file.stamp ? file : { ...file, stamp };
}

/** What is kept of a unit that was made. */
export interface KeptResult {
  readonly dependencies: readonly Dependency[];
  readonly result: unknown;
  readonly summary: unknown;
  readonly files: readonly PlacedFile[] | null;
}

function isStamp(found: Stamp | 'absent' | null): found is Stamp {
  return Array.isArray(found);
}

function differences(unit: string, known: Recalled, { result, summary, files }: KeptResult): readonly Diagnostic[] {
  const parts = [
    ...(JSON.stringify([known.result, known.summary]) === JSON.stringify([result, summary])
      ? []
      : ['its findings or its summary']),
    ...fileDifferences(known.files, files ?? []),
  ];
  if (parts.length === 0) return [];
  const name = unit === '' ? 'what services share' : `service ${unit}`;
  return [
    {
      severity: 'error',
      code: 'cache-differs',
      message: `the cache holds something else for ${name} than this run made: ${parts.join(', ')}`,
      root: 'project',
      file: '',
      path: [],
      hint: 'this is a defect of paasta-gitops, or a construct module reads what it was not given: run with --no-cache',
      ...(unit === '' ? {} : { service: unit }),
    },
  ];
}

function fileDifferences(known: readonly PlacedFile[], made: readonly PlacedFile[]): readonly string[] {
  const digests = new Map(known.map(({ path, sha256 }) => [path, sha256]));
  const changed = made.filter(({ path, sha256 }) => digests.get(path) !== sha256).map(({ path }) => path);
  const paths = new Set(made.map(({ path }) => path));
  return [...changed, ...known.map(({ path }) => path).filter((path) => !paths.has(path))];
}
