import { compareText } from '../compiler/diagnostics/diagnostic.ts';
import { createForeignCache, listServices, loadService, loadSystemConfig } from '../compiler/load/index.ts';
import type { ServiceFile, ServiceSources } from '../compiler/model/service-sources.ts';
import { isMap, type YamlValue } from '../compiler/model/yaml-value.ts';
import { mergeInstances } from '../compiler/resolve/index.ts';
import type { Ownership } from '../publish/codeowners.ts';
import type { InputTrees } from './input-revision.ts';

/**
 * Who is asked when soa-configs change: a service's team for its folder, and for a file with instances of other teams all of theirs.
 * Paths begin with `prefix`. PaaSTA: `team` of an instance's `monitoring`, else of monitoring.yaml, else of service.yaml.
 */
export function soaOwners({ soa, system }: Pick<InputTrees, 'soa' | 'system'>, prefix: string): readonly Ownership[] {
  const { universe, customPrefixes, clusters } = loadSystemConfig(system);
  const known = { clusters: new Set(universe), customPrefixes: new Set(customPrefixes) };
  const options = { ...known, foreign: createForeignCache() };
  const configs = new Map(clusters.map((config) => [config.cluster, config]));
  return listServices(soa).services.flatMap((service) => {
    const sources = loadService(soa, service, options);
    const team = teamIn(documentOf(sources.monitoring)) ?? teamIn(documentOf(sources.serviceYaml));
    const files = new Map<string, Set<string>>();
    for (const cluster of new Set(sources.instanceFiles.map((each) => each.cluster))) {
      for (const { file, keys } of mergeInstances(sources, cluster, configs.get(cluster) ?? null)) {
        const own = teamIn(keys.get('monitoring')) ?? team;
        if (own !== null) files.set(file.file, (files.get(file.file) ?? new Set()).add(own));
      }
    }
    return ownersOf(sources, team, files).map(({ path, teams }) => ({ path: `${prefix}${path}`, teams }));
  });
}

function ownersOf(
  { service }: ServiceSources,
  team: string | null,
  files: ReadonlyMap<string, ReadonlySet<string>>,
): readonly Ownership[] {
  const others = [...files].filter(([, teams]) => teams.size > 1 || team === null || !teams.has(team));
  return [
    ...(team === null ? [] : [{ path: `${service}/`, teams: [team] }]),
    ...others.map(([path, teams]) => ({ path, teams: [...teams].sort(compareText) })),
  ];
}

function documentOf(file: ServiceFile): YamlValue | undefined {
  return file.kind === 'read' ? file.document.value : undefined;
}

function teamIn(map: YamlValue | undefined): string | null {
  const team = isMap(map ?? null) ? (map as Readonly<Record<string, YamlValue>>)['team'] : undefined;
  return typeof team === 'string' && team !== '' ? team : null;
}
