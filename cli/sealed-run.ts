import { lstatSync, realpathSync } from 'node:fs';
import {
  Looks,
  type LooksToKeep,
  NO_LOOKS,
  NUMBERS,
  packedPaths,
  type PackedLooks,
  tellsNothing,
} from '../compiler/model/looks.ts';
import type { Environment } from '../git/git-environment.ts';
import type { SeenCheckout } from './git-looks.ts';
import { chunks, keptText, readKept, writeKept } from './kept-file.ts';
import {
  areCompared,
  compareLooks,
  joinLooks,
  type KnownLooks,
  type LookedFolder,
  maybeChanged,
  readKnown,
  seeCheckouts,
} from './known-looks.ts';
import { looksBytes, type LooksPart, looksToKeep, readLooks } from './looks-file.ts';

/** What a run printed, and its exit status. */
export interface Outcome {
  /** In pieces, for it may be long: the same each time. */
  readonly stdout: () => Iterable<string>;
  readonly stderr: string;
  readonly status: number;
}

/** A folder as a run found and left it. */
export interface SealedFolder {
  /** As it was given, and where it really is. */
  readonly path: string;
  readonly real: string;
  /** How every path below it looked that the run depends on; what the last run knew of others is known still. */
  readonly looks: LooksToKeep;
}

/** A run that would find everything as it is, with what it would print. */
export interface SealedRun {
  /** Digest of the call and the program. */
  readonly key: string;
  readonly folders: readonly SealedFolder[];
  /** What the last run knew, as far as `folders` say nothing of it. */
  readonly known: KnownLooks | null;
  /** Whatever else has to be asked for before the outcome stands. */
  readonly more: unknown;
  readonly outcome: Outcome;
}

/** A sealed folder as it looks now. */
export interface FolderNow {
  readonly path: string;
  readonly real: string;
  /** Paths that look otherwise than when they were sealed. */
  readonly changed: readonly string[];
  /** How others look, except what git knows. */
  readonly unchanged: Looks;
}

/** What a sealed run tells of the next one. */
export interface Recollection {
  readonly folders: readonly FolderNow[];
  readonly known: KnownLooks | null;
  readonly more: unknown;
  readonly outcome: Outcome;
}

const VERSION = 4;

/** The line that the file holds after its digest. It tells how to read the rest: what was printed, and looks. */
interface Layout {
  readonly version: number;
  readonly key: string;
  readonly more: unknown;
  readonly known: KnownLooks | null;
  readonly folders: readonly (Pick<SealedFolder, 'path' | 'real'> & LooksPart)[];
  /** Bytes of what was printed. */
  readonly outcome: { readonly stdout: number; readonly stderr: number; readonly status: number };
}

/** Keeps a run in a file, in one step. `place` is the path without its ending. */
export function writeSealedRun(place: string, { key, more, known, folders, outcome }: SealedRun): void {
  const stdout = [...chunks(outcome.stdout())];
  const stderr = Buffer.from(outcome.stderr);
  const layout: Layout = {
    ...{ version: VERSION, key, more, known },
    folders: folders.map(({ path, real, looks: { bytes, count } }) => ({ path, real, bytes, count })),
    outcome: {
      stdout: stdout.reduce((sum, { length }) => sum + length, 0),
      stderr: stderr.length,
      status: outcome.status,
    },
  };
  const parts = function* (): Generator<string | Uint8Array> {
    yield `${JSON.stringify(layout)}\n`;
    yield* stdout;
    yield stderr;
    yield* looksBytes(folders.map(({ looks }) => looks));
  };
  writeKept(`${place}.sealed`, chunks(parts()));
}

/** A sealed run as it was kept. */
interface Kept extends Omit<SealedRun, 'folders'> {
  readonly folders: readonly (Pick<SealedFolder, 'path' | 'real'> & LookedFolder)[];
}

function readSealedRun(place: string, key: string): Kept | null {
  const kept = readKept(`${place}.sealed`);
  if (kept === null) return null;
  const { content } = kept;
  let at = content.indexOf(LINE_FEED) + 1;
  // The digest vouches for the shape.
  const layout = JSON.parse(content.toString('utf8', 0, at)) as Layout;
  if (layout.version !== VERSION || layout.key !== key) return null;
  const { status, ...printed } = layout.outcome;
  const stdout = content.subarray(at, (at += printed.stdout));
  const stderr = keptText(content.subarray(at, (at += printed.stderr)));
  const looks = readLooks(content.subarray(at), layout.folders);
  return {
    ...{ key, more: layout.more, known: layout.known },
    folders: layout.folders.map(({ path, real }, index) => ({ path, real, own: looks[index]! })),
    outcome: { stdout: () => [keptText(stdout)], stderr, status },
  };
}

