import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { applyRun, type ApplyRunOptions, type RunReport } from '../applier/apply-run.ts';
import { describePlan, summarise } from '../applier/describe-plan.ts';
import { planText, summaryText } from '../applier/plan-text.ts';
import type { DesiredSet } from '../applier/desired-set.ts';
import { EXIT } from '../applier/exit-status.ts';
import { createMask } from '../differences/mask.ts';
import { migratedManagers } from '../applier/other-tools.ts';
import { isNarrowed } from '../applier/plan-scope.ts';
import { parsePlanFile, type PlanRecord } from '../applier/plan-file.ts';
import {
  CLUSTER_OPTIONS,
  NARROWING_OPTIONS,
  numberOf,
  refuse,
  refuseOtherWriter,
  REPORT_OUTPUT,
  timeOf,
  withCluster,
  type ClusterCall,
} from './cluster-call.ts';
import { REPORT_FORMATS, type ClusterReport } from './cluster-report.ts';
import { endSignal } from './end-signal.ts';
import { liveList } from './live-list.ts';
import { version } from './version.ts';
import {
  conflictsOf,
  CONFLICTS_OPTION,
  GUARD_OPTIONS,
  guardOptionsOf,
  OVERRIDES_OPTION,
  PLAN_OPTIONS,
  planOptionsOf,
  pruneOptionsOf,
} from './plan-options.ts';
import { runResultLines } from './run-text.ts';
import { desiredOf, TREE_OPTIONS } from './rendered-tree.ts';
import { safeText } from './safe-text.ts';
import { isOn, textOf, textsOf, type OptionSpecs, type Verb } from './verb.ts';

/** As long as pods may crash at first, while what they need comes up. */
const CRASH_PATIENCE_MS = 120_000;

/** Flags of runs that write. */
export const RUN_OPTIONS: OptionSpecs = {
  conflicts: CONFLICTS_OPTION,
  'no-wait': { help: 'do not wait until rollouts are complete' },
  'wait-jobs': { help: 'a Job is up when it is complete, not when it was started' },
  timeout: { value: 'TIME', help: 'longest wait for one object (default 10m)' },
  'run-timeout': { value: 'TIME', help: 'longest run (default 60m)' },
  'rate-limit': { value: 'N', help: 'most rollouts begun in this run (default 0: no limit)' },
  'max-in-flight': { value: 'N', help: 'most rollouts at once (default 0: no limit; 1 with --adopt=paasta)' },
  'max-surge-pods': { value: 'N', help: 'most pods beyond the usual number at once (default 0: no limit)' },
  'abort-after': { value: 'N', help: 'begin no more changes of configuration after so many failed rollouts' },
  'lock-timeout': { value: 'TIME', help: 'longest wait for another run (default 60s)' },
  'no-lock': { help: 'take no lock, for clusters without the right to leases' },
  'i-am-the-writer': { help: 'write although the project says that Argo CD or Flux does' },
};

export const verb: Verb = {
  name: 'apply',
  usage: 'apply [--cluster C] [--context X] [--dir D | --rev R] [-s S]... [-i I]... [--prune]',
  description: `
Compares like diff, and applies what differs: types and namespaces first, then each instance on its own, so that one that
fails stops no other. New versions go before changes of configuration. Waits until everything is up. Deletes what is no longer in
the tree only with --prune, and then only within many guards. A run that was killed is completed by the next one.

Exit status: 0 done, 3 some objects failed or --synth held some back, 4 refused for safety, 5 another run holds the lock, 6 wrong usage or input,
7 no rights, 8 applied and not up in time, 9 no answer, 130 or 143 ended by a signal.`,
  options: {
    ...CLUSTER_OPTIONS,
    ...NARROWING_OPTIONS,
    ...TREE_OPTIONS,
    ...REPORT_OUTPUT,
    ...PLAN_OPTIONS,
    ...GUARD_OPTIONS,
    ...RUN_OPTIONS,
    ...OVERRIDES_OPTION,
    plan: { value: 'FILE', help: 'do exactly what diff --plan wrote, or nothing' },
  },
  usageExit: EXIT.invalid,
  run: (call) => withCluster(call, 'apply', run),
};

