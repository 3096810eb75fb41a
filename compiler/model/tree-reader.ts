/** Why a path that exists could not be used. */
export type UnreadableReason =
  'denied' | 'not-a-file' | 'outside-tree' | 'symlink-loop' | 'broken-symlink' | 'too-large' | 'failed';

/** Outcome of reading one file: its bytes, that it is absent, or why it cannot be read. */
export type ReadResult =
  | { readonly kind: 'file'; readonly bytes: Uint8Array }
  | { readonly kind: 'absent' }
  | { readonly kind: 'unreadable'; readonly reason: UnreadableReason; readonly detail: string };

/**
 * One entry of a directory, a symlink as what it leads to. `hidden` is what may stand for a folder that nobody can look into: a
 * symlink to nothing, in circles or to a folder out of the tree, a submodule. `other` are special files, and files out of the tree.
 */
export interface TreeEntry {
  readonly name: string;
  readonly kind: 'file' | 'directory' | 'hidden' | 'other';
  /** The kind is that of something elsewhere. */
  readonly isLink?: true;
}

/** Outcome of listing a directory, entries sorted by code unit. */
export type ListResult =
  | { readonly kind: 'directory'; readonly entries: readonly TreeEntry[] }
  | { readonly kind: 'absent' }
  | { readonly kind: 'unreadable'; readonly reason: UnreadableReason; readonly detail: string };

/**
 * The only way in for input: the disk, a git revision, or a tracked wrapper that records hits, misses and listings.
 * Paths are relative to the tree's root, with `/`; the empty path is the root. Nothing is cached here and nothing throws.
 */
export interface TreeReader {
  read(path: string): ReadResult;
  list(path: string): ListResult;
  exists(path: string): boolean;
}

/** Size in bytes, times of modification and change in milliseconds, inode number: when any differs, somebody touched it. */
export type Stamp = readonly [size: number, modified: number, changed: number, inode: number];

export function isSameStamp(a: Stamp, b: Stamp): boolean {
  return a[0] === b[0] && a[1] === b[1] && a[2] === b[2] && a[3] === b[3];
}

/**
 * Looks at files and folders without opening them. `absent` means that nothing is there; null that its stamp says nothing, because
 * links lead there or it is neither a file nor a folder.
 */
export interface StampReader {
  stamp(path: string): Stamp | 'absent' | null;
}
