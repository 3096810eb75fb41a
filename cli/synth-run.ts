import { compile, withSeverity, type Compilation, type CompileInput } from '../compiler/compile.ts';
import type { Diagnostic } from '../compiler/diagnostics/diagnostic.ts';
import { createDiskReader } from '../compiler/load/disk-reader.ts';
import { createDiskStamps } from '../compiler/load/disk-stamps.ts';
import type { StampReader, TreeReader } from '../compiler/model/tree-reader.ts';
import { TreeWatch } from '../compiler/write/index.ts';
import { programDigest } from './cache-place.ts';
import { refuseOutInInput } from './check-out.ts';
import { reportStyle } from './frames.ts';
import { loadProjectWithConstructs } from './load-constructs.ts';
import { provenanceFile } from './provenance-file.ts';
import { progressLine } from './progress.ts';
import { toolClusters, type Project } from './project.ts';
import { formatDiagnostics } from './report.ts';
import { withRefused } from './refused-files.ts';
import { openResultCache, type ResultCache } from './result-cache.ts';
import { scopeOf } from './scope.ts';
import type { ServiceWorkers } from './service-workers.ts';
import { synthInput } from './synth-input.ts';
import type { Outcome } from './sealed-run.ts';
import { changesJson, changesSummary, synthJson, synthSummary } from './synth-summary.ts';
import type { Seal } from './synth-seal.ts';
import { isOn, textOf, UsageError, type Call, type OptionValues } from './verb.ts';
import { OutputSink, type OutputOptions, type OutputResult } from './output-sink.ts';

/** Renders the fleet. With a `seal`, results are recalled and kept, and the run is sealed when nothing in it can be otherwise. */
export async function synthesiseFleet(call: Call, seal: Seal | null): Promise<Outcome> {
  const { values, io } = call;
  const { project, constructs, diagnostics: early } = await loadProjectWithConstructs(values, io);
  if (early.length > 0) {
    const stderr = formatDiagnostics(early, reportStyle(project, io));
    return { before: () => [], changes: () => [], after: () => [], stderr, status: 1 };
  }
  refuseOutInInput(project);
  const progress = progressLine(io, 'services');
  const { stamps, readers, cache, watch } = openTrees(call, project, seal);
  const output = new OutputSink({
    ...outputOptions(values, project),
    ...(watch && { watch }),
    onProgress: progress.update,
  });
  const policy = { strict: isOn(values, 'strict'), severity: project.severity };
  const provenance = provenanceFile(call);
  const workers = await serviceWorkers(call, cache !== null);
  const input: CompileInput = {
    ...synthInput(values, project, constructs, readers),
    ...(cache && { cache: cache.results }),
    ...(provenance && { provenance: provenance.add }),
    ...(workers && { maker: workers }),
  };
  const compilation = await compile(input, output).finally(() => workers?.close());
  provenance?.flush();
  const written = output.finish(compilation);
  const files = { ...written, diagnostics: withSeverity(written.diagnostics, policy) };
  const results = cache?.save() ?? null;
  progress.clear();
  const told = withRefused(
    compilation,
    written.diagnostics.filter(({ code }) => code === 'file-name-clash'),
  );
  // `isAsEarlier` speaks of the run whose results were kept last: of the settled one, or nothing is settled.
  const earlier = compilation.isAsEarlier ? (seal?.settled()?.outcome ?? null) : null;
  const report = (result: OutputResult): Outcome =>
    outcomeLike(earlier, call, result) ?? outcomeOf(call, project, { compilation: told, written: result, cache });
  // What two commits need depends on more than how files look, and threads look at files unseen.
  if (seal && cache && watch && results !== null && workers?.hasBegun !== true && !isOn(values, 'two-phase')) {
    const isClean = files.diagnostics.length === 0;
    const outcome = (): Outcome | null => again(watch, files, report);
    seal.keep({ project, stamps, watch, cache: cache.results, results, isClean, outcome });
  }
  return report(files);
}

function outputOptions(values: OptionValues, project: Project): Omit<OutputOptions, 'onProgress'> {
  return {
    outDir: project.out,
    scope: scopeOf(values),
    rebuildIndex: isOn(values, 'rebuild-index'),
    forcePrune: isOn(values, 'force-prune'),
    toolClusters: toolClusters(project),
    isTwoPhase: isOn(values, 'two-phase'),
  };
}

