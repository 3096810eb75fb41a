import {
  compile,
  type Compilation,
  type CompileInput,
  type CompileSink,
  type KnownInstances,
} from '../compiler/compile.ts';
import type { RenderedFile } from '../compiler/model/rendered-file.ts';
import { attributingReader, type Readers } from '../explain/attributing-reader.ts';
import type { OutputFiles } from '../review/output-files.ts';
import { earlierTexts, keptOutput } from './earlier-output.ts';

/** An output tree in memory. */
export interface CompiledTree {
  readonly files: OutputFiles;
  readonly compilation: Compilation;
  /** False: the input is too broken to render anything. */
  readonly isRendered: boolean;
  /** Files of soa-configs that were read. */
  readonly readers: Readers;
  /** Whether a file of an earlier tree stays although this one does not render it. */
  keeps(file: RenderedFile): boolean;
}

/** Compiles into memory. `earlier` stands for the output so far: what is held back keeps its place in shared files. */
export async function compileTree(input: CompileInput, earlier: OutputFiles = new Map()): Promise<CompiledTree> {
  const files = new Map<string, RenderedFile>();
  const known = new Map<string, KnownInstances>();
  const untouchedPaths = new Set<string>();
  const soa = attributingReader(input.soa);
  let isRendered = false;
  const read = (path: string): string | null => earlier.get(path)?.content ?? null;
  const ofNobody = new Set<string>();
  const add = (rendered: readonly RenderedFile[]): void => {
    for (const file of rendered) {
      const owner = ownerOf(file, files.get(file.path), earlier.get(file.path));
      if (owner === null) ofNobody.add(file.path);
      if (owner === null || ofNobody.has(file.path)) files.delete(file.path);
      else files.set(file.path, owner);
    }
  };
  const sink: CompileSink = {
    begin() {
      isRendered = true;
      soa.attribute(null);
    },
    service(service, rendered, instances) {
      soa.attribute(service);
      known.set(service, instances);
      add(rendered);
    },
    kept(cluster, isKept, always) {
      const earlierFiles = [...earlier.values()].filter((file) => file.cluster === cluster);
      return keptOutput({ files: earlierFiles, read }, isKept, always);
    },
    earlierInstances: (cluster) => [...earlier.values()].filter((file) => file.cluster === cluster),
    earlier: earlierTexts(read),
    aggregates(rendered, untouched) {
      for (const path of untouched) untouchedPaths.add(path);
      add(rendered);
    },
    progress() {
      return;
    },
  };
  const compilation = await compile({ ...input, soa }, sink);
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
  return { files, compilation, isRendered, readers: soa.readers, keeps };
}

/** Of two services that render one file the one that had it before, as in the tree that `synth` writes; null when none had. */
function ownerOf(file: RenderedFile, other?: RenderedFile, before?: RenderedFile): RenderedFile | null {
  if (other === undefined || other.service === file.service) return file;
  return [other, file].find(({ service }) => service === before?.service) ?? null;
}

/** An instance that was rendered has all its files in the new tree. */
function isReplaced({ clusters }: Compilation, cluster: string, job: string): boolean {
  return clusters.some((outcome) => outcome.cluster === cluster && outcome.rendered.includes(job));
}
