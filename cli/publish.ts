import type { CompileInput } from '../compiler/compile.ts';
import { loadSystemConfig } from '../compiler/load/index.ts';
import { scopeFindings } from '../compiler/scope-findings.ts';
import { backoffMilliseconds, SYSTEM_CLOCK } from '../delivery/clock.ts';
import { createMask, type Mask } from '../differences/mask.ts';
import { adviceFor, GitFailure } from '../git/git-failure.ts';
import { commitMessage } from '../publish/message.ts';
import { HostFailure } from '../publish/hosts/host.ts';
import { withOutputClone } from '../publish/output-clone.ts';
import { publish, type PublishOptions, type PublishResult } from '../publish/publish.ts';
import { reportStyle, rootPrefixes } from './frames.ts';
import type { Io } from './io.ts';
import { version } from './version.ts';
import { INPUT_OPTIONS, type Project } from './project.ts';
import { pipelineGroupsIn } from './pipeline-groups.ts';
import { deploymentsDigest, publishInput, type PublishInput } from './publish-input.ts';
import { PUBLISH_OPTIONS, publishTarget, type PublishTarget } from './publish-target.ts';
import { renderInto, type Rendered } from './publish-render.ts';
import { propose } from './publish-proposal.ts';
import { resultText } from './publish-result.ts';
import { reviewPublish } from './publish-review.ts';
import { formatDiagnostics, formatProblem } from './report.ts';
import { safeText } from './safe-text.ts';
import { loadProjectWithConstructs } from './load-constructs.ts';
import { TWO_PHASE_OPTION } from './two-phase-option.ts';
import { holdHints, twoPhaseLines } from './two-phase.ts';
import { isOn, outputOption, textOf, textsOf, type Call, type Verb } from './verb.ts';

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
failed; 4 stopped by a guard (hold, removal of too much, manual edits, unrelated revision); 6 wrong usage, a revision that cannot be
read, or a file written by hand is in the way.`,
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
  const input = await readInput(project, io, target.revision);
  if (input === null) return 6;
  const { trees } = input;
  const warn = (text: string): void => io.err(`paasta-gitops: warning: ${text}\n`);
  if (trees.commit === null) warn('the soa-configs are in no git repository: older output cannot be told from newer');
  if (input.isDirty) warn(`changes that are not committed are not published (${target.revision} is)`);
  const clusters = textsOf(values, 'cluster').length === 0 ? null : textsOf(values, 'cluster');
  const unknown =
    clusters === null ? [] : scopeFindings({ clusters }, { clusters: loadSystemConfig(trees.system).universe });
  if (unknown.length > 0) {
    io.err(formatDiagnostics(unknown, reportStyle(project, io)));
    return 6;
  }
  const mask = createMask(project.mask);
  let rendered: Rendered | null = null;
  const options: PublishOptions = {
    ...actions({ target, input, clusters, mask, isSignedOff: isOn(values, 'signoff') }),
    isSigned: isOn(values, 'sign'),
    async render(outDir) {
      rendered = await renderInto(outDir, { values, project, trees, constructs, clusters });
      return rendered.outcome;
    },
  };
  const git = { url: target.url, env: io.env, allowFile: isOn(values, 'allow-file') };
  const result = await withOutputClone(git, (clone) => publish(clone, options));
  const isHeldBack = tellRendered(rendered, { io, mask, project, folder: target.folder });
  const { proposal } = options;
  const proposalUrl =
    result.kind === 'published' && proposal !== null ? await propose(target, proposal, result, io) : null;
  const isJson = textOf(values, 'output') === 'json';
  const facts = { isJson, target, revision: trees.commit, proposalUrl, isHeldBack, branch: proposal ?? target.branch };
  if (isJson || !(target.host === 'print' && result.kind === 'published')) io.out(resultText(result, facts));
  return exitStatus(result, isHeldBack);
}

/** Null when the revision or its folders cannot be read: that is printed. */
async function readInput(project: Project, io: Io, revision: string): Promise<PublishInput | null> {
  try {
    return await publishInput(project, io, revision);
  } catch (error) {
    if (!(error instanceof GitFailure)) throw error;
    io.err(formatProblem(error.message, adviceFor(error.kind)));
    return null;
  }
}

interface Publishing {
  readonly target: PublishTarget;
  readonly input: PublishInput;
  readonly clusters: readonly string[] | null;
  readonly mask: Mask;
  readonly isSignedOff: boolean;
}

/** Everything that publishing needs besides a renderer and a signature. */
function actions({
  target,
  input,
  clusters,
  mask,
  isSignedOff,
}: Publishing): Omit<PublishOptions, 'render' | 'isSigned'> {
  const { commit, soa } = input.trees;
  const risks = { mostRemovedPercent: 20, pipelineGroups: pipelineGroupsIn(soa) };
  const provenance = {
    revision: commit,
    deployments: deploymentsDigest(soa),
    generator: `paasta-gitops/${version()}`,
    signedOffBy: isSignedOff ? `${target.identity.name} <${target.identity.email}>` : null,
    clusters: clusters ?? [],
  };
  return {
    ...target,
    clusters,
    proposal: target.host === null ? null : target.proposalBranch(clusters, commit),
    revision: commit,
    relationTo: input.relationTo,
    isDryRun: target.host === 'print',
    review: (clone, tip, tree, before) =>
      reviewPublish(clone, tip, tree, before, { mask, risks, clusters, folder: target.folder }),
    message: (facts) => commitMessage(facts, provenance, safeText),
    wait: (attempt) => SYSTEM_CLOCK.sleep(backoffMilliseconds(attempt)),
  };
}

interface Telling {
  readonly io: Io;
  readonly mask: Mask;
  readonly project: Project;
  /** Of the output repository: what is written lies there. */
  readonly folder: string;
}

/** Prints what the last attempt found; true when an error held something back. */
function tellRendered(rendered: Rendered | null, { io, mask, project, folder }: Telling): boolean {
  if (rendered === null) return false;
  const errors = rendered.diagnostics.filter(({ severity }) => severity === 'error');
  const prefix = { ...rootPrefixes(project, io.cwd), output: folder === '' ? '' : `${folder}/` };
  const style = { hasColor: io.hasColor, prefix };
  io.err(mask.text(formatDiagnostics([...errors, ...rendered.warnings], style)));
  const notes = [...twoPhaseLines(rendered.notes), ...holdHints(rendered.notes)];
  for (const line of notes) io.err(`note: ${safeText(line)}\n`);
  return rendered.isHeldBack || errors.length > 0;
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
