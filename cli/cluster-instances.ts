import { didYouMean } from '../compiler/diagnostics/did-you-mean.ts';
import { createDiskReader } from '../compiler/load/disk-reader.ts';
import { createForeignCache, listServices, loadService, loadShared, loadSystemConfig } from '../compiler/load/index.ts';
import type { ClusterConfig } from '../compiler/model/cluster-config.ts';
import type { ResolvedInstance } from '../compiler/model/resolved-instance.ts';
import { resolveService } from '../compiler/resolve/index.ts';
import type { Project } from './project.ts';

/** Which instances of a cluster a verb is about. */
export interface InstanceChoice {
  readonly cluster: string | undefined;
  readonly service: string | undefined;
  readonly instance: string | undefined;
}

export interface ClusterInstances {
  readonly config: ClusterConfig;
  /** Deployed, and without an error; sorted by service and instance. */
  readonly instances: readonly ResolvedInstance[];
  /** `service.instance` of those that an error holds back. */
  readonly failed: readonly string[];
  /** Those that nothing is deployed to. */
  readonly notDeployed: readonly string[];
}

/** The choice cannot be met; the message names what there is. */
export class UnknownChoice extends Error {}

/** Instances of one cluster as soa-configs say, resolved and not rendered. */
export function clusterInstances(project: Project, choice: InstanceChoice): ClusterInstances {
  const system = loadSystemConfig(createDiskReader(project.systemConfigDir));
  const config = clusterOf(system.clusters, system.universe, choice.cluster);
  const soa = createDiskReader(project.soaDir);
  const { services } = listServices(soa);
  const { service } = choice;
  if (service !== undefined && !services.includes(service)) {
    throw new UnknownChoice(withHint(`there is no service "${service}"`, service, services));
  }
  const shared = loadShared(soa, { services, alwaysAuthenticating: [], usesTokens: false });
  const load = {
    clusters: new Set(system.universe),
    customPrefixes: new Set(system.customPrefixes),
    foreign: createForeignCache(),
    onlyClusters: new Set([config.cluster]),
  };
  const found = { config, instances: [] as ResolvedInstance[], failed: [] as string[], notDeployed: [] as string[] };
  const known: string[] = [];
  const isChosen = (instance: string): boolean => choice.instance === undefined || instance === choice.instance;
  for (const name of service === undefined ? services : [service]) {
    const resolution = resolveService(loadService(soa, name, load), config, shared);
    known.push(...resolution.known);
    found.instances.push(...resolution.instances.filter(({ instance }) => isChosen(instance)));
    found.failed.push(...resolution.failed.filter(isChosen).map((instance) => `${name}.${instance}`));
    found.notDeployed.push(...resolution.notDeployed.filter(isChosen).map((instance) => `${name}.${instance}`));
  }
  if (choice.instance !== undefined && !known.includes(choice.instance)) {
    const where = `${service ?? 'any service'} in ${config.cluster}`;
    throw new UnknownChoice(withHint(`there is no instance "${choice.instance}" of ${where}`, choice.instance, known));
  }
  return found;
}

function clusterOf(
  configs: readonly ClusterConfig[],
  universe: readonly string[],
  wanted: string | undefined,
): ClusterConfig {
  const config = configs.find(({ cluster }) => cluster === wanted);
  if (config !== undefined) return config;
  const names = configs.map(({ cluster }) => cluster);
  if (wanted === undefined) {
    if (configs.length === 1) return configs[0]!;
    throw new UnknownChoice(`-c CLUSTER is needed; configured are ${names.join(', ') || 'none'}`);
  }
  const why = universe.includes(wanted) ? `the cluster "${wanted}" has no usable system configuration` : undefined;
  throw new UnknownChoice(why ?? withHint(`there is no cluster "${wanted}"`, wanted, names));
}

/** The message with the nearest right spelling, or with all there are when they are few. */
function withHint(message: string, word: string, known: readonly string[]): string {
  const { hint } = didYouMean(word, known);
  if (hint !== undefined) return `${message}; ${hint}`;
  return known.length > 0 && known.length <= 30 ? `${message}; there is ${known.join(', ')}` : message;
}
