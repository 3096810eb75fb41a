import { createForeignCache, loadService, loadShared, loadSystemConfig } from '../../compiler/load/index.ts';
import type { Diagnostic } from '../../compiler/diagnostics/diagnostic.ts';
import type { ClusterConfig } from '../../compiler/model/cluster-config.ts';
import type { ResolvedInstance } from '../../compiler/model/resolved-instance.ts';
import type { ServiceSources, SharedSources } from '../../compiler/model/service-sources.ts';
import type { TreeReader } from '../../compiler/model/tree-reader.ts';
import { resolveService, type ResolveOptions, type ServiceResolution } from '../../compiler/resolve/index.ts';
import { memoryReader, type MemoryFile } from './memory-reader.ts';

export const CLUSTER = 'norcal-prod';
export const GIT_SHA = '1234567890abcdef1234567890abcdef12345678';

/** A small company's system configuration; keys given to `sourcesOf` lie over these. */
export const SYSTEM = {
  cluster: CLUSTER,
  clusters: [CLUSTER],
  docker_registry: 'registry.example.com:443',
  volumes: [{ hostPath: '/nail/etc/habitat', containerPath: '/nail/etc/habitat', mode: 'RO' }],
  hacheck_sidecar_image_url: 'registry.example.com:443/hacheck:1',
  hacheck_sidecar_volumes: [{ hostPath: '/nail/hc', containerPath: '/nail/hc', mode: 'RO' }],
};

/** Input as the compiler's passes get it. */
export interface LoadedTree {
  readonly config: ClusterConfig;
  readonly shared: SharedSources;
  readonly systemDiagnostics: readonly Diagnostic[];
  service(name: string): ServiceSources;
}

/** A soa-configs tree and a system configuration, loaded from memory by the real loader. */
export function sourcesOf(
  files: Readonly<Record<string, MemoryFile>>,
  system: Readonly<Record<string, unknown>> = {},
  systemFiles: Readonly<Record<string, MemoryFile>> = {},
): LoadedTree {
  const systemReader = memoryReader({ 'system.json': JSON.stringify({ ...SYSTEM, ...system }), ...systemFiles });
  return loadTree(memoryReader(files), systemReader, CLUSTER);
}

/** A tree from any reader, for one cluster of the system configuration. */
export function loadTree(reader: TreeReader, systemReader: TreeReader, cluster: string): LoadedTree {
  const system = loadSystemConfig(systemReader);
  const config = system.clusters.find((candidate) => candidate.cluster === cluster);
  if (config === undefined) throw new Error(JSON.stringify(system.diagnostics, undefined, 2));
  const listing = reader.list('');
  const entries = listing.kind === 'directory' ? listing.entries : [];
  const services = entries.filter(({ kind }) => kind === 'directory').map(({ name }) => name);
  const alwaysAuthenticating = config.alwaysAuthenticatingServices;
  const foreign = createForeignCache();
  return {
    config,
    shared: loadShared(reader, { services, alwaysAuthenticating, usesTokens: true }),
    systemDiagnostics: system.diagnostics,
    service: (name) => loadService(reader, name, { clusters: new Set(system.universe), foreign }),
  };
}

/** deployments.json in which the given deploy groups run the usual image. */
export function deploymentsJson(
  service: string,
  groups: readonly string[],
  controls: Readonly<Record<string, { desired_state: string; force_bounce: string | null }>> = {},
): string {
  const version = { docker_image: `services-${service}:paasta-${GIT_SHA}`, git_sha: GIT_SHA, image_version: null };
  return JSON.stringify({ v2: { deployments: Object.fromEntries(groups.map((g) => [g, version])), controls } });
}

/** How a case differs from the service `shop` with the instance `main`, deployed and started. */
export interface Case extends ResolveOptions {
  /** Further files, or other ones than the usual. */
  readonly files?: Readonly<Record<string, MemoryFile>>;
  readonly system?: Readonly<Record<string, unknown>>;
  /** Further files beside the system configuration. */
  readonly systemFiles?: Readonly<Record<string, MemoryFile>>;
  readonly service?: string;
  /** Deploy groups that run, beside `norcal-prod.main`. */
  readonly groups?: readonly string[];
  readonly desiredState?: string;
  readonly type?: 'kubernetes' | 'eks';
}

/** What becomes of the instances in a text of `shop/kubernetes-norcal-prod.yaml`. */
export function resolveYaml(yaml: string, options: Case = {}): ServiceResolution {
  const { files = {}, system, service = 'shop', groups = [], desiredState = 'start', type = 'kubernetes' } = options;
  const instances = [...yaml.matchAll(/^([A-Za-z0-9][^:\s]*):/gm)].map((match) => match[1]!);
  const controls = instances.map((instance) => [
    `${service}:${CLUSTER}.${instance}`,
    { desired_state: desiredState, force_bounce: null },
  ]);
  const tree = sourcesOf(
    {
      [`${service}/${type}-${CLUSTER}.yaml`]: yaml,
      [`${service}/deployments.json`]: deploymentsJson(
        service,
        [...instances.map((instance) => `${CLUSTER}.${instance}`), ...groups],
        Object.fromEntries(controls) as Parameters<typeof deploymentsJson>[2],
      ),
      ...files,
    },
    system,
    options.systemFiles,
  );
  return resolveService(tree.service(service), tree.config, tree.shared, options);
}

/** The instance `main` with the given keys; fails when anything holds it back. */
export function resolveMain(keys: string, options: Case = {}): ResolvedInstance {
  const resolution = resolveYaml(mainWith(keys), options);
  const main = resolution.instances.find(({ instance }) => instance === 'main');
  if (main === undefined) throw new Error(`main is held back: ${JSON.stringify(resolution.diagnostics, undefined, 2)}`);
  return main;
}

/** Findings about the instance `main` with the given keys, as `severity file:line:column code: message`. */
export function findingsOfMain(keys: string, options: Case = {}): readonly string[] {
  return resolveYaml(mainWith(keys), options).diagnostics.map(findingText);
}

/** `main:` with keys below it: each line of the text is indented, and no text gives `main: {}`. */
export function mainWith(keys: string): string {
  const lines = keys.split('\n').filter((line) => line.trim() !== '');
  return lines.length === 0 ? 'main: {}\n' : `main:\n${lines.map((line) => `  ${line}\n`).join('')}`;
}

export function findingText({ severity, file, line, column, code, message }: Diagnostic): string {
  const place = line === undefined ? file : `${file}:${line}:${column}`;
  return `${severity} ${place} ${code}: ${message}`;
}
