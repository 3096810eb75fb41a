import type { Resources } from '../model/resolved-instance.ts';
import type { LocationName, SmartStackSettings, SynapseSettings } from '../model/smartstack.ts';
import { isMap, isNumeric, toNumber, type YamlMap, type YamlValue } from '../model/yaml-value.ts';

/** synapse-tools' defaults. */
const CAPTURED_HEADERS = 'X-B3-SpanId,X-B3-TraceId,X-B3-ParentSpanId,X-B3-Flags:10,X-B3-Sampled:10';
const CAPTURED_LENGTH = 64;
const SOCKETS = '/var/run/synapse/sockets/{service_name}';

/**
 * `smartstack` of the system configuration with every default filled in; its values have been checked. Without it pods are as
 * PaaSTA's and no synapse is rendered.
 */
export function toSmartStackSettings(value: YamlValue | undefined): SmartStackSettings {
  const keys = isMap(value) ? value : {};
  const nerveImage = textAt(keys, 'nerve_image') ?? null;
  const synapseImage = textAt(keys, 'synapse_image') ?? null;
  const mapping = own(keys, 'location_mapping');
  return {
    nerveMode: nerveImage === null || own(keys, 'nerve_mode') === 'host' ? 'host' : 'sidecar',
    nerveImage,
    synapseImage,
    locations: mapValues(mapAt(keys, 'locations'), toLocation),
    locationTypes: Array.isArray(keys['location_types']) ? (keys['location_types'] as readonly string[]) : null,
    locationMapping: isMap(mapping) ? mapping : null,
    zkLocationType: textAt(keys, 'zk_location_type') ?? 'superregion',
    zkClusterType: textAt(keys, 'zk_cluster_type') ?? 'infrastructure',
    zookeeperTopology: mapAt(keys, 'zookeeper_topology') as Readonly<Record<string, readonly string[]>>,
    synapse: toSynapseSettings(mapAt(keys, 'synapse'), synapseImage !== null),
  };
}

function toSynapseSettings(keys: YamlMap, hasImage: boolean): SynapseSettings {
  return {
    isEnabled: hasImage && own(keys, 'enabled') !== false,
    namespace: textAt(keys, 'namespace') ?? 'paasta',
    name: textAt(keys, 'name') ?? 'synapse',
    shards: numberAt(keys, 'shards') ?? 4,
    tolerations: (own(keys, 'tolerations') ?? []) as readonly YamlMap[],
    nodeSelector: mapAt(keys, 'node_selector') as Readonly<Record<string, string>>,
    resources: resourcesOf(mapAt(keys, 'resources')),
    bindAddress: textAt(keys, 'bind_addr') ?? '0.0.0.0',
    checkInterval: textAt(keys, 'haproxy.defaults.inter') ?? '10m',
    maximumConnections: numberAt(keys, 'maximum_connections') ?? 10000,
    maxconnPerServer: numberAt(keys, 'maxconn_per_server') ?? 50,
    maxqueuePerServer: numberAt(keys, 'maxqueue_per_server') ?? 10,
    hacheckPort: numberAt(keys, 'hacheck_port') ?? 6666,
    statsPort: numberAt(keys, 'stats_port') ?? 3212,
    restartIntervalSeconds: numberAt(keys, 'haproxy_restart_interval_s') ?? 60,
    haproxyPath: textAt(keys, 'haproxy_path') ?? 'haproxy',
    socketPathFormat: textAt(keys, 'haproxy_service_sockets_path_fmt') ?? `${SOCKETS}.sock`,
    proxySocketPathFormat: textAt(keys, 'haproxy_service_proxy_sockets_path_fmt') ?? `${SOCKETS}.prxy`,
    capturedHeaders: capturedHeaders(textAt(keys, 'haproxy_captured_req_headers') ?? CAPTURED_HEADERS),
    fileOutputPath: textAt(keys, 'file_output_path') ?? '/var/run/synapse/services',
    errorFiles: mapAt(keys, 'errorfiles') as Readonly<Record<string, string>>,
    stateFilePath: textAt(keys, 'haproxy_state_file_path') ?? null,
  };
}

function toLocation(value: YamlValue): LocationName {
  const keys = isMap(value) ? value : {};
  const nodeFile = textAt(keys, 'node_file');
  return nodeFile === undefined ? { name: textAt(keys, 'static') ?? '' } : { nodeFile };
}

/** `A,B:10` as names and lengths. */
function capturedHeaders(list: string): SynapseSettings['capturedHeaders'] {
  return list
    .split(',')
    .map((item) => item.trim().split(':'))
    .filter(([name]) => name !== '')
    .map(([name, length]) => ({ name: name!, length: length === undefined ? CAPTURED_LENGTH : Number(length) }));
}

function resourcesOf(keys: YamlMap): Resources {
  const quantity = (value: YamlValue): number | string => (isNumeric(value) ? toNumber(value) : (value as string));
  return {
    requests: mapValues(mapAt(keys, 'requests'), quantity),
    limits: mapValues(mapAt(keys, 'limits'), quantity),
  };
}

function own(keys: YamlMap, key: string): YamlValue | undefined {
  return Object.hasOwn(keys, key) ? keys[key] : undefined;
}

function textAt(keys: YamlMap, key: string): string | undefined {
  const value = own(keys, key);
  return typeof value === 'string' ? value : undefined;
}

function numberAt(keys: YamlMap, key: string): number | undefined {
  const value = own(keys, key);
  return isNumeric(value) ? toNumber(value) : undefined;
}

function mapAt(keys: YamlMap, key: string): YamlMap {
  const value = own(keys, key);
  return isMap(value) ? value : {};
}

function mapValues<T>(map: YamlMap, change: (value: YamlValue) => T): Readonly<Record<string, T>> {
  return Object.fromEntries(Object.entries(map).map(([key, value]) => [key, change(value)]));
}
