import type { CompileScope } from '../compiler/compile.ts';
import type { Diagnostic } from '../compiler/diagnostics/diagnostic.ts';
import { createForeignCache, listServices, loadService, loadSystemConfig } from '../compiler/load/index.ts';
import { loadSecrets } from '../compiler/load/secret-files.ts';
import type { ClusterConfig } from '../compiler/model/cluster-config.ts';
import { SHARED_SERVICE } from '../compiler/model/names.ts';
import type { SecretFile, ServiceSources } from '../compiler/model/service-sources.ts';
import type { TreeReader } from '../compiler/model/tree-reader.ts';
import { mergeInstances } from '../compiler/resolve/index.ts';
import { instanceNames, type ScopeNames } from '../compiler/scope-findings.ts';
import { secretUsesOf } from '../compiler/validate/secret-uses.ts';

/** One place where an instance of a cluster refers to a secret of soa-configs. No value is ever read. */
export interface SecretUse {
  readonly cluster: string;
  /** Name of the entries for this cluster, from `vault_cluster_map`; null when the cluster has no configuration or no name here. */
  readonly environment: string | null;
  readonly service: string;
  readonly instance: string;
  /** `env.DB_PASSWORD` or `secret_volumes.0.secret_name`. */
  readonly key: string;
  readonly owner: string;
  readonly secret: string;
  readonly file: string;
  readonly line: number | null;
  /** `ready`: there is a ciphertext for the cluster. */
  readonly state: 'ready' | 'no file' | 'no entry' | 'unknown environment';
}

/** All uses and secret files of a tree. */
export interface SecretInventory {
  readonly uses: readonly SecretUse[];
  /** Secret files by service, `_shared` included. */
  readonly files: ReadonlyMap<string, Readonly<Record<string, SecretFile>>>;
  /** Clusters with a configuration by environment. */
  readonly clustersOf: ReadonlyMap<string, readonly string[]>;
  /** Whether a file of a service for a cluster, or one for all clusters, holds the name anywhere. */
  mentions(owner: string, cluster: string, secret: string): boolean;
  readonly diagnostics: readonly Diagnostic[];
  /** What a scope may name. */
  namesIn(scope: CompileScope): ScopeNames;
}

/** Reads every service: what is wrong with files is in the diagnostics, and the rest is told all the same. */
export function takeInventory(soa: TreeReader, systemReader: TreeReader): SecretInventory {
  const system = loadSystemConfig(systemReader);
  const listed = listServices(soa);
  const options = {
    clusters: new Set(system.universe),
    customPrefixes: new Set(system.customPrefixes),
    foreign: createForeignCache(),
  };
  const shared = loadSecrets(soa, SHARED_SERVICE);
  const services = listed.services.map((service) => loadService(soa, service, options));
  const files = new Map([
    [SHARED_SERVICE, shared.secrets],
    ...services.map((each) => [each.service, each.secrets] as const),
  ]);
  const configs = new Map(system.clusters.map((config) => [config.cluster, config]));
  const uses = services.flatMap((sources) => usesOf(sources, configs, files));
  const clustersOf = new Map<string, readonly string[]>();
  for (const { cluster, secretEnvironment } of configs.values()) {
    if (secretEnvironment === null) continue;
    clustersOf.set(secretEnvironment, [...(clustersOf.get(secretEnvironment) ?? []), cluster]);
  }
  return {
    ...{ uses, files, clustersOf },
    mentions: (owner, cluster, secret) =>
      services.some(
        (sources) => (owner === SHARED_SERVICE || owner === sources.service) && isMentioned(sources, cluster, secret),
      ),
    namesIn: ({ services: wanted }) => ({
      clusters: system.universe,
      services: listed.services,
      instances: instanceNames(services.filter(({ service }) => wanted?.includes(service) ?? true)),
    }),
    diagnostics: [
      ...[...system.diagnostics, ...listed.diagnostics, ...shared.diagnostics],
      ...services.flatMap(({ diagnostics }) => diagnostics),
    ].filter(({ severity }) => severity === 'error'),
  };
}

function usesOf(
  sources: ServiceSources,
  configs: ReadonlyMap<string, ClusterConfig>,
  files: SecretInventory['files'],
): readonly SecretUse[] {
  const { service } = sources;
  return [...new Set(sources.instanceFiles.map(({ cluster }) => cluster))].flatMap((cluster) => {
    const config = configs.get(cluster) ?? null;
    const environment = config?.secretEnvironment ?? null;
    return mergeInstances(sources, cluster, config).flatMap(({ instance, keys }) =>
      secretUsesOf(keys).map(({ name, isShared, path }): SecretUse => {
        const owner = isShared ? SHARED_SERVICE : service;
        const { file, span } = keys.placeOf(path);
        return {
          ...{ cluster, environment, service, instance, key: path.join('.'), owner, secret: name, file },
          line: span?.line ?? null,
          state: stateOf(files.get(owner) ?? {}, name, environment),
        };
      }),
    );
  });
}

function stateOf(
  files: Readonly<Record<string, SecretFile>>,
  name: string,
  environment: string | null,
): SecretUse['state'] {
  const file = Object.hasOwn(files, name) ? files[name]! : undefined;
  if (file === undefined) return 'no file';
  if (environment === null) return 'unknown environment';
  const has = Object.hasOwn(file.environments, environment) && file.environments[environment]!.hasCiphertext;
  return has ? 'ready' : 'no entry';
}

/** Files of other runtimes refer to secrets in ways of their own, so any mention of the name counts. */
function isMentioned({ serviceYaml, instanceFiles }: ServiceSources, cluster: string, secret: string): boolean {
  if (serviceYaml.kind === 'read' && serviceYaml.document.text.includes(secret)) return true;
  return instanceFiles.some((file) => file.cluster === cluster && (file.document?.text.includes(secret) ?? false));
}
