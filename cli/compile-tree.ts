import { loadAll, YAML11_SCHEMA } from 'js-yaml';
import {
  compile,
  type Compilation,
  type CompileInput,
  type CompileSink,
  type KnownInstances,
} from '../compiler/compile.ts';
import type { KubeObject, RenderedFile } from '../compiler/model/rendered-file.ts';
import type { KeptOutput } from '../compiler/render/index.ts';
import { isObject, type OutputFiles } from '../review/output-files.ts';

/** An output tree in memory. */
export interface CompiledTree {
  readonly files: OutputFiles;
  readonly compilation: Compilation;
  /** False: the input is too broken to render anything. */
  readonly isRendered: boolean;
  /** Whether a file of an earlier tree stays although this one does not render it. */
  keeps(file: RenderedFile): boolean;
}

/** Compiles into memory. `earlier` stands for the output so far: what is held back keeps its place in shared files. */
export async function compileTree(input: CompileInput, earlier: OutputFiles = new Map()): Promise<CompiledTree> {
  const files = new Map<string, RenderedFile>();
  const known = new Map<string, KnownInstances>();
  const untouchedPaths = new Set<string>();
  let isRendered = false;
  const add = (rendered: readonly RenderedFile[]): void => {
    for (const file of rendered) files.set(file.path, file);
  };
  const sink: CompileSink = {
    begin() {
      isRendered = true;
    },
    service(service, rendered, instances) {
      known.set(service, instances);
      add(rendered);
    },
    kept: (cluster, isKept, always) => keptOutput(earlier, cluster, isKept, always),
    earlier: { read: (path) => earlier.get(path)?.content ?? null, parse: (text) => documents(text) ?? null },
    aggregates(rendered, untouched) {
      for (const path of untouched) untouchedPaths.add(path);
      add(rendered);
    },
    progress() {
      return;
    },
  };
  const compilation = await compile(input, sink);
  const failed = new Set(compilation.failedClusters);
  const keeps = ({ cluster, path, service, instance }: RenderedFile): boolean => {
    if (failed.has(cluster) || untouchedPaths.has(path)) return true;
    if (service === null) return false;
    const instances = known.get(service)?.[cluster];
    if (instances === null) return true;
    if (instance === null) return false;
    const isNamed = instances?.includes(instance) ?? false;
    return isNamed && !isReplaced(compilation, cluster, `${service}.${instance}`);
  };
  return { files, compilation, isRendered, keeps };
}

/** An instance that was rendered has all its files in the new tree. */
function isReplaced({ clusters }: Compilation, cluster: string, job: string): boolean {
  return clusters.some((outcome) => outcome.cluster === cluster && outcome.rendered.includes(job));
}

function keptOutput(
  earlier: OutputFiles,
  cluster: string,
  isKept: (service: string, instance: string) => boolean,
  always: boolean,
): KeptOutput | null {
  const files = [...earlier.values()].filter((file) => file.cluster === cluster);
  const own = files.filter(
    ({ service, instance }) => service !== null && instance !== null && isKept(service, instance),
  );
  if (own.length === 0 && !always) return null;
  return {
    namespaces: [...new Set(own.map(({ path }) => path.split('/')[2]!))],
    paths: files.filter(({ instance }) => instance === null).map(({ path }) => path),
    objects(path) {
      const text = earlier.get(path)?.content;
      const objects = text === undefined ? undefined : documents(text)?.filter(isKubeObject);
      return objects ?? null;
    },
    parse: (text) => documents(text)?.[0],
  };
}

function documents(text: string): readonly unknown[] | undefined {
  try {
    return loadAll(text, { schema: YAML11_SCHEMA });
  } catch {
    return undefined;
  }
}

function isKubeObject(value: unknown): value is KubeObject {
  return (
    typeof value === 'object' && value !== null && !Array.isArray(value) && isObject(value as Record<string, unknown>)
  );
}
