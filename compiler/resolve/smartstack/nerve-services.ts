import { compareText } from '../../diagnostics/diagnostic.ts';
import type {
  LocationLabel,
  LocationName,
  NerveCheck,
  NerveService,
  SmartStackSettings,
} from '../../model/smartstack.ts';
import type { YamlValue } from '../../model/yaml-value.ts';
import type { Locations } from './locations.ts';
import { nodeNamespace, type NodeNamespace } from './node-namespace.ts';

/** What nerve needs to know of a pod and of the cluster it runs in. */
export interface NervePod {
  readonly registrations: readonly string[];
  /** smartstack.yaml of a service; undefined when it has none. */
  smartstackOf(service: string): YamlValue | undefined;
  /** Port of the main container. */
  readonly port: number;
  readonly weight: number;
  readonly settings: SmartStackSettings;
  readonly locations: Locations;
  /** PaaSTA: `kubernetes_use_hacheck_sidecar`. */
  readonly usesHacheckSidecar: boolean;
}

/** A location at which the pod is registered, and the ZooKeeper locations that it belongs to. */
interface Advertised {
  readonly label: LocationLabel;
  readonly zkLocations: readonly string[];
}

/**
 * The records of a pod: one per registration in SmartStack and ZooKeeper cluster (nerve-tools: `generate_subconfiguration`).
 * A ZooKeeper location without topology is left out, as there. ZooKeeper locations that are served by the same servers make
 * one record with all labels: two would have one name, and synapse keeps only the first of those before it looks at labels.
 */
export function resolveNerveServices(pod: NervePod): readonly NerveService[] {
  const services: NerveService[] = [];
  for (const registration of new Set(pod.registrations)) {
    const namespace = namespaceOfRegistration(registration, pod);
    if (namespace !== null) services.push(...recordsOf(registration, namespace, pod));
  }
  return services.sort(
    (a, b) => compareText(a.registration, b.registration) || compareText(a.zkLocation, b.zkLocation),
  );
}

/** The namespace a registration names, in the registration's own service; null when that is not in SmartStack. */
export function namespaceOfRegistration(
  registration: string,
  pod: Pick<NervePod, 'smartstackOf'>,
): NodeNamespace | null {
  const [service, namespace] = registration.split('.');
  if (service === undefined || namespace === undefined) return null;
  return nodeNamespace(pod.smartstackOf(service), namespace);
}

function recordsOf(registration: string, namespace: NodeNamespace, pod: NervePod): readonly NerveService[] {
  const { zookeeperTopology, zkClusterType } = pod.settings;
  const byServers = new Map<string, { zkLocations: string[]; labels: Map<string, LocationLabel> }>();
  for (const { label, zkLocations } of advertisedLocations(namespace, pod)) {
    for (const zkLocation of zkLocations) {
      const hosts = Object.hasOwn(zookeeperTopology, zkLocation) ? zookeeperTopology[zkLocation] : undefined;
      if (hosts === undefined) continue;
      const servers = [...hosts].sort(compareText).join(',');
      const record = byServers.get(servers) ?? { zkLocations: [], labels: new Map<string, LocationLabel>() };
      byServers.set(servers, record);
      record.zkLocations.push(zkLocation);
      record.labels.set(labelText(label), label);
    }
  }
  return [...byServers.values()].map(({ zkLocations, labels }) => {
    const zkLocation = zkLocations.sort(compareText)[0]!;
    return {
      registration,
      zkLocation,
      zkClusterName: `${zkClusterType}-${zkLocation}`,
      zkHosts: zookeeperTopology[zkLocation]!,
      port: pod.port,
      weight: pod.weight,
      labels: [...labels].sort(([a], [b]) => compareText(a, b)).map(([, label]) => label),
      check: checkOf(registration, namespace, pod),
    };
  });
}

function advertisedLocations(namespace: NodeNamespace, pod: NervePod): readonly Advertised[] {
  const { settings, locations } = pod;
  const types = namespace.advertise.filter((type) => locations.isType(type));
  const here = types.flatMap((type) => {
    const location = currentLocation(settings, type);
    if (location === undefined) return [];
    return [{ label: { type, location }, zkLocations: zkLocationsOf(location, type, pod) }];
  });
  return [...here, ...namespace.extraAdvertise.flatMap(([from, to]) => extraLocations(from, to, types, pod))];
}

/** Locations elsewhere at which the pod is registered too, because it runs in `from`. */
function extraLocations(from: string, to: string, types: readonly string[], pod: NervePod): readonly Advertised[] {
  const [fromType, fromName, ...fromRest] = from.split(':');
  const [toType, toName, ...toRest] = to.split(':');
  if (fromName === undefined || toName === undefined || fromRest.length + toRest.length > 0) return [];
  const current = currentLocation(pod.settings, fromType!);
  if (current === undefined || !('name' in current) || current.name !== fromName) return [];
  if (!pod.locations.isType(toType!)) return [];
  const upTo = types.filter((type) => pod.locations.compare(toType!, type) <= 0);
  return upTo.flatMap((type) =>
    pod.locations.convert(toName, toType!, type).map((name) => {
      const location = { name };
      return { label: { type, location }, zkLocations: zkLocationsOf(location, type, pod) };
    }),
  );
}

function zkLocationsOf(location: LocationName, type: string, pod: NervePod): readonly string[] {
  const { zkLocationType } = pod.settings;
  if ('name' in location) return pod.locations.convert(location.name, type, zkLocationType);
  const own = currentLocation(pod.settings, zkLocationType);
  return own !== undefined && 'name' in own ? [own.name] : [];
}

/** Where the cluster is, by location type; undefined when the system configuration does not say. */
export function currentLocation(settings: SmartStackSettings, type: string): LocationName | undefined {
  return Object.hasOwn(settings.locations, type) ? settings.locations[type] : undefined;
}

function labelText({ type, location }: LocationLabel): string {
  return `${type}:${'name' in location ? location.name : `\uffff${location.nodeFile}`}`;
}

/** hacheck knows no http2 and answers 404, so such a service is asked over plain HTTP; nerve-tools would never register it. */
function checkOf(registration: string, namespace: NodeNamespace, pod: NervePod): NerveCheck {
  const configured = namespace.healthcheckMode ?? namespace.mode;
  const mode = configured === 'http2' ? 'http' : configured;
  const port = namespace.healthcheckPort ?? pod.port;
  const path = namespace.healthcheckUri.replace(/^\/+/, '');
  return {
    uri: `/${mode}/${registration}/${port}/${path}`,
    timeoutSeconds: namespace.healthcheckTimeoutSeconds,
    headers: pod.usesHacheckSidecar ? namespace.extraHealthcheckHeaders : [],
    expect: namespace.healthcheckBodyExpect,
    usesSidecar: pod.usesHacheckSidecar,
  };
}
