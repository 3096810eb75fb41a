import type { JsonMap } from '../compiler/emit/json-data.ts';
import { isLeftover, isWorkload } from '../compiler/model/held-object.ts';
import type { KubeObject } from '../compiler/model/rendered-file.ts';
import type { Mask } from '../differences/mask.ts';
import { differingDocuments, isObject, type Document, type DocumentPair } from './output-files.ts';
import type { Row } from './review.ts';
import { objectRows, tidyRows, withCauses } from './rows.ts';
import type { WorkloadFacts } from './workload-facts.ts';

/** What one instance is made of before and after a change. */
export interface Sides {
  readonly before: readonly Document[];
  readonly after: readonly Document[];
  readonly old: WorkloadFacts | null;
  readonly wanted: WorkloadFacts | null;
}

/** Lines of input that changed a field of an object, or anything in it. */
export type CausesOf = (
  object: { readonly kind: string; readonly name: string },
  path: readonly string[],
) => readonly string[];

/** What a change does to an instance that stays, for people; each row once. */
export function changedRows(sides: Sides, mask: Mask, causes: CausesOf): readonly Row[] {
  const { before, after } = sides;
  return tidyRows([
    ...placeRows(sides, causes),
    ...heldRows(before, after),
    ...differingDocuments(alike(before), alike(after)).flatMap((pair) =>
      pairRows(pair, sides.wanted?.workload.kind, mask, causes),
    ),
    ...bounceRows(sides, causes),
  ]);
}

/** A workload of another kind, or in another namespace. */
function placeRows({ old, wanted }: Sides, causes: CausesOf): readonly Row[] {
  const [from, to] = [old?.workload, wanted?.workload];
  if (from === undefined || to === undefined) return [];
  const row = (field: string, before: string | null, after: string | null, path: readonly string[]): readonly Row[] =>
    before === after
      ? []
      : [withCauses({ field, before, after }, causes({ kind: to.kind, name: to.metadata.name }, path))];
  const [namespace, moved] = [from.metadata.namespace ?? null, to.metadata.namespace ?? null];
  return [
    ...row('kind', from.kind, to.kind, ['kind']),
    ...row('namespace', namespace, moved, ['metadata', 'namespace']),
  ];
}

function heldRows(before: readonly Document[], after: readonly Document[]): readonly Row[] {
  const [left, stays] = [new Set(leftovers(before)), new Set(leftovers(after))];
  return [...new Set([...left, ...stays])].flatMap((key) => {
    if (left.has(key) && stays.has(key)) return [];
    return [{ field: `held ${key}`, ...presence(left.has(key), stays.has(key)) }];
  });
}

function presence(before: boolean, after: boolean) {
  return { before: before ? 'present' : null, after: after ? 'present' : null };
}

function pairRows([key, a, b]: DocumentPair, kindOf: string | undefined, mask: Mask, causes: CausesOf): readonly Row[] {
  const object = b ?? a;
  if (a !== null && b !== null && isObject(a) && isObject(b)) {
    const kind = key.startsWith('workload ') ? (kindOf ?? b.kind) : b.kind;
    const [shown, now] = [mask.object(a), mask.object(b)] as [JsonMap & KubeObject, JsonMap & KubeObject];
    return objectRows(shown, now, (path) => causes({ kind, name: b.metadata.name }, path));
  }
  const row = { field: key, ...presence(a !== null, b !== null) };
  if (object === null || !isObject(object)) return [row];
  return [withCauses(row, causes({ kind: object.kind, name: object.metadata.name }, []))];
}

function bounceRows({ old, wanted }: Sides, causes: CausesOf): readonly Row[] {
  if (old === null || wanted === null || old.workload.kind !== wanted.workload.kind) return [];
  if (old.bounce === wanted.bounce) return [];
  const { kind, metadata } = wanted.workload;
  const row = { field: 'bounce', before: old.bounce, after: wanted.bounce };
  return [withCauses(row, causes({ kind, name: metadata.name }, ['spec', 'strategy']))];
}

/** Keys of what stays only until another workload has taken its place. */
function leftovers(documents: readonly Document[]): readonly string[] {
  return documents.flatMap(({ key, object }) => (isObject(object) && isLeftover(object) ? [key] : []));
}

/** Documents under keys that stay when a workload changes its kind or an instance its namespace; leftovers are told apart. */
function alike(documents: readonly Document[]): readonly Document[] {
  return documents.flatMap(({ key, object }) => {
    if (!isObject(object)) return [{ key, object }];
    if (isLeftover(object)) return [];
    const { namespace: _, ...metadata } = object.metadata;
    const plain = { ...object, metadata };
    return isWorkload(object)
      ? [{ key: `workload ${metadata.name}`, object: withoutKind(plain) }]
      : [{ key: `${object.kind} ${metadata.name}`, object: plain }];
  });
}

/** Kind and apiVersion have rows of their own; a Deployment stands for both. */
function withoutKind(object: JsonMap): JsonMap {
  return { ...object, kind: 'Deployment', apiVersion: 'apps/v1' };
}
