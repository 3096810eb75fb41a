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

  constructor(rootDir: string) {
    this.rootDir = rootDir;
  }

  read(path: string): ReadResult {
    const place = path === '' ? this.directory('') : this.place(path);
    if (place.kind !== 'real') return place;
    const plain = attempt(() => readPlain(place.path));
    if (plain.kind !== 'unreadable' || plain.reason !== 'symlink-loop') return plain;
    const target = attempt(() => this.followLink(place.path));
    return target.kind === 'real' ? attempt(() => readPlain(target.path)) : target;
  }

  list(path: string): ListResult {
    const place = this.directory(path);
    if (place.kind !== 'real') return place;
    const listing = attempt(() => {
      const entries = fs.readdirSync(place.path, { withFileTypes: true }).map((entry) => this.entry(place.path, entry));
      return { kind: 'directory', entries: entries.sort((a, b) => compareText(a.name, b.name)) } as const;
    });
    return listing.kind === 'absent' ? unreadable('failed', 'is not a directory') : listing;
  }

  /** True as well for what is there and cannot be read: reading it tells why. */
  exists(path: string): boolean {
    const place = path === '' ? this.directory('') : this.followed(path);
    return place.kind !== 'absent';
  }

  private entry(directory: string, entry: fs.Dirent): TreeEntry {
    const { name } = entry;
    if (!entry.isSymbolicLink()) return { name, kind: kindOf(entry) };
    const target = attempt(() => this.followLink(`${directory}/${name}`));
    if (target.kind !== 'real') return { name, kind: 'other', isLink: true };
    const status = fs.lstatSync(target.path, { throwIfNoEntry: false });
    return { name, kind: status === undefined ? 'other' : kindOf(status), isLink: true };
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
    const target = realPath(path);
    const isInside = target.path === root.path || target.path.startsWith(root.path === '/' ? '/' : `${root.path}/`);
    return isInside ? target : unreadable('outside-tree', 'a symlink leads there');
  }
}

/** Opens without following a symlink and without waiting for the other end of a pipe. */
const OPEN_FLAGS = fs.constants.O_RDONLY | fs.constants.O_NOFOLLOW | fs.constants.O_NONBLOCK;

/** A symlink fails with ELOOP. */
function readPlain(path: string): ReadResult {
  const file = fs.openSync(path, OPEN_FLAGS);
  try {
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

function kindOf(entry: fs.Dirent | fs.Stats): TreeEntry['kind'] {
  if (entry.isFile()) return 'file';
  return entry.isDirectory() ? 'directory' : 'other';
}

/** A path that cannot name anything in the tree. */
function pathProblem(path: string): Failure | undefined {
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
    const code = error instanceof Error && 'code' in error ? String(error.code) : 'unknown error';
    if (ABSENT.has(code)) return { kind: 'absent' };
    const [reason, detail] = REASONS.get(code) ?? (['failed', code] as const);
    return unreadable(reason, detail);
  }
}

/** A name that is too long cannot be there; a path through a file leads nowhere. */
const ABSENT = new Set(['ENOENT', 'ENOTDIR', 'ENAMETOOLONG']);
const REASONS: ReadonlyMap<string, readonly [UnreadableReason, string]> = new Map([
  ['EACCES', ['denied', 'permission denied']],
  ['EPERM', ['denied', 'permission denied']],
  ['ELOOP', ['symlink-loop', 'too many symlinks']],
  ['ENXIO', ['not-a-file', 'is a special file']],
  ['ENODEV', ['not-a-file', 'is a special file']],
]);
