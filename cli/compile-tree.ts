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
import { withRefused } from './refused-files.ts';

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
  const rivals: RenderedFile[] = [];
  const add = (rendered: readonly RenderedFile[]): void => {
    for (const file of rendered) {
      const other = files.get(file.path);
      if (other !== undefined && isRival(other, file)) rivals.push(file);
      else files.set(file.path, file);
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
  let compilation = await compile({ ...input, soa }, sink);
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
  compilation = withRefused(compilation, settle(files, rivals, earlier, keeps));
  return { files, compilation, isRendered, readers: soa.readers, keeps };
}

/**
 * Leaves to each file one owner, as `synth` does: of services that render one file the one that had it before, and none when none had; a
 * file that stays for its earlier owner is nobody else's. The instances that do not get theirs.
 */
function settle(
  files: Map<string, RenderedFile>,
  rivals: readonly RenderedFile[],
  earlier: OutputFiles,
  keeps: (file: RenderedFile) => boolean,
): readonly RenderedFile[] {
  const refused: RenderedFile[] = [];
  for (const rival of rivals) {
    const before = earlier.get(rival.path);
    const first = files.get(rival.path);
    if (before?.service === rival.service) files.set(rival.path, rival);
    else if (before?.service !== first?.service) files.delete(rival.path);
    refused.push(...[first ?? [], rival].flat().filter(({ service }) => service !== before?.service));
  }
  for (const [path, file] of files) {
    const before = earlier.get(path);
    if (before === undefined || !isRival(before, file) || !keeps(before)) continue;
    files.delete(path);
    refused.push(file);
  }
  return refused;
}

function isRival(a: RenderedFile, b: RenderedFile): boolean {
  return a.service !== null && b.service !== null && a.service !== b.service;
}

/** An instance that was rendered has all its files in the new tree. */
function isReplaced({ clusters }: Compilation, cluster: string, job: string): boolean {
  return clusters.some((outcome) => outcome.cluster === cluster && outcome.rendered.includes(job));
}
