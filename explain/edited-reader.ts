import { compareText } from '../compiler/diagnostics/diagnostic.ts';
import type { ListResult, ReadResult, TreeReader } from '../compiler/model/tree-reader.ts';

/** New texts of files by path; a path that the tree does not have adds a file to an existing folder. */
export type Texts = Readonly<Record<string, string>>;

/** A tree whose answers are kept: each file is read, each folder listed once. */
export function rememberingReader(reader: TreeReader): TreeReader {
  const reads = new Map<string, ReadResult>();
  const lists = new Map<string, ListResult>();
  const exists = new Map<string, boolean>();
  return {
    read: (path) => remember(reads, path, () => reader.read(path)),
    list: (path) => remember(lists, path, () => reader.list(path)),
    exists: (path) => remember(exists, path, () => reader.exists(path)),
  };
}

function remember<T>(known: Map<string, T>, path: string, make: () => T): T {
  const value = known.has(path) ? known.get(path)! : make();
  known.set(path, value);
  return value;
}

/** A tree with other texts in some of its files. */
export function editedReader(reader: TreeReader, texts: Texts): TreeReader {
  const paths = Object.keys(texts);
  if (paths.length === 0) return reader;
  const isEdited = (path: string): boolean => Object.hasOwn(texts, path);
  return {
    read: (path) =>
      isEdited(path) ? { kind: 'file', bytes: new TextEncoder().encode(texts[path]) } : reader.read(path),
    list(path) {
      const result = reader.list(path);
      if (result.kind !== 'directory') return result;
      const names = new Set(result.entries.map(({ name }) => name));
      const added = paths
        .filter((file) => folderOf(file) === path && !names.has(baseOf(file)))
        .map((file) => ({ name: baseOf(file), kind: 'file' as const }));
      const entries = [...result.entries, ...added].sort((a, b) => compareText(a.name, b.name));
      return { kind: 'directory', entries };
    },
    exists: (path) => isEdited(path) || reader.exists(path),
  };
}

/** Folder of a path; empty for the top of the tree. */
export function folderOf(path: string): string {
  return path.slice(0, Math.max(0, path.lastIndexOf('/')));
}

function baseOf(path: string): string {
  return path.slice(path.lastIndexOf('/') + 1);
}
