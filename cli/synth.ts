import { isAbsolute, join, relative } from 'node:path';
import { pathToFileURL } from 'node:url';
import { compile, withSeverity, type Compilation } from '../compiler/compile.ts';
import type { Diagnostic } from '../compiler/diagnostics/diagnostic.ts';
import { createDiskReader } from '../compiler/load/disk-reader.ts';
import { userConstructsOf, type UserConstructs } from '../compiler/render/index.ts';
import type { WriteResult } from '../compiler/write/index.ts';
import { sourceFrames, rootPrefixes } from './frames.ts';
import { progressLine } from './progress.ts';
import { INPUT_OPTIONS, loadProject, toolClusters, type Project } from './project.ts';
import { formatDiagnostics } from './report.ts';
import { CACHE_OPTIONS, openResultCache } from './result-cache.ts';
import { SCOPE_OPTIONS, scopeOf } from './scope.ts';
import { synthSummary, synthJson } from './synth-summary.ts';
import { TWO_PHASE_OPTION } from './two-phase.ts';
import { isOn, textOf, type Call, type Verb } from './verb.ts';
import { writeOutput } from './write-output.ts';

export const verb: Verb = {
  name: 'synth',
  summary: 'render the manifests of every cluster',
  usage: 'synth [--soa-dir D] [--system-config-dir D] [--out D] [--cluster C]... [-s S]... [-i I]...',
  description: `
Reads soa-configs, deployments.json and the system configuration, and writes the Kubernetes manifests of every configured
cluster to --out. Files that did not change are not touched; files written by hand are never touched.

A finding of severity error is shown, holds back the least that it feeds and keeps its earlier output; everything else is
written. Other findings are counted: validate shows them, as does -v.
A run with -s or -i leaves files that several services share alone and removes nothing outside of it.

Exit status: 0 all is written, 1 something was held back, 2 wrong usage, 4 removing so much needs --force-prune.`,
  options: {
    ...INPUT_OPTIONS,
    out: { value: 'DIR', help: 'output tree (default: project file, else dist)' },
    ...SCOPE_OPTIONS,
    'file-per': {
      value: 'instance|object',
      choices: ['instance', 'object'],
      help: 'one file an instance (default) or an object',
    },
    strict: { help: 'treat findings stricter than PaaSTA (policy) as errors' },
    'force-prune': { help: 'remove more than half of a cluster, or a whole one' },
    'two-phase': TWO_PHASE_OPTION,
    'rebuild-index': { help: 'find our files again by their first line when the index is lost' },
    ...CACHE_OPTIONS,
    'no-constructs': { help: "do not load the project's construct modules" },
    'no-validate': { help: 'skip schemas and rules; what cannot be loaded or resolved is still held back' },
    'no-mesh': { help: "leave synapse's objects as they are; with --no-validate, for comparing costs" },
    output: {
      short: 'o',
      aliases: ['format'],
      value: 'text|json',
      choices: ['text', 'json'],
      help: 'form of the report',
    },
    verbose: { short: 'v', help: 'show warnings and notes too, and stacks of failing construct modules' },
  },
  run,
};

async function run(call: Call): Promise<number> {
  const { values, io } = call;
  const { project, diagnostics: ofProject } = loadProject(values, io);
  const modules = ofProject.length > 0 ? { constructs: [], diagnostics: [] } : await loadConstructs(project);
  const early = [...ofProject, ...modules.diagnostics];
  const prefixes = rootPrefixes(project, io.cwd);
  const style = { hasColor: io.hasColor, prefix: prefixes, lineOf: sourceFrames(project) };
  if (early.length > 0) {
    io.err(formatDiagnostics(early, style));
    return 1;
  }
  const progress = progressLine(io, 'services');
  const scope = scopeOf(values);
  const soa = createDiskReader(project.soaDir);
  const cache = openResultCache(call, 'synth', { project, scope, soa });
  const output = writeOutput({
    outDir: project.out,
    scope,
    rebuildIndex: isOn(values, 'rebuild-index'),
    forcePrune: isOn(values, 'force-prune'),
    hasCache: cache !== null,
    toolClusters: toolClusters(project),
    isTwoPhase: isOn(values, 'two-phase'),
    onProgress: progress.update,
  });
  const policy = { strict: isOn(values, 'strict'), severity: project.severity };
  const input = {
    soa,
    system: createDiskReader(project.systemConfigDir),
    scope,
    filePer: project.filePer,
    constructs: modules.constructs,
    verbose: isOn(values, 'verbose'),
    hasMesh: !isOn(values, 'no-mesh'),
    ...policy,
    ...(isOn(values, 'no-validate') && { checks: false as const }),
    ...(cache && { cache: cache.results }),
  };
  const compilation = await compile(input, output.sink);
  const written = output.finish(compilation);
  cache?.save();
  progress.clear();
  const diagnostics = [
    ...compilation.diagnostics,
    ...withSeverity(written.diagnostics, policy),
    ...(cache?.results.differences() ?? []),
  ];
  if (textOf(values, 'output') === 'json') io.out(synthJson(compilation, written, diagnostics));
  else {
    const shown = isOn(values, 'verbose') ? diagnostics : diagnostics.filter(({ severity }) => severity === 'error');
    io.err(formatDiagnostics(shown, style));
    io.out(synthSummary(compilation, written, diagnostics, scope));
  }
  return exitStatus(compilation, written, diagnostics);
}

function exitStatus(compilation: Compilation, written: WriteResult, diagnostics: readonly Diagnostic[]): number {
  if (written.refused !== undefined) return 4;
  const isHeldBack = compilation.clusters.some(({ failed }) => failed.length > 0);
  return isHeldBack || diagnostics.some(({ severity }) => severity === 'error') ? 1 : 0;
}

/** The project's construct modules, loaded; what cannot be loaded is a finding. */
export async function loadConstructs(
  project: Project,
): Promise<{ readonly constructs: readonly UserConstructs[]; readonly diagnostics: readonly Diagnostic[] }> {
  const constructs: UserConstructs[] = [];
  const diagnostics: Diagnostic[] = [];
  for (const path of project.constructs) {
    const module = relative(project.root, path);
    try {
      const exported: unknown = await import(pathToFileURL(isAbsolute(path) ? path : join(project.root, path)).href);
      const found = userConstructsOf(module, exported);
      if ('extend' in found) constructs.push(found);
      else diagnostics.push(found);
    } catch (error) {
      const cause = error instanceof Error ? error.message : String(error);
      const message = `the construct module ${module} cannot be loaded: ${cause}`;
      diagnostics.push({
        severity: 'error',
        code: 'construct-module',
        message,
        root: 'project',
        file: module,
        path: [],
      });
    }
  }
  return { constructs, diagnostics };
}
