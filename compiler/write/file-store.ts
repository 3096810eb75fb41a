import {
  closeSync,
  constants,
  existsSync,
  lstatSync,
  mkdirSync,
  openSync,
  readdirSync,
  readFileSync,
  readSync,
  renameSync,
  rmdirSync,
  statSync,
  unlinkSync,
  writeSync,
} from 'node:fs';
import { dirname } from 'node:path';
import { compareText } from '../diagnostics/diagnostic.ts';
import { hasHeader, HEADER, JSON_HEADER } from '../model/rendered-file.ts';
import type { Stamp } from '../model/tree-reader.ts';
import type { TreeWatch } from './tree-watch.ts';
import { asStoreProblem, StoreProblem, systemCode } from './store-problem.ts';

/** Names of files that are being written; one that is found was left by a run that was killed. */
const TEMPORARY = '.paasta-gitops-tmp-';

/** Bytes in which the header of any file of ours fits, with its line feed. */
const HEADER_BYTES = Math.max(HEADER.length, JSON_HEADER.length) + 1;
const NO_LINK = constants.O_NOFOLLOW | constants.O_NONBLOCK;
const MODE = 0o644;
const NOT_THROWING = { throwIfNoEntry: false } as const;

/**
 * How a path compares with the bytes wanted there: `missing`; `same`; `ours`, with other bytes below our header; `foreign`, whose first
 * line is not our header.
 */
export type FileState = 'missing' | 'same' | 'ours' | 'foreign';

/** What stands in a folder. */
export interface FolderEntry {
  readonly name: string;
  isFile(): boolean;
  isDirectory(): boolean;
}

/**
 * The files below one folder. Paths are relative to it, with `/`. No link is followed, neither on the way nor at the end. Everything
 * throws a StoreProblem when the system refuses. A folder that the store made itself was empty then, so that it knows what is in it
 * without a look.
 */
export class FileStore {
  /** What stands before every path. */
  readonly #prefix: string;
  readonly #watch: TreeWatch | null;
  readonly #folders = new Map<string, 'there' | 'missing' | StoreProblem>();
  /** By folder that this store made, the names that it put there. */
  readonly #made = new Map<string, Map<string, 'file' | 'folder'>>();
  readonly #temporary = `${TEMPORARY}${process.pid}-`;
  #scratch = Buffer.allocUnsafe(64 * 1024);
  #encoded = Buffer.allocUnsafe(64 * 1024);
  #temporaries = 0;

  /** `watch` is told of everything that is done. */
  constructor(root: string, watch: TreeWatch | null = null) {
    this.#prefix = root === '' || root.endsWith('/') ? root : `${root}/`;
    this.#watch = watch;
  }

