import { mapAt, type JsonMap } from '../compiler/emit/json-data.ts';
import { ApiFailure } from '../cluster/api-failure.ts';
import { definedBy, objectPath, type Resource, type Resources } from '../cluster/resources.ts';
import { awaitHealth, type AwaitContext } from './await-health.ts';
import type { ObjectResult, Outcome } from './events.ts';
import type { Health } from './health.ts';
import { performApply, performDelete, type PerformContext } from './perform.ts';
import { rolloutGate, surgePods, type RolloutLimits } from './rollout-gate.ts';
import type { Need, Step } from './steps.ts';

export interface StepOptions extends PerformContext, AwaitContext, RolloutLimits {
  readonly resources: Resources;
  /** Requests that write at once. */
  readonly concurrency: number;
  /** Most rollouts that are begun in this run; 0 is no limit. */
  readonly rateLimit: number;
  /** No more changes of configuration are begun after so many failed rollouts; 0 is no limit. */
  readonly abortAfter: number;
  readonly wait: boolean;
  /** New writes may be started. */
  readonly mayWrite: () => boolean;
}

const MOST_UNANSWERED = 20;

/** Does the steps of a plan, each as soon as what it needs is there, and waits for what it began. Never throws for one object. */
export async function runSteps(steps: readonly Step[], options: StepOptions): Promise<readonly ObjectResult[]> {
  const runner = new StepRunner(steps, options);
  return runner.run();
}

class StepRunner {
  private readonly steps: ReadonlyMap<string, Step>;
  private readonly options: StepOptions;
  private readonly running = new Map<string, Promise<ObjectResult>>();
  private readonly waits = new Map<string, Promise<Health>>();
  private readonly gate: ReturnType<typeof rolloutGate>;
  private readonly slots: ReturnType<typeof rolloutGate>;
  private readonly postponed: ReadonlySet<Step>;
  private failedRollouts = 0;
  /** Objects in a row for which no answer came. */
  private unanswered = 0;

  constructor(steps: readonly Step[], options: StepOptions) {
    this.steps = new Map(steps.map((step) => [step.key, step]));
    this.options = options;
    this.gate = rolloutGate(options);
    this.slots = rolloutGate({ maxInFlight: options.concurrency, maxSurgePods: 0 });
    const rollouts = steps.filter((step) => step.isRollout);
    this.postponed = new Set(options.rateLimit > 0 ? rollouts.slice(options.rateLimit) : []);
  }

  async run(): Promise<readonly ObjectResult[]> {
    const begin = [...this.steps.values()].map((step, rank) => ({ step, rank }));
    const started = Promise.resolve();
    for (const { step, rank } of begin)
      this.running.set(
        step.key,
        started.then(() => this.runStep(step, rank)),
      );
    const results = await Promise.all(this.running.values());
    if (this.options.wait) await Promise.all(results.map((result) => this.awaitHealth(result)));
    return results;
  }

  private async runStep(step: Step, rank: number): Promise<ObjectResult> {
    const result = await this.attempt(step, rank);
    this.options.listen({ kind: 'result', result });
    return result;
  }

  private async attempt(step: Step, rank: number): Promise<ObjectResult> {
    for (const need of step.needs) {
      const why = await this.unmet(need);
      if (why !== null) return resultOf(step, 'blocked', why);
    }
    if (step.op === 'wait') return resultOf(step, 'current', '');
    if (this.postponed.has(step)) return resultOf(step, 'postponed', 'left for the next run by --rate-limit');
    const pods = step.isRollout ? podsOf(step) : 0;
    if (step.isRollout) await this.gate.enter(rank, pods);
    let isAwaited = false;
    try {
      if (this.isAborted(step)) return resultOf(step, 'stopped', `${this.failedRollouts} rollouts failed in this run`);
      await this.slots.enter(rank, 0);
      const result = await this.perform(step).finally(() => {
        this.slots.leave(0);
      });
      isAwaited = step.isRollout && this.options.wait && isDone(result);
      if (isAwaited) {
        void this.health(step).then((health) => {
          if (health.state !== 'current') this.failedRollouts++;
          this.gate.leave(pods);
        });
      } else if (step.isRollout && !isDone(result)) this.failedRollouts++;
      return result;
    } finally {
      if (step.isRollout && !isAwaited) this.gate.leave(pods);
    }
  }

  private isAborted({ isRollout, item }: Step): boolean {
    const { abortAfter } = this.options;
    return isRollout && abortAfter > 0 && item.bounceClass >= 1 && this.failedRollouts > abortAfter;
  }

