import { join } from 'node:path';
import { CompileCache, digest } from '../compiler/cache/index.ts';
import type { CompileScope } from '../compiler/compile.ts';
import type { StampReader, TreeReader } from '../compiler/model/tree-reader.ts';
import type { CachePlace } from './cache-place.ts';
import { cleanIds } from './clean-ids.ts';
import { constructsDigest } from './constructs-digest.ts';
import type { Io } from './io.ts';
import type { Project } from './project.ts';
import { ResultFiles } from './result-files.ts';

/** Results of earlier runs on disk. */
export interface ResultCache {
  readonly results: CompileCache;
  /**
   * Keeps the results of this run for later ones, in one step; several runs at once do not disturb each other. What tells them from
   * those of any other run; null when they are not kept.
   */
  save(): string | null;
}

export interface ResultCacheOptions {
  readonly place: CachePlace;
  readonly verb: string;
  readonly project: Project;
  readonly scope: CompileScope;
  readonly soa: TreeReader;
  readonly stamps: StampReader;
  /** Paths that changed since a run whose results had this mark; see `CompileCacheOptions`. */
  readonly settled?: { readonly changed: readonly string[]; readonly results: string } | null;
}

/** The cache of a run; null for a run about some services, and when nobody can tell what the construct modules are made of. */
export function openResultCache(io: Io, options: ResultCacheOptions): ResultCache | null {
  const { place, verb, project, scope, soa, stamps, settled = null } = options;
  const constructs = constructsDigest(project);
  if (constructs === null || scope.services !== undefined || scope.instances !== undefined) return null;
  const { soaDir, systemConfigDir, out } = project;
  const name = digest(JSON.stringify([verb, soaDir, systemConfigDir, out, scope.clusters ?? null])).slice(0, 32);
  const files = new ResultFiles(join(place.folder, name));
  const entries = files.read();
  // Results of any other run are looked at one by one.
  const changed = settled?.results === files.mark ? settled.changed : null;
  const results = new CompileCache({
    ...{ soa, stamps, changed, isVerifying: place.isVerifying, entries, now: Date.now },
    program: `${place.program}\n${constructs}`,
    cleanIds: () => cleanIds(soaDir, io.env),
    store: (entry) => {
      files.add(entry);
    },
  });
  return {
    results,
    save() {
      const made = results.entries();
      if (made.length === 0 && !files.hasBegun) return null;
      try {
        files.write(made);
        return files.mark;
      } catch (error) {
        io.err(`paasta-gitops: the cache is not kept: ${error instanceof Error ? error.message : String(error)}\n`);
        return null;
      }
    },
  };
}
