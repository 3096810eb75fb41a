import { closeSync } from 'node:fs';
import type { RenderedFile } from '../model/rendered-file.ts';
import type { EarlierFiles } from './earlier-files.ts';
import { type FileStore, folderOf } from './file-store.ts';
import { journalLines, journalPath } from './journal.ts';
import { ownerKey, planRemovals, type RemovalInput, type RemovalPlan } from './plan-removals.ts';
import { isEmpty, SettledIndex } from './settled-index.ts';
import { INDEX_FOLDER, type IndexedFiles, type IndexEntry, indexPath, serialiseIndex } from './tree-index.ts';

/** The files of one cluster during a run: those of earlier runs, those rendered now, and the index that comes of both. */
export class ClusterFiles {
  readonly cluster: string;
  readonly earlier: EarlierFiles;
  /** By service, every instance that soa-configs name; null when that cannot be told. */
  readonly known = new Map<string, readonly string[] | null>();
  /** Whether the files that services share were rendered. */
  hasAggregates = false;
  /** Whether a file was rendered that differs from the earlier one, or could not be put in place. */
  hasChanged = false;
  readonly #store: FileStore;
  readonly #written = new Map<string, IndexEntry>();
  readonly #incompleteOwners = new Set<string>();
  readonly #refusedPaths = new Set<string>();
  /** Files that a killed run created. */
  readonly #unfinished: ReadonlySet<string>;
  #journal: number | undefined;

  constructor(store: FileStore, cluster: string, earlier: EarlierFiles) {
    this.#store = store;
    this.cluster = cluster;
    this.earlier = earlier;
    this.#unfinished = new Set(earlier.journal);
  }

  /** A rendered file is in place. */
  accept({ path, service, instance }: Omit<RenderedFile, 'content'>, sha256: string): void {
    const earlier = this.earlier.files.get(path);
    if (earlier?.sha256 !== sha256) this.hasChanged = true;
    const isSame = earlier?.sha256 === sha256 && earlier.service === service && earlier.instance === instance;
    this.#written.set(path, isSame ? earlier : { sha256, service, instance });
  }

  /** A rendered file is not in place any more. */
  withdraw(file: RenderedFile): void {
    this.#written.delete(file.path);
    this.refuse(file);
  }

  /** Whose a file of earlier runs is; undefined for what only a killed run wrote, which might not have come to its end. */
  earlierOwner(path: string): IndexEntry | undefined {
    return this.#unfinished.has(path) ? undefined : this.earlier.files.get(path);
  }

  /** Whose a file is that was put in place; undefined when it was not. */
  owner(path: string): IndexEntry | undefined {
    return this.#written.get(path);
  }

  /** Whether all that was rendered of an instance is in place. */
  isWhole(service: string, instance: string): boolean {
    return this.#wholeOwners().has(ownerKey(service, instance));
  }

  /** The digest of a rendered file that is in place; undefined when it is not. */
  placed(path: string): string | undefined {
    return this.#refusedPaths.has(path) ? undefined : this.#written.get(path)?.sha256;
  }

  /** A rendered file could not be put in place: the other files of its instance stay. */
  refuse({ path, service, instance }: RenderedFile): void {
    this.hasChanged = true;
    this.#refusedPaths.add(path);
    if (service !== null && instance !== null) this.#incompleteOwners.add(ownerKey(service, instance));
  }

  /** Records, before they are created, the files that no earlier run knows, so that a later run knows them whatever happens. */
  record(files: readonly RenderedFile[]): void {
    const unknown = files.filter(({ path }) => !this.earlier.files.has(path));
    if (unknown.length === 0) return;
    const path = journalPath(this.cluster);
    this.#journal ??= this.#store.openToAppend(path);
    this.#store.append(path, this.#journal, journalLines(unknown));
  }

  planRemovals(options: Pick<RemovalInput, 'scope' | 'keep' | 'isUntouched'>): RemovalPlan {
    return planRemovals({
      ...options,
      ...{ cluster: this.cluster, earlier: this.earlier.files, known: this.known, hasAggregates: this.hasAggregates },
      rendered: this.#written,
      renderedOwners: this.#wholeOwners(),
    });
  }

  /** Keys of the instances of which all files are in place; nobody asks for them where no earlier run wrote anything. */
  #wholeOwners(): ReadonlySet<string> {
    const owners = new Set<string>();
    if (isEmpty(this.earlier.files)) return owners;
    for (const { service, instance } of this.#written.values()) {
      if (service === null || instance === null) continue;
      const owner = ownerKey(service, instance);
      if (!this.#incompleteOwners.has(owner)) owners.add(owner);
    }
    return owners;
  }

  /** Folders in which a killed run may have left something. */
  folders(): ReadonlySet<string> {
    const folders = new Set([INDEX_FOLDER]);
    for (const paths of [this.earlier.files.keys(), this.earlier.journal ?? [], this.#written.keys()]) {
      for (const path of paths) folders.add(folderOf(path));
    }
    return folders;
  }

  /**
   * Writes the index of what is there now, and drops the journal. Earlier files that were not rendered stay in it unless they are
   * among the removed, or are not there; those of untouched owners are. True when the index changed.
   */
  close(removed: ReadonlySet<string>, isUntouched: (service: string | null) => boolean): boolean {
    const isLost = (path: string): boolean => removed.has(path) || !this.#store.exists(path);
    const path = indexPath(this.cluster);
    const bytes = this.#edited(isLost, isUntouched) ?? Buffer.from(serialiseIndex(this.#left(isLost, isUntouched)));
    const hasChanged = this.#store.inspect(path, bytes, false) !== 'same';
    if (hasChanged) this.#store.replace(path, bytes);
    this.#closeJournal();
    return hasChanged;
  }

  #left(isLost: (path: string) => boolean, isUntouched: (service: string | null) => boolean): IndexedFiles {
    const left = new Map<string, IndexEntry>();
    for (const [path, entry] of this.earlier.files) {
      if (!this.#written.has(path) && (isUntouched(entry.service) || !isLost(path))) left.set(path, entry);
    }
    if (left.size === 0) return this.#written;
    for (const [path, entry] of this.#written) left.set(path, entry);
    return left;
  }

  /** A settled index with other digests in it, if it names the same files; undefined otherwise. */
  #edited(isLost: (path: string) => boolean, isUntouched: (service: string | null) => boolean): Buffer | undefined {
    const { files } = this.earlier;
    if (!(files instanceof SettledIndex)) return undefined;
    for (const [path] of files.ownedBy((service) => !isUntouched(service))) {
      if (!this.#written.has(path) && isLost(path)) return undefined;
    }
    return files.edited(this.#written);
  }

  /** Drops index and journal of a cluster that is gone. */
  drop(): void {
    this.#store.remove(indexPath(this.cluster));
    this.#closeJournal();
  }

  #closeJournal(): void {
    const isOpen = this.#journal !== undefined;
    this.release();
    if (isOpen || this.earlier.journal !== null) this.#store.remove(journalPath(this.cluster));
  }

  /** Lets go of the journal without dropping it: the next run reads it. */
  release(): void {
    if (this.#journal !== undefined) closeSync(this.#journal);
    this.#journal = undefined;
  }
}
