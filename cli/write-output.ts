import type { CompileScope, CompileSink, Compilation } from '../compiler/compile.ts';
import type { RenderedFile } from '../compiler/model/rendered-file.ts';
import { TreeWriter, type EarlierFile, type TreeWatch, type WriteResult } from '../compiler/write/index.ts';
import { earlierTexts, keptOutput } from './earlier-output.ts';
import { TwoPhase, type TwoPhaseNote } from './two-phase.ts';

export interface OutputOptions {
  readonly outDir: string;
  readonly scope: CompileScope;
  readonly rebuildIndex: boolean;
  readonly forcePrune: boolean;
  /** Notes how the tree looked, for runs that keep results for later ones. */
  readonly watch?: TreeWatch;
  /** Clusters that Argo CD or Flux delivers. */
  readonly toolClusters: ReadonlySet<string>;
  readonly isTwoPhase: boolean;
  readonly onProgress: (done: number, total: number) => void;
}

export interface OutputResult extends WriteResult {
  /** Instances that change in two commits. */
  readonly notes: readonly TwoPhaseNote[];
}

/** A sink that writes the output tree, and `finish`, which removes what is gone and tells what was done. */
export function writeOutput(options: OutputOptions): {
  readonly sink: CompileSink;
  readonly finish: (compilation: Compilation) => OutputResult;
} {
  let writer: TreeWriter | undefined;
  const { outDir, toolClusters, isTwoPhase } = options;
  const twoPhase = new TwoPhase({ outDir, clusters: toolClusters, isOn: isTwoPhase });
  const untouchedPaths = new Set<string>();
  const read = (path: string): string | null => writer?.readEarlier(path) ?? null;
  const sink: CompileSink = {
    begin(clusters) {
      const { rebuildIndex, forcePrune, watch, scope } = options;
      const isScoped = Object.keys(scope).length > 0;
      writer = new TreeWriter({
        outDir,
        clusters,
        rebuildIndex,
        forcePrune,
        ...(watch && { watch }),
        ...(isScoped && { scope: runScope(scope) }),
      });
    },
    service(service, files, known) {
      if (writer === undefined) return;
      writer.addService({ service, files: twoPhase.filesOf(files, writer), known });
    },
    kept(cluster, isKept, always) {
      if (writer === undefined) return null;
      const stays = (service: string, instance: string): boolean =>
        isKept(service, instance) || twoPhase.holds({ cluster, service, instance });
      return keptOutput({ files: writer.earlierFiles(cluster), read }, stays, always);
    },
    earlier: earlierTexts(read),
    aggregates(files: readonly RenderedFile[], untouched) {
      // A run over some clusters only renders what services share there; the rest of the tree is not its business.
      for (const path of untouched) untouchedPaths.add(path);
      writer?.addAggregates(files);
    },
    keeping: {
      service: (service, files, known) => writer?.keepService(service, files, known) ?? null,
      aggregates(files, untouched) {
        const kept = writer?.keepAggregates(files) ?? null;
        if (kept !== null) for (const path of untouched) untouchedPaths.add(path);
        return kept;
      },
      untouched: (service, files) => writer?.keepUntouched(service, files),
      // What is held is looked at in every run, so it is kept for none.
      placed: (files) => (files.some((file) => twoPhase.holds(file)) ? null : (writer?.placed(files) ?? null)),
    },
    progress: options.onProgress,
  };
  const finish = (compilation: Compilation): OutputResult => {
    const failed = new Set(compilation.failedClusters);
    const keep = ({ cluster, path }: EarlierFile): boolean => failed.has(cluster) || untouchedPaths.has(path);
    const { notes } = twoPhase;
    if (writer === undefined)
      return { written: [], unchanged: 0, removed: [], bookkeeping: [], diagnostics: [], notes };
    const result = writer.finish({ keep });
    const holds = twoPhase.finish(writer);
    const diagnostics = [...result.diagnostics, ...holds.diagnostics];
    return { ...result, bookkeeping: [...result.bookkeeping, ...holds.changed], diagnostics, notes };
  };
  return { sink, finish };
}

function runScope({ services, instances }: CompileScope): {
  services?: readonly string[];
  instances?: readonly string[];
} {
  return { ...(services && { services }), ...(instances && { instances }) };
}