const LINE_FEED = 10;

export interface RecollectOptions {
  readonly key: string;
  /** git is asked about so many files of a folder or more. */
  readonly fewest: number;
  readonly env: Environment;
}

/** What the sealed run of this key tells; null when there is none. `place` is its path without its ending. */
export async function recollect(place: string, options: RecollectOptions): Promise<Recollection | null> {
  try {
    const kept = readSealedRun(place, options.key);
    if (kept === null) return null;
    const { more, outcome } = kept;
    const checkouts = seeCheckouts(kept.folders, kept.known, options.fewest);
    if (!areCompared(kept.known, checkouts))
      return { ...lookAndCompare(place, kept, checkouts, options), more, outcome };
    let read: readonly PackedLooks[] | undefined;
    const asked = kept.folders.map((folder, at) => {
      const changed = maybeChanged(kept.known?.folders[at] ?? null, checkouts[at] ?? null, options.env);
      return { folder, changed, known: () => (read ??= readKnown(`${place}.known`, kept.known))[at]! };
    });
    // git is at work for all folders by now.
    return { folders: await Promise.all(asked.map(lookWithGit)), known: kept.known, more, outcome };
  } catch {
    return null;
  }
}

/** Looks at everything. What git's indexes have of it need not be looked at the next time. */
function lookAndCompare(
  place: string,
  kept: Kept,
  checkouts: readonly (SeenCheckout | null)[],
  { fewest }: RecollectOptions,
): Pick<Recollection, 'folders' | 'known'> {
  const now = Date.now();
  const file = `${place}.known`;
  const read = readKnown(file, kept.known);
  const all = kept.folders.map(({ own }, at) => joinLooks(own, read[at] ?? NO_LOOKS));
  const folders = kept.folders.map(({ path, real }, at) => {
    const changed = changedPaths(all[at]!, realFolder(path, real));
    return { path, real, changed, unchanged: new Looks(all[at], changed) };
  });
  if (folders.every(({ changed }) => changed.length === 0)) {
    try {
      const { own, known } = compareLooks(file, { all, checkouts, fewest, now });
      const keeping = kept.folders.map(({ path, real }, at) => ({ path, real, looks: looksToKeep(own[at]!) }));
      writeSealedRun(place, { ...kept, known, folders: keeping });
    } catch {
      // The next run looks at everything too.
    }
  }
  return { folders, known: null };
}

interface AskedFolder {
  readonly folder: Kept['folders'][number];
  /** What git says of the known looks: paths that may look otherwise, or null. */
  readonly changed: Promise<ReadonlySet<string> | null>;
  readonly known: () => PackedLooks;
}

async function lookWithGit({ folder, ...asked }: AskedFolder): Promise<FolderNow> {
  const { path, real, own } = folder;
  const changed = changedPaths(own, realFolder(path, real));
  const maybe = await asked.changed;
  if (maybe?.size !== 0) {
    const owned = new Set(packedPaths(own));
    const isMeant = (each: string): boolean => !owned.has(each) && (maybe === null || maybe.has(each));
    const isNew = maybe === null || [...maybe].some(isMeant);
    if (isNew) changed.push(...changedPaths(asked.known(), real, isMeant));
  }
  return { path, real, changed, unchanged: new Looks(own, changed) };
}

/** Throws when a folder is no longer where it was. */
function realFolder(path: string, real: string): string {
  if (realpathSync.native(path) !== real) throw new Error(`${path} leads elsewhere now`);
  return real;
}

/** With more than these a run is made from the results of single services. */
const MOST_CHANGES = 100;

/** Of these many paths, all but a few are looked at and forgotten. */
function changedPaths(
  { paths, numbers }: PackedLooks,
  real: string,
  isMeant: (path: string) => boolean = () => true,
): string[] {
  const changed: string[] = [];
  let start = 0;
  for (let at = 0; at < numbers.length; at += NUMBERS) {
    const end = paths.indexOf('\n', start);
    const path = paths.slice(start, end < 0 ? undefined : end);
    start = end + 1;
    if (tellsNothing(numbers, at) || !isMeant(path) || isAsSealed(numbers, at, `${real}/${path}`)) continue;
    if (changed.push(path) > MOST_CHANGES) throw new Error(`${real} is another tree now`);
  }
  return changed;
}

const QUIETLY = { throwIfNoEntry: false } as const;

function isAsSealed(numbers: Float64Array, at: number, path: string): boolean {
  const status = lstatSync(path, QUIETLY);
  if (status === undefined) return numbers[at + 3] === 0;
  const { size, mtimeMs, ctimeMs, ino } = status;
  return numbers[at] === size && numbers[at + 1] === mtimeMs && numbers[at + 2] === ctimeMs && numbers[at + 3] === ino;
}
