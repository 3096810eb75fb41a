import type { StampReader, TreeReader } from '../model/tree-reader.ts';
import { type Dependency, textId } from './dependency.ts';
import { type TrackedReader, trackReader } from './tracked-reader.ts';

/** What is looked at while a unit is made. */
export interface Recording {
  readonly soa: TrackedReader;
  /** Reads an earlier output file, if the run has any. */
  readEarlier(path: string): string | null;
  dependencies(): readonly Dependency[];
}

export interface RecordedWorld {
  readonly soa: TreeReader;
  readonly stamps: StampReader;
  /** The time in milliseconds. */
  readonly now: () => number;
  readEarlier(path: string): string | null;
}

export function recordLooks({ soa, stamps, now, readEarlier }: RecordedWorld): Recording {
  const tracked = trackReader(soa, stamps, now);
  const earlier = new Map<string, Dependency>();
  return {
    soa: tracked,
    readEarlier(path) {
      const text = readEarlier(path);
      earlier.set(path, { operation: 'earlier', path, id: textId(text), stamp: null });
      return text;
    },
    dependencies: () => [...tracked.dependencies(), ...earlier.values()],
  };
}
