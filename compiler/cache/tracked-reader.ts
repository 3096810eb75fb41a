import type { Stamp, StampReader, TreeReader } from '../model/tree-reader.ts';
import { type Dependency, listId, readId, settled } from './dependency.ts';

/** A reader that notes every look at the tree, misses and listings included. */
export interface TrackedReader extends TreeReader {
  /** Each look once, in the order of the first ones. */
  dependencies(): readonly Dependency[];
}

/** Tracks a reader. `now` tells the time in milliseconds, by which stamps that are too young are left out. */
export function trackReader(reader: TreeReader, stamps: StampReader, now: () => number): TrackedReader {
  const noted = new Map<string, Dependency>();
  // The stamp is taken first: what changes afterwards has another one, whether or not the change was seen.
  const look = <T>(operation: Dependency['operation'], path: string, act: () => T, idOf: (result: T) => string): T => {
    const stamp = stampNow(stamps, path, now);
    const result = act();
    const key = `${operation} ${path}`;
    if (!noted.has(key)) noted.set(key, { operation, path, id: idOf(result), stamp });
    return result;
  };
  return {
    read: (path) => look('read', path, () => reader.read(path), readId),
    exists: (path) => look('exists', path, () => reader.exists(path), String),
    list(path) {
      const result = look('list', path, () => reader.list(path), listId);
      // What a link leads to may become something else without a trace in the folder.
      if (result.kind === 'directory' && result.entries.some(({ isLink }) => isLink)) {
        const key = `list ${path}`;
        noted.set(key, { ...noted.get(key)!, stamp: null });
      }
      return result;
    },
    dependencies: () => [...noted.values()],
  };
}

function stampNow(stamps: StampReader, path: string, now: () => number): Stamp | null {
  const stamp = stamps.stamp(path);
  return stamp === null || stamp === 'absent' ? null : settled(stamp, now());
}
