import { lstatSync, realpathSync } from 'node:fs';
import { join } from 'node:path';
import { Looks, NUMBERS, type PackedLooks, packedPaths } from '../compiler/model/looks.ts';
import { keptText, readKept, writeKept } from './kept-file.ts';

/** What a run printed, and its exit status. */
export interface Outcome {
  readonly stdout: string;
  readonly stderr: string;
  readonly status: number;
}

/** A folder as a run found and left it. */
export interface SealedFolder {
  /** As it was given, and where it really is. */
  readonly path: string;
  readonly real: string;
  /** How every path below it looked that the run depends on. */
  readonly looks: PackedLooks;
}

/** A run that would find everything as it is, with what it would print. */
export interface SealedRun {
  /** Digest of the call and the program. */
  readonly key: string;
  readonly folders: readonly SealedFolder[];
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
  /** How the others look. */
  readonly unchanged: Looks;
}

/** What a sealed run tells of the next one. */
export interface Recollection {
  readonly folders: readonly FolderNow[];
  readonly more: unknown;
  readonly outcome: Outcome;
}

const VERSION = 2;

/** What the file holds between its digest and the looks. */
interface Layout {
  readonly version: number;
  readonly key: string;
  readonly folders: readonly {
    readonly path: string;
    readonly real: string;
    readonly paths: string;
    /** How many numbers of the looks are its own. */
    readonly count: number;
  }[];
  readonly more: unknown;
  readonly outcome: Outcome;
}

/** Keeps a run in a file, in one step. */
export function writeSealedRun(folder: string, name: string, { folders, ...run }: SealedRun): void {
  const layout: Layout = {
    version: VERSION,
    ...run,
    folders: folders.map(({ path, real, looks }) => {
      return { path, real, paths: looks.paths, count: looks.numbers.length };
    }),
  };
  const numbers = folders.map(({ looks }) => new Uint8Array(looks.numbers.buffer));
  writeKept(join(folder, name), [Buffer.from(`${JSON.stringify(layout)}\n`), ...numbers]);
}

/** What the sealed run of this key tells; null when there is none. */
export function recollect(folder: string, name: string, key: string): Recollection | null {
  try {
    const kept = readKept(join(folder, name));
    if (kept === null) return null;
    const { content } = kept;
    const end = content.indexOf(LINE_FEED) + 1;
    // The digest vouches for the shape.
    const layout = JSON.parse(keptText(content.subarray(0, end))) as Layout;
    if (layout.version !== VERSION || layout.key !== key) return null;
    // Copied, so that the numbers lie where they can be read.
    const numbers = new Float64Array(new Uint8Array(content.subarray(end)).buffer);
    let from = 0;
    const folders = layout.folders.map((each) => {
      const sealed = { paths: each.paths, numbers: numbers.slice(from, (from += each.count)) };
      return lookAgain(each, sealed);
    });
    return { folders, more: layout.more, outcome: layout.outcome };
  } catch {
    return null;
  }
}

const LINE_FEED = 10;
/** With more than these a run is made from the results of single services. */
const MOST_CHANGES = 100;

function lookAgain({ path, real }: Pick<SealedFolder, 'path' | 'real'>, sealed: PackedLooks): FolderNow {
  if (realpathSync.native(path) !== real) throw new Error(`${path} leads elsewhere now`);
  const changed: string[] = [];
  for (const [place, each] of packedPaths(sealed).entries()) {
    if (isAsSealed(sealed.numbers, place * NUMBERS, `${real}/${each}`)) continue;
    if (changed.push(each) > MOST_CHANGES) throw new Error(`${path} is another tree now`);
  }
  return { path, real, changed, unchanged: new Looks(sealed, changed) };
}

function isAsSealed(numbers: Float64Array, at: number, path: string): boolean {
  const status = lstatSync(path, { throwIfNoEntry: false });
  if (status === undefined) return numbers[at + 3] === 0;
  const { size, mtimeMs, ctimeMs, ino } = status;
  return numbers[at] === size && numbers[at + 1] === mtimeMs && numbers[at + 2] === ctimeMs && numbers[at + 3] === ino;
}
