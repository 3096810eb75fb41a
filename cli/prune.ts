import { describePlan, summarise, type ObjectReport, type Summary } from '../applier/describe-plan.ts';
import { planText, summaryText } from '../applier/plan-text.ts';
import type { ObjectResult } from '../applier/events.ts';
import { EXIT, exitOfResults } from '../applier/exit-status.ts';
import { guard } from '../applier/guards.ts';
import { readLiveState } from '../applier/live-state.ts';
import { lockTransitions, takeLock } from '../applier/lock.ts';
import { createMask } from '../differences/mask.ts';
import { makePlan } from '../applier/plan.ts';
import { wrongCluster } from '../applier/refusals.ts';
import { paastaWorkloads, planPaastaCleanup } from '../applier/paasta-cleanup.ts';
import { pruneObjects } from '../applier/prune-run.ts';
import { unreadyServices, type PrunePlan } from '../applier/prune-plan.ts';
import { stateWarnings } from '../applier/state-warnings.ts';
import { whileAllowed } from '../cluster/api-client.ts';
import { Waiter } from '../applier/waiter.ts';
import type { DesiredSet } from '../applier/desired-set.ts';
import {
  CLUSTER_OPTIONS,
  refuse,
  refuseOtherWriter,
  REPORT_OUTPUT,
  timeOf,
  withCluster,
  type ClusterCall,
} from './cluster-call.ts';
import { REPORT_FORMATS } from './cluster-report.ts';
import { prunePreview } from './diff.ts';
import { endSignal } from './end-signal.ts';
import { GUARD_OPTIONS, guardOptionsOf, planOptionsOf, pruneOptionsOf } from './plan-options.ts';
import { runEventText, runResultLines } from './run-text.ts';
import { desiredOf, TREE_OPTIONS } from './rendered-tree.ts';
import { safeText } from './safe-text.ts';
import { isOn, type Verb } from './verb.ts';

export const verb: Verb = {
  name: 'prune',
  usage: 'prune [--cluster C] [--context X] [--dir D | --rev R] [--yes]',
  description: `
Lists members of the whole set that the rendered tree does not hold, and deletes them with --yes: never namespaces, volumes, secrets
or types unless --prune-kinds names them, never what an annotation keeps, never more than --kill-threshold of the live instances,
and only exactly the objects that were seen.

Exit status: 0 nothing to do or done, 2 there is something and --yes is missing, 3 some objects failed, 4 refused for safety,
5 another run holds the lock, 6 wrong usage or input, 7 no rights, 9 no answer.`,
  options: {
    ...CLUSTER_OPTIONS,
    ...TREE_OPTIONS,
    ...REPORT_OUTPUT,
    ...GUARD_OPTIONS,
    paasta: {
      help: "delete what PaaSTA's cleanup job would, and is in no set: workloads with its labels of instances that the tree lacks",
    },
    yes: { short: 'y', help: 'delete; without it the list is only shown' },
    timeout: { value: 'TIME', help: 'longest wait for one object (default 10m)' },
    'lock-timeout': { value: 'TIME', help: 'longest wait for another run (default 60s)' },
    'no-lock': { help: 'take no lock, for clusters without the right to leases' },
    'i-am-the-writer': { help: 'write although the project says that Argo CD or Flux does' },
  },
  usageExit: EXIT.invalid,
  run: (call) => withCluster(call, 'prune', run),
};

interface Reading {
  readonly prune: PrunePlan;
  readonly objects: readonly ObjectReport[];
  readonly summary: Summary;
  readonly revision: string;
  readonly reasons: readonly string[];
  readonly state: Awaited<ReturnType<typeof readLiveState>>;
}

async function run(call: ClusterCall): Promise<number> {
  refuseOtherWriter(call);
  const { values, io, client, name, format } = call;
  const { desired, revision } = await desiredOf(call);
  const transitions = await lockTransitions(client, name);
  const first = await read(call, desired, revision);
  for (const reason of first.reasons) io.err(`refused: ${safeText(reason)}\n`);
  if (format === null) io.out(planText(first.objects, safeText) + summaryText(first.summary, first.reasons.length > 0));
  if (first.reasons.length > 0) return report(call, EXIT.refused, first);
  if (first.prune.objects.length === 0) return report(call, EXIT.success, first);
  if (!isOn(values, 'yes')) return report(call, EXIT.differences, first);
  const end = endSignal(timeOf(values, 'timeout', '10m') * 6);
  const timeoutMs = timeOf(values, 'lock-timeout', '60s');
  const lock = isOn(values, 'no-lock')
    ? null
    : await takeLock(client, { name, seenTransitions: transitions, timeoutMs, signal: end.signal });
  const waiter = new Waiter(client, desired.setId);
  try {
    const now = await read(call, desired, revision);
    if (now.reasons.length > 0) refuse(EXIT.refused, now.reasons.join('; '));
    const mayWrite = (): boolean => !end.signal.aborted && (lock?.isHeld() ?? true);
    const results = await pruneObjects(now.prune.objects, {
      ...{
        client: whileAllowed(client, mayWrite),
        mayWrite,
        waiter,
        resources: now.state.resources,
        signal: end.signal,
      },
      timeoutMs: timeOf(values, 'timeout', '10m'),
      revision: revision.commit,
      listen: (event) => {
        io.err(runEventText(event));
      },
    });
    if (format === null) io.out(runResultLines(results));
    return report(call, end.exit() ?? exitOfResults(results), now, results);
  } finally {
    waiter.close();
    await lock?.release();
    end.close();
  }
}

async function read(call: ClusterCall, desired: DesiredSet, revision: Parameters<typeof guard>[2]): Promise<Reading> {
  const { client, name, pageSize, values, project } = call;
  const state = await readLiveState(client, desired, { name, pageSize });
  const plan = makePlan(desired, state, planOptionsOf(values));
  const troubled = unreadyServices(desired, state);
  const isPaasta = isOn(values, 'paasta');
  const workloads = isPaasta ? await paastaWorkloads(client, state.resources) : [];
  const prune = isPaasta
    ? await planPaastaCleanup(client, state.resources, desired, workloads, { ...pruneOptionsOf(values), troubled })
    : prunePreview(desired, state, plan, values, troubled);
  const { refusals } = await guard(desired, state.parent, revision, guardOptionsOf(values));
  const ofCluster = [...plan.refusals, ...wrongCluster(workloads, desired.cluster)]
    .filter(({ code }) => code === 'cluster')
    .map(({ message }) => message);
  const orphans = { ...plan, items: [] };
  const objects = describePlan(orphans, prune, createMask(project.mask));
  const reasons = [...refusals, ...ofCluster, ...prune.refusals];
  return { prune, objects, summary: summarise(orphans, objects), revision: revision.commit, reasons, state };
}

function report(
  { format, io, cluster, name, values }: ClusterCall,
  exit: number,
  { objects, summary, reasons, revision, state }: Reading,
  results: readonly ObjectResult[] = [],
): number {
  if (format === null) return exit;
  const head = { verb: isOn(values, 'yes') ? 'prune' : 'diff', cluster, set: name.set, revision };
  const facts = { summary, objects, results, warnings: stateWarnings(state), reason: reasons.join('; '), exit };
  io.out(REPORT_FORMATS[format]({ ...head, ...facts }));
  return exit;
}
