import {
  closeSync,
  constants,
  existsSync,
  fstatSync,
  lstatSync,
  openSync,
  readdirSync,
  readSync,
  realpathSync,
  statSync,
  type Dirent,
} from 'node:fs';
import { join, sep } from 'node:path';
import { compareText } from '../diagnostics/diagnostic.ts';
import type { ListResult, ReadResult, TreeEntry, TreeReader, UnreadableReason } from '../model/tree-reader.ts';

/** Largest file that is read, bytes. */
const MAX_BYTES = 10 * 1024 * 1024;
const OPEN_FLAGS = constants.O_RDONLY | constants.O_NOFOLLOW | constants.O_NONBLOCK;

interface Unreadable {
  readonly kind: 'unreadable';
  readonly reason: UnreadableReason;
  readonly detail: string;
}

/** Where a directory of the tree really is, that it is absent, or why it cannot be entered. */
type Folder = { readonly kind: 'folder'; readonly path: string } | { readonly kind: 'absent' } | Unreadable;

/**
 * A folder on disk as input. Symlinks are followed inside the folder only; every directory on the way to a file is checked once.
 * Files above 10 MB and everything that is no regular file are refused without being read.
 */
export function createDiskReader(root: string): TreeReader {
  const folders = new Map<string, Folder>();

  const enter = (path: string): Folder => {
    const known = folders.get(path);
    if (known !== undefined) return known;
    const folder = path === '' ? enterRoot(root) : enterBelow(path);
    folders.set(path, folder);
    return folder;
  };

  const enterBelow = (path: string): Folder => {
    const parent = enter(parentOf(path));
    if (parent.kind !== 'folder') return parent;
    const target = resolveInside(join(parent.path, nameOf(path)));
    if (target.kind !== 'path') return target;
    return target.isDirectory ? { kind: 'folder', path: target.path } : { kind: 'absent' };
  };

  /** The real path of an entry whose parent is known to be inside. */
  const resolveInside = (
    absolute: string,
  ): { kind: 'path'; path: string; isDirectory: boolean } | Exclude<Folder, { kind: 'folder' }> => {
    try {
      const stat = lstatSync(absolute);
      if (!stat.isSymbolicLink()) return { kind: 'path', path: absolute, isDirectory: stat.isDirectory() };
      const real = realpathSync(absolute);
      const top = enter('');
      if (top.kind !== 'folder' || !isInside(real, top.path)) return outside();
      return { kind: 'path', path: real, isDirectory: statSync(real).isDirectory() };
    } catch (error) {
      return failure(error);
    }
  };

  const read = (path: string): ReadResult => {
    const parent = enter(parentOf(path));
    if (parent.kind !== 'folder') return parent;
    const absolute = join(parent.path, nameOf(path));
    try {
      return readRegular(absolute);
    } catch (error) {
      if (codeOf(error) !== 'ELOOP') return failure(error);
    }
    const target = resolveInside(absolute);
    if (target.kind !== 'path') return target;
    try {
      return readRegular(target.path);
    } catch (error) {
      return failure(error);
    }
  };

  const list = (path: string): ListResult => {
    const folder = enter(path);
    if (folder.kind !== 'folder') return folder;
    try {
      const entries = readdirSync(folder.path, { withFileTypes: true }).map((entry) => toEntry(folder.path, entry));
      return { kind: 'directory', entries: entries.sort((a, b) => compareText(a.name, b.name)) };
    } catch (error) {
      return failure(error);
    }
  };

  const toEntry = (folder: string, entry: Dirent): TreeEntry => {
    if (!entry.isSymbolicLink()) return { name: entry.name, kind: kindOf(entry) };
    const target = resolveInside(join(folder, entry.name));
    if (target.kind !== 'path') return { name: entry.name, kind: 'other' };
    return { name: entry.name, kind: target.isDirectory ? 'directory' : 'file' };
  };

  const exists = (path: string): boolean => {
    const parent = enter(parentOf(path));
    return parent.kind === 'folder' && existsSync(join(parent.path, nameOf(path)));
  };

  return { read, list, exists };
}

function enterRoot(root: string): Folder {
  try {
    const path = realpathSync(root);
    if (statSync(path).isDirectory()) return { kind: 'folder', path };
    return { kind: 'unreadable', reason: 'not-a-file', detail: 'it is no directory' };
  } catch (error) {
    return failure(error);
  }
}

function readRegular(absolute: string): ReadResult {
  const descriptor = openSync(absolute, OPEN_FLAGS);
  try {
    const stat = fstatSync(descriptor);
    if (!stat.isFile())
      return unreadable('not-a-file', stat.isDirectory() ? 'it is a directory' : 'it is no regular file');
    if (stat.size > MAX_BYTES)
      return unreadable('too-large', `it has ${stat.size} bytes; at most ${MAX_BYTES} are read`);
    const bytes = Buffer.allocUnsafe(stat.size);
    let length = 0;
    for (let count = -1; length < bytes.length && count !== 0; length += count) {
      count = readSync(descriptor, bytes, length, bytes.length - length, null);
    }
    return { kind: 'file', bytes: bytes.subarray(0, length) };
  } finally {
    closeSync(descriptor);
  }
}

function kindOf(entry: Dirent): TreeEntry['kind'] {
  return entry.isDirectory() ? 'directory' : entry.isFile() ? 'file' : 'other';
}

function isInside(path: string, root: string): boolean {
  return path === root || path.startsWith(root.endsWith(sep) ? root : `${root}${sep}`);
}

function outside(): Unreadable {
  return unreadable('outside-tree', 'it is a symlink that leads out of the tree');
}

function unreadable(reason: UnreadableReason, detail: string): Unreadable {
  return { kind: 'unreadable', reason, detail };
}

function failure(error: unknown): { kind: 'absent' } | Unreadable {
  const code = codeOf(error);
  if (code === 'ENOENT' || code === 'ENOTDIR') return { kind: 'absent' };
  if (code === 'EACCES' || code === 'EPERM') return unreadable('denied', 'permission denied');
  if (code === 'ELOOP') return unreadable('symlink-loop', 'it is a symlink that leads to itself');
  if (code === 'ENXIO' || code === 'ENODEV') return unreadable('not-a-file', 'it is no regular file');
  return unreadable('failed', code === '' ? 'reading failed' : `reading failed with ${code}`);
}

function codeOf(error: unknown): string {
  return error instanceof Error && 'code' in error ? String(error.code) : '';
}

function parentOf(path: string): string {
  return path.slice(0, Math.max(0, path.lastIndexOf('/')));
}

function nameOf(path: string): string {
  return path.slice(path.lastIndexOf('/') + 1);
}
