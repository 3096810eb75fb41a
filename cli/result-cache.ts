import { mkdirSync, readdirSync, readFileSync, renameSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { isAbsolute, join, resolve } from 'node:path';
import { CompileCache, digest, parseCache, serialiseCache } from '../compiler/cache/index.ts';
import type { CompileScope } from '../compiler/compile.ts';
import { createDiskStamps } from '../compiler/load/disk-stamps.ts';
import type { TreeReader } from '../compiler/model/tree-reader.ts';
import { cleanIds } from './clean-ids.ts';
import { constructsDigest } from './constructs-digest.ts';
import type { Io } from './io.ts';
import type { Project } from './project.ts';
import { isOn, textOf, UsageError, type Call, type OptionSpecs } from './verb.ts';

/** Flags of verbs that keep results for later runs. */
export const CACHE_OPTIONS: OptionSpecs = {
  'cache-dir': {
    value: 'DIR',
    help: 'where results of earlier runs are kept (default: paasta-gitops in the XDG cache)',
  },
  'no-cache': { help: 'make everything anew, and keep nothing' },
  'verify-cache': { help: 'make everything anew, and fail when the cache holds anything else' },
};

/** Results of earlier runs on disk. */
export interface ResultCache {
  readonly results: CompileCache;
  /** Keeps the results of this run for later ones, in one step; several runs at once do not disturb each other. */
  save(): void;
}

/** The cache of a run; null where there is none: switched off, a run about some services, a program without a digest. */
export function openResultCache(
  { values, io }: Call,
  verb: string,
  { project, scope, soa }: { readonly project: Project; readonly scope: CompileScope; readonly soa: TreeReader },
): ResultCache | null {
  const isVerifying = isOn(values, 'verify-cache');
  if (isOn(values, 'no-cache') && isVerifying) throw new UsageError('--no-cache leaves nothing to verify');
  const folder = cacheFolder(textOf(values, 'cache-dir'), io);
  const program = programDigest(project);
  const isPart = scope.services !== undefined || scope.instances !== undefined;
  if (isOn(values, 'no-cache') || folder === undefined || program === null || isPart) return null;
  const { soaDir, systemConfigDir, out } = project;
  const name = digest(JSON.stringify([verb, soaDir, systemConfigDir, out, scope.clusters ?? null])).slice(0, 32);
  const file = join(folder, `${name}.cache`);
  const results = new CompileCache({
    ...{ soa, program, isVerifying, entries: readEntries(file), now: Date.now },
    stamps: createDiskStamps(soaDir),
    cleanIds: () => cleanIds(soaDir, io.env),
  });
  return {
    results,
    save() {
      const entries = [...results.entries()];
      if (entries.length === 0) return;
      try {
        replace(folder, file, serialiseCache(entries));
      } catch (error) {
        io.err(`paasta-gitops: the cache is not kept: ${error instanceof Error ? error.message : String(error)}\n`);
      }
    },
  };
}

function cacheFolder(flag: string | undefined, { env, cwd }: Io): string | undefined {
  if (flag !== undefined) return resolve(cwd, flag);
  const { XDG_CACHE_HOME: xdg = '', HOME: home = '' } = env;
  if (isAbsolute(xdg)) return join(xdg, 'paasta-gitops');
  return isAbsolute(home) ? join(home, '.cache', 'paasta-gitops') : undefined;
}

/** Digest of the built program, its Node and the project's construct modules; null when any of them cannot be told. */
function programDigest(project: Project): string | null {
  const constructs = constructsDigest(project);
  if (constructs === null) return null;
  try {
    const built = readFileSync(new URL('../program.sha256', import.meta.url), 'utf8');
    return digest(`${built}\n${process.version}\n${constructs}`);
  } catch {
    // Run from source, where nobody tells what changed.
    return null;
  }
}

function readEntries(file: string): ReturnType<typeof parseCache> {
  try {
    return parseCache(readFileSync(file, 'utf8'));
  } catch {
    return new Map();
  }
}

/** Each input tree and output folder has a file of its own; of so many the ones unused for longest go. */
const MOST_FILES = 20;

function replace(folder: string, file: string, text: string): void {
  mkdirSync(folder, { recursive: true, mode: 0o700 });
  const temporary = `${file}.${process.pid}`;
  writeFileSync(temporary, text, { mode: 0o600 });
  renameSync(temporary, file);
  const old = readdirSync(folder)
    .filter((name) => /^[0-9a-f]{32}\.cache/.test(name))
    .map((name) => ({ path: join(folder, name), used: statSync(join(folder, name)).mtimeMs }))
    .sort((a, b) => b.used - a.used);
  for (const { path } of old.slice(MOST_FILES)) rmSync(path, { force: true });
}
