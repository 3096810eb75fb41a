import type { Diagnostic } from '../../compiler/diagnostics/diagnostic.ts';
import { createForeignCache, loadService, type LoadOptions } from '../../compiler/load/index.ts';
import type { ServiceSources } from '../../compiler/model/service-sources.ts';
import { memoryReader, type MemoryFile } from './memory-reader.ts';

/** Clusters that `load` knows of unless a test says otherwise. */
export const CLUSTERS = ['dev', 'prod', 'us-prod'];

/** The service `web` as loaded from files given by their names inside its directory. */
export function loadWeb(
  files: Readonly<Record<string, MemoryFile>>,
  options: Partial<LoadOptions> = {},
): ServiceSources {
  const tree = Object.fromEntries(Object.entries(files).map(([name, file]) => [`web/${name}`, file]));
  return loadTree(tree, options);
}

/** The service `web` of a tree given by paths from its root. */
export function loadTree(
  files: Readonly<Record<string, MemoryFile>>,
  options: Partial<LoadOptions> = {},
): ServiceSources {
  const clusters = new Set(CLUSTERS);
  return loadService(memoryReader(files), 'web', { clusters, foreign: createForeignCache(), ...options });
}

/** `file:line:column severity code`, the severity `policy` for policy findings. */
export function brief(diagnostics: readonly Diagnostic[]): readonly string[] {
  return diagnostics.map((d) => {
    const place = d.line === undefined ? d.file : `${d.file}:${d.line}:${d.column ?? '?'}`;
    return `${place} ${d.policy ? 'policy' : d.severity} ${d.code}`;
  });
}

/** The scope fields that are set. */
export function scopes(diagnostics: readonly Diagnostic[]): readonly Partial<Diagnostic>[] {
  return diagnostics.map(({ service, cluster, instance, instances }) => ({
    ...(service === undefined ? {} : { service }),
    ...(cluster === undefined ? {} : { cluster }),
    ...(instance === undefined ? {} : { instance }),
    ...(instances === undefined ? {} : { instances }),
  }));
}
