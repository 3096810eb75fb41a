import { compareDiagnostics, compareText, type Diagnostic } from '../diagnostics/diagnostic.ts';
import { isSafeName } from '../model/names.ts';
import { hasHeader, type PlacedFile, type RenderedFile } from '../model/rendered-file.ts';
import { isSameStamp } from '../model/tree-reader.ts';
import { ClusterFiles } from './cluster-files.ts';
import { loadEarlierFiles, sha256 } from './earlier-files.ts';
import { FileStore } from './file-store.ts';
import { fileNameClash, fileOfAnother, fileOfNobody, handWrittenFile, storeFailure, unsafePath } from './findings.ts';
import { finishTree } from './finish-tree.ts';
import type { EarlierFile, GuardRefusal, RunScope } from './plan-removals.ts';
import { type Rival, whyOwned } from './rivals.ts';
import { whyUnsafe } from './safe-path.ts';
import { StoreProblem } from './store-problem.ts';
import type { TreeWatch } from './tree-watch.ts';
import { INDEX_FOLDER } from './tree-index.ts';

export interface TreeWriterOptions {
  /** Folder of the output tree; made when it is missing. */
  readonly outDir: string;
  /**
   * Clusters of this run, with those that an error holds back (`keep` their files). Without a scope, any other cluster that has an
   * index is one that is gone.
   */
  readonly clusters: readonly string[];
  /** Set when the run was given services, instances or clusters; nothing outside of it is removed, and no shared file. */
  readonly scope?: RunScope;
  /** Take every file that starts with our header for one of an earlier run. */
  readonly rebuildIndex?: boolean;
  /** Remove however much it is. */
  readonly forcePrune?: boolean;
  /**
   * Is told of everything that is done; without it, `placed` has no stamps. Of a tree that is settled, only what this run touches is
   * looked at.
   */
  readonly watch?: TreeWatch;
}

/** What the run made of one service. */
export interface ServiceOutput {
  readonly service: string;
  readonly files: readonly RenderedFile[];
  /**
   * By cluster, every instance that soa-configs name, whatever became of it; null when that cannot be told, which keeps all files that
   * the service has there. A cluster that is absent has none of the service's instances.
   */
  readonly known: Readonly<Record<string, readonly string[] | null>>;
}

export interface FinishOptions {
  /** Earlier files to keep although this run did not render them: held back, not deployed, or shared and incomplete. */
  keep?(file: EarlierFile): boolean;
}

export interface WriteResult {
  /** Rendered files that are new or have changed, sorted. */
  readonly written: readonly string[];
  /** How many rendered files were there already, byte for byte. */
  readonly unchanged: number;
  /** Earlier files that were removed, sorted. */
  readonly removed: readonly string[];
  /** Indexes and kustomization.yaml files that were written or removed, sorted. */
  readonly bookkeeping: readonly string[];
  /** What the guard stopped, by cluster; exit status 4. */
  readonly refused?: readonly GuardRefusal[];
  readonly diagnostics: readonly Diagnostic[];
}

/**
 * Writes a rendered tree while it is being rendered, one service at a time.
 *
 * Files that are equal are not touched, others are replaced in one step. What no earlier run wrote is recorded in a journal first, so
 * that after `kill -9` at any moment the next run brings the tree to where an undisturbed run would have. Files written by hand are
 * never touched: one that stands where a file is rendered is an error, and stays.
 *
 * `finish` removes what is not rendered any more, by the rules of `planRemovals`. Its guard stops removals, not writes: when more
 * than half of a cluster's instances or a whole cluster would go, nothing is removed in any cluster, while new and changed
 * files are in place already and replace earlier files of the same instances.
 */
export class TreeWriter {
  readonly #store: FileStore;
  readonly #options: TreeWriterOptions;
  readonly #clusters = new Map<string, ClusterFiles>();
  readonly #gone: ClusterFiles[] = [];
  /** Rendered paths by their lower-case form. */
  readonly #paths = new Map<string, string>();
  /** Files that earlier runs wrote for another service; who has them is known when all are rendered. */
  readonly #rivals: Rival[] = [];
  /** Files of this run that another service renders, too, and no earlier run wrote. */
  readonly #ofNobody: Rival[] = [];
  /** By file and message: a broken folder is told once, however many files it keeps from being written. */
  readonly #diagnostics = new Map<string, Diagnostic>();
  #written: string[] = [];
  /** Owners (null: what services share) whose files the last complete run left as they are. */
  readonly #untouched = new Set<string | null>();
  /** Owners whose earlier files another service renders now. */
  readonly #contested = new Set<string | null>();
  #unchanged = 0;
  #isHalted = false;
  #isOpen = false;

