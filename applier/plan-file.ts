import { canonicalJson } from '../compiler/emit/canonical-json.ts';
import { isJsonMap } from '../compiler/emit/json-data.ts';
import { appliedHash } from './desired-object.ts';
import type { DesiredSet } from './desired-set.ts';
import type { Plan, PlanItem } from './plan.ts';
import type { PrunePlan } from './prune-plan.ts';

/** One object of a plan, as it must still be when the plan is applied. */
interface PlannedObject {
  readonly key: string;
  readonly action: PlanItem['action'];
  readonly uid: string | null;
  /** As it was listed; a later one is no difference by itself, as controllers write all the time. */
  readonly resourceVersion: string | null;
  /** Digest of the rendered object. */
  readonly desired: string | null;
  /** Digest of the live object restricted to our paths. */
  readonly live: string | null;
}

/** A plan that was looked at, to be applied exactly. */
export interface PlanRecord {
  readonly version: 1;
  readonly setId: string;
  readonly cluster: string;
  readonly revision: string;
  /** Version of the API server, such as `v1.36.3`. */
  readonly server: string;
  readonly objects: readonly PlannedObject[];
  /** `key uid` of what pruning would delete; null when the plan prunes nothing. */
  readonly prune: readonly string[] | null;
}

/** The file is no plan. */
export class PlanFileProblem extends Error {}

export function planRecord(
  desired: DesiredSet,
  plan: Plan,
  prune: PrunePlan | null,
  { revision, server }: Pick<PlanRecord, 'revision' | 'server'>,
): PlanRecord {
  const items = plan.items.filter(({ action }) => action !== 'unchanged');
  return {
    version: 1,
    ...{ setId: desired.setId, cluster: desired.cluster, revision, server },
    objects: items.map(planned),
    prune: prune === null ? null : pruneKeys(prune),
  };
}

function planned({ key, action, live, desired, comparison }: PlanItem): PlannedObject {
  const view = comparison?.view;
  return {
    ...{
      key,
      action,
      uid: live?.uid ?? null,
      resourceVersion: live?.resourceVersion ?? null,
      desired: desired?.hash ?? null,
    },
    live: view === undefined ? null : appliedHash(view),
  };
}

function pruneKeys({ objects }: PrunePlan): readonly string[] {
  return objects.map(({ key, uid }) => `${key} ${uid}`);
}

export function planFileText(record: PlanRecord): string {
  return `${JSON.stringify(record, null, 1)}\n`;
}

/** Throws a PlanFileProblem when the text is no plan of this version. */
export function parsePlanFile(text: string): PlanRecord {
  try {
    const value: unknown = JSON.parse(text);
    if (isJsonMap(value) && value['version'] === 1 && Array.isArray(value['objects']))
      return value as unknown as PlanRecord;
  } catch {
    // Told below.
  }
  throw new PlanFileProblem('is no plan that diff --plan wrote');
}

/** What is no longer as it was planned, one line each. Differences of objects outside the plan do not matter. */
export function planMismatches(record: PlanRecord, desired: DesiredSet, plan: Plan): readonly string[] {
  if (record.cluster !== desired.cluster || record.setId !== desired.setId)
    return [`the plan is of the cluster ${record.cluster} and the set ${record.setId}`];
  const now = new Map(plan.items.map((item) => [item.key, item]));
  return record.objects.flatMap((before) => {
    const item = now.get(before.key);
    if (item !== undefined && isAsBefore(planned(item), before)) return [];
    return [`${before.key} is not as it was when the plan was made`];
  });
}

function isAsBefore(now: PlannedObject, before: PlannedObject): boolean {
  const { resourceVersion } = before;
  return canonicalJson({ ...now, resourceVersion }) === canonicalJson(before);
}

/** Why the orphans are not the planned ones; null when they are. */
export function pruneMismatch(record: PlanRecord, prune: PrunePlan): string | null {
  const isSame = canonicalJson(pruneKeys(prune)) === canonicalJson(record.prune);
  return isSame ? null : 'what would be deleted is not what it was when the plan was made';
}
