import type { Diagnostic } from '../compiler/diagnostics/diagnostic.ts';
import { createForeignCache, listServices, loadService, loadShared, loadSystemConfig } from '../compiler/load/index.ts';
import type { ClusterConfig } from '../compiler/model/cluster-config.ts';
import type { ServiceSources, SharedSources } from '../compiler/model/service-sources.ts';
import type { TreeReader } from '../compiler/model/tree-reader.ts';
import { resolveService, type ServiceResolution } from '../compiler/resolve/index.ts';

/** One service in one cluster after the passes load and resolve. */
export interface LoadedService {
  readonly config: ClusterConfig;
  readonly sources: ServiceSources;
  readonly shared: SharedSources;
  /** With the origins of every member. */
  readonly resolution: ServiceResolution;
  readonly diagnostics: readonly Diagnostic[];
}

/** Loads and resolves a service with tracing; null when the cluster has no usable configuration. */
export function loadTraced(
  trees: { readonly soa: TreeReader; readonly system: TreeReader },
  cluster: string,
  service: string,
): LoadedService | null {
  const system = loadSystemConfig(trees.system, { onlyClusters: [cluster] });
  const [config] = system.clusters;
  if (config === undefined) return null;
  const sources = loadService(trees.soa, service, {
    clusters: new Set(system.universe),
    customPrefixes: new Set(system.customPrefixes),
    foreign: createForeignCache(),
    onlyClusters: new Set([cluster]),
  });
  const { services } = listServices(trees.soa);
  const { alwaysAuthenticatingServices: alwaysAuthenticating } = config;
  const usesTokens = config.serviceAuthTokenSettings !== null;
  const shared = loadShared(trees.soa, { services, alwaysAuthenticating, usesTokens });
  const resolution = resolveService(sources, config, shared, { trace: true });
  return {
    config,
    sources,
    shared,
    resolution,
    diagnostics: [...system.diagnostics, ...sources.diagnostics, ...shared.diagnostics, ...resolution.diagnostics],
  };
}
