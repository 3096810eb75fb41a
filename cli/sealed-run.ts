import { lstatSync, realpathSync, type Stats } from 'node:fs';
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
import { chunks, readKept, startOfKept, writeKept } from './kept-file.ts';
import {
  allLooks,
  isInPlace,
  isWholeIndex,
  isWorthKnowing,
  keepKnown,
  type KnownLooks,
  maybeChanged,
  readKnown,
} from './known-looks.ts';
import { looksBytes, type LooksPart, looksToKeep, readLooks } from './looks-file.ts';
import { withoutCompilingAgain } from './v8-flags.ts';

/** Part of what a run printed, in pieces, for it may be long: the same each time. What was kept stays as it lies in the file. */
export type Printed = () => Iterable<string | Buffer>;

/** What a run printed, and its exit status. */
export interface Outcome {
  /** What is told of the output stands between what is told of the input. */
  readonly before: Printed;
  readonly changes: Printed;
  readonly after: Printed;
  readonly stderr: string;
  readonly status: number;
}

/** All that was printed to standard output. */
export function* printedBy({ before, changes, after }: Outcome): Generator<string | Buffer> {
  for (const part of [before, changes, after]) yield* part();
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
  /** Not everything was looked at from here so that git can take over. */
  readonly isUsual: boolean;
}

const VERSION = 7;

/** What was printed, as it lies in the file. */
const TEXTS = ['before', 'changes', 'after', 'stderr'] as const;
type Text = (typeof TEXTS)[number];

/** The line that the file holds after its digest. It tells how to read the rest: what was printed, and looks. */
interface Layout {
  readonly version: number;
  readonly key: string;
  readonly more: unknown;
  readonly known: KnownLooks | null;
  readonly folders: readonly (Pick<SealedFolder, 'path' | 'real'> & LooksPart)[];
  /** Bytes of what was printed. */
  readonly outcome: Readonly<Record<Text | 'status', number>>;
}

/** Keeps a run in a file, in one step. `place` is the path without its ending. */
export function writeSealedRun(place: string, { key, more, known, folders, outcome }: SealedRun): void {
  const texts = TEXTS.map((name) => {
    const text = outcome[name];
    return [...chunks(typeof text === 'string' ? [text] : text())];
  });
  const [before, changes, after, stderr] = texts.map((text) => text.reduce((sum, { length }) => sum + length, 0));
  const layout: Layout = {
    ...{ version: VERSION, key, more, known },
    folders: folders.map(({ path, real, looks: { bytes, count } }) => ({ path, real, bytes, count })),
    outcome: { before: before!, changes: changes!, after: after!, stderr: stderr!, status: outcome.status },
  };
  const parts = function* (): Generator<string | Uint8Array> {
    yield `${JSON.stringify(layout)}\n`;
    for (const text of texts) yield* text;
    yield* looksBytes(folders.map(({ looks }) => looks));
  };
  writeKept(`${place}.sealed`, chunks(parts()));
}

/** A sealed run as it was kept. */
interface Kept extends Omit<SealedRun, 'folders'> {
  /** Without what is known besides. */
  readonly folders: readonly (Pick<SealedFolder, 'path' | 'real'> & { readonly own: PackedLooks })[];
}

/** `end` is where the layout ends. */
function keptRun(content: Buffer, layout: Layout, end: number): Kept {
  let at = end;
  const { status, ...lengths } = layout.outcome;
  const [before, changes, after, stderr] = TEXTS.map((name) => content.subarray(at, (at += lengths[name])));
  const looks = readLooks(content.subarray(at), layout.folders);
  return {
    ...{ key: layout.key, more: layout.more, known: layout.known },
    folders: layout.folders.map(({ path, real }, index) => ({ path, real, own: looks[index]! })),
    outcome: {
      before: () => [before!],
      changes: () => [changes!],
      after: () => [after!],
      stderr: String(stderr),
      status,
    },
  };
}

const LINE_FEED = 10;

export interface RecollectOptions {
  /** Asked for when git is at work. */
  readonly key: () => string;
  /** git is asked about so many files or more. */
  readonly fewest: number;
  readonly env: Environment;
}

/** A seal as it was found: nothing that it says is certain before it was read. */
interface FoundSeal {
  readonly layout: Layout;
  /** Null when it is not as it was written. */
  read(): Kept | null;
}

/** A layout is mostly shorter than this. */
const START = 1 << 14;

/** Throws when there is none. */
function findSeal(place: string): FoundSeal | null {
  const file = `${place}.sealed`;
  let start = startOfKept(file, START);
  if (!start.includes(LINE_FEED)) start = readKept(file)?.content ?? start;
  const end = start.indexOf(LINE_FEED) + 1;
  const layout = JSON.parse(start.toString('utf8', 0, end)) as Layout;
  if (layout.version !== VERSION) return null;
  return {
    layout,
    read: () => {
      const content = readKept(file)?.content;
      const isSame = content?.subarray(0, end).equals(start.subarray(0, end));
      return content && isSame === true ? keptRun(content, layout, end) : null;
    },
  };
}

