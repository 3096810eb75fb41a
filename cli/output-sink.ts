import type {
  CompileScope,
  CompileSink,
  Compilation,
  EarlierInstance,
  KeepingSink,
  KnownInstances,
} from '../compiler/compile.ts';
import type { Diagnostic } from '../compiler/diagnostics/diagnostic.ts';
import type { RenderedFile } from '../compiler/model/rendered-file.ts';
import { isAboutScope } from '../compiler/scope-findings.ts';
import { type EarlierFile, TreeWriter, type TreeWatch, type WriteResult } from '../compiler/write/index.ts';
import type { KeptOutput } from '../compiler/render/index.ts';
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

/** Writes the output tree of one run; `finish` removes what is gone and tells what was done. */
export class OutputSink implements CompileSink {
  readonly earlier = earlierTexts((path) => this.#read(path));
  readonly keeping: KeepingSink = {
    service: (service, files, known) => this.#writer?.keepService(service, files, known) ?? null,
    aggregates: (files, untouched) => {
      const kept = this.#writer?.keepAggregates(files) ?? null;
      if (kept !== null) this.#leave(untouched);
      return kept;
    },
    untouched: (service, files) => this.#writer?.keepUntouched(service, files) ?? false,
    // What changes in two commits is looked at in every run, so it is kept for none.
    placed: (files) =>
      files.some((file) => this.#twoPhase.isNoted(file)) ? null : (this.#writer?.placed(files) ?? null),
  };
  readonly #options: OutputOptions;
  readonly #twoPhase: TwoPhase;
  readonly #untouchedPaths = new Set<string>();
  #writer: TreeWriter | undefined;

  constructor(options: OutputOptions) {
    const { outDir, toolClusters, isTwoPhase } = options;
    this.#options = options;
    this.#twoPhase = new TwoPhase({ outDir, clusters: toolClusters, isOn: isTwoPhase });
  }

  begin(clusters: readonly string[]): void {
    const { outDir, rebuildIndex, forcePrune, watch, scope } = this.#options;
    this.#writer = new TreeWriter({
      ...{ outDir, clusters, rebuildIndex, forcePrune },
      ...(watch && { watch }),
      ...(Object.keys(scope).length > 0 && { scope: runScope(scope) }),
    });
  }

  service(service: string, files: readonly RenderedFile[], known: KnownInstances): void {
    const writer = this.#writer;
    writer?.addService({ service, files: this.#twoPhase.filesOf(files, writer), known });
  }

  kept(cluster: string, isKept: (service: string, instance: string) => boolean, always: boolean): KeptOutput | null {
    if (this.#writer === undefined) return null;
    const stays = (service: string, instance: string): boolean =>
      isKept(service, instance) || this.#twoPhase.holds({ cluster, service, instance });
    const earlier = { files: this.#writer.earlierFiles(cluster), read: (path: string) => this.#read(path) };
    return keptOutput(earlier, stays, always);
  }

  earlierInstances(cluster: string): readonly EarlierInstance[] {
    return this.#writer?.earlierFiles(cluster) ?? [];
  }

  aggregates(files: readonly RenderedFile[], untouched: readonly string[]): void {
    // A run over some clusters only renders what services share there; the rest of the tree is not its business.
    this.#leave(untouched);
    this.#writer?.addAggregates(files);
  }

  progress(done: number, total: number): void {
    this.#options.onProgress(done, total);
  }

  /** Removes what is gone, and tells what was done. */
  finish(compilation: Compilation): OutputResult {
    const { notes } = this.#twoPhase;
    const writer = this.#writer;
    if (writer === undefined) {
      return { written: [], unchanged: 0, removed: [], bookkeeping: [], diagnostics: [], notes };
    }
    // A name of the call that the tree does not have is a mistake, and not to be removed.
    let misspelt: readonly Diagnostic[] | undefined;
    const isMisspelt = ({ service, instance }: EarlierFile): boolean =>
      (misspelt ??= compilation.diagnostics.filter(isAboutScope)).some(
        (each) => (each.service ?? service) === service && (each.instance ?? instance) === instance,
      );
    const result = writer.finish({
      keep: (file) =>
        compilation.failedClusters.includes(file.cluster) || this.#untouchedPaths.has(file.path) || isMisspelt(file),
    });
    const holds = this.#twoPhase.finish(writer);
    const diagnostics = [...result.diagnostics, ...holds.diagnostics];
    return { ...result, bookkeeping: [...result.bookkeeping, ...holds.changed], diagnostics, notes };
  }

  #leave(untouched: readonly string[]): void {
    for (const path of untouched) this.#untouchedPaths.add(path);
  }

  #read(path: string): string | null {
    return this.#writer?.readEarlier(path) ?? null;
  }
}

function runScope({ services, instances }: CompileScope): {
  services?: readonly string[];
  instances?: readonly string[];
} {
  return { ...(services && { services }), ...(instances && { instances }) };
}
