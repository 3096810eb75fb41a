import { compile, withSeverity, type CompileScope, type CompileSink } from '../compiler/compile.ts';
import type { Diagnostic } from '../compiler/diagnostics/diagnostic.ts';
import { createDiskReader } from '../compiler/load/disk-reader.ts';
import { createDiskStamps } from '../compiler/load/disk-stamps.ts';
import { listServices } from '../compiler/load/index.ts';
import { expiredBounds } from '../delivery/scale/expired-bounds.ts';
import { cachePlace } from './cache-place.ts';
import { readEtcServices } from './etc-services.ts';
import { progressLine } from './progress.ts';
import type { Project } from './project.ts';
import { openResultCache } from './result-cache.ts';
import { isOn, textOf, type Call, type OptionSpecs } from './verb.ts';

/** Flags that say what counts as a mistake. */
export const CHECK_OPTIONS: OptionSpecs = {
  strict: { help: 'warnings fail too; policy findings are errors' },
  'etc-services': { value: 'FILE', help: 'a file like /etc/services: proxy ports must not belong to others in it' },
};

/** Every finding about the part of the tree that a run is about: of loading, schemas, rules, resolving, rendering. */
export async function findMistakes(call: Call, project: Project, scope: CompileScope): Promise<readonly Diagnostic[]> {
  const { values, io } = call;
  const soa = createDiskReader(project.soaDir);
  const place = cachePlace(call);
  const cache =
    place &&
    openResultCache(io, {
      ...{ place, verb: 'validate', project: { ...project, constructs: [] }, scope, soa },
      stamps: createDiskStamps(project.soaDir),
    });
  const etcServices = readEtcServices(textOf(values, 'etc-services'), io.cwd);
  const policy = { strict: isOn(values, 'strict'), severity: project.severity };
  const progress = progressLine(io, 'services');
  const { diagnostics } = await compile(
    {
      soa,
      system: createDiskReader(project.systemConfigDir),
      scope,
      filePer: project.filePer,
      constructs: [],
      verbose: isOn(values, 'verbose'),
      ...policy,
      checks: { assumeDeployed: true, ...(etcServices && { etcServices }) },
      ...(cache && { cache: cache.results }),
    },
    nowhere(progress.update),
  );
  cache?.save();
  progress.clear();
  const found = [...diagnostics, ...(cache?.results.differences() ?? [])];
  return [...found, ...withSeverity(scaledTooLong(project.soaDir, scope.services), policy)];
}

/** Bounds that `scale` changed for a while which is over: the one finding that depends on the time. */
function scaledTooLong(soaDir: string, services: readonly string[] | undefined): readonly Diagnostic[] {
  const soa = createDiskReader(soaDir);
  const known = listServices(soa).services.filter((name) => services?.includes(name) ?? true);
  return expiredBounds(soa, known, new Date()).flatMap(({ diagnostics }) => diagnostics);
}

/** A sink that keeps nothing. */
function nowhere(progress: (done: number, total: number) => void): CompileSink {
  const ignore = (): void => undefined;
  const keeping = { service: () => [], aggregates: () => [], untouched: () => true, placed: () => [] };
  return { begin: ignore, service: ignore, kept: () => null, aggregates: ignore, keeping, progress };
}
