import { dirname } from 'node:path';
import type { CompileScope, Compilation } from '../compiler/compile.ts';
import { compareDiagnostics, compareText, type Diagnostic } from '../compiler/diagnostics/diagnostic.ts';
import { heldFiles } from './held-files.ts';
import { memberPieces } from './json-pieces.ts';
import { holdHints, twoPhaseLines } from './two-phase.ts';
import type { OutputResult } from './output-sink.ts';
import type { Outcome, Printed } from './sealed-run.ts';

const SHOWN_NAMES = 20;

/** The summary that ends a run, around its part about the output: what was rendered, with the names that a reader acts on. */
export function synthSummary(
  compilation: Compilation,
  diagnostics: readonly Diagnostic[],
): Pick<Outcome, 'before' | 'after'> {
  return {
    before: () => [linesOf(findingRows(compilation))],
    after: () => [linesOf([findingCounts(diagnostics)])],
  };
}

function findingRows(compilation: Compilation): readonly string[] {
  const rows: string[] = [];
  for (const { cluster, rendered, notDeployed, failed, assumedControls } of compilation.clusters) {
    if (compilation.failedClusters.includes(cluster)) continue;
    rows.push(`${cluster}: ${count(rendered.length, 'instance')} rendered`);
    if (assumedControls.length > 0) rows.push(`  no control entry yet, taken as started: ${names(assumedControls)}`);
    if (notDeployed.length > 0) rows.push(`  not deployed: ${names(notDeployed)}`);
    if (failed.length > 0) rows.push(`  held back: ${names(failed)}`);
  }
  for (const cluster of compilation.failedClusters) {
    rows.push(`${cluster}: held back, its system configuration has errors`);
    const failed = compilation.clusters.find((each) => each.cluster === cluster)?.failed ?? [];
    if (failed.length > 0) rows.push(`  held back: ${names(failed)}`);
  }
  const files = heldFiles(compilation, compilation.diagnostics);
  if (files.length > 0) rows.push(`held back: what ${names(files)} ${files.length === 1 ? 'holds' : 'hold'}`);
  return rows;
}

/** The part of the summary about the output: what was written, kept and removed. */
export function changesSummary(written: OutputResult, scope: CompileScope): Printed {
  const rows = [...changeRows(written)];
  if (scope.services !== undefined || scope.instances !== undefined) {
    rows.push('scoped run: files that services share were left alone, nothing outside the scope was removed');
  }
  for (const { cluster, instances, of, files } of written.refused ?? []) {
    rows.push(
      `REFUSED: ${instances.length} of ${count(of, 'instance')} of ${cluster} would be removed (${count(files.length, 'file')}):`,
    );
    rows.push(`  ${names(instances)}`);
    rows.push('  nothing was removed; if this is meant, run again with --force-prune');
  }
  rows.push(...twoPhaseLines(written.notes), ...holdHints(written.notes));
  return () => [linesOf(rows)];
}

function linesOf(rows: readonly string[]): string {
  return rows.map((row) => `${row}\n`).join('');
}

/** The summary as JSON, with every finding, around its part about the output. */
export function synthJson(
  compilation: Compilation,
  diagnostics: readonly Diagnostic[],
): Pick<Outcome, 'before' | 'after'> {
  const total = (key: 'rendered' | 'notDeployed' | 'failed'): number =>
    compilation.clusters.reduce((sum, cluster) => sum + cluster[key].length, 0);
  return {
    *before() {
      yield '{';
      yield* memberPieces({
        rendered: total('rendered'),
        notDeployed: total('notDeployed'),
        failed: total('failed'),
        heldFiles: heldFiles(compilation, compilation.diagnostics),
      });
      yield ',';
    },
    *after() {
      yield* memberPieces({
        clusters: compilation.clusters,
        failedClusters: compilation.failedClusters,
        diagnostics: [...diagnostics].sort(compareDiagnostics),
      });
      yield '\n}\n';
    },
  };
}

/** The part of the JSON about the output. */
export function changesJson(written: OutputResult): Printed {
  return function* () {
    yield* memberPieces({
      written: written.written,
      unchanged: written.unchanged,
      removed: written.removed,
      bookkeeping: written.bookkeeping,
      refused: written.refused ?? [],
      twoPhase: written.notes,
    });
    yield ',';
  };
}

function changeRows({ written, unchanged, removed, bookkeeping }: OutputResult): readonly string[] {
  const changed = [...written, ...removed];
  const others = unexplained(bookkeeping, changed);
  const isSame = changed.length === 0 && others.length === 0;
  return [
    `${count(written.length, 'file')} written, ${unchanged} unchanged, ${removed.length} removed` +
      (isSame ? ': nothing changed' : ''),
    ...(others.length === 0 ? [] : [`also brought up to date: ${names(others)}`]),
  ];
}

/** Lists and indexes that changed although no rendered file below them did, as where somebody added a file by hand. */
function unexplained(bookkeeping: readonly string[], changed: readonly string[]): readonly string[] {
  const folders = new Set<string>();
  for (const path of changed) {
    for (let folder = dirname(path); folder !== '.' && !folders.has(folder); folder = dirname(folder)) {
      folders.add(folder);
    }
  }
  return bookkeeping.filter((path) =>
    path.startsWith('clusters/') ? !folders.has(dirname(path)) : changed.length === 0,
  );
}

function findingCounts(diagnostics: readonly Diagnostic[]): string {
  const of = (test: (d: Diagnostic) => boolean): number => diagnostics.filter(test).length;
  const errors = of((d) => d.severity === 'error');
  const policy = of((d) => d.severity === 'warning' && d.policy === true);
  const warnings = of((d) => d.severity === 'warning') - policy;
  const notes = of((d) => d.severity === 'info');
  const hint = policy + warnings > 0 ? ' (paasta-gitops validate shows all)' : '';
  return `${count(errors, 'error')}, ${policy} policy, ${count(warnings, 'warning')}, ${count(notes, 'note')}${hint}`;
}

function names(list: readonly string[]): string {
  const sorted = [...list].sort(compareText);
  const rest = sorted.length - SHOWN_NAMES;
  return rest > 0 ? `${sorted.slice(0, SHOWN_NAMES).join(', ')} and ${rest} more` : sorted.join(', ');
}

function count(number: number, noun: string): string {
  return `${number} ${noun}${number === 1 ? '' : 's'}`;
}
