import { applyStage } from '../compiler/model/apply-order.ts';
import { ApiFailure } from '../cluster/api-failure.ts';
import { objectPath } from '../cluster/resources.ts';
import type { ObjectResult } from './events.ts';
import type { LiveObject } from './live-object.ts';
import { INSTANCE_LABEL } from './names.ts';
import { namespaceContent } from './namespace-content.ts';
import { performDelete } from './perform.ts';
import { serviceOf } from './prune-plan.ts';
import { failureOf, messageOf, type StepOptions } from './run-steps.ts';

const AT_ONCE = 8;

type Context = Pick<
  StepOptions,
  'client' | 'resources' | 'listen' | 'revision' | 'mayWrite' | 'waiter' | 'timeoutMs' | 'signal'
>;

/** Deletes objects stage by stage, a few at once, and waits until each is gone. */
export async function pruneObjects(objects: readonly LiveObject[], context: Context): Promise<readonly ObjectResult[]> {
  const results: ObjectResult[] = [];
  const stages = new Set(objects.map(({ kind }) => applyStage(kind)));
  for (const stage of [...stages].sort((a, b) => b - a)) {
    const queue = objects.filter(({ kind }) => applyStage(kind) === stage);
    const worker = async (): Promise<void> => {
      for (let live = queue.shift(); live !== undefined; live = queue.shift()) {
        const result = await pruneOne(live, context);
        results.push(result);
        context.listen({ kind: 'result', result });
      }
    };
    await Promise.all(Array.from({ length: AT_ONCE }, worker));
  }
  return results;
}

async function pruneOne(live: LiveObject, context: Context): Promise<ObjectResult> {
  const resource = context.resources.find(live.apiVersion, live.kind);
  const base = {
    key: live.key,
    service: serviceOf(live),
    instance: live.labels[INSTANCE_LABEL] ?? null,
    health: null,
    details: [],
  };
  if (resource === undefined || !context.mayWrite())
    return { ...base, outcome: 'stopped', message: 'the run was ended before', failure: null };
  try {
    const content =
      live.kind === 'Namespace' ? await namespaceContent(context.client, context.resources, live.name) : null;
    if (content !== null) return { ...base, outcome: 'blocked', message: content, failure: null };
    const isDeleted = await performDelete(live, resource, 'the tree does not hold it', context);
    const path = objectPath(resource, live.namespace, live.name);
    const isGone = await context.waiter.gone(path, live.uid, context.timeoutMs, context.signal);
    const message = isGone ? `uid ${live.uid}` : `uid ${live.uid}: is still being deleted`;
    return { ...base, outcome: isDeleted ? 'deleted' : 'gone-already', message, failure: null };
  } catch (error) {
    if (!(error instanceof ApiFailure)) throw error;
    return { ...base, outcome: 'failed', message: messageOf(error), failure: failureOf(error) };
  }
}
