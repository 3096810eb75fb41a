import { realpathSync } from 'node:fs';
import { basename, dirname } from 'node:path';
import { type CompileCache, type Dependency, digest, listId, readId, settled } from '../compiler/cache/index.ts';
import { createDiskReader } from '../compiler/load/disk-reader.ts';
import { createDiskStamps, type DiskStamps } from '../compiler/load/disk-stamps.ts';
import type { Stamp } from '../compiler/model/tree-reader.ts';
import type { TreeWatch } from '../compiler/write/index.ts';
import { cachePlace, type CachePlace } from './cache-place.ts';
import { constructsDigest } from './constructs-digest.ts';
import { findProjectFile } from './project-file.ts';
import type { Project } from './project.ts';
import { type Outcome, recallSealedRun, type SealedFolder, writeSealedRun } from './sealed-run.ts';
import { textOf, type Call } from './verb.ts';

/** The seal of a call: how the last run of it left everything, and what it would say if nothing changed since. */
export interface Seal {
  readonly place: CachePlace;
  /** What the call would print and return; null when it must be run. */
  recall(): Outcome | null;
  /** Seals a finished run, unless something in it may be otherwise the next time without a trace. */
  keep(run: FinishedRun): void;
}

export interface FinishedRun {
  readonly project: Project;
  readonly stamps: { readonly soa: DiskStamps; readonly system: DiskStamps };
  readonly watch: TreeWatch;
  readonly cache: CompileCache;
  /** What the next run would report. */
  outcome(): Outcome | null;
}

/** What is asked for besides how paths look. */
interface More {
  readonly projectFile: string | null;
  readonly constructs: Pick<Project, 'root' | 'constructs'>;
  readonly constructsDigest: string;
  readonly soaDir: string;
  readonly looks: readonly Dependency[];
}

/** Null where nothing is kept. */
export function openSeal(call: Call): Seal | null {
  const place = cachePlace(call);
  if (place === null) return null;
  const { io, values } = call;
  const settings = Object.entries(io.env).filter(([name]) => name.startsWith('PAASTA_'));
  const key = digest(JSON.stringify([Object.entries(values).sort(), settings.sort(), io.cwd, io.hasColor]));
  const name = `${key.slice(0, 32)}.sealed`;
  const projectFile = findProjectFile(textOf(values, 'config'), io.cwd) ?? null;
  const before = projectFile === null ? null : sealedFile(projectFile);
  return {
    place,
    recall() {
      if (place.isVerifying) return null;
      return recallSealedRun(place.folder, name, `${key} ${place.program}`, (more) => {
        // Nobody else wrote it.
        const { constructs, ...sealed } = more as More;
        return (
          sealed.projectFile === projectFile &&
          sealed.constructsDigest === constructsDigest(constructs) &&
          areAsSeen(sealed)
        );
      });
    },
    keep(run) {
      const { project, stamps, cache } = run;
      const constructs = constructsDigest(project);
      const foundation = cache.foundation();
      if (place.isVerifying || constructs === null || foundation === null) return;
      if (run.watch.hasChanged && foundation.isOutputRead) return;
      const outcome = run.outcome();
      const looks = foundation.unsettled;
      const out = outcome && sealedOutput(run.watch, project.out);
      const folders = [
        sealedFolder(project.soaDir, stamps.soa, looks),
        sealedFolder(project.systemConfigDir, stamps.system, []),
        out,
        ...(projectFile === null ? [] : [before]),
      ];
      if (outcome === null || !folders.every((folder) => folder !== null)) return;
      const { root, constructs: modules } = project;
      const more: More = {
        ...{ projectFile, soaDir: project.soaDir, looks },
        ...{ constructs: { root, constructs: modules }, constructsDigest: constructs },
      };
      try {
        writeSealedRun(place.folder, name, { key: `${key} ${place.program}`, folders, more, outcome });
      } catch {
        // Without it the next run takes longer, as after any other loss of the cache; saving the results told why.
      }
    },
  };
}

function areAsSeen({ soaDir, looks }: Omit<More, 'constructs'>): boolean {
  const reader = createDiskReader(soaDir);
  return looks.every(({ operation, path, id }) => {
    if (operation === 'read') return readId(reader.read(path)) === id;
    return (operation === 'list' ? listId(reader.list(path)) : String(reader.exists(path))) === id;
  });
}

/** Null when a look tells nothing and none of the `looked` will be taken again in its place. */
function sealedFolder(path: string, stamps: DiskStamps, looked: readonly Dependency[]): SealedFolder | null {
  if (stamps.root === null) return null;
  const again = looked.map((each) => each.path);
  const now = Date.now();
  const looks = new Map<string, Stamp | 'absent'>();
  for (const [name, look] of stamps.looks) {
    if (look !== null && (look === 'absent' || settled(look, now) !== null)) looks.set(name, look);
    else if (!again.some((other) => other === name || other.startsWith(`${name}/`))) return null;
    if (name.includes('\n')) return null;
  }
  return { path, real: stamps.root, looks };
}

/** Longer than a file system's clock stands still. */
const TICK_MILLISECONDS = 25;

function sealedOutput(watch: TreeWatch, path: string): SealedFolder | null {
  const looks = watch.looks();
  if (looks === null) return null;
  const isSettled = (): boolean => {
    const now = Date.now();
    return [...looks.values()].every((look) => look === 'absent' || settled(look, now) !== null);
  };
  if (!isSettled()) Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, TICK_MILLISECONDS);
  return isSettled() ? { path, real: realpathSync.native(path), looks } : null;
}

function sealedFile(path: string): SealedFolder | null {
  const stamps = createDiskStamps(dirname(path));
  stamps.stamp(basename(path));
  const look = stamps.looks.get(basename(path));
  if (stamps.root === null || look == null || look === 'absent' || settled(look, Date.now()) === null) return null;
  return { path: dirname(path), real: stamps.root, looks: new Map([[basename(path), look]]) };
}
