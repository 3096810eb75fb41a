import { compareText } from '../compiler/diagnostics/diagnostic.ts';
import { canonicalJson } from '../compiler/emit/canonical-json.ts';
import type { JsonMap } from '../compiler/emit/json-data.ts';
import { isLeftover, isWorkload } from '../compiler/model/held-object.ts';
import type { KubeObject, RenderedFile } from '../compiler/model/rendered-file.ts';
import type { Mask } from '../differences/mask.ts';
import { changesPods, diffObjects } from '../differences/object-diff.ts';
import {
  changedOwners,
  documentsOf,
  isObject,
  objectsOf,
  type Document,
  type OutputFiles,
  type OwnerFiles,
} from './output-files.ts';
import type { ClusterReview, InstanceReview, ObjectReview, Restart, Review, Row } from './review.ts';
import { clusterRisks, instanceRisks, type RiskSettings } from './risks.ts';
import { objectRows, tidyRows, withCauses } from './rows.ts';
import { workloadFacts, type WorkloadFacts } from './workload-facts.ts';

export interface ReviewInput {
  /** What is compared, for people. */
  readonly baseName: string;
  readonly headName: string;
  readonly base: OutputFiles;
  readonly head: OutputFiles;
  /** Files of the base that the head does not render and that stay all the same. */
  keeps(file: RenderedFile): boolean;
  /** `service.instance` by cluster that errors hold back at the head. */
  readonly heldBack: Readonly<Record<string, readonly string[]>>;
  readonly mask: Mask;
  readonly risks: RiskSettings;
  /** Lines of input that changed a field of an object of a service; without it rows name none. */
  readonly causes?: FieldCauses;
}

/** Asks for the lines of input behind a changed field. */
export type FieldCauses = (
  owner: { readonly cluster: string; readonly service: string },
  object: { readonly kind: string; readonly name: string },
  path: readonly string[],
) => readonly string[];

/** Compares two output trees. Pure: the same trees give the same review. */
export function compareTrees(input: ReviewInput): Review {
  const { baseName, headName, base, mask, risks } = input;
  const head = new Map(input.head);
  for (const file of base.values()) if (!head.has(file.path) && input.keeps(file)) head.set(file.path, file);
  const drafts = new Map<string, { instances: InstanceReview[]; shared: ObjectReview[] }>();
  const draftOf = (cluster: string): { instances: InstanceReview[]; shared: ObjectReview[] } => {
    const draft = drafts.get(cluster) ?? { instances: [], shared: [] };
    drafts.set(cluster, draft);
    return draft;
  };
  for (const owner of changedOwners(base, head)) {
    const draft = draftOf(owner.cluster);
    const { service, instance } = owner;
    if (service === null || instance === null) draft.shared.push(...objectReviews(owner, mask));
    else draft.instances.push(instanceReview({ ...owner, service, instance }, input));
  }
  for (const [cluster, jobs] of Object.entries(input.heldBack)) if (jobs.length > 0) draftOf(cluster);
  const clusters = [...drafts.keys()].sort(compareText).map((cluster): ClusterReview => {
    const { instances, shared } = drafts.get(cluster)!;
    const heldBack = input.heldBack[cluster] ?? [];
    return { cluster, instances, shared, heldBack, risks: clusterRisks({ cluster, base, head, risks }) };
  });
  return { base: baseName, head: headName, clusters };
}

type InstanceFiles = OwnerFiles & { readonly service: string; readonly instance: string };

function instanceReview(owner: InstanceFiles, { mask, risks: settings, causes }: ReviewInput): InstanceReview {
  const { cluster, service, instance } = owner;
  const [before, after] = [documentsOf(owner.before), documentsOf(owner.after)];
  const [old, wanted] = [workloadFacts(objectsOf(before)), workloadFacts(objectsOf(after))];
  const action = before.length === 0 ? 'added' : after.length === 0 ? 'removed' : 'changed';
  const restart = restartOf(old, wanted);
  return {
    ...{ cluster, service, instance, action, restart },
    team: wanted?.team ?? old?.team ?? null,
    deployGroup: wanted?.deployGroup ?? old?.deployGroup ?? null,
    rows:
      action === 'changed'
        ? changedRows({ before, after, old, wanted }, mask, (object, path) => causes?.(owner, object, path) ?? [])
        : wholeRows(action, wanted ?? old, mask),
    objects: diffs(before, after, mask),
    risks: instanceRisks({ cluster, service, instance, before: old, after: wanted, restart }, settings),
  };
}

