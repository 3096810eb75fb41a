import { resolve } from 'node:path';
import type { CompileInput } from '../compiler/compile.ts';
import { compareDiagnostics, type Diagnostic } from '../compiler/diagnostics/diagnostic.ts';
import { isAboutScope } from '../compiler/scope-findings.ts';
import { createMask } from '../differences/mask.ts';
import { adviceFor, GitFailure } from '../git/git-failure.ts';
import { compareTrees } from '../review/compare-trees.ts';
import { reviewHtml } from '../review/html.ts';
import { reviewJson } from '../review/json.ts';
import { reviewMarkdown } from '../review/markdown.ts';
import type { OutputFiles } from '../review/output-files.ts';
import type { Review } from '../review/review.ts';
import { reviewText } from '../review/text.ts';
import { compileTree, type CompiledTree } from './compile-tree.ts';
import { ReleaseProblem, renderWith } from './base-release.ts';
import { writeText } from './file-problem.ts';
import { reportStyle, rootPrefixes } from './frames.ts';
import { treesAt, workingTrees, type InputTrees } from './input-revision.ts';
import { heldFiles } from './held-files.ts';
import type { Io } from './io.ts';
import { pipelineGroupsIn } from './pipeline-groups.ts';
import { INPUT_OPTIONS, type Project } from './project.ts';
import { formatDiagnostics, formatProblem } from './report.ts';
import { reviewCauses, type ReviewSide } from './review-causes.ts';
import { safeText } from './safe-text.ts';
import { SCOPE_OPTIONS, scopeOf } from './scope.ts';
import { loadProjectWithConstructs } from './load-constructs.ts';
import { isOn, outputOption, textOf, UsageError, type Call, type OptionValues, type Verb } from './verb.ts';

export const verb: Verb = {
  name: 'review',
  usage:
    'review [--base REV | --base-bin PATH] [--head REV] [-c C]... [-s S]... [-o text|markdown|html|json] [--report-file FILE]',
  description: `
Compiles two revisions of soa-configs, deployments.json and system configuration into memory and compares the results: what changes
in which instance, whether pods restart, how and how many at most, what is removed, and which team owns it. Nothing is written
but the report. Secret values are hidden everywhere; equal ones have equal numbers.

--base is HEAD and --head is the working tree unless given. A system configuration outside of the repository that holds the
soa-configs is read from disk for both sides. Project file and construct modules are those on disk, too.

With --base-bin another release of this program renders the trees on disk, and this one does: what an upgrade would change.

Exit status: 0 a report was made, 1 the head has errors that the base has not (they hold back what they feed), 6 wrong usage or a
revision that cannot be read.`,
  options: {
    ...INPUT_OPTIONS,
    base: { value: 'REV', help: 'revision to compare with (default: HEAD)' },
    'base-bin': { value: 'PATH', help: 'another release of this program, to compare with on the trees on disk' },
    head: { value: 'REV', help: 'revision to look at (default: the working tree)' },
    ...SCOPE_OPTIONS,
    diff: { help: 'show the diffs of objects, in text too' },
    'removal-percent': { value: 'N', help: 'removing more than this share of a cluster is a risk (default: 20)' },
    'no-constructs': { help: "do not load the project's construct modules" },
    'report-file': { value: 'FILE', help: 'write the report to a file' },
    output: outputOption('text', 'markdown', 'html', 'json'),
  },
  usageExit: 6,
  run,
};

async function run(call: Call): Promise<number> {
  const { values, io } = call;
  const { project, constructs, diagnostics } = await loadProjectWithConstructs(values, io);
  if (diagnostics.length > 0) {
    io.err(formatDiagnostics(diagnostics, reportStyle(project, io)));
    return 6;
  }
  try {
    return await review(call, project, constructs);
  } catch (error) {
    if (!(error instanceof GitFailure || error instanceof ReleaseProblem)) throw error;
    io.err(formatProblem(error.message, error instanceof GitFailure ? adviceFor(error.kind) : undefined));
    return 6;
  }
}

