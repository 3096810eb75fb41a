import { setTimeout as pause } from 'node:timers/promises';
import { EXIT } from '../applier/exit-status.ts';
import { guard } from '../applier/guards.ts';
import { readLiveState } from '../applier/live-state.ts';
import { lockHolder } from '../applier/lock.ts';
import { isInScope } from '../applier/plan-scope.ts';
import { holdStates } from '../applier/hold-states.ts';
import { stateWarnings } from '../applier/state-warnings.ts';
import { instanceStatuses, statusText } from '../applier/status.ts';
import { FileStore } from '../compiler/write/file-store.ts';
import { StoreProblem } from '../compiler/write/store-problem.ts';
import { holdsPath, serialiseHolds, type SeenHold } from '../compiler/write/holds-file.ts';
import {
  CLUSTER_OPTIONS,
  NARROWING_OPTIONS,
  refuse,
  refuseUnknownNames,
  scopeOfCall,
  withCluster,
  type ClusterCall,
} from './cluster-call.ts';
import { endSignal } from './end-signal.ts';
import { desiredOf, TREE_OPTIONS, treeFolder } from './rendered-tree.ts';
import { MODE_OPTION } from './plan-options.ts';
import { safeText } from './safe-text.ts';
import { isOn, textOf, UsageError, type Verb } from './verb.ts';

/** Kinds whose status is shown. */
const NEEDS_STATUS = new Set(['Deployment', 'StatefulSet', 'HorizontalPodAutoscaler']);
const WATCH_MS = 2000;
const LONGEST_WATCH_MS = 24 * 3_600_000;

export const verb: Verb = {
  name: 'status',
  usage: 'status [--cluster C] [--context X] [--dir D | --rev R] [-s S]... [-i I]... [-w | --write-holds]',
  description: `
Shows each instance: its state in PaaSTA's words, pods, live version, autoscaler, and the fields that somebody else changed, with who
and when; then the applied revision and who holds the lock. Writes nothing.

Exit status: 0 shown, 4 the tree is of another cluster, 6 wrong usage or input, 7 no rights, 9 no answer.`,
  options: {
    ...CLUSTER_OPTIONS,
    ...NARROWING_OPTIONS,
    ...TREE_OPTIONS,
    ...MODE_OPTION,
    watch: { short: 'w', help: 'show it again every two seconds, until Ctrl-C' },
    'write-holds': { help: 'write down in the tree which holds of --two-phase are over' },
  },
  usageExit: EXIT.invalid,
  run: (call) => withCluster(call, 'status', run),
};

async function run(call: ClusterCall): Promise<number> {
  const { values, io, format } = call;
  if (!isOn(values, 'watch')) {
    const { exit, text, json, notes } = await read(call, true);
    io.out(format === 'json' ? json : text);
    if (format === null) io.err(notes);
    return exit;
  }
  if (format !== null) throw new UsageError('--watch is for people: it takes no --output');
  const end = endSignal(LONGEST_WATCH_MS);
  try {
    for (let shown = ''; !end.signal.aborted;) {
      const { text, notes } = await read(call, shown === '');
      if (io.isTerminal) io.out(`\u001b[H\u001b[2J${text}${notes}`);
      else if (text !== shown) io.out(`${text}\n`);
      shown = text;
      await pause(WATCH_MS, undefined, { signal: end.signal }).catch(() => undefined);
    }
    return EXIT.success;
  } finally {
    end.close();
  }
}

interface Snapshot {
  readonly exit: number;
  readonly text: string;
  readonly json: string;
  /** Lines for standard error. */
  readonly notes: string;
}

/** Of what is watched, the last object may go: names are looked up the first time only. */
async function read(call: ClusterCall, isFirst: boolean): Promise<Snapshot> {
  const { client, name, pageSize, values, cluster } = call;
  const { desired, revision } = await desiredOf(call);
  const isBrief = textOf(values, 'mode') === 'metadata';
  const state = await readLiveState(client, desired, {
    ...{ name, pageSize },
    ...(isBrief && { isMetadataEnough: (kind: string) => !NEEDS_STATUS.has(kind) }),
  });
  const { refusals } = await guard(desired, state.parent, revision, { allowOlder: true, resume: true });
  if (isFirst) refuseUnknownNames(values, desired, state);
  const scope = scopeOfCall(values);
  const instances = instanceStatuses(desired, state).filter((instance) => isInScope(scope, instance));
  const { parent } = state;
  const warnings = stateWarnings(state);
  const holds = holdStates(desired, state);
  if (isOn(values, 'write-holds')) writeHolds(call, holds);
  const exit = refusals.length > 0 ? EXIT.refused : EXIT.success;
  const set = {
    appliedRevision: parent?.outputRevision ?? '',
    sourceRevision: parent?.sourceRevision ?? '',
    phase: parent?.phase ?? '',
    hold: parent?.hold ?? '',
    lockHolder: await lockHolder(client, name),
  };
  const notes = [
    ...refusals.map((reason) => `refused: ${safeText(reason)}\n`),
    ...warnings.map((warning) => `warning: ${safeText(warning)}\n`),
  ];
  const heldLines = holds.map(
    ({ instance, object, reason }) => `${safeText(`${instance}: ${object} is held: ${reason || 'over'}`)}\n`,
  );
  const report = { version: 1, cluster, set: name.set, ...set, instances, holds, warnings };
  return {
    exit,
    text: [statusText(instances, safeText), factLine(set), ...heldLines].join(''),
    json: `${JSON.stringify({ ...report, reason: refusals.join('; '), exit })}\n`,
    notes: notes.join(''),
  };
}

interface SetFacts {
  readonly appliedRevision: string;
  readonly sourceRevision: string;
  readonly phase: string;
  readonly hold: string;
  readonly lockHolder: string | null;
}

function factLine({ appliedRevision, sourceRevision, phase, hold, lockHolder }: SetFacts): string {
  const facts = [
    `revision ${appliedRevision || 'unknown'}`,
    sourceRevision === '' ? '' : `from soa-configs ${sourceRevision}`,
    phase === 'idle' || phase === '' ? '' : `unfinished run (${phase})`,
    hold === '' ? '' : `held at ${hold}`,
    lockHolder === null ? '' : `locked by ${lockHolder}`,
  ];
  return `${safeText(facts.filter((fact) => fact !== '').join(', '))}\n`;
}

/** Nothing is written when no hold is there and none was. */
function writeHolds(call: ClusterCall, holds: readonly SeenHold[]): void {
  if (textOf(call.values, 'rev') !== undefined || isOn(call.values, 'synth'))
    refuse(EXIT.invalid, '--write-holds writes into --dir: it takes no --rev and no --synth');
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