function objectReviews(owner: OwnerFiles, mask: Mask): readonly ObjectReview[] {
  return diffs(documentsOf(owner.before), documentsOf(owner.after), mask);
}

function diffs(before: readonly Document[], after: readonly Document[], mask: Mask): readonly ObjectReview[] {
  return pairs(before, after).map(([key, old, wanted]) => {
    const action = old === null ? 'added' : wanted === null ? 'removed' : 'changed';
    return { key, action, diff: diffObjects(old && mask.object(old), wanted && mask.object(wanted)) };
  });
}

/** Documents that differ, by key; null where a side has none. */
function pairs(
  before: readonly Document[],
  after: readonly Document[],
): readonly (readonly [string, JsonMap | null, JsonMap | null])[] {
  const [old, wanted] = [before, after].map((documents) => new Map(documents.map(({ key, object }) => [key, object])));
  return [...new Set([...old!.keys(), ...wanted!.keys()])]
    .map((key) => [key, old!.get(key) ?? null, wanted!.get(key) ?? null] as const)
    .filter(([, a, b]) => canonicalJson(a) !== canonicalJson(b));
}

interface Sides {
  readonly before: readonly Document[];
  readonly after: readonly Document[];
  readonly old: WorkloadFacts | null;
  readonly wanted: WorkloadFacts | null;
}

function changedRows(
  { before, after, old, wanted }: Sides,
  mask: Mask,
  causes: (object: { readonly kind: string; readonly name: string }, path: readonly string[]) => readonly string[],
): readonly Row[] {
  const rows: Row[] = [];
  const [from, to] = [old?.workload, wanted?.workload];
  if (from !== undefined && to !== undefined) {
    if (from.kind !== to.kind) rows.push({ field: 'kind', before: from.kind, after: to.kind });
    const [namespace, moved] = [from.metadata.namespace ?? null, to.metadata.namespace ?? null];
    if (namespace !== moved) rows.push({ field: 'namespace', before: namespace, after: moved });
  }
  const [left, stays] = [before, after].map((documents) => new Set(leftovers(documents)));
  for (const key of [...left!, ...stays!]) {
    if (!stays!.has(key)) rows.push({ field: `held ${key}`, before: 'present', after: null });
    else if (!left!.has(key)) rows.push({ field: `held ${key}`, before: null, after: 'present' });
  }
  for (const [key, a, b] of pairs(alike(before), alike(after))) {
    if (a !== null && b !== null && isObject(a) && isObject(b)) {
      const kind = key.startsWith('workload ') ? (to?.kind ?? b.kind) : b.kind;
      const [shown, now] = [mask.object(a), mask.object(b)] as [JsonMap & KubeObject, JsonMap & KubeObject];
      rows.push(...objectRows(shown, now, (path) => causes({ kind, name: b.metadata.name }, path)));
    } else rows.push({ field: key, before: a === null ? null : 'present', after: b === null ? null : 'present' });
  }
  if (from?.kind === to?.kind && old !== null && wanted !== null && old.bounce !== wanted.bounce) {
    const { kind, metadata } = wanted.workload;
    const row = { field: 'bounce', before: old.bounce, after: wanted.bounce };
    rows.push(withCauses(row, causes({ kind, name: metadata.name }, ['spec', 'strategy'])));
  }
  return tidyRows(rows);
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

function wholeRows(action: 'added' | 'removed', facts: WorkloadFacts | null, mask: Mask): readonly Row[] {
  if (facts === null) return [];
  const { workload, image, mostPods } = facts;
  const values = [
    ['kind', workload.kind],
    ['namespace', workload.metadata.namespace ?? null],
    ['image', mask.text(image.split('/').at(-1) ?? image)],
    ['pods at most', mostPods === null ? null : String(mostPods)],
  ] as const;
  return values.flatMap(([field, value]) => {
    if (value === null) return [];
    return [action === 'added' ? { field, before: null, after: value } : { field, before: value, after: null }];
  });
}

function restartOf(before: WorkloadFacts | null, after: WorkloadFacts | null): Restart | null {
  if (before === null || before.mostPods === 0) return null;
  const pods = before.mostPods;
  if (after === null || after.mostPods === 0) return { bounce: 'stopped', pods };
  const [old, wanted] = [before.workload, after.workload];
  const isMoved =
    old.kind !== wanted.kind ||
    old.metadata.namespace !== wanted.metadata.namespace ||
    old.metadata.name !== wanted.metadata.name;
  if (isMoved) return { bounce: 'all are replaced by new ones', pods };
  return changesPods(old as JsonMap, wanted as JsonMap) ? { bounce: after.bounce, pods } : null;
}
