// eslint-disable-next-line no-restricted-imports -- this TreeReader is where load touches the disk
import * as fs from 'node:fs';
import { compareText } from '../diagnostics/diagnostic.ts';
import type { ListResult, ReadResult, TreeEntry, TreeReader, UnreadableReason } from '../model/tree-reader.ts';

/** Files above this size are not read, in bytes. */
const MAX_BYTES = 10_000_000;

type Unreadable = Extract<ReadResult, { kind: 'unreadable' }>;
type Failure = Unreadable | { readonly kind: 'absent' };
/** Where a path really is, all symlinks followed. */
type Real = { readonly kind: 'real'; readonly path: string } | Failure;

/**
 * A tree on disk. Symlinks are followed only when what they lead to lies inside the tree. A directory is looked at once
 * and the verdict kept, so that a file costs no resolving of its path: make a new reader to see directories changed.
 */
export function createDiskReader(rootDir: string): TreeReader {
  const tree = new DiskTree(rootDir);
  return {
    read: (path) => tree.read(path),
    list: (path) => tree.list(path),
    exists: (path) => tree.exists(path),
  };
}

class DiskTree {
  private readonly rootDir: string;
  private readonly directories = new Map<string, Real>();
  /** Regular files of the directory listed last and where they really are: reading one needs no look at what it is. */
  private readonly listedFiles = new Map<string, string>();

  private readonly shelf = new Shelf();

  constructor(rootDir: string) {
    this.rootDir = rootDir;
  }

  read(path: string): ReadResult {
    const listed = this.listedFiles.get(path);
    const place: Real = listed === undefined ? this.placeOf(path) : { kind: 'real', path: listed };
    if (place.kind !== 'real') return place;
    try {
      return readPlain(place.path, listed === undefined ? null : this.shelf);
    } catch (error) {
      const failure = failureOf(error);
      if (failure.kind !== 'unreadable' || failure.reason !== 'symlink-loop') return failure;
    }
    const target = attempt(() => this.followLink(place.path));
    return target.kind === 'real' ? attempt(() => readPlain(target.path, null)) : target;
  }

  list(path: string): ListResult {
    const place = this.directory(path);
    if (place.kind !== 'real') return place;
    const listing = attempt(() => ({ kind: 'directory', entries: this.entries(path, place.path) }) as const);
    return listing.kind === 'absent' ? unreadable('failed', 'is not a directory') : listing;
  }

  /** True as well for what is there and cannot be read: reading it tells why. */
  exists(path: string): boolean {
    const place = path === '' ? this.directory('') : this.followed(path);
    return place.kind !== 'absent';
  }

  /** Entries of a directory that really is at `directory`. */
  private entries(path: string, directory: string): readonly TreeEntry[] {
    this.listedFiles.clear();
    const prefix = path === '' ? '' : `${path}/`;
    const entries: TreeEntry[] = [];
    for (const entry of fs.readdirSync(directory, { withFileTypes: true })) {
      const { name } = entry;
      const kind = entry.isSymbolicLink() ? 'link' : kindOf(entry);
      entries.push(kind === 'link' ? this.link(directory, name) : { name, kind });
      if (kind === 'file') this.listedFiles.set(prefix + name, `${directory}/${name}`);
      else if (kind === 'directory') this.note(prefix + name, `${directory}/${name}`);
    }
    return entries.sort(compareNames);
  }

  /** Notes where a directory is that a listing shows. */
  private note(path: string, realPath: string): void {
    if (!this.directories.has(path)) this.directories.set(path, { kind: 'real', path: realPath });
  }

  private link(directory: string, name: string): TreeEntry {
    const target = attempt(() => this.followLink(`${directory}/${name}`));
    if (target.kind === 'real') {
      const status = fs.lstatSync(target.path, { throwIfNoEntry: false });
      return { name, kind: status === undefined ? 'hidden' : kindOf(status), isLink: true };
    }
    const isFile = target.kind === 'unreadable' && target.reason === 'outside-tree' && isPlain(`${directory}/${name}`);
    return { name, kind: isFile ? 'other' : 'hidden', isLink: true };
  }

  private placeOf(path: string): Real {
    return path === '' ? this.directory('') : this.place(path);
  }

  /** The path of an entry in its real directory; the entry itself may be a symlink, or missing. */
  private place(path: string): Real {
    const problem = pathProblem(path);
    if (problem !== undefined) return problem;
    const slash = path.lastIndexOf('/');
    const parent = this.directory(slash === -1 ? '' : path.slice(0, slash));
    return parent.kind === 'real' ? { kind: 'real', path: `${parent.path}/${path.slice(slash + 1)}` } : parent;
  }

  /** The path of an entry with a symlink followed. */
  private followed(path: string): Real {
    const place = this.place(path);
    if (place.kind !== 'real') return place;
    return attempt(() => (fs.lstatSync(place.path).isSymbolicLink() ? this.followLink(place.path) : place));
  }

  private directory(path: string): Real {
    const known = this.directories.get(path);
    if (known !== undefined) return known;
    const real = path === '' ? attempt(() => realPath(this.rootDir)) : this.followed(path);
    // What is absent may still come.
    if (real.kind !== 'absent') this.directories.set(path, real);
    return real;
  }

