// eslint-disable-next-line no-restricted-imports -- beside the disk reader, the other place where load touches the disk
import * as fs from 'node:fs';
import { type Look, Looks } from '../model/looks.ts';
import type { StampReader } from '../model/tree-reader.ts';

export interface DiskStamps extends StampReader {
  /** Where the tree really is; null where there is none. */
  readonly root: string | null;
  /** Every path that was looked at, and how it looked. */
  readonly looks: Looks;
}

/**
 * Stamps of a tree on disk. A path is looked at once: make a new one to see changes. The tree's own folder may be a link; below it,
 * nothing behind a link has a stamp. `looks` are those that were taken already.
 */
export function createDiskStamps(rootDir: string, looks = new Looks()): DiskStamps {
  const root = realFolder(rootDir);
  const folders = new Set<string>();
  const stamp = (path: string): Look => {
    let known = looks.get(path);
    if (known !== undefined) return known;
    known = root === null ? 'absent' : path === '' ? look('') : below(path);
    looks.set(path, known);
    return known;
  };
  const below = (path: string): Look => {
    const folder = path.slice(0, Math.max(0, path.lastIndexOf('/')));
    const above = stamp(folder);
    if (above === null || above === 'absent') return above;
    if (!folders.has(folder)) look(folder);
    return folders.has(folder) ? look(path) : null;
  };
  const look = (path: string): Look => {
    const status = lookAt(`${root!}/${path}`);
    if (status === null || status === 'absent') return status;
    if (status.isDirectory()) folders.add(path);
    return [status.size, status.mtimeMs, status.ctimeMs, status.ino];
  };
  return { stamp, root, looks };
}

function realFolder(path: string): string | null {
  try {
    return fs.realpathSync.native(path);
  } catch {
    return null;
  }
}

/** What stands at a path, unless it is a link or a special file. */
function lookAt(path: string): fs.Stats | 'absent' | null {
  try {
    const status = fs.lstatSync(path, { throwIfNoEntry: false });
    if (status === undefined) return 'absent';
    return status.isFile() || status.isDirectory() ? status : null;
  } catch {
    return null;
  }
}
