import { realpathSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { type CompileCache, type Dependency, digest, listId, readId, settled } from '../compiler/cache/index.ts';
import { createDiskReader } from '../compiler/load/disk-reader.ts';
import { createDiskStamps, type DiskStamps } from '../compiler/load/disk-stamps.ts';
import type { Looks } from '../compiler/model/looks.ts';
import type { TreeWatch } from '../compiler/write/index.ts';
import { cachePlace, type CachePlace } from './cache-place.ts';
import { constructsDigest } from './constructs-digest.ts';
import { quickName } from './quick-name.ts';
import { findProjectFile, TREE_VARIABLES } from './project-file.ts';
import type { Project } from './project.ts';
import type { KnownLooks } from './known-looks.ts';
import { type Outcome, type Recollection, recollect, type SealedFolder, writeSealedRun } from './sealed-run.ts';
import { textOf, type Call } from './verb.ts';

/** The seal of a call: how the last run of it left everything, and what it would say if nothing changed since. */
export interface Seal {
  readonly place: CachePlace;
  /** What the call would print and return; null when it must be run. git is asked about `fewest` files or more. */
  recall(fewest: number): Promise<Outcome | null>;
  /** Whether `recall` looked as most runs do, and not at everything so that git can take over. */
  readonly isUsual: boolean;
  /** What `recall` saw, when nothing but files of single services looks otherwise. */
  settled(): Settled | null;
  /** Seals a finished run, unless something in it may be otherwise the next time without a trace. */
  keep(run: FinishedRun): void;
}

/** What is as the last run of the call found or left it. */
export interface Settled {
  /** Paths of soa-configs that are not; each lies in a folder of a service. */
  readonly changed: readonly string[];
  /** Tells the results that the last run kept from those of any other run. */
  readonly results: string;
  /** What the last run would print if nothing had changed since. */
  readonly outcome: Outcome;
  /** How everything else looks that the last run depended on, but what git looked at. */
  readonly soa: Looks;
  readonly system: Looks;
  readonly out: Looks;
}

export interface FinishedRun {
  readonly project: Project;
  readonly stamps: { readonly soa: DiskStamps; readonly system: DiskStamps };
  readonly watch: TreeWatch;
  readonly cache: CompileCache;
  /** Tells its results, as they are kept, from those of any other run. */
  readonly results: string;
  /** Nothing was found in the output that the next run would have to tell again. */
  readonly isClean: boolean;
  /** What the next run would report. */
  outcome(): Outcome | null;
}

/** What is asked for besides how paths look. */
interface More {
  readonly projectFile: string | null;
  readonly constructs: Pick<Project, 'root' | 'constructs'>;
  readonly constructsDigest: string;
  readonly soaDir: string;
  /** Looks at the input that only looking again confirms. */
  readonly looks: readonly Dependency[];
  /** Results follow from the input alone, and nothing was found in the output. */
  readonly isClean: boolean;
  readonly results: string;
}

/** Null where nothing is kept. */
export function openSeal(call: Call): Seal | null {
  const place = cachePlace(call);
  return place && new SealOfCall(call, place);
}

class SealOfCall implements Seal {
  readonly place: CachePlace;
  isUsual = false;
  /** Digest of the call, and the program. */
  readonly #key: () => string;
  /** Path of the files that hold the seal, without their endings. */
  readonly #place: string;
  readonly #projectFile: string | null;
  /** The project file as it looked before anything was read of it. */
  readonly #before: SealedFolder | null;
  readonly #env: Call['io']['env'];
  #settled: Settled | null = null;
  /** What is known besides, when something is settled. */
  #known: KnownLooks | null = null;

  constructor({ values, io }: Call, place: CachePlace) {
    const trees = Object.values(TREE_VARIABLES).map((name) => io.env[name] ?? null);
    const given = JSON.stringify([Object.entries(values).sort(), trees, io.cwd, io.hasColor]);
    this.place = place;
    this.#env = io.env;
    this.#key = () => `${digest(given)} ${place.program}`;
    this.#place = join(place.folder, quickName(given));
    this.#projectFile = findProjectFile(textOf(values, 'config'), io.cwd) ?? null;
    this.#before = this.#projectFile === null ? null : sealedFile(this.#projectFile);
  }

  async recall(fewest: number): Promise<Outcome | null> {
    if (this.place.isVerifying) return null;
    const question = { key: this.#key, fewest, env: this.#env };
    const sealed = await recollect(this.#place, question);
    if (sealed === null) return null;
    this.isUsual = sealed.isUsual;
    const { constructs, ...more } = sealed.more as More; // Nobody else wrote it.
    const isSameProject =
      more.projectFile === this.#projectFile && more.constructsDigest === constructsDigest(constructs);
    if (!isSameProject || !areAsSeen(more)) return null;
    const [soa, ...others] = sealed.folders;
    if (others.some(({ changed }) => changed.length > 0)) return null;
    if (soa!.changed.length === 0) return sealed.outcome;
    const isOfServices = soa!.changed.every((path) => path !== '');
    if (isOfServices && more.isClean && more.looks.length === 0) {
      this.#settled = settledOf(sealed, more.results);
      this.#known = sealed.known;
    }
    return null;
  }

  settled(): Settled | null {
    return this.#settled;
  }

  keep(run: FinishedRun): void {
    const { project, cache } = run;
    const digestOfConstructs = constructsDigest(project);
    const foundation = cache.foundation();
    if (this.place.isVerifying || digestOfConstructs === null || foundation === null) return;
    if (run.watch.hasChanged && foundation.isOutputRead) return;
    const outcome = run.outcome();
    const folders = outcome && this.#foldersOf(run, foundation.unsettled);
    if (outcome === null || folders === null) return;
    const { root, constructs, soaDir } = project;
    const more: More = {
      ...{ projectFile: this.#projectFile, constructs: { root, constructs }, constructsDigest: digestOfConstructs },
      ...{
        soaDir,
        results: run.results,
        looks: foundation.unsettled,
        isClean: run.isClean && !foundation.isOutputRead,
      },
    };
    try {
      writeSealedRun(this.#place, { key: this.#key(), folders, known: this.#known, more, outcome });
    } catch {
      // Without it the next run takes longer, as after any other loss of the cache; saving the results told why.
    }
  }

  /** Null when something may be otherwise the next time without a trace. */
  #foldersOf(
    { project, stamps, watch }: FinishedRun,
    unsettled: readonly Dependency[],
  ): readonly SealedFolder[] | null {
    const out = sealedOutput(watch, project.out);
    const folders = [
      sealedFolder(project.soaDir, stamps.soa, unsettled),
      sealedFolder(project.systemConfigDir, stamps.system, []),
      out,
      ...(this.#projectFile === null ? [] : [this.#before]),
    ];
    return folders.every((folder) => folder !== null) ? folders : null;
  }
}

/** In the order in which they are kept. */
function settledOf({ folders, outcome }: Recollection, results: string): Settled {
  const [soa, system, out] = folders;
  const looks = { soa: soa!.unchanged, system: system!.unchanged, out: out!.unchanged };
  return { changed: soa!.changed, results, outcome, ...looks };
}

function areAsSeen({ soaDir, looks }: Pick<More, 'soaDir' | 'looks'>): boolean {
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
  const left = new Set<string>();
  for (const [name, look] of stamps.looks.fresh()) {
    if (name.includes('\n')) return null;
    if (look === 'absent' || (look !== null && settled(look, now) !== null)) continue;
    if (!again.some((other) => other === name || other.startsWith(`${name}/`))) return null;
    left.add(name);
  }
  return { path, real: stamps.root, looks: stamps.looks.keep(left) };
}

/** Longer than a file system's clock stands still. */
const TICK_MILLISECONDS = 25;

function sealedOutput(watch: TreeWatch, path: string): SealedFolder | null {
  const looks = watch.looks();
  if (looks === null) return null;
  const isSettled = (): boolean => {
    const now = Date.now();
    for (const [, look] of looks.fresh()) {
      if (look === null || (look !== 'absent' && settled(look, now) === null)) return false;
    }
    return true;
  };
  if (!isSettled()) Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, TICK_MILLISECONDS);
  return isSettled() ? { path, real: realpathSync.native(path), looks: looks.keep() } : null;
}

function sealedFile(path: string): SealedFolder | null {
  const stamps = createDiskStamps(dirname(path));
  stamps.stamp(basename(path));
  const look = stamps.looks.get(basename(path));
  if (stamps.root === null || look == null || look === 'absent' || settled(look, Date.now()) === null) return null;
  return { path: dirname(path), real: stamps.root, looks: stamps.looks.keep(new Set([''])) };
}
