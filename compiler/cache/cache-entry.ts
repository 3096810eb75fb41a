import type { PlacedFile } from '../model/rendered-file.ts';
import type { Stamp } from '../model/tree-reader.ts';
import type { Dependency } from './dependency.ts';
import { digest } from './digest.ts';

/**
 * What a run made of one unit (a service, or all that services share), for later runs. No text of a file is in it, neither of the
 * input nor of the output: what cannot be found on disk as it was is made again.
 */
export interface CacheEntry {
  readonly unit: string;
  /** Digest of everything besides files that the result follows from. */
  readonly key: string;
  readonly dependencies: readonly Dependency[];
  readonly files: readonly PlacedFile[];
  /** Plain data. */
  readonly result: unknown;
}

/** Version of the layout below; a cache of another version is an empty one. */
const VERSION = 1;

/** The text of a cache: its version, a digest of all that follows, and a line for each entry. */
export function serialiseCache(entries: Iterable<CacheEntry>): string {
  const body = [...entries].map((entry) => `${JSON.stringify(packed(entry))}\n`).join('');
  return `paasta-gitops cache ${VERSION} ${digest(body)}\n${body}`;
}

/** Entries by unit; none when the text is not exactly what was written. */
export function parseCache(text: string): Map<string, CacheEntry> {
  const end = text.indexOf('\n') + 1;
  const body = text.slice(end);
  if (text.slice(0, end) !== `paasta-gitops cache ${VERSION} ${digest(body)}\n`) return new Map();
  const lines = body.split('\n').slice(0, -1);
  // The digest vouches for the shape: nobody else wrote it.
  return new Map(lines.map((line) => unpacked(JSON.parse(line) as Packed)).map((entry) => [entry.unit, entry]));
}

type Packed = readonly [
  unit: string,
  key: string,
  dependencies: readonly (readonly [Dependency['operation'], path: string, id: string, ...(Stamp | [])])[],
  files: readonly (readonly [
    path: string,
    cluster: string,
    service: string | null,
    instance: string | null,
    sha256: string,
    ...(Stamp | []),
  ])[],
  result: unknown,
];

function packed({ unit, key, dependencies, files, result }: CacheEntry): Packed {
  return [
    unit,
    key,
    dependencies.map(({ operation, path, id, stamp }) => [operation, path, id, ...(stamp ?? ([] as const))]),
    files.map((file) => [
      ...([file.path, file.cluster, file.service, file.instance, file.sha256] as const),
      ...(file.stamp ?? ([] as const)),
    ]),
    result,
  ];
}

function unpacked([unit, key, dependencies, files, result]: Packed): CacheEntry {
  return {
    unit,
    key,
    dependencies: dependencies.map(([operation, path, id, ...stamp]) => ({
      ...{ operation, path, id },
      stamp: stamp.length === 0 ? null : stamp,
    })),
    files: files.map(([path, cluster, service, instance, sha256, ...stamp]) => ({
      ...{ path, cluster, service, instance, sha256 },
      stamp: stamp.length === 0 ? null : stamp,
    })),
    result,
  };
}
