import { canonicalJson } from '../compiler/emit/canonical-json.ts';
import { mapAt, type JsonMap } from '../compiler/emit/json-data.ts';
import type { ApiClient } from '../cluster/api-client.ts';
import { ApiFailure } from '../cluster/api-failure.ts';
import { objectPath, type Resource } from '../cluster/resources.ts';
import { migrationPatch } from './adopt.ts';
import { compareObject } from './compare-object.ts';
import type { Listen } from './events.ts';
import { isAwaited } from './health.ts';
import { liveObject, type LiveObject } from './live-object.ts';
import { getOrNull } from '../cluster/get-object.ts';
import { HANDOVER_MANAGER, OVERRIDE_MANAGER, PART_OF_LABEL, RECREATE_ANNOTATION } from './names.ts';
import { overrideBody } from './overrides.ts';
import { keepingAnnotation } from './keeping-annotation.ts';
import type { PlanItem } from './plan.ts';
import type { Waiter } from './waiter.ts';
import { applyObject, deleteObject, propagationOf, type Propagation } from './write-object.ts';

export interface PerformContext {
  readonly client: ApiClient;
  readonly waiter: Waiter;
  /** `informed` takes over what the plan showed, `fail` nothing, `force` everything. */
  readonly conflicts: 'informed' | 'fail' | 'force';
  /** Managers whose leftovers go away from what is adopted. */
  readonly migrated: readonly string[];
  readonly timeoutMs: number;
  readonly signal: AbortSignal;
  readonly listen: Listen;
  /** Commit of the tree, for the log of deletions. */
  readonly revision: string;
  /** A plan that was looked at is carried out: what changed since it was read again is not written over. */
  readonly pinsVersions: boolean;
  readonly note: (text: string) => void;
}

const MOST_CONFLICTS = 3;

/** Applies one object of a plan: waits for an old one to go, hands replicas over, takes over what the plan showed. */
export async function performApply(item: PlanItem, resource: Resource, context: PerformContext): Promise<JsonMap> {
  const { client, waiter } = context;
  const { live } = item;
  const path = objectPath(
    resource,
    item.desired!.object.metadata.namespace ?? null,
    item.desired!.object.metadata.name,
  );
  if (live !== null && item.isTerminating) {
    const isGone = await waiter.gone(path, live.uid, context.timeoutMs, context.signal);
    if (!isGone) throw new ApiFailure(409, 'the old object is still being deleted');
  }
  if (item.recreates) await deleteAndWait(item, resource, path, { how: 'Foreground', reason: '--recreate' }, context);
  if (item.replicas.kind === 'hand-over') await handOver(item, resource, item.replicas.replicas, client);
  let stored = await applyInformed(item, resource, path, context);
  if (item.action === 'adopt') stored = await migrate(item, resource, path, stored, context);
  if (item.override !== null) await setOverride(item, resource, client);
  waiter.note(stored, resource);
  return stored;
}

/** Limits of an override are held by a manager of their own, so that ours come back when it lets go. */
async function setOverride(
  { desired, live, override }: PlanItem,
  resource: Resource,
  client: ApiClient,
): Promise<void> {
  const body = overrideBody(desired!.object as JsonMap, live?.uid ?? null, override === 'end' ? null : override);
  await applyObject(client, resource, body, { manager: OVERRIDE_MANAGER, force: true });
}

/** A second manager holds the live number, so that it stays when we no longer state it. */
async function handOver(item: PlanItem, resource: Resource, replicas: number, client: ApiClient): Promise<void> {
  const { apiVersion, kind, metadata } = item.desired!.object;
  const { name, namespace } = metadata;
  const body = { apiVersion, kind, metadata: { name, namespace, uid: item.live!.uid }, spec: { replicas } };
  try {
    await applyObject(client, resource, body, { manager: HANDOVER_MANAGER, force: false });
  } catch (error) {
    const isHeldByOther = error instanceof ApiFailure && isOwnershipConflict(error);
    if (!isHeldByOther) throw error;
  }
}

async function applyInformed(
  item: PlanItem,
  resource: Resource,
  path: string,
  context: PerformContext,
): Promise<JsonMap> {
  const { client, conflicts } = context;
  const isNew = item.isTerminating || item.recreates;
  let body = bodyOf(item, isNew ? null : (item.live?.uid ?? null));
  if (context.pinsVersions && !isNew) body = atVersion(body, item.live?.resourceVersion);
  let force = forceOf(item, conflicts);
  for (let attempt = 1; ; attempt++) {
    try {
      return await applyObject(client, resource, body, { force, metadataOnly: !isAwaited(resource.kind) });
    } catch (error) {
      if (!(error instanceof ApiFailure)) throw error;
      if (context.pinsVersions && isStale(error) && attempt <= MOST_CONFLICTS) {
        body = atVersion(body, await plannedVersion(item, path, client));
        continue;
      }
      if (isOtherObject(error))
        throw new ApiFailure(409, `somebody deleted it or made it anew meanwhile; run again: ${error.message}`);
      if (error.status === 422 && isImmutable(error)) return recreate(item, resource, path, error, context);
      if (!isOwnershipConflict(error) || conflicts !== 'informed' || attempt > MOST_CONFLICTS) throw error;
      const object = await getOrNull(client, path);
      const known = object === null ? [] : compareObject(item.desired!, object).conflicts;
      const named = known.map(
        ({ path: field, owners }) => `${field} held by ${owners.map(({ manager }) => manager).join(', ')}`,
      );
      context.note(`${item.key}: takes over ${named.join('; ') || error.message}`);
      force = true;
    }
  }
}

