import type { LocationName, SmartStackSettings, SynapseNamespace } from '../compiler/model/smartstack.ts';
import { chaosLines, hasNoServers, mergeChaos } from './_synapse-chaos.ts';
import { backendName } from './_synapse-names.ts';
import { backendLines, frontendLines, type Backend } from './_synapse-lines.ts';
import { locationLabel } from './_nerve-document.ts';
import type { RuntimeJson } from './_runtime-json.ts';

/** What the entries of a cluster depend on besides their namespaces. */
export interface SynapseWorld {
  readonly settings: SmartStackSettings;
  /** Location types, most general first. */
  readonly types: readonly string[];
  /** Servers of the cluster's own ZooKeeper location, `host:port`. */
  readonly zkHosts: readonly string[];
  /** Whether requests over http can be sent to the backend of a `service.namespace`: one that is missing stops HAProxy. */
  canProxy(registration: string): boolean;
}

/** One watcher of synapse: a file of its services folder. */
export interface SynapseEntry {
  readonly name: string;
  readonly document: RuntimeJson;
}

/**
 * The entries of a namespace: one per advertised type, most specific first, and endpoint with a timeout of its own, the
 * default last (synapse-tools: `generate_configuration`, with HAProxy 2.4 syntax). None where the cluster has no location of
 * the type that clients discover by.
 */
export function synapseEntries(
  service: string,
  namespace: SynapseNamespace,
  world: SynapseWorld,
): readonly SynapseEntry[] {
  const registration = `${service}.${namespace.namespace}`;
  const discover = namespace.discover ?? 'region';
  const types = advertisedTypes(namespace, world);
  if (!types.includes(discover)) return [];
  const backends = types.flatMap((type) => endpointsOf(namespace).map((endpoint) => backendOf(type, endpoint)));
  return backends.map((backend) => ({
    name: backend.name,
    document: {
      default_servers: [],
      use_previous_backends: false,
      discovery: discovery(registration, namespace, backend, world),
      haproxy: haproxy(registration, namespace, backend, backends, world),
    },
  }));

  function backendOf(type: string, endpoint: Backend['endpoint']): Backend {
    const name = backendName(registration, type === discover ? null : type, endpoint?.path ?? null);
    // A narrower type than the discovered one would send requests to fewer instances than were asked for.
    const isRouted = world.types.indexOf(type) <= world.types.indexOf(discover);
    return { name, type, endpoint, isRouted, isMain: type === discover && endpoint === null };
  }
}

function endpointsOf({ endpoints = [] }: SynapseNamespace): readonly Backend['endpoint'][] {
  return [...endpoints.map(([path, milliseconds]) => ({ path, milliseconds })), null];
}

function advertisedTypes({ advertise = ['region'] }: SynapseNamespace, world: SynapseWorld): readonly string[] {
  const isUsable = (type: string): boolean => advertise.includes(type) && locationAt(world, type) !== undefined;
  return world.types.filter(isUsable).reverse();
}

function locationAt({ settings }: SynapseWorld, type: string): LocationName | undefined {
  return Object.hasOwn(settings.locations, type) ? settings.locations[type] : undefined;
}

function discovery(
  registration: string,
  namespace: SynapseNamespace,
  { type }: Backend,
  world: SynapseWorld,
): RuntimeJson {
  const label = locationLabel({ type, location: locationAt(world, type)! });
  const label_filters = [{ label, value: '', condition: 'equals' }];
  if (hasNoServers(mergeChaos(namespace, world.settings))) return { method: 'base', label_filters };
  return { method: 'zookeeper', path: `/smartstack/global/${registration}`, hosts: world.zkHosts, label_filters };
}

function haproxy(
  registration: string,
  namespace: SynapseNamespace,
  backend: Backend,
  backends: readonly Backend[],
  world: SynapseWorld,
): RuntimeJson {
  if (namespace.proxyPort === null) return { disabled: true };
  const { hacheckPort, maxconnPerServer, maxqueuePerServer } = world.settings.synapse;
  const layer = namespace.mode === undefined ? 'layer7' : 'layer4';
  const frontend = {
    port: String(namespace.proxyPort),
    frontend: frontendLines(registration, namespace, backends, {
      synapse: world.settings.synapse,
      chaos: chaosLines(mergeChaos(namespace, world.settings)),
      isProxied: isProxied(namespace, world),
    }),
  };
  return {
    backend_name: backend.name,
    listen: [],
    server_options: `check port ${hacheckPort} observe ${layer} maxconn ${maxconnPerServer} maxqueue ${maxqueuePerServer}`,
    backend: backendLines(registration, namespace, backend),
    ...(backend.isMain ? frontend : {}),
  };
}

function isProxied({ mode, proxiedThrough }: SynapseNamespace, world: SynapseWorld): boolean {
  return mode === undefined && proxiedThrough !== undefined && world.canProxy(proxiedThrough);
}
