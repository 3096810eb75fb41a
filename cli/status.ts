import { EXIT } from '../applier/exit-status.ts';
import { guard } from '../applier/guards.ts';
import { readLiveState } from '../applier/live-state.ts';
import { lockHolder } from '../applier/lock.ts';
import { holdStates } from '../applier/hold-states.ts';
import { instanceStatuses, statusText } from '../applier/status.ts';
import { FileStore } from '../compiler/write/file-store.ts';
import { StoreProblem } from '../compiler/write/store-problem.ts';
import { holdsPath, serialiseHolds, type SeenHold } from '../compiler/write/holds-file.ts';
import {
  CLUSTER_OPTIONS,
  desiredOf,
  refuse,
  scopeOfCall,
  treeFolder,
  withCluster,
  type ClusterCall,
} from './cluster-call.ts';
import { safeText } from './safe-text.ts';
import { isOn, textOf, type Verb } from './verb.ts';

export const verb: Verb = {
  name: 'status',
  summary: 'show how the instances of a cluster stand',
  usage: 'status [--cluster C] [--context X] [--dir D | --rev R] [-s S]... [-i I]... [--write-holds]',
  description: `
Shows each instance: its state in PaaSTA's words, pods, live version, autoscaler, and the fields that somebody else changed, with who
and when; then the applied revision and who holds the lock. Writes nothing.

Exit status: 0 shown, 4 the tree is of another cluster, 6 wrong usage or input, 7 no rights, 9 no answer.`,
  options: {
    ...CLUSTER_OPTIONS,
    'write-holds': { help: 'write down in the tree which holds of --two-phase are over' },
  },
  usageExit: EXIT.invalid,
  run: (call) => withCluster(call, run),
};

async function run(call: ClusterCall): Promise<number> {
  const { client, name, pageSize, values, io, isJson, cluster } = call;
  const { desired, revision } = await desiredOf(call);
  const state = await readLiveState(client, desired, { name, pageSize });
  const holder = await lockHolder(client, name);
  const { refusals } = await guard(desired, state.parent, revision, { allowOlder: true, resume: true });
  const { inScope } = scopeOfCall(values);
  const rows = instanceStatuses(desired, state).filter((row) => inScope({ ...row, namespace: row.namespace }));
  const { parent } = state;
  const holds = holdStates(desired, state);
  if (isOn(values, 'write-holds')) writeHolds(call, holds);
  const exit = refusals.length > 0 ? EXIT.refused : EXIT.success;
  const set = {
    appliedRevision: parent?.outputRevision ?? '',
    phase: parent?.phase ?? '',
    hold: parent?.hold ?? '',
    lockHolder: holder,
  };
  if (isJson)
    io.out(
      `${JSON.stringify({ version: 1, cluster, set: name.set, ...set, instances: rows, holds, warnings: state.unlisted, reason: refusals.join('; '), exit })}\n`,
    );
  else {
    io.out(statusText(rows, safeText));
    const facts = [
      `revision ${set.appliedRevision || 'unknown'}`,
      set.phase === 'idle' || set.phase === '' ? '' : `unfinished run (${set.phase})`,
      set.hold === '' ? '' : `held at ${set.hold}`,
      holder === null ? '' : `locked by ${holder}`,
    ];
    io.out(`${safeText(facts.filter((fact) => fact !== '').join(', '))}\n`);
    for (const { instance, object, reason } of holds)
      io.out(`${safeText(`${instance}: ${object} is held: ${reason || 'over'}`)}\n`);
    for (const reason of refusals) io.err(`refused: ${safeText(reason)}\n`);
    for (const warning of state.unlisted) io.err(`warning: cannot be listed: ${safeText(warning)}\n`);
  }
  return exit;
}

/** Nothing is written when no hold is there and none was. */
function writeHolds(call: ClusterCall, holds: readonly SeenHold[]): void {
  if (textOf(call.values, 'rev') !== undefined)
    refuse(EXIT.invalid, '--write-holds writes into --dir, not into a --rev');
  const store = new FileStore(treeFolder(call));
  const path = holdsPath(call.cluster);
  try {
    if (holds.length > 0) store.replace(path, Buffer.from(serialiseHolds(holds)));
    else if (store.exists(path)) store.remove(path);
  } catch (error) {
    if (!(error instanceof StoreProblem)) throw error;
    refuse(EXIT.unexpected, error.message);
  }
}