/** Whether fields of others are taken over without asking: those that the plan showed, or all. */
export function forceOf(item: PlanItem, conflicts: PerformContext['conflicts']): boolean {
  if (conflicts !== 'informed') return conflicts === 'force';
  const isRestart = item.replicas.kind === 'initial' && item.live !== null && !item.isTerminating && !item.recreates;
  return isRestart || (item.comparison?.conflicts.length ?? 0) > 0;
}

/** The object as it is sent; with a uid it is this live object or none. */
export function bodyOf(item: PlanItem, uid: string | null): JsonMap {
  const object = item.desired!.object as JsonMap;
  const metadata = mapAt(object, 'metadata')!;
  const spec = mapAt(object, 'spec');
  const overridden = uid === null ? [] : (item.comparison?.overridden ?? []);
  const isOurs = ([name]: [string, unknown]): boolean => !overridden.includes(name);
  return {
    ...object,
    metadata: uid === null ? metadata : { ...metadata, uid },
    ...(item.replicas.kind === 'initial' && { spec: { ...spec, replicas: item.replicas.replicas } }),
    ...(overridden.length > 0 && { spec: Object.fromEntries(Object.entries(spec ?? {}).filter(isOurs)) }),
  };
}

function atVersion(body: JsonMap, resourceVersion: string | undefined): JsonMap {
  if (resourceVersion === undefined) return body;
  return { ...body, metadata: { ...mapAt(body, 'metadata'), resourceVersion } };
}

/** The version of an object that is as the plan showed it although it was written since, as by its controllers. */
async function plannedVersion({ desired, comparison }: PlanItem, path: string, client: ApiClient): Promise<string> {
  const object = await getOrNull(client, path);
  const view = object === null ? undefined : compareObject(desired!, object, comparison?.overridden).view;
  if (object === null || canonicalJson(view ?? null) !== canonicalJson(comparison?.view ?? null))
    throw new ApiFailure(409, 'it is not as it was when the plan was made');
  return String(mapAt(object, 'metadata')?.['resourceVersion']);
}

function isStale({ status, message }: ApiFailure): boolean {
  return status === 409 && message.includes('the object has been modified');
}

export function isOwnershipConflict(failure: ApiFailure): boolean {
  return failure.kind === 'conflict' && failure.causes.some(({ reason }) => reason === 'FieldManagerConflict');
}

/** The uid that was sent is not the live one. */
function isOtherObject({ status, message }: ApiFailure): boolean {
  return (status === 409 && message.includes('uid mismatch')) || (status === 422 && message.includes('metadata.uid'));
}

function isImmutable({ message }: ApiFailure): boolean {
  return /field is immutable|updates to statefulset spec|cannot change roleRef/.test(message);
}

/** What cannot be changed is made anew, when its annotation allows it. */
async function recreate(
  item: PlanItem,
  resource: Resource,
  path: string,
  failure: ApiFailure,
  context: PerformContext,
): Promise<JsonMap> {
  const how = item.desired!.object.metadata.annotations?.[RECREATE_ANNOTATION];
  if (item.live === null || (how !== 'orphan' && how !== 'foreground')) throw failure;
  context.note(`${item.key}: is deleted (${how}) and created again, for it cannot be changed: ${failure.message}`);
  const reason = `cannot be changed: ${failure.message}`;
  await deleteAndWait(item, resource, path, { how: how === 'orphan' ? 'Orphan' : 'Foreground', reason }, context);
  return applyObject(context.client, resource, bodyOf(item, null), { force: false });
}

async function deleteAndWait(
  item: PlanItem,
  resource: Resource,
  path: string,
  { how, reason }: { how: Propagation; reason: string },
  context: PerformContext,
): Promise<void> {
  const { client, waiter, timeoutMs, signal } = context;
  const live = item.live!;
  if (await deleteObject(client, resource, live, how, () => true)) tellDeletion(live, reason, context);
  if (!(await waiter.gone(path, live.uid, timeoutMs, signal)))
    throw new ApiFailure(409, 'the old object is still being deleted');
}

/** Leftovers of the tool that made the object go away: its fields become ours, then the object is applied once more. */
async function migrate(
  item: PlanItem,
  resource: Resource,
  path: string,
  stored: JsonMap,
  context: PerformContext,
): Promise<JsonMap> {
  let object = stored;
  for (let attempt = 1; ; attempt++) {
    const patch = migrationPatch(object, context.migrated);
    if (patch === null) return object;
    try {
      const body = JSON.stringify(patch);
      await context.client.request({ method: 'PATCH', path, contentType: 'application/json-patch+json', body });
      return await applyObject(context.client, resource, bodyOf(item, item.live?.uid ?? null), { force: true });
    } catch (error) {
      const isStale = error instanceof ApiFailure && error.kind === 'conflict';
      if (!isStale || attempt > MOST_CONFLICTS) throw error;
      object = (await getOrNull(context.client, path)) ?? {};
    }
  }
}

/** Deletes an old object of a plan, as long as it belongs where it did and nobody asked for it to be kept. */
export async function performDelete(
  live: NonNullable<PlanItem['live']>,
  resource: Resource,
  reason: string,
  context: Pick<PerformContext, 'client' | 'listen' | 'revision'>,
): Promise<boolean> {
  const isDeleted = await deleteObject(context.client, resource, live, propagationOf(live.kind), (object) => {
    const now = liveObject(object, resource.apiVersion, resource.kind);
    return now.labels[PART_OF_LABEL] === live.labels[PART_OF_LABEL] && keepingAnnotation(now.annotations) === null;
  });
  if (isDeleted) tellDeletion(live, reason, context);
  return isDeleted;
}

function tellDeletion(
  { key, uid, resourceVersion }: LiveObject,
  reason: string,
  { listen, revision }: Pick<PerformContext, 'listen' | 'revision'>,
): void {
  listen({ kind: 'deletion', deletion: { key, uid, resourceVersion, revision, reason } });
}
