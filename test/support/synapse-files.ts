import type { LocationName } from '../../compiler/model/smartstack.ts';
import type { YamlMap, YamlValue } from '../../compiler/model/yaml-value.ts';
import { synapseNamespaces } from '../../compiler/resolve/smartstack/synapse-namespaces.ts';
import { runtimeJson } from '../../constructs/_runtime-json.ts';
import { synapseDocument } from '../../constructs/_synapse-document.ts';
import { synapseEntries, type SynapseWorld } from '../../constructs/_synapse-entries.ts';
import { smartstackSettings } from './smartstack-settings.ts';

const LOCATIONS: Readonly<Record<string, LocationName>> = {
  ecosystem: { name: 'prod' },
  superregion: { name: 'west' },
  region: { name: 'west-1' },
  habitat: { nodeFile: '/nail/etc/habitat' },
};

/** A cluster whose habitat only the nodes know. */
export const WORLD: SynapseWorld = {
  settings: smartstackSettings({ locations: LOCATIONS }),
  types: ['ecosystem', 'superregion', 'region', 'habitat'],
  zkHosts: ['zk.example.com:2181'],
  canProxy: () => true,
};

/** Texts of synapse's service files, by entry name, for smartstack.yaml files by service. */
export function serviceFiles(
  services: Readonly<Record<string, YamlValue>>,
  world: SynapseWorld = WORLD,
): Readonly<Record<string, string>> {
  const files: Record<string, string> = {};
  for (const [service, smartstack] of Object.entries(services)) {
    for (const namespace of synapseNamespaces(smartstack)) {
      for (const { name, document } of synapseEntries(service, namespace, world)) files[name] = runtimeJson(document);
    }
  }
  return files;
}

/** Text of synapse.conf.json. */
export function topFile(world: SynapseWorld = WORLD): string {
  return runtimeJson(synapseDocument(world.settings.synapse, true));
}

/** One namespace for each thing that a namespace can say to synapse. */
export const KITCHEN_SINK: Readonly<Record<string, YamlMap>> = {
  plain: { proxy_port: 20001 },
  files: { proxy_port: null },
  tcp: {
    proxy_port: 20002,
    mode: 'tcp',
    endpoint_timeouts: { '/a': 1 },
    extra_headers: { 'X-A': 'b' },
    is_proxy: true,
  },
  https: { proxy_port: 20003, mode: 'https' },
  http2: { proxy_port: 20004, mode: 'http2', healthcheck_mode: 'tcp' },
  widely: { proxy_port: 20005, advertise: ['superregion', 'region', 'habitat'], discover: 'region' },
  timeouts: {
    proxy_port: 20006,
    timeout_connect_ms: 300,
    timeout_server_ms: 5000,
    timeout_client_ms: 6000,
    endpoint_timeouts: { '/': 4000, '/checkout': 15000, '^/users/[0-9]+/b:c$': 9000 },
  },
  headers: {
    proxy_port: 20007,
    extra_headers: { 'X-Text': 'a "b" \'c\' \\ # %[rand] 100% $HOME é 😀', 'X-Empty': '', "X'y": ' lead trail ' },
    extra_healthcheck_headers: {
      Host: 'a.example.com',
      'X-Text': 'a "b" \'c\' \\ # %[rand] 100% \\r\\nX: y',
      'X-Empty': '',
    },
  },
  balanced: { proxy_port: 20008, balance: 'roundrobin', retries: 3, keepalive: true, allredisp: true },
  dropping: { proxy_port: 20009, chaos: { ecosystem: { prod: { fail: 'drop' } } } },
  failing: { proxy_port: 20010, chaos: { ecosystem: { prod: { fail: 'error_503' } } } },
  slow: { proxy_port: 20011, chaos: { ecosystem: { prod: { delay: '2000ms' } } } },
  proxied: { proxy_port: 20012, proxied_through: 'sink.plain', healthcheck_uri: '/s?full=1&x=-' },
  proxy: { proxy_port: 20013, is_proxy: true },
};