/** What the sealed run of this key tells; null when there is none. `place` is its path without its ending. */
export async function recollect(place: string, options: RecollectOptions): Promise<Recollection | null> {
  try {
    const found = findSeal(place);
    if (found === null) return null;
    const { folders, known } = found.layout;
    const reals = folders.map(({ real }) => real);
    const asked = isWorthKnowing(folders, known, { place, fewest: options.fewest })
      ? null
      : maybeChanged(reals, known, { place, env: options.env });
    // git is at work by now. Before that no digest is made: Node takes as long to load what it needs for one as git to look at 2000 files.
    const kept = found.read();
    if (kept?.key !== options.key()) {
      await asked;
      return null;
    }
    const seen = asked === null ? lookAtAll(place, kept, options) : await lookWithGit(place, kept, asked);
    return { ...seen, more: kept.more, outcome: kept.outcome, isUsual: asked !== null };
  } catch {
    return null;
  }
}

type Seen = Pick<Recollection, 'folders' | 'known'>;

/** Looks at everything. If it is as it was, git can take over much of it the next time. */
function lookAtAll(place: string, kept: Kept, { fewest }: RecollectOptions): Seen {
  const now = Date.now();
  const own = kept.folders.map((folder) => folder.own);
  const all = allLooks(own, readKnown(place, kept.known));
  const seen = all.map((looks, at) => {
    return { real: kept.folders[at]!.real, looks, owners: new Float64Array(looks.numbers.length) };
  });
  const folders = kept.folders.map(({ path, real }, at) => {
    const { looks, owners } = seen[at]!;
    const changed = changedPaths(looks, realFolder(path, real), { owners });
    return { path, real, changed, unchanged: new Looks(looks, changed) };
  });
  if (folders.every(({ changed }) => changed.length === 0)) {
    try {
      const known = keepKnown(place, seen, { now, fewest });
      const keeping = kept.folders.map(({ path, real }, at) => ({ path, real, looks: looksToKeep(known.own[at]!) }));
      writeSealedRun(place, { ...kept, known: known.known, folders: keeping });
    } catch {
      // The next run looks at everything too.
    }
  }
  return { folders, known: null };
}

/** Looks at everything but what git was asked about. */
async function lookWithGit(
  place: string,
  { folders, known }: Kept,
  asked: ReturnType<typeof maybeChanged>,
): Promise<Seen> {
  let read: readonly PackedLooks[] | undefined;
  const knownAt = (at: number): PackedLooks => (read ??= readKnown(place, known))[at] ?? NO_LOOKS;
  const looked = withoutCompilingAgain(() => {
    return folders.map(({ path, real, own }) => changedPaths(own, realFolder(path, real)));
  });
  const isWhole = isWholeIndex(place, known);
  const told = await asked;
  const answers = isWhole && isInPlace(place, known) ? told : folders.map(() => null);
  const now = folders.map(({ path, real, own }, at) => {
    const [changed, maybe] = [looked[at]!, answers[at]!];
    if (maybe?.size !== 0) {
      const owned = new Set(packedPaths(own));
      const others = [...(maybe ?? [])].filter((each) => !owned.has(each));
      // Of so many git may be mistaken.
      const isTold = maybe !== null && others.length <= MOST_CHANGES;
      changed.push(...(isTold ? others : changedPaths(knownAt(at), real, { isMeant: (each) => !owned.has(each) })));
    }
    return { path, real, changed, unchanged: new Looks(own, changed) };
  });
  return { folders: now, known };
}

/** Throws when a folder is no longer where it was. */
function realFolder(path: string, real: string): string {
  if (realpathSync.native(path) !== real) throw new Error(`${path} leads elsewhere now`);
  return real;
}

/** With more than these a run is made from the results of single services. */
const MOST_CHANGES = 100;

interface LookOptions {
  readonly isMeant?: (path: string) => boolean;
  /** Gets device, mode, user and group of each; nothing of what is no regular file. */
  readonly owners?: Float64Array;
}

/** Of these many paths, all but a few are looked at and forgotten. */
function changedPaths({ paths, numbers }: PackedLooks, real: string, { isMeant, owners }: LookOptions = {}): string[] {
  const changed: string[] = [];
  let start = 0;
  for (let at = 0; at < numbers.length; at += NUMBERS) {
    const end = paths.indexOf('\n', start);
    const path = paths.slice(start, end < 0 ? undefined : end);
    start = end + 1;
    if (tellsNothing(numbers, at) || isMeant?.(path) === false) continue;
    const status = lstatSync(`${real}/${path}`, QUIETLY);
    if (owners !== undefined && status?.isFile() === true) {
      const { dev, mode, uid, gid } = status;
      owners.set([dev, mode, uid, gid], at);
    }
    if (isAsSealed(numbers, at, status)) continue;
    if (changed.push(path) > MOST_CHANGES) throw new Error(`${real} is another tree now`);
  }
  return changed;
}

const QUIETLY = { throwIfNoEntry: false } as const;

function isAsSealed(numbers: Float64Array, at: number, status: Stats | undefined): boolean {
  if (status === undefined) return numbers[at + 3] === 0;
  const { size, mtimeMs, ctimeMs, ino } = status;
  return numbers[at] === size && numbers[at + 1] === mtimeMs && numbers[at + 2] === ctimeMs && numbers[at + 3] === ino;
}
