import { compile, withSeverity, type CompileInput } from '../compiler/compile.ts';
import type { Diagnostic } from '../compiler/diagnostics/diagnostic.ts';
import type { RenderOutcome } from '../publish/publish.ts';
import type { InputTrees } from './input-revision.ts';
import { toolClusters, type Project } from './project.ts';
import type { TwoPhaseNote } from './two-phase.ts';
import { isOn, type OptionValues } from './verb.ts';
import { OutputSink } from './output-sink.ts';

export interface RenderCall {
  readonly values: OptionValues;
  readonly project: Project;
  readonly trees: InputTrees;
  readonly constructs: CompileInput['constructs'];
  /** Only these; null: all. */
  readonly clusters: readonly string[] | null;
}

/** What one attempt rendered. */
export interface Rendered {
  readonly outcome: RenderOutcome;
  readonly diagnostics: readonly Diagnostic[];
  /** Warnings about the output tree. */
  readonly warnings: readonly Diagnostic[];
  readonly notes: readonly TwoPhaseNote[];
  readonly isHeldBack: boolean;
}

/** Renders into the output tree of a clone, on what was published last. */
export async function renderInto(
  outDir: string,
  { values, project, trees, constructs, clusters }: RenderCall,
): Promise<Rendered> {
  const scope = clusters === null ? {} : { clusters };
  const policy = { strict: isOn(values, 'strict'), severity: project.severity };
  const output = new OutputSink({
    ...{ outDir, scope, toolClusters: toolClusters(project), isTwoPhase: isOn(values, 'two-phase') },
    ...{ rebuildIndex: isOn(values, 'rebuild-index'), forcePrune: isOn(values, 'force-prune') },
    onProgress: () => undefined,
  });
  const { soa, system } = trees;
  const compiled = await compile(
    { soa, system, scope, constructs, filePer: project.filePer, verbose: false, ...policy },
    output,
  );
  const written = output.finish(compiled);
  const outcome = {
    touched: [...written.written, ...written.removed, ...written.bookkeeping],
    refused: written.refused ?? [],
    collisions: written.diagnostics
      .filter(({ code, severity }) => code === 'hand-written-file' && severity === 'error')
      .map(({ file }) => file),
    clusters: compiled.clusters.map(({ cluster }) => cluster),
  };
  const ofOutput = withSeverity(written.diagnostics.map(withOurCommand), policy);
  return {
    outcome,
    diagnostics: [...compiled.diagnostics, ...ofOutput],
    warnings: ofOutput.filter(({ severity }) => severity === 'warning'),
    notes: written.notes,
    isHeldBack: compiled.clusters.some(({ failed }) => failed.length > 0),
  };
}

/** A finding about the output tree names the command that makes a tree on disk; here nobody has one. */
function withOurCommand(found: Diagnostic): Diagnostic {
  const hint = found.hint?.replace('paasta-gitops synth --rebuild-index', 'paasta-gitops publish --rebuild-index');
  return hint === undefined ? found : { ...found, hint };
}
