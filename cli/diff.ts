import { resolve } from 'node:path';
import { askServer, type ServerAnswer } from '../applier/ask-server.ts';
import { describeForeign, describePlan, type ObjectReport, summarise } from '../applier/describe-plan.ts';
import { planText, summaryText } from '../applier/plan-text.ts';
import { EXIT } from '../applier/exit-status.ts';
import { serverVersion } from '../cluster/server-version.ts';
import { allowedManagers } from '../applier/foreign-fields.ts';
import { guard } from '../applier/guards.ts';
import { readLiveState, type LiveState } from '../applier/live-state.ts';
import { createMask } from '../differences/mask.ts';
import { isMember, makePlan, type Plan } from '../applier/plan.ts';
import { isNarrowed } from '../applier/plan-scope.ts';
import { readOverrides, type Overrides } from '../applier/overrides.ts';
import { planFileText, planRecord } from '../applier/plan-file.ts';
import { listedBy, planPrune, type PrunePlan } from '../applier/prune-plan.ts';
import { stateWarnings } from '../applier/state-warnings.ts';
import type { DesiredSet } from '../applier/desired-set.ts';
import {
  CLUSTER_OPTIONS,
  NARROWING_OPTIONS,
  refuseUnknownNames,
  REPORT_OUTPUT,
  scopeOfCall,
  withCluster,
  type ClusterCall,
} from './cluster-call.ts';
import { REPORT_FORMATS } from './cluster-report.ts';
import {
  conflictsOf,
  CONFLICTS_OPTION,
  GUARD_OPTIONS,
  guardOptionsOf,
  MODE_OPTION,
  OVERRIDES_OPTION,
  PLAN_OPTIONS,
  planOptionsOf,
  pruneOptionsOf,
} from './plan-options.ts';
import { writeText } from './file-problem.ts';
import { desiredOf, TREE_OPTIONS } from './rendered-tree.ts';
import { safeText } from './safe-text.ts';
import { isOn, textOf, textsOf, UsageError, type OptionValues, type Verb } from './verb.ts';

export const verb: Verb = {
  name: 'diff',
  usage: 'diff [--cluster C] [--context X] [--dir D | --rev R] [-s S]... [-i I]... [--prune]',
  description: `
Reads the rendered tree and the cluster, and shows what apply would do: what is created, changed or moved, which fields others
changed since and when, and which changes replace pods. Values that may be secret are hidden. Writes nothing, and needs only the
rights to get and list.

Exit status: 0 no differences, 2 differences, 4 apply would refuse, 6 wrong usage or input, 7 no rights, 9 no answer.`,
  options: {
    ...CLUSTER_OPTIONS,
    ...NARROWING_OPTIONS,
    ...TREE_OPTIONS,
    ...REPORT_OUTPUT,
    ...PLAN_OPTIONS,
    ...GUARD_OPTIONS,
    ...OVERRIDES_OPTION,
    ...MODE_OPTION,
    'strict-fields': { help: 'also list fields that others set beside ours, and values that the server altered' },
    'allow-manager': {
      value: 'NAME',
      multiple: true,
      help: 'a field manager that --strict-fields leaves alone; may end in * (repeatable)',
    },
    server: { help: 'ask the server, by dry runs, what it would store of each object that differs' },
    conflicts: CONFLICTS_OPTION,
    plan: { value: 'FILE', help: 'also write the plan to a file, for apply --plan' },
  },
  usageExit: EXIT.invalid,
  run: (call) => withCluster(call, 'diff', run),
};

async function run(call: ClusterCall): Promise<number> {
  const { client, values, io, name, project, format, cluster } = call;
  const { desired, revision } = await desiredOf(call);
  const { state, limits, ignored } = await readForDiff(call, desired);
  refuseUnknownNames(values, desired, state);
  const plan = makePlan(desired, state, { ...planOptionsOf(values), ...limits });
  const { refusals } = await guard(desired, state.parent, revision, guardOptionsOf(values));
  const prune = isOn(values, 'prune') ? prunePreview(desired, state, plan, values) : null;
  const conflicts = conflictsOf(values);
  const answers = isOn(values, 'server')
    ? await askServer(client, state.resources, plan, conflicts)
    : new Map<string, ServerAnswer>();
  const objects = [...describePlan(plan, prune, createMask(project.mask), answers), ...describeForeign(state)];
  const summary = summarise(plan, objects);
  const reasons = [...refusals, ...plan.refusals.map(({ message }) => message), ...(prune?.refusals ?? [])];
  const exit = exitOf(reasons, objects, [...answers.values()]);
  const warnings = [...ignored, ...stateWarnings(state)];
  const planFile = textOf(values, 'plan');
  if (planFile !== undefined && reasons.length === 0) {
    const facts = { revision: revision.commit, server: await serverVersion(client) };
    writeText(resolve(io.cwd, planFile), planFileText(planRecord(desired, plan, prune, facts)));
  }
  if (format !== null) {
    const report = { verb: 'diff', cluster, set: name.set, revision: revision.commit, summary, objects, results: [] };
    io.out(REPORT_FORMATS[format]({ ...report, warnings, reason: reasons.join('; '), exit }));
    return exit;
  }
  io.out(planText(objects, safeText));
  if (plan.orphans.length > 0 && prune === null)
    io.out(`${plan.orphans.length} members are not in the tree; --prune shows what would go\n`);
  for (const warning of warnings) io.err(`warning: ${safeText(warning)}\n`);
  for (const reason of reasons) io.err(`refused: ${safeText(reason)}\n`);
  io.out(summaryText(summary, reasons.length > 0));
  return exit;
}

interface ReadForDiff {
  readonly state: LiveState;
  readonly limits: { readonly overrides?: Overrides };
  readonly ignored: readonly string[];
}

async function readForDiff({ client, values, name, pageSize }: ClusterCall, desired: DesiredSet): Promise<ReadForDiff> {
  const found = isOn(values, 'honor-overrides') ? await readOverrides(client, Date.now()) : null;
  const limits = found === null ? {} : { overrides: found.overrides };
  const isBrief = textOf(values, 'mode') === 'metadata';
  const isStrict = isOn(values, 'strict-fields');
  if (isBrief && (isStrict || isOn(values, 'prune')))
    throw new UsageError('--mode metadata does not see what --strict-fields and --prune look at');
  const state = await readLiveState(client, desired, {
    ...{ name, pageSize, ...limits },
    ...(isBrief && { isMetadataEnough: () => true }),
    ...(isStrict && { isAllowedManager: allowedManagers(textsOf(values, 'allow-manager')) }),
  });
  return { state, limits, ignored: found?.ignored ?? [] };
}

function exitOf(
  reasons: readonly string[],
  objects: readonly ObjectReport[],
  answers: readonly ServerAnswer[],
): number {
  if (reasons.length > 0) return EXIT.refused;
  if (answers.some(({ isInvalid }) => isInvalid)) return EXIT.invalid;
  return objects.some(({ action }) => action !== 'kept') ? EXIT.differences : EXIT.success;
}

/** What pruning would do now; what `troubled` services have stays. */
export function prunePreview(
  desired: DesiredSet,
  state: LiveState,
  plan: Plan,
  values: OptionValues,
  troubled: ReadonlySet<string> = new Set(),
): PrunePlan {
  const members = [...state.objects.values()].map(({ live }) => live).filter((live) => isMember(live, desired.setId));
  const isListed = isNarrowed(scopeOfCall(values)) || desired.doubts.length > 0 ? () => false : listedBy(state.listed);
  return planPrune(desired, members, plan.orphans, { ...pruneOptionsOf(values), troubled, isListed });
}
