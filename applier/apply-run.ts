import { whileAllowed, type ApiClient } from '../cluster/api-client.ts';
import type { DesiredSet } from './desired-set.ts';
import { describeTrouble } from './describe-trouble.ts';
import type { ObjectResult } from './events.ts';
import { EXIT, exitOfResults } from './exit-status.ts';
import { guard, type GuardOptions } from './guards.ts';
import { healthOf } from './health.ts';
import { readLiveState, type LiveState } from './live-state.ts';
import { lockTransitions, takeLock, type Lock } from './lock.ts';
import { readOverrides } from './overrides.ts';
import { hasTooManyNamespaces } from './parent-record.ts';
import { isMember, makePlan, type Plan, type PlanOptions } from './plan.ts';
import { unknownNames } from './plan-scope.ts';
import { planMismatches, pruneMismatch, type PlanRecord } from './plan-file.ts';
import { listedBy, planPrune, unreadyServices, type PruneOptions, type PrunePlan } from './prune-plan.ts';
import { pruneObjects } from './prune-run.ts';
import { isDone, runSteps, type StepOptions } from './run-steps.ts';
import { autoscalerWarnings, stateWarnings } from './state-warnings.ts';
import { stepsOf } from './steps.ts';
import { Waiter } from './waiter.ts';
import { finalRecord, recordOf, writeRecord, type RecordFacts } from './write-record.ts';

export interface ApplyRunOptions extends GuardOptions, RecordFacts {
  readonly pageSize: number;
  readonly plan: PlanOptions;
  readonly steps: Omit<
    StepOptions,
    'client' | 'waiter' | 'resources' | 'listen' | 'mayWrite' | 'signal' | 'note' | 'revision' | 'pinsVersions'
  >;
  /** Other limits of autoscalers are read and set. */
  readonly honorsOverrides: boolean;
  /** A Job is up when it is complete. */
  readonly waitsForJobs: boolean;
  /** Null when orphans are left alone. */
  readonly prune: Omit<PruneOptions, 'troubled' | 'isListed'> | null;
  /** The run is about some of the objects only: nothing is deleted, and the record of kinds does not shrink. */
  readonly isNarrowed: boolean;
  /** Null for clusters without the right to leases. */
  readonly lockTimeoutMs: number | null;
  readonly signal: AbortSignal;
  /** A plan that was looked at: exactly this is done, or nothing. */
  readonly planned: PlanRecord | null;
}

export interface RunReport {
  readonly exit: number;
  /** Why the run was refused or ended early; empty when it was not. */
  readonly reasons: readonly string[];
  readonly plan: Plan;
  readonly results: readonly ObjectResult[];
  readonly prune: PrunePlan | null;
  /** What the cluster could not tell, and what is not as it should be in it. */
  readonly warnings: readonly string[];
}

/** The whole of `apply`: read, plan, lock, record, apply, wait, prune, record. A killed run is finished by the next one. */
export async function applyRun(client: ApiClient, desired: DesiredSet, options: ApplyRunOptions): Promise<RunReport> {
  const first = await read(client, desired, options);
  if (first.refused !== null) return first.refused;
  if (isNothingToDo(desired, first.state, first.plan, options))
    return report(EXIT.success, [], first.plan, first.state);
  const lock =
    options.lockTimeoutMs === null
      ? null
      : await takeLock(client, {
          name: options.name,
          seenTransitions: first.transitions,
          timeoutMs: options.lockTimeoutMs,
          signal: options.signal,
        });
  try {
    const again = lock?.wasContended === true ? await read(client, desired, options) : first;
    if (again.refused !== null) return again.refused;
    return await writeAll(client, desired, again, lock, options);
  } finally {
    await lock?.release();
  }
}

const NO_OVERRIDES = { overrides: undefined, ignored: [] };

interface Reading {
  readonly state: LiveState;
  readonly plan: Plan;
  readonly goesBack: boolean;
  readonly transitions: number;
  readonly refused: RunReport | null;
}

async function read(client: ApiClient, desired: DesiredSet, options: ApplyRunOptions): Promise<Reading> {
  const { name, pageSize, signal } = options;
  options.listen({ kind: 'phase', phase: 'reading the cluster' });
  const transitions = options.lockTimeoutMs === null ? -1 : await lockTransitions(client, name);
  const { overrides, ignored } = options.honorsOverrides ? await readOverrides(client, Date.now()) : NO_OVERRIDES;
  const state = await readLiveState(client, desired, { name, pageSize, signal, ...(overrides && { overrides }) });
  for (const text of [...ignored, ...warningsOf(state)]) options.listen({ kind: 'note', text });
  const plan = makePlan(desired, state, { ...planOptionsOf(options), ...(overrides && { overrides }) });
  const { refusals, goesBack } = await guard(desired, state.parent, options.revision, options);
  const definesTypes = [...desired.objects.values()].some(({ object }) => object.kind === 'CustomResourceDefinition');
  const unserved = definesTypes ? [] : state.unserved.map((kind) => `the server does not serve ${kind}`);
  const reasons = [
    ...refusals,
    ...plan.refusals.map(({ message }) => message),
    ...unserved,
    ...mismatches(desired, state, plan, options),
  ];
  const unknown = unknownNames(options.plan.scope, desired, state);
  const exit = unknown.length > 0 ? EXIT.invalid : EXIT.refused;
  const why = [...unknown, ...reasons];
  return { state, plan, goesBack, transitions, refused: why.length === 0 ? null : report(exit, why, plan, state) };
}

