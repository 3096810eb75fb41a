import { compareText } from '../../compiler/diagnostics/diagnostic.ts';
import type { ListResult, ReadResult, TreeEntry, TreeReader } from '../../compiler/model/tree-reader.ts';

/** What stands at a path: text, bytes, or something that exists and cannot be read. */
export type MemoryFile = string | Uint8Array | Extract<ReadResult, { kind: 'unreadable' }>;

/** A TreeReader over a literal, which also counts what was asked of it. */
export interface MemoryReader extends TreeReader {
  /** Paths given to `read`, in order. */
  readonly reads: readonly string[];
  /** Paths given to `list`, in order. */
  readonly lists: readonly string[];
}

const encoder = new TextEncoder();

/** An input tree in memory: `{'web/service.yaml': 'description: x'}`. A key that ends with `/` makes an empty directory. */
export function memoryReader(files: Readonly<Record<string, MemoryFile>>): MemoryReader {
  const directories = new Map<string, Map<string, TreeEntry>>();
  if (Object.keys(files).length > 0) directories.set('', new Map());
  for (const path of Object.keys(files)) addPath(directories, path);
  const reads: string[] = [];
  const lists: string[] = [];

  function read(path: string): ReadResult {
    reads.push(path);
    const file = Object.hasOwn(files, path) ? files[path] : undefined;
    if (file === undefined) {
      if (!directories.has(path)) return { kind: 'absent' };
      return { kind: 'unreadable', reason: 'not-a-file', detail: 'is a directory' };
    }
    if (typeof file === 'string') return { kind: 'file', bytes: encoder.encode(file) };
    return file instanceof Uint8Array ? { kind: 'file', bytes: file } : file;
  }

  function list(path: string): ListResult {
    lists.push(path);
    const entries = directories.get(path);
    if (entries !== undefined) {
      return { kind: 'directory', entries: [...entries.values()].sort((a, b) => compareText(a.name, b.name)) };
    }
    if (!Object.hasOwn(files, path)) return { kind: 'absent' };
    return { kind: 'unreadable', reason: 'failed', detail: 'is not a directory' };
  }

  return { reads, lists, read, list, exists: (path) => Object.hasOwn(files, path) || directories.has(path) };
}

function addPath(directories: Map<string, Map<string, TreeEntry>>, path: string): void {
  const parts = path.split('/').filter((part) => part !== '');
  let parent = '';
  parts.forEach((name, index) => {
    const isDirectory = index < parts.length - 1 || path.endsWith('/');
    const kind = isDirectory ? 'directory' : 'file';
    directories.get(parent)!.set(name, { name, kind });
    parent = parent === '' ? name : `${parent}/${name}`;
    if (isDirectory && !directories.has(parent)) directories.set(parent, new Map());
  });
}