  constructor(options: TreeWriterOptions) {
    this.#options = options;
    this.#store = new FileStore(options.outDir, options.watch);
    if (!options.watch?.isSettled) this.#openAll();
  }

  /** Reads all indexes; of a settled tree only when something is to be done. */
  #openAll(): void {
    if (this.#isOpen) return;
    this.#isOpen = true;
    for (const cluster of this.#options.clusters) {
      if (!isSafeName(cluster)) throw new Error(`${JSON.stringify(cluster)} is no safe name of a cluster`);
      this.#attempt(() => {
        this.#clusters.set(cluster, this.#load(cluster));
      });
    }
    if (this.#options.scope === undefined) this.#attempt(() => this.#gone.push(...this.#goneClusters()));
  }

  /** Files of earlier runs in a cluster, sorted by path. */
  earlierFiles(cluster: string): readonly EarlierFile[] {
    this.#openAll();
    const files = [...(this.#clusters.get(cluster)?.earlier.files ?? [])].map(([path, entry]) => ({
      cluster,
      path,
      ...entry,
    }));
    return files.sort((a, b) => compareText(a.path, b.path));
  }

  /** The text of an earlier file as it is on disk; null when it is not there or cannot be read. */
  readEarlier(path: string): string | null {
    try {
      return this.#store.readText(path);
    } catch (error) {
      if (error instanceof StoreProblem) return null;
      throw error;
    }
  }

  /** Writes the files of one service. What cannot be written is told by `finish`. */
  addService({ service, files, known }: ServiceOutput): void {
    this.#openAll();
    for (const [cluster, instances] of Object.entries(known)) {
      this.#clusters.get(cluster)?.known.set(service, instances);
    }
    this.#add(files);
  }

  /**
   * Writes the files that services share: all that these clusters have, so that those of earlier runs that are not among them go.
   * A cluster of which this is never told keeps them.
   */
  addAggregates(files: readonly RenderedFile[], clusters: Iterable<string> = this.#options.clusters): void {
    this.#openAll();
    for (const cluster of clusters) {
      const target = this.#clusters.get(cluster);
      if (target !== undefined) target.hasAggregates = true;
    }
    this.#add(files);
  }

  /**
   * In place of `addService`: the same files, as an earlier run placed them. Null, and nothing done, unless each is in place: its
   * stamp is the same, or its bytes are.
   */
  keepService(
    service: string,
    files: readonly PlacedFile[],
    known: ServiceOutput['known'],
  ): readonly PlacedFile[] | null {
    const found = this.#find(files);
    if (found !== null) this.addService({ service, files: [], known });
    return found;
  }

  /** In place of `addAggregates`, likewise. */
  keepAggregates(files: readonly PlacedFile[]): readonly PlacedFile[] | null {
    const found = this.#find(files);
    if (found !== null) this.addAggregates([]);
    return found;
  }

  /**
   * In place of `keepService` and, with null, of `keepAggregates`, in a tree that is settled: so many files that nobody touched since
   * the last complete run left them. False, and nothing done, when one of them was rendered for another service meanwhile.
   */
  keepUntouched(service: string | null, files: number): boolean {
    if (this.#contested.has(service)) return false;
    this.#untouched.add(service);
    this.#unchanged += files;
    return true;
  }

  /** Files of this run with their digests and stamps; null when one of them is not in place. */
  placed(files: readonly RenderedFile[]): readonly PlacedFile[] | null {
    const placed: PlacedFile[] = [];
    // Each member is named: V8 gives a shape of its own to every object that is made of the rest of another one.
    for (const { path, cluster, service, instance } of files) {
      const sha256 = this.#clusters.get(cluster)?.placed(path);
      if (sha256 === undefined) return null;
      placed.push({ path, cluster, service, instance, sha256, stamp: this.#store.stamp(path) });
    }
    return placed;
  }

  /** The files with their stamps of today, accepted; null, and none accepted, when one is not as it was. */
  #find(files: readonly PlacedFile[]): readonly PlacedFile[] | null {
    this.#openAll();
    if (this.#isHalted) return null;
    const found: PlacedFile[] = [];
    for (const file of files) {
      const target = this.#clusters.get(file.cluster);
      if (target === undefined || target.earlier.isBlocked || this.#paths.has(file.path.toLowerCase())) return null;
      const now = this.#lookAgain(file);
      if (now === null) return null;
      found.push(now);
    }
    for (const file of found) {
      this.#paths.set(file.path.toLowerCase(), file.path);
      this.#unchanged++;
      this.#clusters.get(file.cluster)!.accept(file, file.sha256);
    }
    return found;
  }

  #lookAgain(file: PlacedFile): PlacedFile | null {
    try {
      const stamp = this.#store.stamp(file.path);
      if (stamp === null) return null;
      if (file.stamp !== null && isSameStamp(stamp, file.stamp)) return file;
      const bytes = this.#store.readBytes(file.path);
      return bytes !== null && sha256(bytes) === file.sha256 ? { ...file, stamp } : null;
    } catch (error) {
      if (error instanceof StoreProblem) return null;
      throw error;
    }
  }

  /** Removes what is gone, brings lists and indexes up to date, and tells what happened. Call it once, at the end. */
  finish({ keep = () => false }: FinishOptions = {}): WriteResult {
    this.#settleRivals();
    const clusters = [...this.#clusters.values()];
    const isUntouched = (service: string | null): boolean => this.#untouched.has(service);
    if (this.#untouched.has(null)) for (const cluster of clusters) cluster.hasAggregates = true;
    const { watch } = this.#options;
    const finished = this.#isHalted
      ? { removed: [], bookkeeping: [], diagnostics: [], refused: [] }
      : finishTree({
          ...{ store: this.#store, clusters, gone: this.#gone },
          keep: (file) => isUntouched(file.service) || keep(file),
          settled: watch?.isSettled ? { touched: watch.changedFolders, isUntouched } : null,
          ...{ scope: this.#options.scope ?? null, forcePrune: this.#options.forcePrune ?? false },
        });
    for (const diagnostic of finished.diagnostics) this.#report(diagnostic);
    for (const cluster of [...clusters, ...this.#gone]) cluster.release();
    return {
      written: this.#written.sort(compareText),
      unchanged: this.#unchanged,
      removed: finished.removed.sort(compareText),
      bookkeeping: finished.bookkeeping.sort(compareText),
      ...(finished.refused.length > 0 && { refused: finished.refused }),
      diagnostics: [...this.#diagnostics.values()].sort(compareDiagnostics),
    };
  }

  #load(cluster: string): ClusterFiles {
    const { rebuildIndex = false, watch } = this.#options;
    const earlier = loadEarlierFiles(this.#store, cluster, { rebuildIndex, isSettled: watch?.isSettled ?? false });
    for (const diagnostic of earlier.diagnostics) this.#report(diagnostic);
    return new ClusterFiles(this.#store, cluster, earlier);
  }

  #goneClusters(): readonly ClusterFiles[] {
    const names = this.#store
      .list(INDEX_FOLDER)
      .flatMap(({ name }) => /^(.+)\.(?:json|journal)$/.exec(name)?.[1] ?? []);
    const gone = [...new Set(names)].filter((name) => isSafeName(name) && !this.#options.clusters.includes(name));
    const clusters = gone.map((cluster) => this.#load(cluster)).filter(({ earlier }) => !earlier.isBlocked);
    for (const cluster of clusters) cluster.hasAggregates = true;
    return clusters;
  }

  #add(files: readonly RenderedFile[]): void {
    for (const [cluster, group] of groupByCluster(files)) {
      const target = this.#clusters.get(cluster);
      if (target === undefined) {
        if (!this.#options.clusters.includes(cluster)) throw new Error(`${cluster} is no cluster of this run`);
      } else if (!target.earlier.isBlocked) this.#addTo(target, group);
    }
  }

  #addTo(cluster: ClusterFiles, files: readonly RenderedFile[]): void {
    const own = files.filter((file) => {
      const isOfAnother = this.#isOfAnother(cluster, file);
      if (isOfAnother) this.#rivals.push({ cluster, file });
      return !isOfAnother;
    });
    this.#put(cluster, own);
  }

  #put(cluster: ClusterFiles, files: readonly RenderedFile[]): void {
    const pending = files.filter((file) => this.#needsWriting(cluster, file));
    if (pending.length === 0) return;
    const isRecorded = this.#attempt(() => {
      cluster.record(pending);
    });
    for (const file of pending) {
      const bytes = this.#store.encode(file.content);
      const isWritten =
        isRecorded &&
        this.#attempt(() => {
          this.#store.replace(file.path, bytes);
        }, file);
      if (isWritten) {
        cluster.accept(file, sha256(bytes));
        this.#written.push(file.path);
      } else cluster.refuse(file);
    }
  }

  /** False when the file is there already, or must not be written. */
  #needsWriting(cluster: ClusterFiles, file: RenderedFile): boolean {
    if (!hasHeader(file.content)) throw new Error(`${file.path} does not start with our header`);
    const problem = this.#refusal(cluster, file);
    if (problem !== undefined) {
      this.#report(problem);
      cluster.refuse(file);
      return false;
    }
    let needsWriting = false;
    const isReadable = this.#attempt(() => {
      const isOurs = cluster.earlier.files.has(file.path);
      const state = this.#store.inspect(file.path, file.content, isOurs);
      const isForeign = state === 'foreign' && !isOurs;
      if (state === 'same') {
        this.#unchanged++;
        cluster.accept(file, sha256(file.content));
      } else if (isForeign) {
        this.#report(handWrittenFile(file));
        cluster.refuse(file);
      } else needsWriting = true;
    }, file);
    if (!isReadable) cluster.refuse(file);
    return needsWriting;
  }

  #refusal(cluster: ClusterFiles, file: RenderedFile): Diagnostic | undefined {
    const why = whyUnsafe(file.path);
    if (why !== undefined) return unsafePath(file, why);
    const folded = file.path.toLowerCase();
    const other = this.#paths.get(folded) ?? this.#untouchedPath(file, folded);
    if (other !== undefined) return this.#takeBack(cluster, file) ?? fileNameClash(file, other);
    this.#paths.set(folded, file.path);
    return undefined;
  }

  /** Whether an earlier run wrote the file for another service. */
  #isOfAnother(cluster: ClusterFiles, { path, service }: RenderedFile): boolean {
    const owner = cluster.earlierOwner(path)?.service ?? null;
    if (service === null || owner === null || owner === service) return false;
    if (this.#options.watch?.isSettled && !this.#untouched.has(owner)) this.#contested.add(owner);
    return true;
  }

  /** Puts rivals in place of what is gone; what others still have, or had and may have again, stays. */
  #settleRivals(): void {
    const isScoped = this.#options.scope !== undefined;
    for (const { cluster, file } of this.#rivals) {
      const owner = cluster.earlierOwner(file.path)!;
      const isRendered = this.#paths.has(file.path.toLowerCase()) || this.#untouched.has(owner.service);
      const why = whyOwned(cluster, owner, { isRendered, isScoped });
      if (why === null) this.#put(cluster, [file]);
      else {
        this.#report(fileOfAnother(file, owner, why));
        cluster.refuse(file);
      }
    }
    for (const { cluster, file } of this.#ofNobody) {
      cluster.withdraw(file);
      this.#attempt(() => {
        this.#store.remove(file.path);
      }, file);
    }
    const lost = new Set(this.#ofNobody.map(({ file }) => file.path));
    if (lost.size > 0) this.#written = this.#written.filter((path) => !lost.has(path));
  }

  /** A file that this run wrote for another service before, although no earlier one did: it is for neither. */
  #takeBack(cluster: ClusterFiles, file: RenderedFile): Diagnostic | undefined {
    const first = cluster.owner(file.path);
    const isNew = first?.service != null && cluster.earlierOwner(file.path) === undefined;
    if (!isNew || file.service === null || first.service === file.service) return undefined;
    const { service, instance } = first;
    const taken = { ...file, service, instance };
    this.#ofNobody.push({ cluster, file: taken });
    this.#report(fileOfNobody(taken, file));
    return fileOfNobody(file, taken);
  }

  /** The path of an untouched service's file that differs in case at most. Who comes later than this service must look at its own. */
  #untouchedPath({ path, cluster, service }: RenderedFile, folded: string): string | undefined {
    const files = this.#clusters.get(cluster)?.earlier.files;
    if (!this.#options.watch?.isSettled || files === undefined || files.get(path)?.service === service)
      return undefined;
    const other = [...files].find(([each, owner]) => owner.service !== service && each.toLowerCase() === folded);
    if (other === undefined || this.#untouched.has(other[1].service)) return other?.[0];
    this.#contested.add(other[1].service);
    return undefined;
  }

  /** Does what may fail on the disk; false when it failed, which is reported once for each place. */
  #attempt(act: () => void, file?: RenderedFile): boolean {
    if (this.#isHalted) return false;
    try {
      act();
      return true;
    } catch (error) {
      if (!(error instanceof StoreProblem)) throw error;
      this.#isHalted = error.isFatal;
      this.#report(storeFailure(error, file?.path === error.path ? file : undefined));
      return false;
    }
  }

  #report(diagnostic: Diagnostic): void {
    const key = JSON.stringify([diagnostic.file, diagnostic.message]);
    if (!this.#diagnostics.has(key)) this.#diagnostics.set(key, diagnostic);
  }
}

function groupByCluster(files: readonly RenderedFile[]): ReadonlyMap<string, readonly RenderedFile[]> {
  const groups = new Map<string, RenderedFile[]>();
  for (const file of files) {
    const group = groups.get(file.cluster);
    if (group === undefined) groups.set(file.cluster, [file]);
    else group.push(file);
  }
  return groups;
}
