import { writeFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { describePlan, planText, summarise, summaryText } from '../applier/describe-plan.ts';
import { EXIT } from '../applier/exit-status.ts';
import { guard } from '../applier/guards.ts';
import { readLiveState, type LiveState } from '../applier/live-state.ts';
import { createMask } from '../differences/mask.ts';
import { isMember, makePlan, type Plan } from '../applier/plan.ts';
import { readOverrides } from '../applier/overrides.ts';
import { planFileText, planRecord } from '../applier/plan-file.ts';
import { listedBy, planPrune, type PrunePlan } from '../applier/prune-plan.ts';
import { stateWarnings } from '../applier/state-warnings.ts';
import type { DesiredSet } from '../applier/desired-set.ts';
import { CLUSTER_OPTIONS, REPORT_OUTPUT, scopeOfCall, withCluster, type ClusterCall } from './cluster-call.ts';
import { REPORT_FORMATS } from './cluster-report.ts';
import { guardOptionsOf, OVERRIDES_OPTION, PLAN_OPTIONS, planOptionsOf, pruneOptionsOf } from './plan-options.ts';
import { desiredOf, TREE_OPTIONS } from './rendered-tree.ts';
import { safeText } from './safe-text.ts';
import { isOn, textOf, type OptionValues, type Verb } from './verb.ts';

export const verb: Verb = {
  name: 'diff',
  summary: 'compare a rendered tree with a cluster',
  usage: 'diff [--cluster C] [--context X] [--dir D | --rev R] [-s S]... [-i I]... [--prune]',
  description: `
Reads the rendered tree and the cluster, and shows what apply would do: what is created, changed or moved, which fields others
changed since and when, and which changes replace pods. Values that may be secret are hidden. Writes nothing, and needs only the
rights to get and list.

Exit status: 0 no differences, 2 differences, 4 apply would refuse, 6 wrong usage or input, 7 no rights, 9 no answer.`,
  options: {
    ...CLUSTER_OPTIONS,
    ...TREE_OPTIONS,
    ...REPORT_OUTPUT,
    ...PLAN_OPTIONS,
    ...OVERRIDES_OPTION,
    plan: { value: 'FILE', help: 'also write the plan to a file, for apply --plan' },
  },
  usageExit: EXIT.invalid,
  run: (call) => withCluster(call, 'diff', run),
};

async function run(call: ClusterCall): Promise<number> {
  const { client, values, io, name, pageSize, project, format, cluster } = call;
  const { desired, revision } = await desiredOf(call);
  const found = isOn(values, 'honor-overrides') ? await readOverrides(client, Date.now()) : null;
  const limits = found === null ? {} : { overrides: found.overrides };
  const state = await readLiveState(client, desired, { name, pageSize, ...limits });
  const plan = makePlan(desired, state, { ...planOptionsOf(values), ...limits });
  const { refusals } = await guard(desired, state.parent, revision, guardOptionsOf(values));
  const prune = isOn(values, 'prune') ? prunePreview(desired, state, plan, values) : null;
  const objects = describePlan(plan, prune, createMask(project.mask));
  const summary = summarise(plan, objects);
  const reasons = [...refusals, ...plan.refusals.map(({ message }) => message), ...(prune?.refusals ?? [])];
  const hasDifferences = objects.some(({ action }) => action !== 'kept');
  const exit = reasons.length > 0 ? EXIT.refused : hasDifferences ? EXIT.differences : EXIT.success;
  const warnings = [...(found?.ignored ?? []), ...stateWarnings(state)];
  const planFile = textOf(values, 'plan');
  if (planFile !== undefined && reasons.length === 0)
    writeFileSync(resolve(io.cwd, planFile), planFileText(planRecord(desired, plan, prune, revision.commit)));
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
  io.out(summaryText(summary));
  return exit;
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
  const isListed = scopeOfCall(values).isNarrowed || desired.doubts.length > 0 ? () => false : listedBy(state.listed);
  return planPrune(desired, members, plan.orphans, { ...pruneOptionsOf(values), troubled, isListed });
}
