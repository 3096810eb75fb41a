import type { Diagnostic } from '../../compiler/diagnostics/diagnostic.ts';
import {
  createForeignCache,
  listServices,
  loadService,
  loadShared,
  loadSystemConfig,
} from '../../compiler/load/index.ts';
import type { ClusterConfig } from '../../compiler/model/cluster-config.ts';
import type { KubeObject, RenderedFile } from '../../compiler/model/rendered-file.ts';
import type { ServiceSources, SharedSources } from '../../compiler/model/service-sources.ts';
import type { ClusterSummary, ServiceSummary } from '../../compiler/model/service-summary.ts';
import type { TreeReader } from '../../compiler/model/tree-reader.ts';
import { aggregateFiles, renderService, type RenderOptions, summariseCluster } from '../../compiler/render/index.ts';
import { resolveService } from '../../compiler/resolve/index.ts';
import { objectsIn } from './objects-in.ts';

/** What a tree compiles to in one cluster. */
export interface CompiledCluster {
  readonly config: ClusterConfig;
  /** Objects as parsed from the instance's files, by `service.instance`. */
  readonly instances: ReadonlyMap<string, readonly KubeObject[]>;
  /** Objects of the files that belong to no instance. */
  readonly shared: readonly KubeObject[];
  readonly files: readonly RenderedFile[];
  /** By service. */
  readonly summaries: Readonly<Record<string, ClusterSummary>>;
}

export interface CompiledTree {
  readonly clusters: Readonly<Record<string, CompiledCluster>>;
  readonly diagnostics: readonly Diagnostic[];
}

/** Runs every pass but writing over a whole tree. */
export async function compileTree(
  soa: TreeReader,
  system: TreeReader,
  options: Partial<RenderOptions> = {},
): Promise<CompiledTree> {
  const { clusters: configs, universe, customPrefixes, diagnostics } = loadSystemConfig(system);
  const { services, diagnostics: ofListing } = listServices(soa);
  const shared = loadShared(soa, {
    services,
    alwaysAuthenticating: configs.flatMap((config) => config.alwaysAuthenticatingServices),
    usesTokens: configs.some((config) => config.serviceAuthTokenSettings !== null),
  });
  const foreign = createForeignCache();
  const known = { clusters: new Set(universe), customPrefixes: new Set(customPrefixes), foreign };
  const sources = services.map((service) => loadService(soa, service, known));
  const compiled = await Promise.all(configs.map((config) => compileCluster(sources, shared, config, options)));
  return {
    clusters: Object.fromEntries(compiled.map(({ cluster }) => [cluster.config.cluster, cluster])),
    diagnostics: [
      ...diagnostics,
      ...ofListing,
      ...shared.diagnostics,
      ...sources.flatMap((each) => each.diagnostics),
      ...compiled.flatMap((each) => each.diagnostics),
    ],
  };
}

async function compileCluster(
  sources: readonly ServiceSources[],
  shared: SharedSources,
  config: ClusterConfig,
  given: Partial<RenderOptions>,
): Promise<{ readonly cluster: CompiledCluster; readonly diagnostics: readonly Diagnostic[] }> {
  const options: RenderOptions = { filePer: 'instance', constructs: [], verbose: false, ...given };
  const diagnostics: Diagnostic[] = [];
  const files: RenderedFile[] = [];
  const summaries: ServiceSummary[] = [];
  for (const each of sources) {
    const resolution = resolveService(each, config, shared);
    const rendered = await renderService(resolution.instances, options);
    diagnostics.push(...resolution.diagnostics, ...rendered.diagnostics);
    files.push(...rendered.files);
    const failed = [...resolution.failed, ...rendered.failed.map(({ instance }) => instance)];
    const summary = summariseCluster({ ...resolution, config, rendered: rendered.rendered, failed });
    summaries.push({
      version: 1,
      service: each.service,
      clusters: { [config.cluster]: summary },
      authorizedServices: [],
      proxyPorts: {},
    });
  }
  const aggregates = await aggregateFiles({ config, summaries, filePer: options.filePer, kept: null });
  return {
    cluster: {
      config,
      instances: objectsByInstance(files),
      shared: aggregates.files.flatMap(objectsIn),
      files: [...files, ...aggregates.files],
      summaries: Object.fromEntries(summaries.map((each) => [each.service, each.clusters[config.cluster]!])),
    },
    diagnostics: [...diagnostics, ...aggregates.diagnostics],
  };
}

function objectsByInstance(files: readonly RenderedFile[]): ReadonlyMap<string, readonly KubeObject[]> {
  const objects = new Map<string, readonly KubeObject[]>();
  for (const file of files) {
    const id = `${file.service!}.${file.instance!}`;
    objects.set(id, [...(objects.get(id) ?? []), ...objectsIn(file)]);
  }
  return objects;
}
