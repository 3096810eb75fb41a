import { hash } from 'node:crypto';
import { lstatSync, readFileSync, realpathSync, type Stats } from 'node:fs';
import { join } from 'node:path';
import type { Stamp } from '../compiler/model/tree-reader.ts';
import { replaceCached } from './replace-cached.ts';

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

/** How many looks share a digest: the first changed one ends the comparison. */
const CHUNK = 256;
const VERSION = 1;

interface Layout {
  readonly version: number;
  readonly key: string;
  readonly folders: readonly {
    readonly path: string;
    readonly real: string;
    /** Paths, one a line. */
    readonly paths: string;
    /** A digest for each chunk of stamps. */
    readonly stamps: readonly string[];
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
      return { path, real, paths: [...looks.keys()].join('\n'), stamps: digests([...looks.values()]) };
    }),
  };
  const body = JSON.stringify(layout);
  replaceCached(folder, join(folder, name), `${hash('sha256', body)}\n${body}`);
}

/** The outcome of a sealed run, if all it depends on looks as it did; `confirm` answers for the rest. */
export function recallSealedRun(
  folder: string,
  name: string,
  key: string,
  confirm: (more: unknown) => boolean,
): Outcome | null {
  try {
    const text = readFileSync(join(folder, name), 'utf8');
    const end = text.indexOf('\n');
    const body = text.slice(end + 1);
    if (hash('sha256', body) !== text.slice(0, end)) return null;
    // The digest vouches for the shape.
    const layout = JSON.parse(body) as Layout;
    if (layout.version !== VERSION || layout.key !== key) return null;
    return layout.folders.every(isAsSealed) && confirm(layout.more) ? layout.outcome : null;
  } catch {
    return null;
  }
}

function isAsSealed({ path, real, paths, stamps }: Layout['folders'][number]): boolean {
  if (realpathSync.native(path) !== real) return false;
  const all = paths === '' ? [] : paths.split('\n');
  return stamps.every((stamp, index) => {
    const chunk = all.slice(index * CHUNK, (index + 1) * CHUNK);
    return (
      digestOf(chunk.length, (place) => lstatSync(`${real}/${chunk[place]!}`, { throwIfNoEntry: false })) === stamp
    );
  });
}

function digests(looks: readonly (Stamp | 'absent')[]): string[] {
  return Array.from({ length: Math.ceil(looks.length / CHUNK) }, (_, index) => {
    const chunk = looks.slice(index * CHUNK, (index + 1) * CHUNK);
    return digestOf(chunk.length, (place) => {
      const look = chunk[place]!;
      if (look === 'absent') return undefined;
      const [size, mtimeMs, ctimeMs, ino] = look;
      return { size, mtimeMs, ctimeMs, ino };
    });
  });
}

/** A digest of so many looks; zeros stand for what is absent. */
function digestOf(length: number, statusOf: (place: number) => Status | undefined): string {
  const numbers = new Float64Array(length * 4);
  for (let place = 0; place < length; place++) {
    const status = statusOf(place);
    if (status === undefined) continue;
    numbers[place * 4] = status.size;
    numbers[place * 4 + 1] = status.mtimeMs;
    numbers[place * 4 + 2] = status.ctimeMs;
    numbers[place * 4 + 3] = status.ino;
  }
  return hash('sha1', new Uint8Array(numbers.buffer));
}

type Status = Pick<Stats, 'size' | 'mtimeMs' | 'ctimeMs' | 'ino'>;
