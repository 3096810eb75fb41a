import { compareText } from '../compiler/diagnostics/diagnostic.ts';
import type { JsonMap } from '../compiler/emit/json-data.ts';
import type { RenderedFile } from '../compiler/model/rendered-file.ts';
import type { Mask } from '../differences/mask.ts';
import { changesPods, diffObjects } from '../differences/object-diff.ts';
import {
  changedOwners,
  differingDocuments,
  documentsOf,
  objectsOf,
  type Document,
  type OutputFiles,
  type OwnerFiles,
} from './output-files.ts';
import { changedRows } from './instance-rows.ts';
import type { ClusterReview, InstanceReview, ObjectReview, Restart, Review, Row } from './review.ts';
import { clusterRisks, instanceRisks, type RiskSettings } from './risks.ts';
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
  /** Files of the head's input that an error holds back, where no instance can be named. Default: none. */
  readonly heldFiles?: readonly string[];
  readonly mask: Mask;
  readonly risks: RiskSettings;
  /** Lines of input behind what changed; without it rows name none. */
  readonly causes?: ChangeCauses;
}

/** Lines of input behind what changed. */
export interface ChangeCauses {
  /** Those that changed a field of an object of a service. */
  of(
    owner: { readonly cluster: string; readonly service: string },
    object: { readonly kind: string; readonly name: string },
    path: readonly string[],
  ): readonly string[];
  /** Services, counted in every cluster, for which not all were looked for. */
  readonly servicesLeft: number;
}

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
  const { causes, heldFiles = [] } = input;
  return { base: baseName, head: headName, clusters, heldFiles, servicesWithoutCauses: causes?.servicesLeft ?? 0 };
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
        ? changedRows({ before, after, old, wanted }, mask, (object, path) => causes?.of(owner, object, path) ?? [])
        : wholeRows(action, wanted ?? old, mask),
    objects: diffs(before, after, mask),
    risks: instanceRisks({ cluster, service, instance, before: old, after: wanted, restart }, settings),
  };
}

function objectReviews(owner: OwnerFiles, mask: Mask): readonly ObjectReview[] {
  return diffs(documentsOf(owner.before), documentsOf(owner.after), mask);
}

function diffs(before: readonly Document[], after: readonly Document[], mask: Mask): readonly ObjectReview[] {
  return differingDocuments(before, after).map(([key, old, wanted]) => {
    const action = old === null ? 'added' : wanted === null ? 'removed' : 'changed';
    return { key, action, diff: diffObjects(old && mask.object(old), wanted && mask.object(wanted)) };
  });
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
