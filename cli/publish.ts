import type { CompileInput } from '../compiler/compile.ts';
import { compile, withSeverity } from '../compiler/compile.ts';
import type { Diagnostic } from '../compiler/diagnostics/diagnostic.ts';
import { backoffMilliseconds, SYSTEM_CLOCK } from '../delivery/clock.ts';
import { createMask } from '../differences/mask.ts';
import { adviceFor, GitFailure } from '../git/git-failure.ts';
import { commitMessage } from '../publish/message.ts';
import { HostFailure } from '../publish/hosts/host.ts';
import { withOutputClone } from '../publish/output-clone.ts';
import { publish, type PublishOptions, type PublishResult, type RenderOutcome } from '../publish/publish.ts';
import { reportStyle, rootPrefixes } from './frames.ts';
import { version } from './version.ts';
import { INPUT_OPTIONS, toolClusters, type Project } from './project.ts';
import { pipelineGroupsIn } from './pipeline-groups.ts';
import { deploymentsDigest, publishInput } from './publish-input.ts';
import { PUBLISH_OPTIONS, publishTarget, type PublishTarget } from './publish-target.ts';
import { propose } from './publish-proposal.ts';
import { resultText } from './publish-result.ts';
import { reviewPublish } from './publish-review.ts';
import { formatDiagnostics, formatProblem } from './report.ts';
import { safeText } from './safe-text.ts';
import { loadProjectWithConstructs } from './load-constructs.ts';
import { TWO_PHASE_OPTION } from './two-phase-option.ts';
import { holdHints, twoPhaseLines, type TwoPhaseNote } from './two-phase.ts';
import { isOn, outputOption, textOf, textsOf, type Call, type Verb } from './verb.ts';
import { writeOutput } from './write-output.ts';