/** The input, with how it looks; the results of earlier runs and how the output looks, in a run that uses and keeps some. */
function openTrees({ values, io }: Call, project: Project, seal: Seal | null) {
  const settled = seal?.settled() ?? null;
  const stamps = {
    soa: createDiskStamps(project.soaDir, settled?.soa),
    system: createDiskStamps(project.systemConfigDir, settled?.system),
  };
  const soa = createDiskReader(project.soaDir);
  const cache =
    seal &&
    openResultCache(io, {
      ...{ place: seal.place, verb: 'synth', project, scope: scopeOf(values), soa, stamps: stamps.soa },
      settled,
    });
  const readers = {
    soa: cache ? stamped(soa, stamps.soa) : soa,
    system: stamped(createDiskReader(project.systemConfigDir), stamps.system),
  };
  return { stamps, readers, cache, watch: cache && new TreeWatch(project.out, settled?.out) };
}

/** The threads of `--jobs`; null with one, and for a program that is run from source. */
async function serviceWorkers({ values, io }: Call, isRecording: boolean): Promise<ServiceWorkers | null> {
  const text = textOf(values, 'jobs') ?? '1';
  if (!/^[1-9]\d?$/.test(text)) throw new UsageError(`--jobs takes a number from 1 to 99, not ${JSON.stringify(text)}`);
  if (text === '1' || programDigest() === null) return null;
  if (values['provenance'] !== undefined) throw new UsageError('--provenance takes one thread: leave out --jobs');
  const { ServiceWorkers } = await import('./service-workers.ts');
  return new ServiceWorkers({ values, env: io.env, cwd: io.cwd, isRecording }, Number(text));
}

/** What the next run would report; null when that cannot be told. */
function again(watch: TreeWatch, written: OutputResult, report: (result: OutputResult) => Outcome): Outcome | null {
  if (!watch.hasChanged) return report(written);
  if (written.diagnostics.length > 0 || written.refused !== undefined) return null;
  const unchanged = written.unchanged + written.written.length;
  return report({ written: [], unchanged, removed: [], bookkeeping: [], diagnostics: [], notes: [] });
}

/** A reader that looks at everything before it reads it. */
function stamped(reader: TreeReader, stamps: StampReader): TreeReader {
  const after = <T>(act: (path: string) => T) => {
    return (path: string): T => {
      stamps.stamp(path);
      return act(path);
    };
  };
  return { read: after(reader.read), list: after(reader.list), exists: after(reader.exists) };
}

interface Finished {
  readonly compilation: Compilation;
  readonly written: OutputResult;
  readonly cache: ResultCache | null;
}

function outcomeOf(call: Call, project: Project, { compilation, written, cache }: Finished): Outcome {
  const { values } = call;
  const ofInput = [...compilation.diagnostics, ...(cache?.results.differences() ?? [])];
  const diagnostics = [...ofInput, ...written.diagnostics];
  const status = exitStatus(compilation, written, diagnostics);
  const changes = changesOf(call, written);
  if (isJson(call)) return { ...synthJson(compilation, diagnostics), changes, stderr: '', status };
  // What is found in the output tree nobody else shows.
  const worst = ofInput.filter(({ severity }) => severity === 'error');
  const shown = isOn(values, 'verbose') ? diagnostics : [...worst, ...written.diagnostics];
  const stderr = formatDiagnostics(shown, reportStyle(project, call.io));
  return { ...synthSummary(compilation, diagnostics), changes, stderr, status };
}

function changesOf(call: Call, written: OutputResult): Outcome['changes'] {
  return isJson(call) ? changesJson(written) : changesSummary(written, scopeOf(call.values));
}

function isJson({ values }: Call): boolean {
  return textOf(values, 'output') === 'json';
}

/**
 * The outcome of a run that tells of the input what an earlier run told, and found nothing in the output; null when it may differ in more
 * than what became of files: findings that are shown come with lines of the input.
 */
function outcomeLike(earlier: Outcome | null, call: Call, written: OutputResult): Outcome | null {
  if (earlier === null || earlier.stderr !== '' || written.diagnostics.length > 0) return null;
  return { ...earlier, changes: changesOf(call, written) };
}

function exitStatus(compilation: Compilation, written: OutputResult, diagnostics: readonly Diagnostic[]): number {
  if (written.refused !== undefined) return 4;
  const isHeldBack = compilation.clusters.some(({ failed }) => failed.length > 0);
  return isHeldBack || diagnostics.some(({ severity }) => severity === 'error') ? 1 : 0;
}
