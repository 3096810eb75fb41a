import { isJsonMap, mapAt, type JsonMap } from '../compiler/emit/json-data.ts';
import { compareOwnership, type Finding } from './compare-ownership.ts';
import type { DesiredObject } from './desired-object.ts';
import {
  isLeaf,
  isOwn,
  managedEntries,
  ownEntries,
  ownersOf,
  pathText,
  subtree,
  unionFields,
  type FieldPath,
  type FieldSet,
  type ManagedEntry,
  type Owner,
} from './managed-fields.ts';
import { HASH_ANNOTATION } from './names.ts';
import { migratedManagers, OTHER_TOOLS } from './other-tools.ts';
import { ownedView, sameView } from './owned-view.ts';

/** A path of ours that somebody else took, changed or removed; `owners` is empty when it is simply gone. */
export interface LostField {
  readonly path: string;
  readonly owners: readonly Owner[];
}

/** How a live object differs from the rendered one. */
export interface Comparison {
  readonly state: 'in-sync' | 'change' | 'drift' | 'unclear';
  /** Paths where the record of ownership and the rendered object differ. */
  readonly findings: readonly Finding[];
  readonly lost: readonly LostField[];
  /** The pod template differs, so applying replaces pods. */
  readonly restarts: boolean;
  /** We hold `.spec.replicas`, or whoever we take the object over from does, and the rendered object does not state it. */
  readonly holdsReplicas: boolean;
  /** The live object restricted to our paths; not given when in sync. */
  readonly view?: JsonMap;
  /** Limits of an autoscaler that an override holds: they are not ours while it lasts. */
  readonly overridden: readonly string[];
  /** Another tool that applies most of what we apply; our values are the same by now. */
  readonly coOwner: string | null;
  /** (manager, path) pairs that applying takes over, as the server will name them in a conflict. */
  readonly conflicts: readonly LostField[];
}

export const IN_SYNC: Comparison = {
  state: 'in-sync',
  findings: [],
  lost: [],
  restarts: false,
  holdsReplicas: false,
  overridden: [],
  coOwner: null,
  conflicts: [],
};

/**
 * Whether a live object is what we want, from its managedFields alone: one entry of ours in the wanted API version, the wanted digest,
 * the wanted paths both ways, and our items in our order. A value that differs on a path we hold with an equal digest is
 * the server's doing, not drift.
 */
export function compareObject(desired: DesiredObject, live: JsonMap, overridden: readonly string[] = []): Comparison {
  const entries = managedEntries(live);
  const own = ownEntries(entries);
  const wanted = desired.object as JsonMap;
  const fields = own.reduce<FieldSet>((all, entry) => unionFields(all, entry.fields), {});
  const isWhole = own.length === 1 && own[0]!.apiVersion === desired.object.apiVersion;
  const hash = mapAt(mapAt(live, 'metadata'), 'annotations')?.[HASH_ANNOTATION];
  const isSameHash = hash === desired.hash;
  const findings = compareOwnership(wanted, fields, live).filter(({ path }) => !isOverridden(path, overridden));
  const coOwner = coOwnerOf(fields, entries);
  if (isWhole && isSameHash && findings.length === 0)
    return coOwner === null && overridden.length === 0 ? IN_SYNC : { ...IN_SYNC, coOwner, overridden };
  const held = own.length === 0 ? migrated(entries) : fields;
  const view = ownedView(live, wanted, held);
  const unowned = findings.filter(({ kind }) => kind === 'unowned');
  const holdsReplicas =
    mapAt(wanted, 'spec')?.['replicas'] == null && subtree(held, ['f:spec', 'f:replicas']) !== undefined;
  const lost = unowned
    .map(({ path }) => ({ path: pathText(path), owners: ownersOf(entries, path) }))
    .filter(({ owners }) => own.length > 0 && (isSameHash || owners.length > 0));
  return {
    state: stateOf(isWhole, isSameHash, findings),
    ...{ findings, lost, holdsReplicas, view, coOwner, overridden },
    restarts: restarts(wanted, view, findings),
    conflicts: conflictsOf(unowned, fields, entries),
  };
}

function stateOf(isWhole: boolean, isSameHash: boolean, findings: readonly Finding[]): Comparison['state'] {
  if (!isSameHash) return 'change';
  if (findings.some(({ kind }) => kind === 'unknown')) return 'unclear';
  return isWhole && findings.every(({ kind }) => kind === 'extra') ? 'change' : 'drift';
}

function isOverridden(path: FieldPath, overridden: readonly string[]): boolean {
  return path.length === 2 && path[0] === 'f:spec' && overridden.includes(path[1]!.slice(2));
}

/** Paths that a change takes from others: not ours, or theirs as well as ours. */
function conflictsOf(
  unowned: readonly Finding[],
  fields: FieldSet,
  entries: readonly ManagedEntry[],
): readonly LostField[] {
  const shared = entries
    .filter((entry) => !isOwn(entry) && entry.subresource !== 'status')
    .flatMap((entry) => sharedLeaves(fields, entry.fields, []));
  const paths = new Map([...unowned.map(({ path }) => path), ...shared].map((path) => [pathText(path), path]));
  return [...paths].flatMap(([path, steps]) => {
    const owners = ownersOf(entries, steps);
    return owners.length === 0 ? [] : [{ path, owners }];
  });
}

/** Hand-over and overrides hold one path; who holds half of ours applies the whole object. */
function coOwnerOf(fields: FieldSet, entries: readonly ManagedEntry[]): string | null {
  for (const entry of entries) {
    if (entry.operation !== 'Apply' || isOwn(entry) || entry.subresource !== '') continue;
    const all = sharedLeaves(fields, fields, []).length;
    if (sharedLeaves(fields, entry.fields, []).length * 2 > all) return entry.manager;
  }
  return null;
}

function sharedLeaves(a: FieldSet, b: FieldSet, path: FieldPath): readonly FieldPath[] {
  return Object.keys(a).flatMap((step) => {
    const [mine, theirs] = [a[step], b[step]];
    if (step === '.' || !isJsonMap(mine) || !isJsonMap(theirs)) return [];
    const at = [...path, step];
    return isLeaf(mine) || isLeaf(theirs) ? [at] : sharedLeaves(mine, theirs, at);
  });
}

function migrated(entries: readonly ManagedEntry[]): FieldSet {
  return entries
    .filter(({ manager, subresource }) => EVERY_MANAGER.includes(manager) && subresource === '')
    .reduce<FieldSet>((all, entry) => unionFields(all, entry.fields), {});
}

const EVERY_MANAGER = migratedManagers(OTHER_TOOLS.map(({ flag }) => flag));

/** A template that differs replaces pods, whatever differs in it. */
function restarts(desired: JsonMap, view: JsonMap, findings: readonly Finding[]): boolean {
  const template = mapAt(mapAt(desired, 'spec'), 'template');
  if (template === undefined || desired['kind'] === 'Job' || desired['kind'] === 'CronJob') return false;
  const isDropped = findings.some(
    ({ kind, path }) => kind === 'extra' && path[0] === 'f:spec' && path[1] === 'f:template',
  );
  const seen = mapAt(mapAt(view, 'spec'), 'template');
  return isDropped || !isJsonMap(seen) || !sameView(template, seen);
}