  /**
   * Compares a file with the text or bytes wanted there, reading no more than needed. One that is not `expected` is looked for first: to
   * open what is not there costs ten times as much.
   */
  inspect(path: string, wanted: string | Buffer, expected = true): FileState {
    if (!this.#hasFolder(path) || (!expected && !this.exists(path))) return 'missing';
    return this.#guarded(path, () => {
      const file = this.#openToRead(path);
      if (file === undefined) return 'missing';
      try {
        const bytes = typeof wanted === 'string' ? this.encode(wanted) : wanted;
        const length = this.#fill(file, Math.max(bytes.length, HEADER_BYTES) + 1);
        const found = this.#scratch.subarray(0, length);
        if (found.equals(bytes)) return 'same';
        return hasHeader(found.subarray(0, HEADER_BYTES).toString('latin1')) ? 'ours' : 'foreign';
      } finally {
        closeSync(file);
      }
    });
  }

  /** The bytes of a text, until the next text is encoded: nearly all are written at once, and none is kept. */
  encode(text: string): Buffer {
    const most = 3 * text.length; // No code unit takes more bytes.
    if (this.#encoded.length < most) this.#encoded = Buffer.allocUnsafe(2 * most);
    return this.#encoded.subarray(0, this.#encoded.write(text));
  }

  /** The text of a file; null when there is none. */
  readText(path: string): string | null {
    return this.readBytes(path)?.toString('utf8') ?? null;
  }

  /** The bytes of a file; null when there is none. */
  readBytes(path: string): Buffer | null {
    if (!this.#hasFolder(path)) return null;
    return this.#guarded(path, () => {
      const file = this.#openToRead(path);
      if (file === undefined) return null;
      try {
        return readFileSync(file);
      } finally {
        closeSync(file);
      }
    });
  }

  /** The stamp of a path as it looked before this store did anything with it, or after it last wrote there; null without one. */
  stamp(path: string): Stamp | null {
    if (this.#watch === null || !this.#hasFolder(path)) return null;
    const look = this.#watch.look(path);
    return look === 'absent' ? null : look;
  }

  /** Whether something stands at the path. */
  exists(path: string): boolean {
    this.#watch?.look(path);
    const folder = folderOf(path);
    if (!this.#isFolder(folder)) return false;
    const made = this.#made.get(folder);
    if (made !== undefined) return made.has(nameOf(path));
    return this.#guarded(path, () => lstatSync(this.#at(path), NOT_THROWING) !== undefined);
  }

  /** What a folder holds, sorted by name; empty when there is no such folder. */
  list(folder: string): readonly FolderEntry[] {
    if (!this.#isFolder(folder)) return [];
    const entries = this.#madeEntries(folder) ?? this.#guarded(folder, () => this.#readFolder(folder));
    this.#watch?.listed(
      folder,
      entries.map(({ name }) => name),
    );
    return entries.sort((a, b) => compareText(a.name, b.name));
  }

  #madeEntries(folder: string): FolderEntry[] | undefined {
    const made = this.#made.get(folder);
    return made && Array.from(made, ([name, kind]) => new MadeEntry(name, kind));
  }

  #readFolder(folder: string): FolderEntry[] {
    return readdirSync(this.#at(folder), { withFileTypes: true });
  }

  /** Puts the bytes at the path in one step: whoever reads it sees the old file or the new one. */
  replace(path: string, bytes: Buffer): void {
    const folder = folderOf(path);
    this.#makeFolder(folder);
    const temporary = `${this.#at(folder)}/${this.#temporary}${this.#temporaries++}`;
    this.#guarded(path, () => {
      try {
        writeWhole(temporary, bytes);
        renameSync(temporary, this.#at(path));
        this.#hasPut(path, 'file');
      } catch (error) {
        removeQuietly(temporary);
        throw error;
      }
    });
  }

  /** Opens a file for appending, making it when it is missing. The caller closes it. */
  openToAppend(path: string): number {
    this.#makeFolder(folderOf(path));
    const flags = constants.O_WRONLY | constants.O_APPEND | constants.O_CREAT | NO_LINK;
    const file = this.#guarded(path, () => openSync(this.#at(path), flags, MODE));
    this.#hasPut(path, 'file');
    return file;
  }

  append(path: string, file: number, text: string): void {
    this.#guarded(path, () => {
      writeAll(file, Buffer.from(text));
    });
  }

  /** Removes a file; nothing when it is gone already. */
  remove(path: string): void {
    if (!this.#hasFolder(path)) return;
    this.#guarded(path, () => {
      try {
        unlinkSync(this.#at(path));
      } catch (error) {
        if (systemCode(error) !== 'ENOENT') throw error;
      }
      this.#hasRemoved(path);
    });
  }

  /** Removes what killed runs left in a folder, and lists the rest. */
  tidy(folder: string): readonly FolderEntry[] {
    return this.list(folder).filter(({ name }) => {
      const isLeft = name.startsWith(TEMPORARY);
      if (isLeft) this.remove(`${folder}/${name}`);
      return !isLeft;
    });
  }

  /** Removes a folder when it is empty, and then those above it. */
  removeEmptyFolders(folder: string): void {
    for (let each = folder; each !== ''; each = folderOf(each)) {
      if (!this.#isFolder(each)) continue;
      try {
        rmdirSync(this.#at(each));
        this.#folders.set(each, 'missing');
        this.#made.delete(each);
        this.#hasRemoved(each);
      } catch {
        return;
      }
    }
  }

  #hasPut(path: string, kind: 'file' | 'folder'): void {
    this.#made.get(folderOf(path))?.set(nameOf(path), kind);
    this.#watch?.changed(path, true);
  }

  #hasRemoved(path: string): void {
    this.#made.get(folderOf(path))?.delete(nameOf(path));
    this.#watch?.changed(path, false);
  }

  #at(path: string): string {
    return this.#prefix + path;
  }

  /** A descriptor for a regular reading; undefined when there is no file. A pipe opens without waiting, and reads as empty. */
  #openToRead(path: string): number | undefined {
    this.#watch?.look(path);
    try {
      return openSync(this.#at(path), constants.O_RDONLY | NO_LINK);
    } catch (error) {
      if (systemCode(error) === 'ENOENT') return undefined;
      throw error;
    }
  }

  #fill(file: number, most: number): number {
    if (this.#scratch.length < most) this.#scratch = Buffer.allocUnsafe(most * 2);
    let length = 0;
    for (let read = -1; read !== 0 && length < most; length += read) {
      read = readSync(file, this.#scratch, length, most - length, null);
    }
    return length;
  }

  /** Whether the folder of a path is there; throws when it, or one above it, is a link or no folder. */
  #hasFolder(path: string): boolean {
    return this.#isFolder(folderOf(path));
  }

  #isFolder(folder: string): boolean {
    const state = this.#folderState(folder);
    if (state instanceof StoreProblem) throw state;
    return state === 'there';
  }

  #folderState(folder: string): 'there' | 'missing' | StoreProblem {
    if (folder === '') return 'there';
    const known = this.#folders.get(folder);
    if (known !== undefined) return known;
    const above = this.#folderState(folderOf(folder));
    const state = above === 'there' ? this.#look(folder) : above;
    this.#folders.set(folder, state);
    return state;
  }

  #look(folder: string): 'there' | 'missing' | StoreProblem {
    this.#watch?.look(folder);
    if (this.#made.get(folderOf(folder))?.has(nameOf(folder)) === false) return 'missing';
    const entry = this.#guarded(folder, () => lstatSync(this.#at(folder), NOT_THROWING));
    if (entry === undefined) return 'missing';
    if (entry.isDirectory()) return 'there';
    const why = entry.isSymbolicLink() ? 'it is a symbolic link' : 'a file stands where a folder is needed';
    return new StoreProblem(folder, why, 'unsafe');
  }

  #makeFolder(folder: string): void {
    if (this.#isFolder(folder)) return;
    const above = folderOf(folder);
    if (above !== '') this.#makeFolder(above);
    try {
      const isOurs = makeFolders(this.#at(folder));
      if (isOurs) this.#made.set(folder, new Map());
      this.#hasPut(folder, 'folder');
      // Whoever made it meanwhile may have put a link there.
      const state = isOurs ? 'there' : this.#look(folder);
      if (state instanceof StoreProblem) throw state;
      this.#folders.set(folder, state);
    } catch (error) {
      const isTreeThere = existsSync(this.#prefix || '.');
      const problem = asStoreProblem(error, isTreeThere ? folder : '');
      if (problem instanceof StoreProblem) this.#folders.set(folder, problem);
      throw problem;
    }
  }

  #guarded<T>(path: string, act: () => T): T {
    try {
      return act();
    } catch (error) {
      throw asStoreProblem(error, path);
    }
  }
}

