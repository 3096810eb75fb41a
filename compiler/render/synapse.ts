import { compareText, type Diagnostic } from '../diagnostics/diagnostic.ts';
import type { ClusterConfig } from '../model/cluster-config.ts';
import type { KubeObject } from '../model/rendered-file.ts';
import type { ServiceSummary } from '../model/service-summary.ts';
import type { SynapseNamespace } from '../model/smartstack.ts';
import type { Toolkit } from './app.ts';
import type { KeptOutput } from './kept-output.ts';
import { keptEntries } from './synapse-kept.ts';
import { entryTooLong, sameEntry, shardTooBig, socketTooLong } from './synapse-findings.ts';

export interface SynapseInput {
  readonly config: ClusterConfig;
  readonly summaries: readonly ServiceSummary[];
  /** location_types.json; null when there is none. */
  readonly locationTypes: readonly string[] | null;
  /** Services whose namespaces cannot be rendered for a reason found across services. */
  readonly heldBack: ReadonlySet<string>;
  readonly kept: KeptOutput | null;
}

export interface SynapseOutput {
  readonly manifests: readonly KubeObject[];
  /** Earlier files that stay as they are. */
  readonly untouched: readonly string[];
  readonly diagnostics: readonly Diagnostic[];
}

/** A ConfigMap holds 1 MiB; its names and metadata count too. */
const SHARD_LIMIT = 1_000_000;
/** Bytes of a Unix socket's path that HAProxy takes: it adds a suffix while it binds. */
const SOCKET_LIMIT = 97;
/** Key of a ConfigMap, `.json` included. */
const FILE_LIMIT = 253;

const NOTHING: SynapseOutput = { manifests: [], untouched: [], diagnostics: [] };

/**
 * synapse's objects of one cluster: its configuration, a ConfigMap per shard of the services, the DaemonSet. Every namespace
 * of every service is in it, wherever its instances run. Entries of services that are held back stay as they were.
 */
export function synapseOutput(toolkit: Toolkit, input: SynapseInput): SynapseOutput {
  const { smartstack, labels: names } = input.config;
  const { synapse, synapseImage: image } = smartstack;
  if (!synapse.isEnabled || image === null) return NOTHING;
  const types = smartstack.locationTypes ?? input.locationTypes;
  if (types === null) return earlierSynapse(toolkit, input.config);
  const { SynapseConfigMap, SynapseServicesConfigMap, SynapseDaemonSet } = toolkit;
  const { files, diagnostics, untouched } = serviceFiles(toolkit, input, types);
  const labels = { 'yelp.com/owner': names.owner, 'app.kubernetes.io/part-of': 'smartstack' };
  const hasListener = input.summaries.some(({ smartstack: all }) => all?.some(({ proxyPort }) => proxyPort !== null));
  const manifests = [
    SynapseConfigMap.manifest({ synapse, labels, hasListener }),
    ...files.flatMap((content, shard) =>
      content === null ? [] : [SynapseServicesConfigMap.manifest({ synapse, shard, labels, files: content })],
    ),
    SynapseDaemonSet.manifest({ synapse, image, labels }),
  ];
  return { manifests, untouched, diagnostics };
}

/** synapse's objects of one cluster as an earlier run left them. */
export function earlierSynapse(toolkit: Toolkit, config: ClusterConfig): SynapseOutput {
  return { ...NOTHING, untouched: config.smartstack.synapse.isEnabled ? allPaths(toolkit, config) : [] };
}

/** Where synapse's objects stand. */
function allPaths(toolkit: Toolkit, { cluster, smartstack }: ClusterConfig): readonly string[] {
  const { synapse } = smartstack;
  const shards = Array.from({ length: synapse.shards }, (_, shard) => toolkit.synapseShardName(synapse, shard));
  const files = [synapse.name, ...shards].map((name) => `configmap-${name}`);
  return [...files, `daemonset-${synapse.name}`].map((file) => `clusters/${cluster}/${synapse.namespace}/${file}.yaml`);
}