async function review({ values, io }: Call, project: Project, constructs: CompileInput['constructs']): Promise<number> {
  const mostRemovedPercent = percentOf(textOf(values, 'removal-percent'));
  const headName = textOf(values, 'head');
  const head = headName === undefined ? workingTrees(project) : await treesAt(project, io, headName);
  const inputOf = ({ soa, system }: InputTrees): CompileInput => ({
    ...{ soa, system, constructs, scope: scopeOf(values), filePer: project.filePer, verbose: false },
    ...{ strict: false, severity: project.severity },
  });
  const revision = async (rev: string): Promise<BaseSide> => {
    const trees = await treesAt(project, io, rev);
    const compiled = await compileTree(inputOf(trees));
    const { files, compilation } = compiled;
    const failed = new Set(compilation.clusters.flatMap((each) => each.failed.map((job) => `${each.cluster} ${job}`)));
    const isHeldBack = (cluster: string, job: string): boolean => failed.has(`${cluster} ${job}`);
    return { name: trees.name, side: { trees, compiled }, files, isHeldBack, diagnostics: compilation.diagnostics };
  };
  const bin = textOf(values, 'base-bin');
  const old = bin === undefined ? await revision(textOf(values, 'base') ?? 'HEAD') : release(bin, values, project, io);
  const wanted = await compileTree(inputOf(head), old.files);
  const heldBack = newlyHeldBack(old, wanted);
  const mask = createMask(project.mask);
  const found = newFindings(old, wanted, heldBack);
  io.err(mask.text(formatDiagnostics(found, { hasColor: false, prefix: rootPrefixes(project, io.cwd) })));
  if (found.some(isAboutScope)) return 6;
  if (!wanted.isRendered) {
    io.err('paasta-gitops: error: the head cannot be compiled at all; there is nothing to compare\n');
    return 1;
  }
  const causes =
    old.side &&
    (await reviewCauses(old.side, { trees: head, compiled: wanted }, { constructs, filePer: project.filePer }));
  const result = compareTrees({
    ...{ baseName: old.name, headName: head.name, base: old.files, head: wanted.files, mask },
    keeps: wanted.keeps,
    heldBack,
    heldFiles: heldFiles(wanted.compilation, found),
    ...(causes && { causes }),
    risks: { mostRemovedPercent, pipelineGroups: pipelineGroupsIn(head.soa) },
  });
  const report = draw(result, textOf(values, 'output') ?? 'text', isOn(values, 'diff'));
  const file = textOf(values, 'report-file');
  if (file === undefined) io.out(report);
  else writeText(resolve(io.cwd, file), report);
  return found.some(({ severity }) => severity === 'error') ? 1 : 0;
}

function draw(review: Review, format: string, showsDiffs: boolean): string {
  if (format === 'json') return reviewJson(review);
  if (format === 'html') return reviewHtml(review, safeText);
  if (format === 'markdown') return reviewMarkdown(review, safeText);
  return withoutCommands(reviewText(review, safeText, showsDiffs));
}

/** Breaks `::` at the start of lines, which CI systems take for commands to them. */
export function withoutCommands(text: string): string {
  return text.replace(/^(\s*):(?=:)/gm, '$1: ');
}

/** What the head is compared with. */
interface BaseSide {
  readonly name: string;
  /** Null: the same input as the head's, made to other manifests by another release. */
  readonly side: ReviewSide | null;
  readonly files: OutputFiles;
  isHeldBack(cluster: string, job: string): boolean;
  /** Null: nobody knows what another release finds. */
  readonly diagnostics: readonly Diagnostic[] | null;
}

function release(program: string, values: OptionValues, project: Project, io: Io): BaseSide {
  const files = renderWith(program, project, { values, io });
  const rendered = new Set(
    [...files.values()].map((file) => `${file.cluster} ${file.service ?? ''}.${file.instance ?? ''}`),
  );
  const isHeldBack = (cluster: string, job: string): boolean => !rendered.has(`${cluster} ${job}`);
  return { name: program, side: null, files, isHeldBack, diagnostics: null };
}

type HeldBack = Readonly<Record<string, readonly string[]>>;

function newlyHeldBack(old: BaseSide, wanted: CompiledTree): HeldBack {
  return Object.fromEntries(
    wanted.compilation.clusters.map(({ cluster, failed }) => [
      cluster,
      failed.filter((job) => !old.isHeldBack(cluster, job)),
    ]),
  );
}

/**
 * Errors and warnings that the head brings; a finding that only moved to another line is not new. Beside another release, the errors
 * when they hold back what that one renders.
 */
function newFindings(old: BaseSide, wanted: CompiledTree, heldBack: HeldBack): readonly Diagnostic[] {
  const keyOf = ({ code, root, file, path, message }: Diagnostic): string =>
    JSON.stringify([code, root, file, path, message]);
  const known = new Set(old.diagnostics?.map(keyOf));
  const isWorse = Object.values(heldBack).some((jobs) => jobs.length > 0);
  const isNew = (each: Diagnostic): boolean => {
    // A name that only the head lacks was removed; one that neither side has is misspelt.
    if (isAboutScope(each)) return old.diagnostics === null || known.has(keyOf(each));
    if (old.diagnostics === null) return isWorse && each.severity === 'error';
    return each.severity !== 'info' && !known.has(keyOf(each));
  };
  return wanted.compilation.diagnostics.filter(isNew).sort(compareDiagnostics);
}

function percentOf(text: string | undefined): number {
  if (text === undefined) return 20;
  if (/^\d{1,3}$/.test(text) && Number(text) <= 100) return Number(text);
  throw new UsageError(`--removal-percent is a whole number from 0 to 100; found ${JSON.stringify(text)}`);
}
