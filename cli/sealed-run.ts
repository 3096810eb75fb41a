import { lstatSync, realpathSync } from 'node:fs';
import { join } from 'node:path';
import type { Stamp } from '../compiler/model/tree-reader.ts';
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
  readonly looks: ReadonlyMap<string, Stamp | 'absent'>;
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
  unchanged(): Map<string, Stamp | 'absent'>;
}

/** What a sealed run tells of the next one. */
export interface Recollection {
  readonly folders: readonly FolderNow[];
  readonly more: unknown;
  readonly outcome: Outcome;
}

const VERSION = 2;
/** Numbers in a look: those of a stamp; zeros stand for what is absent. */
const WIDTH = 4;

/** What the file holds between its digest and the looks. */
interface Layout {
  readonly version: number;
  readonly key: string;
  readonly folders: readonly {
    readonly path: string;
    readonly real: string;
    /** One a line. */
    readonly paths: string;
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
      return { path, real, paths: [...looks.keys()].join('\n'), count: looks.size };
    }),
  };
  const looks = folders.map((each) => numbersOf(each.looks));
  writeKept(join(folder, name), [Buffer.from(`${JSON.stringify(layout)}\n`), ...looks]);
}

/** What the sealed run of this key tells; null when there is none. */
export function recollect(folder: string, name: string, key: string): Recollection | null {
  try {
    const content = readKept(join(folder, name));
    if (content === null) return null;
    const end = content.indexOf(LINE_FEED) + 1;
    // The digest vouches for the shape.
    const layout = JSON.parse(keptText(content.subarray(0, end))) as Layout;
    if (layout.version !== VERSION || layout.key !== key) return null;
    // Copied, so that the numbers lie where they can be read.
    const numbers = new Float64Array(new Uint8Array(content.subarray(end)).buffer);
    let from = 0;
    const folders = layout.folders.map((each) => {
      const sealed = numbers.subarray(from, (from += each.count * WIDTH));
      return lookAgain(each, each.count === 0 ? [] : each.paths.split('\n'), sealed);
    });
    return { folders, more: layout.more, outcome: layout.outcome };
  } catch {
    return null;
  }
}

const LINE_FEED = 10;
/** With more than these a run is made from the results of single services. */
const MOST_CHANGES = 100;

function lookAgain(
  { path, real }: Pick<SealedFolder, 'path' | 'real'>,
  paths: readonly string[],
  sealed: Float64Array,
): FolderNow {
  if (realpathSync.native(path) !== real) throw new Error(`${path} leads elsewhere now`);
  const changed: string[] = [];
  for (const [place, each] of paths.entries()) {
    if (isAsSealed(sealed, place * WIDTH, `${real}/${each}`)) continue;
    if (changed.push(each) > MOST_CHANGES) throw new Error(`${path} is another tree now`);
  }
  return {
    ...{ path, real, changed },
    unchanged() {
      const looks = new Map(paths.map((each, place) => [each, lookOf(sealed, place * WIDTH)]));
      for (const each of changed) looks.delete(each);
      return looks;
    },
  };
}

function isAsSealed(sealed: Float64Array, at: number, path: string): boolean {
  const status = lstatSync(path, { throwIfNoEntry: false });
  if (status === undefined) return lookOf(sealed, at) === 'absent';
  const { size, mtimeMs, ctimeMs, ino } = status;
  return sealed[at] === size && sealed[at + 1] === mtimeMs && sealed[at + 2] === ctimeMs && sealed[at + 3] === ino;
}

function lookOf(sealed: Float64Array, at: number): Stamp | 'absent' {
  const inode = sealed[at + 3]!;
  return inode === 0 ? 'absent' : [sealed[at]!, sealed[at + 1]!, sealed[at + 2]!, inode];
}

function numbersOf(looks: SealedFolder['looks']): Uint8Array {
  const numbers = new Float64Array(looks.size * WIDTH);
  let at = 0;
  for (const look of looks.values()) {
    if (look !== 'absent') for (let part = 0; part < WIDTH; part++) numbers[at + part] = look[part]!;
    at += WIDTH;
  }
  return new Uint8Array(numbers.buffer);
}
