import type { Path } from '../diagnostics/diagnostic.ts';
import type { ClusterConfig } from '../model/cluster-config.ts';
import type { InstanceFile, ServiceFile, ServiceSources } from '../model/service-sources.ts';
import type { SourceDocument } from '../model/source-document.ts';
import { isMap, type YamlMap, type YamlValue } from '../model/yaml-value.ts';
import { ownValue } from './merge.ts';

/** One source of an instance's keys: a map, and where it stands in its file. */
export interface Layer {
  readonly document: SourceDocument;
  readonly value: YamlMap;
  /** Path of the map in the document. */
  readonly prefix: Path;
}

/** What service-level files give to every instance of a service: the weakest layers. */
export interface ServiceLayers {
  readonly serviceYaml: Layer | null;
  /** A whole file as the value of one key: `monitoring` is monitoring.yaml. A key of service.yaml replaces it. */
  readonly files: Readonly<Record<string, WholeFile>>;
}

/** A file that stands under a key of every instance. */
export interface WholeFile {
  readonly document: SourceDocument;
  readonly value: YamlValue;
}

const FILE_KEYS = ['monitoring', 'deploy', 'data', 'smartstack', 'dependencies'] as const;

/** The service-level layers. PaaSTA: `read_service_configuration`; its key `port` has no effect on an instance. */
export function serviceLayers(sources: ServiceSources): ServiceLayers {
  const serviceYaml = layerOf(sources.serviceYaml);
  const files: Record<string, WholeFile> = {};
  for (const key of FILE_KEYS) {
    const file = sources[key];
    if (file.kind !== 'read' || (serviceYaml !== null && Object.hasOwn(serviceYaml.value, key))) continue;
    files[key] = { document: file.document, value: file.document.value ?? {} };
  }
  return { serviceYaml, files };
}

/**
 * The autotuned_defaults file whose entries lie under the instances of a file, or null when autotuning is not enabled for
 * its type. PaaSTA: `auto_config_instance_types_enabled` of the type that `auto_config_instance_type_aliases` maps to.
 */
export function autotunedFile(sources: ServiceSources, config: ClusterConfig, file: InstanceFile): ServiceFile | null {
  const { autoConfigInstanceTypeAliases: aliases, autoConfigInstanceTypesEnabled: enabled } = config;
  const type = Object.hasOwn(aliases, file.type) ? aliases[file.type]! : file.type;
  if (!Object.hasOwn(enabled, type) || enabled[type] !== true) return null;
  const key = `${type}-${file.cluster}`;
  return Object.hasOwn(sources.autotuned, key) ? sources.autotuned[key]! : null;
}

/** The layer of one instance in a file of instances; null when the file has no map under that name. */
export function instanceLayer(document: SourceDocument, instance: string): Layer | null {
  const value = isMap(document.value) ? ownValue(document.value, instance) : undefined;
  return isMap(value) ? { document, value, prefix: [instance] } : null;
}

function layerOf(file: ServiceFile): Layer | null {
  if (file.kind !== 'read' || !isMap(file.document.value)) return null;
  return { document: file.document, value: file.document.value, prefix: [] };
}