function report(
  exit: number,
  reasons: readonly string[],
  plan: Plan,
  state: LiveState,
  results: readonly ObjectResult[] = [],
  prune: PrunePlan | null = null,
): RunReport {
  return { exit, reasons, plan, results, prune, warnings: warningsOf(state) };
}

function warningsOf(state: LiveState): readonly string[] {
  return [...stateWarnings(state), ...autoscalerWarnings(state)];
}

/** A run of a plan is about the objects of the plan only. */
function planOptionsOf({ plan, planned }: ApplyRunOptions): PlanOptions {
  return planned === null ? plan : { ...plan, only: new Set(planned.objects.map(({ key }) => key)) };
}

function mismatches(desired: DesiredSet, state: LiveState, plan: Plan, options: ApplyRunOptions): readonly string[] {
  if (options.planned === null) return [];
  const found = planMismatches(options.planned, desired, plan);
  if (options.planned.prune === null) return found;
  const orphans = pruneMismatch(options.planned, prunePlanOf(desired, state, plan, new Set(), options));
  return orphans === null ? found : [...found, orphans];
}

function isNothingToDo(desired: DesiredSet, state: LiveState, plan: Plan, options: ApplyRunOptions): boolean {
  const { parent } = state;
  if (parent === null || parent.phase !== 'idle') return false;
  if (plan.items.some(({ action }) => action !== 'unchanged')) return false;
  if (parent.hold !== '' && options.resume) return false;
  return options.prune === null || prunePlanOf(desired, state, plan, new Set(), options).objects.length === 0;
}

function prunePlanOf(
  desired: DesiredSet,
  state: LiveState,
  plan: Plan,
  troubled: ReadonlySet<string>,
  options: ApplyRunOptions,
): PrunePlan {
  const members = [...state.objects.values()].map(({ live }) => live).filter((live) => isMember(live, desired.setId));
  const isListed = options.isNarrowed ? () => false : listedBy(state.listed);
  return planPrune(desired, members, plan.orphans, { ...options.prune!, troubled, isListed });
}

async function writeAll(
  client: ApiClient,
  desired: DesiredSet,
  { state, plan, goesBack }: Reading,
  lock: Lock | null,
  options: ApplyRunOptions,
): Promise<RunReport> {
  const { listen, signal } = options;
  const mayWrite = (): boolean => !signal.aborted && (lock?.isHeld() ?? true);
  const note = (text: string): void => {
    listen({ kind: 'note', text });
  };
  const record = await recordOf(desired, state, goesBack, options);
  await writeRecord(client, state, { ...record, phase: 'applying' }, options);
  if (hasTooManyNamespaces(record))
    note('the record leaves its list of namespaces out: it is too long for annotations');
  const waiter = new Waiter(client, desired.setId, options);
  try {
    listen({ kind: 'phase', phase: 'applying' });
    const { resources } = state;
    const context = {
      ...options.steps,
      ...{ client: whileAllowed(client, mayWrite), waiter, resources, listen, mayWrite, signal, note },
      ...{ revision: options.revision.commit, pinsVersions: options.planned !== null },
    };
    const applied = await runSteps(stepsOf(plan, unfinished(state, plan)), context);
    await describeTrouble(client, applied);
    const prune = options.prune !== null && mayWrite() ? await planAgain(client, desired, applied, options) : null;
    const refusals = prune?.refusals ?? [];
    const doomed = refusals.length > 0 ? [] : (prune?.objects ?? []);
    if (doomed.length > 0) await writeRecord(client, state, { ...record, phase: 'pruning' }, options);
    const deleted = await pruneObjects(doomed, context);
    const exit = refusals.length > 0 ? EXIT.refused : exitOfResults(applied) || exitOfResults(deleted);
    const results = [...applied, ...deleted];
    if (mayWrite() && exit === EXIT.success)
      await writeRecord(client, state, finalRecord(desired, state, record, results, options), options);
    return report(exit, [...(signal.aborted ? ['the run was ended'] : []), ...refusals], plan, state, results, prune);
  } finally {
    waiter.close();
  }
}

/** After a run that did not come to its end, what it left is waited for, although nothing of it is to be sent. */
function unfinished({ parent }: LiveState, { items }: Plan): ReadonlySet<string> {
  if (parent === null || parent.phase === 'idle') return new Set();
  const waiting = items.filter(
    ({ action, live }) =>
      action === 'unchanged' && live !== null && healthOf(live.kind, live.brief).state !== 'current',
  );
  return new Set(waiting.map(({ key }) => key));
}

/** What is to go is decided on fresh lists, after the new is up. */
async function planAgain(
  client: ApiClient,
  desired: DesiredSet,
  results: readonly ObjectResult[],
  options: ApplyRunOptions,
): Promise<PrunePlan> {
  const { name, pageSize, signal } = options;
  const state = await readLiveState(client, desired, { name, pageSize, signal });
  const plan = makePlan(desired, state, planOptionsOf(options));
  const bad = results.filter(
    (result) => !isDone(result) || (result.health !== null && result.health.state !== 'current'),
  );
  const failed = bad.map(({ service }) => service).filter((service) => service !== null);
  const troubled = new Set([...failed, ...unreadyServices(desired, state)]);
  return prunePlanOf(desired, state, plan, troubled, options);
}
