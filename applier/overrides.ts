import { isJsonMap, mapAt, type JsonMap } from '../compiler/emit/json-data.ts';
import type { ApiClient } from '../cluster/api-client.ts';
import type { LiveObject } from './live-object.ts';
import { getOrNull } from '../cluster/get-object.ts';
import { managedEntries, subtree } from './managed-fields.ts';
import { OVERRIDE_ANNOTATION, OVERRIDE_MANAGER } from './names.ts';

/** Other limits of an autoscaler for a while. */
export interface Override {
  readonly minReplicas?: number;
  readonly maxReplicas?: number;
  /** Seconds since 1970. */
  readonly until: number;
}

/** By `service.instance`. */
export type Overrides = ReadonlyMap<string, Override>;

/** Where `paasta autoscale` writes them. */
const OVERRIDES_PATH = '/api/v1/namespaces/paasta/configmaps/paasta-autoscaling-overrides';
const LIMITS = ['minReplicas', 'maxReplicas'] as const;

/** The overrides of a cluster that hold at `now`, and what is wrong with others. */
export async function readOverrides(
  client: ApiClient,
  now: number,
): Promise<{ readonly overrides: Overrides; readonly ignored: readonly string[] }> {
  const data = mapAt((await getOrNull(client, OVERRIDES_PATH)) ?? undefined, 'data') ?? {};
  const overrides = new Map<string, Override>();
  const ignored: string[] = [];
  for (const [job, text] of Object.entries(data)) {
    const found = parseOverride(job, String(text));
    if (typeof found === 'string') ignored.push(`the override of ${job} is ignored: ${found}`);
    else if (now < found.until * 1000) overrides.set(job, found);
  }
  return { overrides, ignored };
}

/** An entry, or why it says nothing. PaaSTA: `get_hpa_overrides`; a limit of 0 or none is as the instance has it. */
export function parseOverride(job: string, text: string): Override | string {
  if (job.split('.').length !== 2) return 'its key is not SERVICE.INSTANCE';
  const value = parsed(text);
  if (!isJsonMap(value)) return 'its value is no JSON object';
  const { min_instances: min, max_instances: max, expire_after: until } = value;
  if (typeof until !== 'number' || !isTime(until)) return 'expire_after is no number of seconds since 1970';
  const isLimit = (limit: unknown): limit is number =>
    typeof limit === 'number' && Number.isInteger(limit) && limit > 0;
  if (!isLimit(min) && !isLimit(max)) return 'it has neither min_instances nor max_instances';
  return { ...(isLimit(min) && { minReplicas: min }), ...(isLimit(max) && { maxReplicas: max }), until };
}

/** Whether a number of seconds since 1970 is a time that can be written down. */
function isTime(seconds: number): boolean {
  return !Number.isNaN(new Date(seconds * 1000).getTime());
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

/** Until when an autoscaler has other limits, in milliseconds since 1970; null when it has its own. */
export function overriddenUntil({ annotations }: Pick<LiveObject, 'annotations'>): number | null {
  const until = Number(annotations[OVERRIDE_ANNOTATION]);
  return annotations[OVERRIDE_ANNOTATION] === undefined || !isTime(until) ? null : until * 1000;
}

/** Limits that an override holds on a live autoscaler. */
export function heldLimits(object: JsonMap): readonly string[] {
  const entries = managedEntries(object).filter(({ manager }) => manager === OVERRIDE_MANAGER);
  return LIMITS.filter((limit) =>
    entries.some(({ fields }) => subtree(fields, ['f:spec', `f:${limit}`]) !== undefined),
  );
}

/** Whether a live autoscaler has exactly these limits and this end. */
export function isOverriddenBy(live: LiveObject, override: Override): boolean {
  const spec = mapAt(live.brief, 'spec') ?? {};
  const isSame = LIMITS.every((limit) => override[limit] === undefined || spec[limit] === override[limit]);
  return isSame && overriddenUntil(live) === override.until * 1000;
}

/** What the manager of overrides applies; with null it lets go of everything. */
export function overrideBody(object: JsonMap, uid: string | null, override: Override | null): JsonMap {
  const { apiVersion, kind } = object;
  const { name, namespace } = mapAt(object, 'metadata')!;
  const identity = { name, namespace, ...(uid !== null && { uid }) };
  if (override === null) return { apiVersion, kind, metadata: identity };
  const { until, ...limits } = override;
  return {
    apiVersion,
    kind,
    metadata: { ...identity, annotations: { [OVERRIDE_ANNOTATION]: String(until) } },
    spec: limits,
  };
}
