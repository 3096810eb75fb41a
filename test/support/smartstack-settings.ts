import type { SmartStackSettings, SynapseSettings } from '../../compiler/model/smartstack.ts';

const SYNAPSE: SynapseSettings = {
  isEnabled: true,
  namespace: 'paasta',
  name: 'synapse',
  shards: 4,
  tolerations: [],
  nodeSelector: {},
  resources: { requests: {}, limits: {} },
  bindAddress: '0.0.0.0',
  checkInterval: '10m',
  maximumConnections: 10000,
  maxconnPerServer: 50,
  maxqueuePerServer: 10,
  hacheckPort: 6666,
  statsPort: 3212,
  restartIntervalSeconds: 60,
  haproxyPath: 'haproxy',
  socketPathFormat: '/var/run/synapse/sockets/{service_name}.sock',
  proxySocketPathFormat: '/var/run/synapse/sockets/{service_name}.prxy',
  capturedHeaders: [
    { name: 'X-B3-SpanId', length: 64 },
    { name: 'X-B3-TraceId', length: 64 },
    { name: 'X-B3-ParentSpanId', length: 64 },
    { name: 'X-B3-Flags', length: 10 },
    { name: 'X-B3-Sampled', length: 10 },
  ],
  fileOutputPath: '/var/run/synapse/services',
  errorFiles: {},
  stateFilePath: null,
};

/** Settings of a cluster whose locations are all known, with the documented defaults for everything not given. */
export function smartstackSettings(
  given: Partial<Omit<SmartStackSettings, 'synapse'>> & { readonly synapse?: Partial<SynapseSettings> } = {},
): SmartStackSettings {
  return {
    nerveMode: 'sidecar',
    nerveImage: 'registry.example.com/nerve:1',
    synapseImage: 'registry.example.com/synapse:1',
    locations: { superregion: { name: 'west' }, region: { name: 'west-1' } },
    locationTypes: null,
    locationMapping: null,
    zkLocationType: 'superregion',
    zkClusterType: 'infrastructure',
    zookeeperTopology: { west: ['zk.example.com:2181'] },
    ...given,
    synapse: { ...SYNAPSE, ...given.synapse },
  };
}