type Files = Readonly<Record<string, string>>;

interface Shards {
  /** By shard; null where the earlier file stays. */
  readonly files: readonly (Files | null)[];
  readonly untouched: readonly string[];
  readonly diagnostics: readonly Diagnostic[];
}

function serviceFiles(toolkit: Toolkit, input: SynapseInput, types: readonly string[]): Shards {
  const { config } = input;
  const { synapse } = config.smartstack;
  const shards = Array.from({ length: synapse.shards }, () => ({}) as Record<string, string>);
  const earlier = keptEntries(input, (shard) => toolkit.synapseShardName(synapse, shard));
  const diagnostics: Diagnostic[] = [...earlier.diagnostics];
  const owners = new Map<string, string>();
  const place = (service: string, file: string, content: string): void => {
    const owner = owners.get(file);
    if (owner !== undefined) diagnostics.push(sameEntry(config.cluster, file, owner, service));
    else if (Buffer.byteLength(file) > FILE_LIMIT) diagnostics.push(entryTooLong(config.cluster, service, file));
    else shards[toolkit.shardOf(service, synapse.shards)]![file] = content;
    owners.set(file, service);
  };
  for (const { service, file, content } of earlier.entries) place(service, file, content);
  const world = worldOf(input, types, new Set(earlier.entries.map(({ file }) => file)));
  for (const { service, namespace } of renderedNamespaces(input)) {
    const socket = synapse.proxySocketPathFormat.replaceAll('{service_name}', `${service}.${namespace.namespace}`);
    if (namespace.proxyPort !== null && Buffer.byteLength(socket) > SOCKET_LIMIT) {
      diagnostics.push(socketTooLong(config.cluster, service, namespace.namespace, socket));
      continue;
    }
    for (const { name, document } of toolkit.synapseEntries(service, namespace, world)) {
      place(service, `${name}.json`, toolkit.runtimeJson(document));
    }
  }
  const isTooBig = shards.map((files) => sizeOf(files) > SHARD_LIMIT);
  isTooBig.forEach((isBig, shard) => {
    if (isBig) diagnostics.push(shardTooBig(config, shard, sizeOf(shards[shard]!)));
  });
  return {
    files: shards.map((files, shard) => (isTooBig[shard] || earlier.unreadable.has(shard) ? null : files)),
    untouched: shards.flatMap((_, shard) =>
      isTooBig[shard] || earlier.unreadable.has(shard) ? [earlier.pathOf(shard)] : [],
    ),
    diagnostics,
  };
}

function renderedNamespaces({ summaries, heldBack }: SynapseInput) {
  return [...summaries]
    .sort((a, b) => compareText(a.service, b.service))
    .flatMap(({ service, smartstack }) =>
      heldBack.has(service) ? [] : (smartstack ?? []).map((namespace) => ({ service, namespace })),
    );
}

function worldOf(input: SynapseInput, types: readonly string[], kept: ReadonlySet<string>) {
  const settings = input.config.smartstack;
  const own = settings.locations[settings.zkLocationType];
  const zkHosts = own !== undefined && 'name' in own ? (settings.zookeeperTopology[own.name] ?? []) : [];
  const isUsable = ({ proxyPort, mode, discover = 'region' }: SynapseNamespace): boolean =>
    proxyPort !== null && mode === undefined && types.includes(discover) && Object.hasOwn(settings.locations, discover);
  const usable = new Set(
    renderedNamespaces(input).flatMap(({ service, namespace }) =>
      isUsable(namespace) ? [`${service}.${namespace.namespace}`] : [],
    ),
  );
  return {
    settings,
    types,
    zkHosts,
    canProxy: (registration: string) => usable.has(registration) || kept.has(`${registration}.json`),
  };
}

function sizeOf(files: Files): number {
  let size = 0;
  for (const [name, content] of Object.entries(files)) size += Buffer.byteLength(name) + Buffer.byteLength(content);
  return size;
}