  /** Where a symlink leads, if that is inside the tree. */
  private followLink(path: string): Real {
    const root = this.directory('');
    if (root.kind !== 'real') return root;
    const target = attempt(() => realPath(path));
    if (target.kind === 'absent')
      return isLink(path) ? unreadable('broken-symlink', 'a symlink leads nowhere') : target;
    if (target.kind !== 'real') return target;
    const isInside = target.path === root.path || target.path.startsWith(root.path === '/' ? '/' : `${root.path}/`);
    return isInside ? target : unreadable('outside-tree', 'a symlink leads there');
  }
}

function compareNames(a: TreeEntry, b: TreeEntry): number {
  return compareText(a.name, b.name);
}

/** Opens without following a symlink and without waiting for the other end of a pipe. */
const OPEN_FLAGS = fs.constants.O_RDONLY | fs.constants.O_NOFOLLOW | fs.constants.O_NONBLOCK;

/** Longest file, in bytes, that is read before its size is known. */
const SMALL = 65_536;

/** A symlink fails with ELOOP. What is known to be a regular file goes to the shelf, and is looked at only when it is large. */
function readPlain(path: string, shelf: Shelf | null): ReadResult {
  const file = fs.openSync(path, OPEN_FLAGS);
  try {
    const small = shelf && readSmall(file, shelf);
    if (small) return { kind: 'file', bytes: small };
    const status = fs.fstatSync(file);
    if (!status.isFile())
      return unreadable('not-a-file', status.isDirectory() ? 'is a directory' : 'is a special file');
    if (status.size > MAX_BYTES)
      return unreadable('too-large', `has ${status.size} bytes, at most ${MAX_BYTES} are read`);
    return { kind: 'file', bytes: readBytes(file, status.size) };
  } finally {
    fs.closeSync(file);
  }
}

/** A regular file from its beginning; undefined when it may go on behind what was read. */
function readSmall(file: number, shelf: Shelf): Uint8Array | undefined {
  const { bytes, used } = shelf.withRoom(SMALL);
  const length = fs.readSync(file, bytes, used, SMALL, 0);
  return length === SMALL ? undefined : shelf.take(length);
}

/** Memory in which small files lie one behind the other, so that none is copied once its size is known. */
class Shelf {
  bytes = Buffer.alloc(0);
  used = 0;

  /** So much of `bytes` is free from `used` on; what was taken before is left alone. */
  withRoom(length: number): this {
    if (this.bytes.length - this.used < length) {
      this.bytes = Buffer.allocUnsafeSlow(4 * length);
      this.used = 0;
    }
    return this;
  }

  /** The next bytes, which nobody else gets. */
  take(length: number): Buffer {
    const start = this.used;
    this.used += length;
    return this.bytes.subarray(start, this.used);
  }
}

function readBytes(file: number, size: number): Uint8Array {
  const bytes = Buffer.allocUnsafe(size);
  let length = 0;
  while (length < size) {
    const count = fs.readSync(file, bytes, length, size - length, null);
    if (count === 0) break;
    length += count;
  }
  return bytes.subarray(0, length);
}

function realPath(path: string): { readonly kind: 'real'; readonly path: string } {
  return { kind: 'real', path: fs.realpathSync.native(path) };
}

/** The path is taken away while it is looked at, or is no symlink any more: then it is none. */
function isLink(path: string): boolean {
  return fs.lstatSync(path, { throwIfNoEntry: false })?.isSymbolicLink() === true;
}

/** Whether a symlink leads to something that is no folder. */
function isPlain(path: string): boolean {
  return fs.statSync(path, { throwIfNoEntry: false })?.isDirectory() === false;
}

function kindOf(entry: fs.Dirent | fs.Stats): TreeEntry['kind'] {
  if (entry.isFile()) return 'file';
  return entry.isDirectory() ? 'directory' : 'other';
}

/** NUL, or a segment that is empty, `.` or `..`. */
const ODD_PATH = /\0|(?:^|\/)\.{0,2}(?:\/|$)/;

/** A path that cannot name anything in the tree. */
function pathProblem(path: string): Failure | undefined {
  if (!ODD_PATH.test(path)) return undefined;
  if (path.includes('\0')) return { kind: 'absent' };
  const segments = path.split('/');
  if (segments.includes('..') || path.startsWith('/')) return unreadable('outside-tree', 'the path leads upwards');
  return segments.some((segment) => segment === '' || segment === '.') ? { kind: 'absent' } : undefined;
}

function unreadable(reason: UnreadableReason, detail: string): Unreadable {
  return { kind: 'unreadable', reason, detail };
}

/** The action's outcome, or what its failure means. */
function attempt<T>(action: () => T): T | Failure {
  try {
    return action();
  } catch (error) {
    return failureOf(error);
  }
}

function failureOf(error: unknown): Failure {
  const code = error instanceof Error && 'code' in error ? String(error.code) : 'unknown error';
  if (ABSENT.has(code)) return { kind: 'absent' };
  const [reason, detail] = REASONS.get(code) ?? (['failed', code] as const);
  return unreadable(reason, detail);
}

/** A name that is too long cannot be there; a path through a file leads nowhere. */
const ABSENT = new Set(['ENOENT', 'ENOTDIR', 'ENAMETOOLONG']);
const REASONS: ReadonlyMap<string, readonly [UnreadableReason, string]> = new Map([
  ['EACCES', ['denied', 'permission denied']],
  ['EPERM', ['denied', 'permission denied']],
  ['ELOOP', ['symlink-loop', 'too many symlinks']],
  ['EISDIR', ['not-a-file', 'is a directory']],
  ['ENXIO', ['not-a-file', 'is a special file']],
  ['ENODEV', ['not-a-file', 'is a special file']],
]);