async function run(call: ClusterCall): Promise<number> {
  const { client, values, io, format } = call;
  refuseOtherWriter(call);
  const { desired, revision, isHeldBack } = await desiredOf(call);
  const planned = plannedOf(call);
  refuseUnknown(textsOf(values, 'recreate'), desired);
  const end = endSignal(timeOf(values, 'run-timeout', '60m'));
  const screen = format === null ? liveList(io) : null;
  try {
    const usesPrune = planned === null ? isOn(values, 'prune') : planned.prune !== null;
    const isDoubtful = usesPrune && desired.doubts.length > 0;
    if (isDoubtful) io.err('warning: nothing is pruned: files of the tree were changed after they were rendered\n');
    const report = await applyRun(client, desired, {
      ...runOptionsOf(call),
      ...{ planned, revision },
      signal: end.signal,
      listen: screen?.listen ?? (() => undefined),
      prune: usesPrune && !isDoubtful ? pruneOptionsOf(values) : null,
    });
    screen?.close();
    const exit = end.exit() ?? (isHeldBack && report.exit === EXIT.success ? EXIT.partial : report.exit);
    if (format !== null) io.out(REPORT_FORMATS[format](reportOf({ ...report, exit }, call, revision.commit)));
    else printReport(report, call);
    return exit;
  } finally {
    screen?.close();
    end.close();
  }
}

function plannedOf({ values, io }: ClusterCall): PlanRecord | null {
  const file = textOf(values, 'plan');
  if (file === undefined) return null;
  try {
    return parsePlanFile(readFileSync(resolve(io.cwd, file), 'utf8'));
  } catch (error) {
    return refuse(EXIT.invalid, `${file}: ${error instanceof Error ? error.message : String(error)}`);
  }
}

function refuseUnknown(jobs: readonly string[], desired: DesiredSet): void {
  const known = new Set(
    [...desired.objects.values()].map(({ service, instance }) => `${service ?? ''}.${instance ?? ''}`),
  );
  const unknown = jobs.find((job) => !known.has(job));
  if (unknown !== undefined) refuse(EXIT.invalid, `the tree has no instance ${unknown} to create again`);
}

/** Everything of a run that flags decide. */
export function runOptionsOf({
  values,
  name,
  pageSize,
}: ClusterCall): Omit<ApplyRunOptions, 'planned' | 'revision' | 'signal' | 'listen' | 'prune'> {
  const isAdopting = textOf(values, 'adopt') === 'paasta';
  const plan = planOptionsOf(values);
  return {
    ...guardOptionsOf(values),
    ...{ name, pageSize, version: version() },
    honorsOverrides: isOn(values, 'honor-overrides'),
    waitsForJobs: isOn(values, 'wait-jobs'),
    plan,
    isNarrowed: isNarrowed(plan.scope),
    lockTimeoutMs: isOn(values, 'no-lock') ? null : timeOf(values, 'lock-timeout', '60s'),
    steps: {
      conflicts: conflictsOf(values),
      migrated: migratedManagers(textsOf(values, 'adopt-from')),
      timeoutMs: timeOf(values, 'timeout', '10m'),
      crashPatienceMs: CRASH_PATIENCE_MS,
      maxInFlight: numberOf(values, 'max-in-flight', isAdopting ? 1 : 0),
      maxSurgePods: numberOf(values, 'max-surge-pods', 0),
      concurrency: numberOf(values, 'concurrency', 16),
      rateLimit: numberOf(values, 'rate-limit', 0),
      abortAfter: numberOf(values, 'abort-after', 0),
      wait: !isOn(values, 'no-wait'),
    },
  };
}

function reportOf(report: RunReport, { cluster, name, project }: ClusterCall, revision: string): ClusterReport {
  const { plan, prune, results, reasons, warnings, exit } = report;
  const objects = describePlan(plan, prune, createMask(project.mask));
  const summary = summarise(plan, objects, results);
  const head = { verb: 'apply', cluster, set: name.set, revision };
  return { ...head, summary, objects, results, warnings, reason: reasons.join('; '), exit };
}

function printReport(report: RunReport, { io, project }: ClusterCall): void {
  const objects = describePlan(report.plan, report.prune, createMask(project.mask));
  if (report.results.length === 0) io.out(planText(objects, safeText));
  for (const reason of report.reasons) io.err(`refused: ${safeText(reason)}\n`);
  io.out(runResultLines(report.results));
  io.out(summaryText(summarise(report.plan, objects, report.results), report.reasons.length > 0));
}
