import type { PodSelector, ResolvedPlacement, TopologySpread } from '../model/resolved-instance.ts';
import type { Inputs } from './facts.ts';
import type { Field } from './field.ts';
import { isLabelKey, isLabelValue } from './legal-names.ts';
import {
  readChoice,
  readInteger,
  readItems,
  readMap,
  readText,
  readTexts,
  required,
  requireText,
  shown,
} from './readers.ts';
import type { SystemKeys } from './system-keys.ts';

const WHEN_UNSATISFIABLE = ['ScheduleAnyway', 'DoNotSchedule'] as const;

/**
 * Key `anti_affinity`, a map or a list of maps `{service, instance}`: pods that may not share a node with this one's. An entry
 * with neither key has no effect. Null when unset or empty. PaaSTA: `get_pod_required_anti_affinity_terms`.
 */
export function resolveAntiAffinity({ keys }: Inputs): readonly PodSelector[] | null {
  return readConditions(keys.field('anti_affinity'))?.flatMap((item) => readSelector(item) ?? []) ?? null;
}

/** Key `anti_affinity_preferred`: the same as a preference with a `weight`. PaaSTA fails on it; this is its intent. */
export function resolveAntiAffinityPreferred({ keys }: Inputs): ResolvedPlacement['antiAffinityPreferred'] {
  const field = keys.field('anti_affinity_preferred');
  const conditions = readConditions(field);
  if (conditions === null) return null;
  field.info('differs-from-paasta', 'anti_affinity_preferred is rendered as meant; PaaSTA fails on it');
  return conditions.flatMap((item) => {
    const selector = readSelector(item);
    if (selector === null) return [];
    return [{ ...selector, weight: readInteger(required(item.at('weight')), { default: 1, min: 1, max: 100 }) }];
  });
}

/**
 * How pods spread over nodes: key `topology_spread_constraints`, which replaces the system's list whole (`[]` disables it).
 * Constraints in system `pod_defaults` are not among them: they stand before these in the pod.
 * PaaSTA: `create_pod_topology_spread_constraints`.
 */
export function resolveTopologySpread({ keys, system }: Inputs): readonly TopologySpread[] {
  const own = keys.field('topology_spread_constraints');
  if (own.isSet) return readConstraints(own);
  return system.once('topology spread', systemSpread);
}

function systemSpread(system: SystemKeys): readonly TopologySpread[] {
  return readConstraints(system.field('topologySpreadConstraints', system.get('topologySpreadConstraints')));
}

function readConstraints(field: Field): readonly TopologySpread[] {
  const taken = new Set<string>();
  return readItems(field, { nullIsEmpty: true }).map((item) => {
    const constraint = readConstraint(readMap(item));
    const id = `${constraint.topologyKey} ${constraint.whenUnsatisfiable}`;
    if (taken.has(id))
      item.error('duplicate-constraint', `a constraint for ${id} stands before, and only one is allowed`);
    taken.add(id);
    return constraint;
  });
}

function readConstraint(item: Field): TopologySpread {
  const topologyKey = requireText(item.at('topology_key'));
  const labelKeys = item.at('match_label_keys');
  const matchLabelKeys = readTexts(labelKeys, { default: null, whenNull: null });
  const named = topologyKey === '' ? [] : [topologyKey];
  const bad = [...named, ...(matchLabelKeys ?? [])].find((key) => !isLabelKey(key));
  if (bad !== undefined) item.error('bad-label-key', `${JSON.stringify(bad)} is no legal label name`);
  return {
    topologyKey,
    maxSkew: readInteger(item.at('max_skew'), { default: 1, min: 1 }),
    whenUnsatisfiable: readChoice(item.at('when_unsatisfiable'), WHEN_UNSATISFIABLE, { default: 'ScheduleAnyway' }),
    matchLabelKeys,
  };
}

/** The conditions as a list; null when there are none. */
function readConditions(field: Field): readonly Field[] | null {
  field.note(() => `PaaSTA: ${field.name} []`);
  if (field.value === undefined || field.value === null) return null;
  const items = Array.isArray(field.value) ? readItems(field).map(readMap) : [readMap(field)];
  const isEmptyMap = items.length === 1 && items[0] === field && Object.keys(field.value).length === 0;
  return items.length === 0 || isEmptyMap ? null : items;
}

function readSelector(item: Field): PodSelector | null {
  if (!item.at('service').isSet && !item.at('instance').isSet) return null;
  return { service: readSelected(item.at('service')), instance: readSelected(item.at('instance')) };
}

function readSelected(field: Field): string | null {
  const text = readText(field, { default: null });
  if (text !== null && !isLabelValue(text)) {
    field.error('bad-label-value', `${field.name} is ${shown(text)}, which no pod's label can be`);
  }
  return text;
}
