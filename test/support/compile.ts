import { compile, type CompileInput } from '../../compiler/compile.ts';
import type { Diagnostic } from '../../compiler/diagnostics/diagnostic.ts';
import { loadSystemConfig } from '../../compiler/load/index.ts';
import type { ClusterConfig } from '../../compiler/model/cluster-config.ts';
import type { KubeObject, RenderedFile } from '../../compiler/model/rendered-file.ts';
import type { ClusterSummary } from '../../compiler/model/service-summary.ts';
import type { TreeReader } from '../../compiler/model/tree-reader.ts';
import type { RenderOptions } from '../../compiler/render/index.ts';
import { objectsIn } from './objects-in.ts';

/** What a tree compiles to in one cluster. */
export interface CompiledCluster {
  readonly config: ClusterConfig;
  /** Objects as parsed from the instance's files, by `service.instance`. */
  readonly instances: ReadonlyMap<string, readonly KubeObject[]>;
  /** Objects of the files that belong to no instance. */
  readonly shared: readonly KubeObject[];
  readonly files: readonly RenderedFile[];
  /** By service. */
  readonly summaries: Readonly<Record<string, ClusterSummary>>;
}

export interface CompiledTree {
  readonly clusters: Readonly<Record<string, CompiledCluster>>;
  readonly diagnostics: readonly Diagnostic[];
}

/** Runs every pass but writing over a whole tree. */
export async function compileTree(
  soa: TreeReader,
  system: TreeReader,
  options: Partial<RenderOptions> = {},
): Promise<CompiledTree> {
  const files: RenderedFile[] = [];
  const input: CompileInput = {
    ...{ soa, system, scope: {}, strict: false, severity: {} },
    ...{ filePer: 'instance', constructs: [], verbose: false, ...options },
  };
  const { summaries, diagnostics } = await compile(input, {
    begin: () => undefined,
    service: (_service, ofService) => void files.push(...ofService),
    kept: () => null,
    aggregates: (shared) => void files.push(...shared),
    progress: () => undefined,
  });
  const clusters = loadSystemConfig(system).clusters.map((config) => {
    const own = files.filter(({ cluster }) => cluster === config.cluster);
    const compiled: CompiledCluster = {
      config,
      instances: objectsByInstance(own.filter(({ instance }) => instance !== null)),
      shared: own.filter(({ instance }) => instance === null).flatMap(objectsIn),
      files: own,
      summaries: Object.fromEntries(summaries().map((each) => [each.service, each.clusters[config.cluster]!])),
    };
    return [config.cluster, compiled] as const;
  });
  return { clusters: Object.fromEntries(clusters), diagnostics };
}

function objectsByInstance(files: readonly RenderedFile[]): ReadonlyMap<string, readonly KubeObject[]> {
  const objects = new Map<string, readonly KubeObject[]>();
  for (const file of files) {
    const id = `${file.service!}.${file.instance!}`;
    objects.set(id, [...(objects.get(id) ?? []), ...objectsIn(file)]);
  }
  return objects;
}
