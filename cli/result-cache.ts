import { mkdirSync, readdirSync, readFileSync, renameSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { CompileCache, digest, parseCache, serialiseCache } from '../compiler/cache/index.ts';
import type { CompileScope } from '../compiler/compile.ts';
import type { StampReader, TreeReader } from '../compiler/model/tree-reader.ts';
import type { CachePlace } from './cache-place.ts';
import { cleanIds } from './clean-ids.ts';
import { constructsDigest } from './constructs-digest.ts';
import type { Io } from './io.ts';
import type { Project } from './project.ts';

/** Results of earlier runs on disk. */
export interface ResultCache {
  readonly results: CompileCache;
  /** Keeps the results of this run for later ones, in one step; several runs at once do not disturb each other. */
  save(): void;
}

export interface ResultCacheOptions {
  readonly place: CachePlace;
  readonly verb: string;
  readonly project: Project;
  readonly scope: CompileScope;
  readonly soa: TreeReader;
  readonly stamps: StampReader;
}

/** The cache of a run; null for a run about some services, and when nobody can tell what the construct modules are made of. */
export function openResultCache(io: Io, options: ResultCacheOptions): ResultCache | null {
  const { place, verb, project, scope, soa, stamps } = options;
  const constructs = constructsDigest(project);
  if (constructs === null || scope.services !== undefined || scope.instances !== undefined) return null;
  const { soaDir, systemConfigDir, out } = project;
  const name = digest(JSON.stringify([verb, soaDir, systemConfigDir, out, scope.clusters ?? null])).slice(0, 32);
  const file = join(place.folder, `${name}.cache`);
  const results = new CompileCache({
    ...{ soa, stamps, isVerifying: place.isVerifying, entries: readEntries(file), now: Date.now },
    program: `${place.program}\n${constructs}`,
    cleanIds: () => cleanIds(soaDir, io.env),
  });
  return {
    results,
    save() {
      const entries = [...results.entries()];
      if (entries.length === 0) return;
      try {
        replace(place.folder, file, serialiseCache(entries));
      } catch (error) {
        io.err(`paasta-gitops: the cache is not kept: ${error instanceof Error ? error.message : String(error)}\n`);
      }
    },
  };
}

function readEntries(file: string): ReturnType<typeof parseCache> {
  try {
    return parseCache(readFileSync(file, 'utf8'));
  } catch {
    return new Map();
  }
}

/** Each input tree and output folder has a file of its own; of so many the ones unused for longest go. */
const MOST_FILES = 40;

function replace(folder: string, file: string, text: string): void {
  mkdirSync(folder, { recursive: true, mode: 0o700 });
  const temporary = `${file}.${process.pid}`;
  writeFileSync(temporary, text, { mode: 0o600 });
  renameSync(temporary, file);
  const old = readdirSync(folder)
    .filter((name) => /^[0-9a-f]{32}\.(?:cache|sealed)/.test(name))
    .map((name) => ({ path: join(folder, name), used: statSync(join(folder, name)).mtimeMs }))
    .sort((a, b) => b.used - a.used);
  for (const { path } of old.slice(MOST_FILES)) rmSync(path, { force: true });
}
