import { applyRun, type ApplyRunOptions, type RunReport } from '../applier/apply-run.ts';
import { describePlan, planText, summarise, summaryText } from '../applier/describe-plan.ts';
import type { Listen } from '../applier/events.ts';
import { EXIT } from '../applier/exit-status.ts';
import { createMask } from '../applier/mask.ts';
import {
  CLUSTER_OPTIONS,
  desiredOf,
  numberOf,
  refuseOtherWriter,
  scopeOfCall,
  timeOf,
  withCluster,
  type ClusterCall,
} from './cluster-call.ts';
import { endSignal } from './end-signal.ts';
import { version } from './main.ts';
import { guardOptionsOf, PLAN_OPTIONS, planOptionsOf, pruneOptionsOf } from './plan-options.ts';
import { runEventText, runResultLines } from './run-text.ts';
import { safeText } from './safe-text.ts';
import { isOn, textOf, type OptionSpecs, type Verb } from './verb.ts';

/** Flags of runs that write. */
export const RUN_OPTIONS: OptionSpecs = {
  conflicts: {
    value: 'informed|fail|force',
    choices: ['informed', 'fail', 'force'],
    help: 'fields that others hold: take over what the plan shows (default), fail, or take over all',
  },
  'no-wait': { help: 'do not wait until rollouts are complete' },
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
  summary: 'make a cluster what a rendered tree says',
  usage: 'apply [--cluster C] [--context X] [--dir D | --rev R] [-s S]... [-i I]... [--prune]',
  description: `
Compares like diff, and applies what differs: types and namespaces first, then each instance on its own, so that one that
fails stops no other. New versions go before changes of configuration. Waits until everything is up. Deletes what is no longer in
the tree only with --prune, and then only within many guards. A run that was killed is completed by the next one.

Exit status: 0 done, 3 some objects failed, 4 refused for safety, 5 another run holds the lock, 6 wrong usage or input,
7 no rights, 8 applied and not up in time, 9 no answer, 130 or 143 ended by a signal.`,
  options: { ...CLUSTER_OPTIONS, ...PLAN_OPTIONS, ...RUN_OPTIONS },
  usageExit: EXIT.invalid,
  run: (call) => withCluster(call, run),
};

async function run(call: ClusterCall): Promise<number> {
  const { client, values, io, isJson, cluster, name } = call;
  refuseOtherWriter(call);
  const { desired, revision } = await desiredOf(call);
  const end = endSignal(timeOf(values, 'run-timeout', '60m'));
  const listen: Listen = (event) => {
    if (!isJson) io.err(runEventText(event));
  };
  try {
    const usesPrune = isOn(values, 'prune');
    const options = {
      ...runOptionsOf(call),
      revision,
      signal: end.signal,
      listen,
      prune: usesPrune ? pruneOptionsOf(values) : null,
    };
    if (usesPrune && desired.doubts.length > 0)
      io.err('warning: nothing is pruned: files of the tree were changed after they were rendered\n');
    const report = await applyRun(client, desired, desired.doubts.length > 0 ? { ...options, prune: null } : options);
    const exit = end.exit() ?? report.exit;
    if (isJson)
      io.out(
        `${JSON.stringify({ version: 1, cluster, set: name.set, revision: revision.commit, ...jsonOf(report, call), exit })}\n`,
      );
    else printReport(report, call);
    return exit;
  } finally {
    end.close();
  }
}

/** Everything of a run that flags decide. */
export function runOptionsOf({
  values,
  name,
  pageSize,
}: ClusterCall): Omit<ApplyRunOptions, 'revision' | 'signal' | 'listen' | 'prune'> {
  const conflicts = textOf(values, 'conflicts');
  const isAdopting = textOf(values, 'adopt') === 'paasta';
  return {
    ...guardOptionsOf(values),
    ...{ name, pageSize, version: version() },
    plan: planOptionsOf(values),
    isNarrowed: scopeOfCall(values).isNarrowed,
    lockTimeoutMs: isOn(values, 'no-lock') ? null : timeOf(values, 'lock-timeout', '60s'),
    steps: {
      conflicts: conflicts === 'fail' || conflicts === 'force' ? conflicts : 'informed',
      timeoutMs: timeOf(values, 'timeout', '10m'),
      maxInFlight: numberOf(values, 'max-in-flight', isAdopting ? 1 : 0),
      maxSurgePods: numberOf(values, 'max-surge-pods', 0),
      concurrency: numberOf(values, 'concurrency', 16),
      rateLimit: numberOf(values, 'rate-limit', 0),
      abortAfter: numberOf(values, 'abort-after', 0),
      wait: !isOn(values, 'no-wait'),
    },
  };
}

function jsonOf({ plan, prune, results, reasons }: RunReport, { project }: ClusterCall): object {
  const objects = describePlan(plan, prune, createMask(project.mask));
  return { summary: summarise(plan, objects), objects, results, reason: reasons.join('; ') };
}

function printReport(report: RunReport, { io, project }: ClusterCall): void {
  const objects = describePlan(report.plan, report.prune, createMask(project.mask));
  if (report.results.length === 0) io.out(planText(objects, safeText));
  for (const reason of report.reasons) io.err(`refused: ${safeText(reason)}\n`);
  io.out(runResultLines(report.results));
  io.out(summaryText(summarise(report.plan, objects)));
}
