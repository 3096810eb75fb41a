import type { TreeReader } from '../compiler/model/tree-reader.ts';

/** Files of a tree by the services that they were read for. */
export interface Readers {
  /** Whether a file was read for a service, or for all. */
  isFor(file: string, service: string): boolean;
  /** Files that were read for a service, or for all. */
  filesOf(service: string): readonly string[];
}

/** A tree that keeps for which service each of its files was read. */
export interface AttributingReader extends TreeReader {
  readonly readers: Readers;
  /** What was found since the last call was for this service; null: for all of them. */
  attribute(service: string | null): void;
}

/** Notes the files that a run finds in a tree, and for whom. */
export function attributingReader(reader: TreeReader): AttributingReader {
  const byService = new Map<string | null, Set<string>>([[null, new Set()]]);
  let pending: string[] = [];
  const filesFor = (service: string | null): ReadonlySet<string> => byService.get(service) ?? new Set();
  return {
    read(path) {
      const result = reader.read(path);
      if (result.kind === 'file') pending.push(path);
      return result;
    },
    list: (path) => reader.list(path),
    exists: (path) => reader.exists(path),
    attribute(service) {
      byService.set(service, new Set([...filesFor(service), ...pending]));
      pending = [];
    },
    readers: {
      isFor: (file, service) => filesFor(null).has(file) || filesFor(service).has(file),
      filesOf: (service) => [...new Set([...filesFor(null), ...filesFor(service)])],
    },
  };
}