/** The folder of a path; empty at the top. */
export function folderOf(path: string): string {
  const slash = path.lastIndexOf('/');
  return slash < 0 ? '' : path.slice(0, slash);
}

function nameOf(path: string): string {
  return path.slice(path.lastIndexOf('/') + 1);
}

/**
 * Makes a folder and those above it; false when there is such a folder, or a link to one. Node's own way to do this never ends where the system
 * makes no folder in one that is there, as below /proc.
 */
function makeFolders(path: string): boolean {
  try {
    mkdirSync(path);
    return true;
  } catch (error) {
    if (systemCode(error) === 'EEXIST' && statSync(path).isDirectory()) return false;
    if (systemCode(error) !== 'ENOENT' || existsSync(dirname(path))) throw error;
  }
  makeFolders(dirname(path));
  return makeFolders(path);
}

/** What a store put into a folder of its own. */
class MadeEntry implements FolderEntry {
  readonly name: string;
  readonly #kind: 'file' | 'folder';

  constructor(name: string, kind: 'file' | 'folder') {
    this.name = name;
    this.#kind = kind;
  }

  isFile(): boolean {
    return this.#kind === 'file';
  }

  isDirectory(): boolean {
    return this.#kind === 'folder';
  }
}

function writeWhole(path: string, bytes: Buffer): void {
  const flags = constants.O_WRONLY | constants.O_CREAT | constants.O_TRUNC | NO_LINK;
  const file = openSync(path, flags, MODE);
  try {
    writeAll(file, bytes);
  } finally {
    closeSync(file);
  }
}

function writeAll(file: number, bytes: Buffer): void {
  for (let written = 0; written < bytes.length;) written += writeSync(file, bytes, written);
}

function removeQuietly(path: string): void {
  try {
    unlinkSync(path);
  } catch {
    // It was never made.
  }
}
