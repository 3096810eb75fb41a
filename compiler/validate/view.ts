import type { ClusterConfig } from '../model/cluster-config.ts';
import type { MergedWorkload } from '../model/instance-keys.ts';
import type { ServiceSources, SharedSources } from '../model/service-sources.ts';
import { isMap, type YamlMap, type YamlValue } from '../model/yaml-value.ts';
import { readPipelineGroups, type PipelineGroup } from './pipeline-groups.ts';

/** What the rules may know besides the service itself. */
export interface ValidateOptions {
  readonly shared: SharedSources;
  /** Usable system configurations. */
  readonly configs: readonly ClusterConfig[];
  /** `service.namespace` by port, from a file like `/etc/services`; null when none was given. */
  readonly etcServices: ReadonlyMap<number, string> | null;
  /** False in a run about some clusters: the instances of others were not read, and nothing can be said of their absence. */
  readonly hasAllClusters: boolean;
}

/** Everything that rules about one service see. */
export interface ServiceView extends ValidateOptions {
  readonly sources: ServiceSources;
  /** Steps of the pipeline that deploy, in order. */
  readonly pipeline: readonly PipelineGroup[];
  /** Long-running instances with merged keys, of every cluster that was read. */
  readonly instances: readonly MergedWorkload[];
}

/** Everything that rules about one instance see. */
export interface InstanceView {
  readonly service: ServiceView;
  readonly workload: MergedWorkload;
  /** Null: the cluster is known and has no usable system configuration here. */
  readonly config: ClusterConfig | null;
}

/** The view of a service; `instances` are those of every cluster. */
export function viewOf(
  sources: ServiceSources,
  instances: readonly MergedWorkload[],
  options: ValidateOptions,
): ServiceView {
  return { ...options, sources, instances, pipeline: readPipelineGroups(sources) };
}

/**
 * A key of the system configuration of the instance's cluster. For a cluster without one, that of the first configuration
 * that has the key: PaaSTA checks all clusters with the one configuration it finds.
 */
export function systemValue({ config, service }: InstanceView, key: string): YamlValue | undefined {
  if (config !== null) return own(config.raw, key);
  for (const { raw } of service.configs) {
    const value = own(raw, key);
    if (value !== undefined) return value;
  }
  return undefined;
}

/** The map under a key of a map; an empty one when there is none. */
export function mapUnder(value: YamlValue | undefined, key: string): YamlMap {
  const found = isMap(value) ? own(value, key) : undefined;
  return isMap(found) ? found : {};
}

/** The value that a map itself has under a key. */
export function own(map: YamlMap, key: string): YamlValue | undefined {
  return Object.hasOwn(map, key) ? map[key] : undefined;
}

/** Whether a list of the system configuration names the service. */
export function isListed(value: YamlValue | undefined, service: string): boolean {
  return Array.isArray(value) && (value as readonly YamlValue[]).includes(service);
}
