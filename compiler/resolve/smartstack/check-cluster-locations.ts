import type { ClusterConfig } from '../../model/cluster-config.ts';
import type { Locations } from './locations.ts';
import type { NamespaceFinding, NamespaceInput } from './namespace-check.ts';
import { currentLocation } from './nerve-services.ts';
import { mapAt, textsAt } from './read-values.ts';

/**
 * What a namespace asks of the locations of one cluster that renders nerve or synapse: locations that only nodes know cannot
 * be compared when compiling, and a ZooKeeper location without servers is registered nowhere.
 */
export function checkClusterLocations(
  input: NamespaceInput,
  config: ClusterConfig,
  locations: Locations | null,
): readonly NamespaceFinding[] {
  const { smartstack } = config;
  const hasNerve = smartstack.nerveMode === 'sidecar' && config.registerK8sPods;
  if (locations === null || (!hasNerve && !smartstack.synapse.isEnabled)) return [];
  return [
    ...missingLocations(input, config, locations),
    ...(hasNerve ? extraAdvertise(input, config, locations) : []),
    ...(smartstack.synapse.isEnabled ? dynamicChaos(input, config) : []),
  ];
}

/** A known type for which the cluster's configuration gives no location: nothing is registered or found there. */
function missingLocations(
  { keys, path, registration }: NamespaceInput,
  { smartstack, cluster }: ClusterConfig,
  locations: Locations,
): readonly NamespaceFinding[] {
  const types = textsAt(keys, 'advertise') ?? ['region'];
  const missing = types.filter((type) => locations.isType(type) && currentLocation(smartstack, type) === undefined);
  return missing.map((type) => ({
    severity: 'warning',
    code: 'smartstack-dropped',
    message: `${registration} is advertised by ${type}, and ${cluster} has no location of that type`,
    hint: `set smartstack.locations.${type} in the system configuration`,
    path: [...path, 'advertise'],
  }));
}

function extraAdvertise(
  { keys, path }: NamespaceInput,
  { smartstack, cluster }: ClusterConfig,
  locations: Locations,
): readonly NamespaceFinding[] {
  const map = mapAt(keys, 'extra_advertise');
  return Object.keys(map).flatMap((from): readonly NamespaceFinding[] => {
    const at = [...path, 'extra_advertise', from];
    const [type, name] = from.split(':');
    const current = currentLocation(smartstack, type!);
    if (current !== undefined && 'nodeFile' in current) {
      const message = `extra_advertise depends on the ${type!}, which in ${cluster} only the nodes know`;
      const hint = `set smartstack.locations.${type!}.static, or use a wider type`;
      return [{ severity: 'error', code: 'smartstack-extra-advertise-dynamic', message, hint, path: at, atKey: true }];
    }
    if (current?.name !== name) return [];
    return (textsAt(map, from) ?? []).flatMap((to, index) => noServers(to, [...at, index]));
  });

  function noServers(to: string, at: NamespaceFinding['path']): readonly NamespaceFinding[] {
    const [type, name] = to.split(':');
    if (name === undefined || !locations.has(name, type!)) return [];
    const without = locations
      .convert(name, type!, smartstack.zkLocationType)
      .filter((zkLocation) => !Object.hasOwn(smartstack.zookeeperTopology, zkLocation));
    return without.map((zkLocation) => ({
      severity: 'warning',
      code: 'smartstack-dropped',
      message: `${to} is registered in no ZooKeeper: ${cluster} knows no servers of ${zkLocation}`,
      hint: `add smartstack.zookeeper_topology.${zkLocation} to the system configuration`,
      path: at,
    }));
  }
}

function dynamicChaos(
  { keys, path }: NamespaceInput,
  { smartstack, cluster }: ClusterConfig,
): readonly NamespaceFinding[] {
  const types = Object.keys(mapAt(keys, 'chaos')).filter((type) => {
    const current = currentLocation(smartstack, type);
    return current !== undefined && 'nodeFile' in current;
  });
  return types.map((type) => ({
    severity: 'warning',
    code: 'smartstack-dropped',
    message: `chaos by ${type} is not rendered: in ${cluster} only the nodes know it`,
    path: [...path, 'chaos', type],
    atKey: true,
  }));
}
