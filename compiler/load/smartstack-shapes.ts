import { isInteger, isMap, toNumber, type YamlMap, type YamlValue } from '../model/yaml-value.ts';
import { boolean, listOf, map, mapOf, oneOf, record, shape, text, type Misfit, type Shape } from './shapes.ts';

const isText = (value: YamlValue, pattern: RegExp): boolean => typeof value === 'string' && pattern.test(value);
const matching = (pattern: RegExp, expected: string): Shape => shape((value) => isText(value, pattern), expected);

/** Stands in labels, names of ZooKeeper clusters and lines of configuration. */
const locationName = matching(/^[A-Za-z0-9._-]+$/, 'a location name of letters, digits, ., _ and -');
const dnsLabel = matching(/^[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?$/, 'a Kubernetes name of at most 63 characters');
const server = matching(/^[A-Za-z0-9.:[\]_-]+:[0-9]{1,5}$/, 'a server as "host:port"');
const address = matching(/^[0-9A-Za-z.:*-]+$/, 'an address');
const duration = matching(/^[0-9]+(us|ms|s|m|h|d)?$/, 'a duration such as "10m"');
/** Stands in shell commands and in lines of HAProxy's configuration. */
const path = matching(/^\/[A-Za-z0-9._/-]+$/, 'an absolute path of letters, digits, ., _, - and /');
const program = matching(/^[A-Za-z0-9._/-]+$/, 'a program');
const socketFormat = matching(
  /^\/[A-Za-z0-9._/-]*\{service_name\}[A-Za-z0-9._-]*$/,
  'an absolute path with {service_name}',
);
const capturedHeaders = matching(
  /^([A-Za-z0-9-]+(:[0-9]{1,4})?(, *|$))*$/,
  'header names with commas between them, each with a length after a colon if need be',
);
const port = integerFrom(1, 65535);
const positive = integerFrom(1, 1_000_000);

/** The file's folder is mounted, and its path stands in a template. */
const nodeFile = matching(/^\/nail\/etc\/[A-Za-z0-9._-]+$/, 'a file in /nail/etc');
const location: Shape = (value) => {
  const members = isMap(value) ? Object.keys(value) : [];
  if (members.length !== 1 || !['static', 'node_file'].includes(members[0]!)) {
    return [{ path: [], expected: '{"static": "NAME"} or {"node_file": "/nail/etc/FILE"}' }];
  }
  return record({ static: locationName, node_file: nodeFile })(value);
};

const quantities = record({
  requests: mapOf(shape(isQuantity, 'a quantity')),
  limits: mapOf(shape(isQuantity, 'a quantity')),
});

const SYNAPSE_MEMBERS: Readonly<Record<string, Shape>> = {
  enabled: boolean,
  namespace: dnsLabel,
  name: dnsLabel,
  shards: integerFrom(1, 256),
  tolerations: listOf(map),
  node_selector: mapOf(text),
  resources: quantities,
  bind_addr: address,
  'haproxy.defaults.inter': duration,
  maximum_connections: positive,
  maxconn_per_server: positive,
  maxqueue_per_server: positive,
  hacheck_port: port,
  stats_port: port,
  haproxy_restart_interval_s: positive,
  haproxy_path: program,
  haproxy_service_sockets_path_fmt: socketFormat,
  haproxy_service_proxy_sockets_path_fmt: socketFormat,
  haproxy_captured_req_headers: capturedHeaders,
  file_output_path: path,
  errorfiles: mapOf(path),
  haproxy_state_file_path: path,
};

const MEMBERS: Readonly<Record<string, Shape>> = {
  nerve_mode: oneOf('sidecar', 'host'),
  nerve_image: text,
  synapse_image: text,
  locations: mapOf(location),
  location_types: listOf(text),
  location_mapping: map,
  zk_location_type: text,
  zk_cluster_type: locationName,
  zookeeper_topology: mapOf(listOf(server)),
  synapse: record(SYNAPSE_MEMBERS),
};

/** Members of `smartstack` in the system configuration, and of `smartstack.synapse`. */
export const SMARTSTACK_MEMBERS: readonly string[] = Object.keys(MEMBERS);
export const SMARTSTACK_SYNAPSE_MEMBERS: readonly string[] = Object.keys(SYNAPSE_MEMBERS);

/** `smartstack` of the system configuration: each value, then what the values need of each other. */
export const smartstackShape: Shape = (value) => {
  const misfits = record(MEMBERS)(value);
  return misfits.length > 0 || !isMap(value) ? misfits : [...missingImages(value), ...missingZookeeper(value)];
};

function missingImages(value: YamlMap): readonly Misfit[] {
  const synapse = value['synapse'];
  const misfits: Misfit[] = [];
  if (value['nerve_mode'] === 'sidecar' && !Object.hasOwn(value, 'nerve_image')) {
    misfits.push({ path: ['nerve_mode'], expected: '"host", or an image of nerve as smartstack.nerve_image' });
  }
  if (isMap(synapse) && synapse['enabled'] === true && !Object.hasOwn(value, 'synapse_image')) {
    misfits.push({
      path: ['synapse', 'enabled'],
      expected: 'false, or an image of synapse as smartstack.synapse_image',
    });
  }
  return misfits;
}

/** The cluster's own ZooKeeper must be known when compiling. */
function missingZookeeper(value: YamlMap): readonly Misfit[] {
  const hasNerve = Object.hasOwn(value, 'nerve_image') && value['nerve_mode'] !== 'host';
  const isNeeded = hasNerve || Object.hasOwn(value, 'synapse_image');
  if (!isNeeded) return [];
  const type = typeof value['zk_location_type'] === 'string' ? value['zk_location_type'] : 'superregion';
  const locations = isMap(value['locations']) ? value['locations'] : {};
  const own = Object.hasOwn(locations, type) ? locations[type] : undefined;
  const name = isMap(own) ? own['static'] : undefined;
  if (typeof name !== 'string') {
    return [
      { path: [], expected: `a static location of type "${type}", where ZooKeeper is: locations.${type}.static` },
    ];
  }
  const topology = isMap(value['zookeeper_topology']) ? value['zookeeper_topology'] : {};
  if (Object.hasOwn(topology, name)) return [];
  return [{ path: [], expected: `the servers of the cluster's own ZooKeeper: zookeeper_topology.${name}` }];
}

function integerFrom(least: number, most: number): Shape {
  const fits = (value: YamlValue): boolean => isInteger(value) && toNumber(value) >= least && toNumber(value) <= most;
  return shape(fits, `an integer from ${least} to ${most}`);
}

function isQuantity(value: YamlValue): boolean {
  return typeof value === 'number' || isText(value, /^[0-9.]+[A-Za-z]*$/);
}
