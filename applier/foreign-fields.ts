import { isJsonMap, type JsonMap } from '../compiler/emit/json-data.ts';
import { leafChanges } from '../differences/leaf-changes.ts';
import type { DesiredObject } from './desired-object.ts';
import {
  isLeaf,
  isOwn,
  managedEntries,
  ownEntries,
  pathText,
  subtree,
  unionFields,
  type FieldPath,
  type FieldSet,
  type ManagedEntry,
  type Owner,
} from './managed-fields.ts';
import { HANDOVER_MANAGER, OVERRIDE_MANAGER } from './names.ts';
import { ownedView, sameView } from './owned-view.ts';

/** A field that somebody else holds and we do not state, or one of ours whose value the server itself altered (without an owner). */
export interface ForeignField {
  readonly path: string;
  readonly owner: Owner | null;
}

/** Controllers of Kubernetes and of PaaSTA's world whose fields belong there. */
const EXPECTED = [
  ...['kube-controller-manager', 'kube-scheduler', 'kubelet', 'cluster-autoscaler', 'karpenter', 'vpa-*'],
  ...['kubectl-rollout', HANDOVER_MANAGER, OVERRIDE_MANAGER],
];
/** What is looked at: the rest of an object is the server's. */
const PARTS: readonly FieldPath[] = [
  ['f:spec'],
  ['f:data'],
  ['f:metadata', 'f:labels'],
  ['f:metadata', 'f:annotations'],
];

/** Tells which managers may hold what we do not state; a name may end in `*`. */
export function allowedManagers(more: readonly string[]): (manager: string) => boolean {
  const names = [...EXPECTED, ...more];
  return (manager) =>
    names.some((name) => (name.endsWith('*') ? manager.startsWith(name.slice(0, -1)) : manager === name));
}

/** Everything of a live object that is not of our making, in the order of its record. */
export function foreignFields(
  desired: DesiredObject,
  live: JsonMap,
  isAllowed: (manager: string) => boolean,
): readonly ForeignField[] {
  const entries = managedEntries(live);
  const ours = ownEntries(entries).reduce<FieldSet>((all, entry) => unionFields(all, entry.fields), {});
  const others = entries.filter(
    (entry) => !isOwn(entry) && entry.subresource !== 'status' && !isAllowed(entry.manager),
  );
  const held = others.flatMap((entry) =>
    PARTS.flatMap((part) => {
      const theirs = subtree(entry.fields, part);
      return theirs === undefined ? [] : leavesBeside(theirs, subtree(ours, part) ?? {}, part);
    }).map((path) => ({ path: pathText(path), owner: ownerOf(entry) })),
  );
  return [...held, ...alteredFields(desired, live, ours)];
}

function ownerOf({ manager, operation, time }: ManagedEntry): Owner {
  return { manager, operation, time };
}

/** Leaves of a set that another does not have. */
function leavesBeside(theirs: FieldSet, ours: FieldSet, path: FieldPath): readonly FieldPath[] {
  return Object.entries(theirs).flatMap(([step, inner]) => {
    if (step === '.' || !isJsonMap(inner)) return [];
    const own = ours[step];
    const at = [...path, step];
    if (!isJsonMap(own)) return [at];
    return isLeaf(inner) || isLeaf(own) ? [] : leavesBeside(inner, own, at);
  });
}

/** Values that are recorded as ours and are not what we sent: admission changed them on the way. */
function alteredFields({ object }: DesiredObject, live: JsonMap, ours: FieldSet): readonly ForeignField[] {
  const view = ownedView(live, object as JsonMap, ours);
  if (sameView(object, view)) return [];
  return leafChanges(object, view)
    .filter(({ before, after }) => !sameView(before, after))
    .map(({ path }) => ({
      path: path.map((step) => (step.startsWith('[') ? step : `.${step}`)).join(''),
      owner: null,
    }));
}