export const verb: Verb = {
  name: 'publish',
  usage: 'publish --repo URL [--branch B] [--rev REV] [-c C]... [--pr github|gitlab|gitea|print]',
  description: `
Renders a committed revision of the configuration into a private clone of the output repository and pushes one commit, never forced.
When another writer is faster, everything is rendered again on what that writer left. Files written by hand stay; files of ours
that were changed by hand are written again and named in the message, or stop the run with --on-manual-edit=fail.

A revision older than the published one is not published. --allow-older goes back and holds the clusters there: later runs refuse
until one has --resume. With --pr the commit goes to a branch of its own and a pull request is made; "print" only prints it.

Exit status: 0 published, nothing to do, or a newer revision is published already; 1 something is held back by an error or the push
failed; 4 stopped by a guard (hold, removal of too much, manual edits, unrelated revision); 6 wrong usage, or a file written by hand
is in the way.`,
  options: {
    ...INPUT_OPTIONS,
    ...PUBLISH_OPTIONS,
    cluster: { short: 'c', value: 'CLUSTER', multiple: true, help: 'only this cluster (repeatable)' },
    'two-phase': TWO_PHASE_OPTION,
    strict: { help: 'treat findings stricter than PaaSTA (policy) as errors' },
    'no-constructs': { help: "do not load the project's construct modules" },
    output: outputOption(),
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
  const target = publishTarget(call, project);
  try {
    return await publishTo(call, project, target, constructs);
  } catch (error) {
    if (!(error instanceof GitFailure || error instanceof HostFailure)) throw error;
    io.err(formatProblem(error.message, error instanceof GitFailure ? adviceFor(error.kind) : undefined));
    return 1;
  }
}

async function publishTo(
  { values, io }: Call,
  project: Project,
  target: PublishTarget,
  constructs: CompileInput['constructs'],
): Promise<number> {
  const input = await publishInput(project, io, target.revision);
  const { trees } = input;
  const warn = (text: string): void => io.err(`paasta-gitops: warning: ${text}\n`);
  if (trees.commit === null) warn('the soa-configs are in no git repository: older output cannot be told from newer');
  if (input.isDirty) warn(`changes that are not committed are not published (${target.revision} is)`);
  const clusters = textsOf(values, 'cluster').length === 0 ? null : textsOf(values, 'cluster');
  const scope = clusters === null ? {} : { clusters };
  const policy = { strict: isOn(values, 'strict'), severity: project.severity };
  const { soa, system } = trees;
  const mask = createMask(project.mask);
  let diagnostics: readonly Diagnostic[] = [];
  let notes: readonly TwoPhaseNote[] = [];
  let isHeldBack = false;
  const render = async (outDir: string): Promise<RenderOutcome> => {
    const flags = {
      ...{ rebuildIndex: isOn(values, 'rebuild-index'), forcePrune: isOn(values, 'force-prune') },
      ...{ toolClusters: toolClusters(project), isTwoPhase: isOn(values, 'two-phase') },
    };
    const output = writeOutput({ outDir, scope, ...flags, onProgress: () => undefined });
    const compiled = await compile(
      { soa, system, scope, constructs, filePer: project.filePer, verbose: false, ...policy },
      output.sink,
    );
    const written = output.finish(compiled);
    diagnostics = [...compiled.diagnostics, ...withSeverity(written.diagnostics, policy)];
    notes = written.notes;
    isHeldBack = compiled.clusters.some(({ failed }) => failed.length > 0);
    return {
      touched: [...written.written, ...written.removed, ...written.bookkeeping],
      refused: written.refused ?? [],
      collisions: written.diagnostics
        .filter(({ code, severity }) => code === 'hand-written-file' && severity === 'error')
        .map(({ file }) => file),
      clusters: compiled.clusters.map(({ cluster }) => cluster),
    };
  };
  const risks = { mostRemovedPercent: 20, pipelineGroups: pipelineGroupsIn(soa) };
  const provenance = {
    revision: trees.commit,
    deployments: deploymentsDigest(soa),
    generator: `paasta-gitops/${version()}`,
    signedOffBy: isOn(values, 'signoff') ? `${target.identity.name} <${target.identity.email}>` : null,
    clusters: clusters ?? [],
  };
  const options: PublishOptions = {
    ...target,
    clusters,
    proposal: target.host === null ? null : target.proposalBranch(clusters, trees.commit),
    revision: trees.commit,
    relationTo: input.relationTo,
    isSigned: isOn(values, 'sign'),
    isDryRun: target.host === 'print',
    render,
    review: (clone, tip, tree, before) =>
      reviewPublish(clone, tip, tree, before, { mask, risks, clusters, folder: target.folder }),
    message: (facts) => commitMessage(facts, provenance, safeText),
    wait: (attempt) => SYSTEM_CLOCK.sleep(backoffMilliseconds(attempt)),
  };
  const git = { url: target.url, env: io.env, allowFile: isOn(values, 'allow-file') };
  const result = await withOutputClone(git, (clone) => publish(clone, options));
  io.err(
    mask.text(formatDiagnostics(shown(diagnostics), { hasColor: io.hasColor, prefix: rootPrefixes(project, io.cwd) })),
  );
  for (const line of [...twoPhaseLines(notes), ...holdHints(notes)]) io.err(`note: ${safeText(line)}\n`);
  const url =
    result.kind === 'published' && options.proposal !== null
      ? await propose(target, options.proposal, result, io)
      : null;
  const isJson = textOf(values, 'output') === 'json';
  const text = resultText(result, {
    isJson,
    target,
    revision: trees.commit,
    proposalUrl: url,
    branch: options.proposal ?? target.branch,
  });
  if (isJson || !(target.host === 'print' && result.kind === 'published')) io.out(text);
  return exitStatus(result, isHeldBack || diagnostics.some(({ severity }) => severity === 'error'));
}

function shown(diagnostics: readonly Diagnostic[]): readonly Diagnostic[] {
  return diagnostics.filter(({ severity }) => severity === 'error');
}

function exitStatus(result: PublishResult, hasErrors: boolean): number {
  switch (result.kind) {
    case 'collision':
      return 6;
    case 'held':
    case 'manual-edits':
    case 'refused':
      return 4;
    case 'superseded':
      return result.relation === 'older' ? 0 : 4;
    default:
      return hasErrors ? 1 : 0;
  }
}
