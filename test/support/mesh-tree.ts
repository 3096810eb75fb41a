import { dump } from 'js-yaml';
import type { KubeObject } from '../../compiler/model/rendered-file.ts';
import type { YamlMap } from '../../compiler/model/yaml-value.ts';
import { compileTree, type CompiledTree } from './compile.ts';
import { memoryReader } from './memory-reader.ts';
import { SMARTSTACK } from './smartstack-settings.ts';
import { CLUSTER, deploymentsJson, SYSTEM } from './sources.ts';

const LOCATIONS = {
  'location_types.json': JSON.stringify(['ecosystem', 'superregion', 'region', 'habitat']),
  'location_mapping.json': JSON.stringify({
    prod_ecosystem: {
      west_superregion: { 'west-1_region': { 'west-1a_habitat': {} }, 'west-2_region': {} },
      east_superregion: { 'east-1_region': {} },
    },
  }),
};

/** One service of a tree: its smartstack.yaml, and keys of its instance `main`. */
export interface MeshService {
  readonly smartstack: Readonly<Record<string, YamlMap>>;
  readonly main?: YamlMap;
}

/** Files of services that are deployed in the usual cluster, by path. */
export function meshFiles(services: Readonly<Record<string, MeshService>>): Readonly<Record<string, string>> {
  const files = Object.entries(services).flatMap(([service, { smartstack, main = {} }]) => [
    [`${service}/smartstack.yaml`, dump(smartstack)],
    [`${service}/kubernetes-${CLUSTER}.yaml`, dump({ main })],
    [`${service}/deployments.json`, deploymentsJson(service, [`${CLUSTER}.main`])],
  ]);
  return { ...LOCATIONS, ...(Object.fromEntries(files) as Record<string, string>) };
}

/** System configuration of a cluster with nerve and synapse, some of its keys changed. */
export function meshSystem(smartstack: YamlMap | null = {}, others: YamlMap = {}): string {
  const own = smartstack === null ? {} : { smartstack: { ...SMARTSTACK, ...smartstack } };
  return JSON.stringify({ ...SYSTEM, register_k8s_pods: true, ...own, ...others });
}

/** Everything that is rendered of services in that cluster. */
export async function compileMesh(
  services: Readonly<Record<string, MeshService>>,
  system = meshSystem(),
  extra: Readonly<Record<string, string>> = {},
): Promise<CompiledTree> {
  return compileTree(memoryReader({ ...meshFiles(services), ...extra }), memoryReader({ 'system.json': system }));
}

/** The objects of `service.main`. */
export function objectsOf(tree: CompiledTree, service = 'web'): readonly KubeObject[] {
  return tree.clusters[CLUSTER]!.instances.get(`${service}.main`) ?? [];
}

/** The objects that no instance owns. */
export function sharedOf(tree: CompiledTree): readonly KubeObject[] {
  return tree.clusters[CLUSTER]!.shared;
}

/** The one object of a kind and name. */
export function object(objects: readonly KubeObject[], kind: string, name: string): KubeObject {
  const found = objects.filter((each) => each.kind === kind && each.metadata.name === name);
  if (found.length !== 1) throw new Error(`${found.length} objects are ${kind} ${name}`);
  return found[0]!;
}

/** The texts of a ConfigMap. */
export function dataOf(objects: readonly KubeObject[], name: string): Readonly<Record<string, string>> {
  return (object(objects, 'ConfigMap', name)['data'] ?? {}) as Readonly<Record<string, string>>;
}
