import { lstatSync, realpathSync } from 'node:fs';
import { join } from 'node:path';
import { Looks, type LooksToKeep, NUMBERS, type PackedLooks } from '../compiler/model/looks.ts';
import { chunks, keptText, readKept, writeKept } from './kept-file.ts';

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
  /** How every path below it looked that the run depends on. */
  readonly looks: LooksToKeep;
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

const VERSION = 3;

/** The line that the file holds after its digest. It tells how to read the rest: texts as they are, then all numbers. */
interface Layout {
  readonly version: number;
  readonly key: string;
  readonly folders: readonly {
    readonly path: string;
    readonly real: string;
    /** Bytes of its paths. */
    readonly bytes: number;
    /** How many numbers of the looks are its own. */
    readonly count: number;
  }[];
  readonly more: unknown;
  /** Bytes of what was printed. */
  readonly outcome: { readonly stdout: number; readonly stderr: number; readonly status: number };
}

/** Keeps a run in a file, in one step. */
export function writeSealedRun(folder: string, name: string, { folders, outcome, ...run }: SealedRun): void {
  const [stdout, stderr] = [[...chunks(outcome.stdout())], Buffer.from(outcome.stderr)];
  const layout: Layout = {
    version: VERSION,
    ...run,
    folders: folders.map(({ path, real, looks }) => {
      return { path, real, bytes: looks.bytes, count: looks.count * NUMBERS };
    }),
    outcome: { stdout: lengthOf(stdout), stderr: stderr.length, status: outcome.status },
  };
  const head = `${JSON.stringify(layout)}\n`;
  writeKept(join(folder, name), chunks(sealParts(head, folders, [...stdout, stderr])));
}

function lengthOf(parts: readonly Buffer[]): number {
  return parts.reduce((sum, { length }) => sum + length, 0);
}

function* sealParts(
  head: string,
  folders: readonly SealedFolder[],
  printed: readonly Buffer[],
): Generator<string | Uint8Array> {
  yield head;
  for (const { looks } of folders) yield* looks.paths();
  yield* printed;
  for (const { looks } of folders) for (const numbers of looks.numbers()) yield new Uint8Array(numbers.buffer);
}

/** What the sealed run of this key tells; null when there is none. */
export function recollect(folder: string, name: string, key: string): Recollection | null {
  try {
    const kept = readKept(join(folder, name));
    if (kept === null) return null;
    const { content } = kept;
    let at = content.indexOf(LINE_FEED) + 1;
    // The digest vouches for the shape.
    const layout = JSON.parse(content.toString('utf8', 0, at)) as Layout;
    if (layout.version !== VERSION || layout.key !== key) return null;
    const text = (bytes: number): string => keptText(content.subarray(at, (at += bytes)));
    const paths = layout.folders.map(({ bytes }) => text(bytes));
    const { status, ...printed } = layout.outcome;
    const stdout = content.subarray(at, (at += printed.stdout));
    const outcome = { stdout: () => [keptText(stdout)], stderr: text(printed.stderr), status };
    // Copied, so that the numbers lie where they can be read.
    const numbers = new Float64Array(new Uint8Array(content.subarray(at)).buffer);
    let from = 0;
    const folders = layout.folders.map((each, index) => {
      const sealed = { paths: paths[index]!, numbers: numbers.subarray(from, (from += each.count)) };
      return lookAgain(each, sealed);
    });
    return { folders, more: layout.more, outcome };
  } catch {
    return null;
  }
}

const LINE_FEED = 10;
/** With more than these a run is made from the results of single services. */
const MOST_CHANGES = 100;

function lookAgain({ path, real }: Pick<SealedFolder, 'path' | 'real'>, sealed: PackedLooks): FolderNow {
  if (realpathSync.native(path) !== real) throw new Error(`${path} leads elsewhere now`);
  const { paths, numbers } = sealed;
  const changed: string[] = [];
  // Of these many paths, all but a few are looked at and forgotten.
  let start = 0;
  for (let at = 0; at < numbers.length; at += NUMBERS) {
    const end = paths.indexOf('\n', start);
    const each = paths.slice(start, end < 0 ? undefined : end);
    start = end + 1;
    if (isAsSealed(numbers, at, `${real}/${each}`)) continue;
    if (changed.push(each) > MOST_CHANGES) throw new Error(`${path} is another tree now`);
  }
  return { path, real, changed, unchanged: new Looks(sealed, changed) };
}

const QUIETLY = { throwIfNoEntry: false } as const;

function isAsSealed(numbers: Float64Array, at: number, path: string): boolean {
  const status = lstatSync(path, QUIETLY);
  if (status === undefined) return numbers[at + 3] === 0;
  const { size, mtimeMs, ctimeMs, ino } = status;
  return numbers[at] === size && numbers[at + 1] === mtimeMs && numbers[at + 2] === ctimeMs && numbers[at + 3] === ino;
}