  private async perform(step: Step): Promise<ObjectResult> {
    const { options } = this;
    if (!options.mayWrite()) return resultOf(step, 'stopped', 'the run was ended before');
    if (this.unanswered >= MOST_UNANSWERED)
      return resultOf(step, 'stopped', 'the API server does not answer', 'unreachable');
    const resource = this.resourceOf(step);
    if (resource === undefined) return resultOf(step, 'failed', 'the server does not serve this kind', 'other');
    try {
      if (step.op === 'apply') {
        await performApply(step.item, resource, options);
        this.unanswered = 0;
        return resultOf(step, step.item.action === 'create' ? 'created' : 'applied', '');
      }
      const isDeleted = await performDelete(step.item.live!, resource, step.item.reasons.join('; '), options);
      return resultOf(step, isDeleted ? 'deleted' : 'gone-already', '');
    } catch (error) {
      if (!(error instanceof ApiFailure)) throw error;
      const failure = failureOf(error);
      this.unanswered = failure === 'unreachable' ? this.unanswered + 1 : 0;
      const isMissing = error.kind === 'not-found' && step.op === 'apply';
      const hint = isMissing ? namespaceHint(step) : '';
      return resultOf(step, isMissing ? 'blocked' : 'failed', messageOf(error) + hint, failure);
    }
  }

  private resourceOf({ item }: Step): Resource | undefined {
    const { apiVersion, kind } = item.desired?.object ?? item.live!;
    return this.options.resources.find(apiVersion, kind) ?? this.definedResource(apiVersion, kind);
  }

  /** Of a type that this run makes: what the server says was asked before. */
  private definedResource(apiVersion: string, kind: string): Resource | undefined {
    for (const { item } of this.steps.values()) {
      const definition = item.desired?.object;
      const resource = definition === undefined ? undefined : definedBy(definition as JsonMap, apiVersion);
      if (resource?.kind === kind) return resource;
    }
    return undefined;
  }

  /** Why what a step needs is not there; null when it is. */
  private async unmet({ key, until }: Need): Promise<string | null> {
    const other = this.running.get(key);
    if (other === undefined) return null;
    const result = await other;
    if (!isDone(result)) return `${key} ${result.outcome === 'failed' ? 'failed' : 'was not done'}`;
    if (until === 'done') return null;
    const step = this.steps.get(key)!;
    if (until === 'gone') return (await this.isGone(step)) ? null : `${key} is still there`;
    const health = await this.health(step);
    return health.state === 'current' ? null : `${key} is not up: ${health.reason}`;
  }

  private async isGone({ item }: Step): Promise<boolean> {
    const live = item.live!;
    const resource = this.options.resources.find(live.apiVersion, live.kind)!;
    const path = objectPath(resource, live.namespace, live.name);
    return this.options.waiter.gone(path, live.uid, this.options.timeoutMs, this.options.signal);
  }

  private health(step: Step): Promise<Health> {
    const known = this.waits.get(step.key);
    if (known !== undefined) return known;
    const wait = awaitHealth(step.item, this.resourceOf(step)!, this.options);
    this.waits.set(step.key, wait);
    return wait;
  }

  private async awaitHealth(result: ObjectResult): Promise<void> {
    const step = this.steps.get(result.key)!;
    if (!isDone(result)) return;
    if (step.op !== 'delete') result.health = await this.health(step);
    else if (!(await this.isGone(step))) result.health = { state: 'terminating', reason: 'is still being deleted' };
  }
}

const DONE: readonly Outcome[] = ['created', 'applied', 'deleted', 'gone-already', 'current'];

export function isDone({ outcome }: ObjectResult): boolean {
  return DONE.includes(outcome);
}

/** Only a namespace can be what is missing when an object is applied; a tree that holds it would have made it. */
function namespaceHint({ item }: Step): string {
  const namespace = item.desired?.object.metadata.namespace ?? '';
  return `: the tree holds no Namespace ${namespace}; create it once (kubectl create namespace ${namespace})`;
}

function podsOf({ item }: Step): number {
  const spec = mapAt(item.desired!.object as JsonMap, 'spec');
  const replicas = typeof spec?.['replicas'] === 'number' ? spec['replicas'] : (item.live?.replicas ?? 1);
  return surgePods(replicas, mapAt(mapAt(spec, 'strategy'), 'rollingUpdate')?.['maxSurge']);
}

function resultOf(
  { key, item }: Step,
  outcome: Outcome,
  message: string,
  failure: ObjectResult['failure'] = null,
): ObjectResult {
  return { key, service: item.service, instance: item.instance, outcome, message, failure, health: null, details: [] };
}

export function messageOf(failure: ApiFailure): string {
  const causes = failure.causes.map(({ field, message }) => `${field}: ${message}`.replace(/^: /, ''));
  return [failure.message, ...causes.filter((cause) => !failure.message.includes(cause.split(': ').at(-1)!))].join(
    '; ',
  );
}

export function failureOf(failure: ApiFailure): ObjectResult['failure'] {
  if (failure.kind === 'invalid') return 'invalid';
  if (failure.kind === 'forbidden' || failure.kind === 'unauthorized' || failure.kind === 'conflict')
    return failure.kind;
  return failure.kind === 'overloaded' || failure.kind === 'unreachable' ? 'unreachable' : 'other';
}
