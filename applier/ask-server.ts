import type { JsonMap } from '../compiler/emit/json-data.ts';
import type { ApiClient } from '../cluster/api-client.ts';
import { ApiFailure } from '../cluster/api-failure.ts';
import type { Resources } from '../cluster/resources.ts';
import { managedEntries, ownEntries, unionFields, type FieldSet } from './managed-fields.ts';
import { ownedView } from './owned-view.ts';
import { bodyOf, forceOf, type PerformContext } from './perform.ts';
import type { Plan, PlanItem } from './plan.ts';
import { messageOf } from './run-steps.ts';
import { applyObject } from './write-object.ts';

/** What the server would make of one object of a plan. */
export interface ServerAnswer {
  /** The object as it would be stored, restricted to our paths; null when the server refuses it. */
  readonly after: JsonMap | null;
  readonly refusal: string;
  /** The manifest itself is refused. */
  readonly isInvalid: boolean;
}

const AT_ONCE = 16;

/** Asks the server, by dry runs, about every object of a plan that would be applied as it stands; nothing is written. */
export async function askServer(
  client: ApiClient,
  resources: Resources,
  plan: Plan,
  conflicts: PerformContext['conflicts'],
): Promise<ReadonlyMap<string, ServerAnswer>> {
  const answers = new Map<string, ServerAnswer>();
  const queue = plan.items.filter(
    ({ desired, action, isTerminating, recreates }) =>
      desired !== null && action !== 'unchanged' && !isTerminating && !recreates,
  );
  const worker = async (): Promise<void> => {
    for (let item = queue.shift(); item !== undefined; item = queue.shift())
      answers.set(item.key, await answerFor(item, client, resources, conflicts));
  };
  await Promise.all(Array.from({ length: AT_ONCE }, worker));
  return answers;
}

async function answerFor(
  item: PlanItem,
  client: ApiClient,
  resources: Resources,
  conflicts: PerformContext['conflicts'],
): Promise<ServerAnswer> {
  const { object } = item.desired!;
  const resource = resources.find(object.apiVersion, object.kind);
  if (resource === undefined) return { after: null, refusal: 'its type is not there yet', isInvalid: false };
  try {
    const body = bodyOf(item, item.live?.uid ?? null);
    const stored = await applyObject(client, resource, body, { force: forceOf(item, conflicts), isDryRun: true });
    const fields = ownEntries(managedEntries(stored)).reduce<FieldSet>(
      (all, entry) => unionFields(all, entry.fields),
      {},
    );
    return { after: ownedView(stored, object as JsonMap, fields), refusal: '', isInvalid: false };
  } catch (error) {
    if (!(error instanceof ApiFailure)) throw error;
    const isMissing = error.kind === 'not-found';
    const refusal = isMissing ? 'its namespace is not there yet' : `the server refuses it: ${messageOf(error)}`;
    return { after: null, refusal, isInvalid: error.kind === 'invalid' };
  }
}
