import type { NodeExpression, ResolvedPlacement } from '../model/resolved-instance.ts';
import type { Facts, Inputs } from './facts.ts';
import type { Field } from './field.ts';
import { checkedLabelValue } from './legal-names.ts';
import { checkedKey, checkValue, nodeExpression, selectorExpressions } from './node-labels.ts';
import {
  readEntries,
  readInteger,
  readItems,
  readMap,
  readText,
  readTexts,
  required,
  requireText,
  shown,
} from './readers.ts';

/** A node selector of one of these names keeps a pool's own affinities away. PaaSTA: `ZONE_LABELS`. */
const ZONE_LABELS = [
  'topology.kubernetes.io/zone',
  'yelp.com/habitat',
  'yelp.com/eni_config',
  'karpenter.sh/nodepool',
  'topology.ebs.csi.aws.com/zone',
];

/** Key `pool`: the group of nodes to run on, `default`; also a pod label. */
export function resolvePool({ keys }: Inputs): string {
  const field = keys.field('pool');
  return checkedLabelValue(field, 'the pool', readText(field, { default: 'default' }));
}

/**
 * Labels a node must have: the string-valued entries of key `node_selectors`, then the pool, which always wins.
 * PaaSTA: `get_node_selector`; system `labels` may rename or drop the pool's label.
 */
export function resolveNodeSelector({ keys, system, pool }: Facts): Readonly<Record<string, string>> {
  const selector: Record<string, string> = {};
  for (const [name, field] of readEntries(readMap(keys.field('node_selectors')))) {
    if (typeof field.value === 'string') {
      field.note('');
      checkValue(field, field.value);
      selector[checkedKey(field, name)] = field.value;
    } else if (!Array.isArray(field.value)) {
      const hint = 'write a string, a list of strings, or a list of operator maps';
      field.warn('ignored-node-selector', `${field.name} is ${shown(field.value)}, which has no effect`, hint);
    }
  }
  const { poolSelectorKey, omitDefaultPoolSelector } = system.get('labels');
  const isOmitted = poolSelectorKey === null || (omitDefaultPoolSelector && pool() === 'default');
  if (!isOmitted) selector[poolSelectorKey] = pool();
  return selector;
}

/**
 * What a node must fulfil, all together, in order: key `deploy_whitelist`, key `deploy_blacklist`, the list-valued entries
 * of key `node_selectors`, and the pool's entry in system `pool_node_affinities` unless `node_selectors` names a zone.
 * PaaSTA: `get_node_affinity`.
 */
export function resolveRequiredNodes(facts: Facts): readonly NodeExpression[] {
  const selectors = facts.keys.field('node_selectors');
  selectors.note('PaaSTA: node_selectors {}');
  return [
    ...allowedPlaces(facts.keys.field('deploy_whitelist')),
    ...deniedPlaces(facts.keys.field('deploy_blacklist')),
    ...selectorExpressions(selectors),
    ...poolExpressions(facts, selectors),
  ];
}

/** Key `node_selectors_preferred`: list-valued preferences with a weight; string-valued ones have no effect. */
export function resolvePreferredNodes({ keys }: Inputs): ResolvedPlacement['preferred'] {
  const field = keys.field('node_selectors_preferred');
  return readItems(field).map((item) => {
    const entry = readMap(item);
    const preferences = required(entry.at('preferences'));
    for (const [, preference] of readEntries(preferences)) {
      if (Array.isArray(preference.value)) continue;
      preference.warn(
        'ignored-node-selector',
        `${preference.name} has no effect: only lists count here`,
        'write a list',
      );
    }
    return {
      weight: readInteger(required(entry.at('weight')), { default: 1, min: 1, max: 100 }),
      expressions: selectorExpressions(preferences),
    };
  });
}

/** `[type, [values]]`. An empty list, on which PaaSTA fails, allows every place, like null. */
function allowedPlaces(field: Field): readonly NodeExpression[] {
  const items = readItems(field, { nullIsEmpty: true });
  if (items.length === 0) {
    if (field.isSet && field.value !== null) {
      field.info('differs-from-paasta', 'deploy_whitelist is empty and allows every place; PaaSTA fails on it');
    }
    return [];
  }
  if (items.length !== 2) {
    field.error('bad-value', `deploy_whitelist has ${items.length} items, expected 2`, 'write [type, [value, value]]');
    return [];
  }
  const key = checkedKey(items[0]!, requireText(items[0]!));
  return [nodeExpression(items[1]!, key, 'In', readTexts(items[1]!, { default: [] }))];
}

/** `[[type, value], ...]`. */
function deniedPlaces(field: Field): readonly NodeExpression[] {
  return readItems(field).flatMap((item) => {
    const pair = readItems(item);
    if (pair.length === 2)
      return [nodeExpression(item, checkedKey(item, requireText(pair[0]!)), 'NotIn', [requireText(pair[1]!)])];
    item.error('bad-value', `${item.name} has ${pair.length} items, expected 2`, 'write [type, value]');
    return [];
  });
}

function poolExpressions({ system, pool }: Facts, selectors: Field): readonly NodeExpression[] {
  if (selectors.isSet && ZONE_LABELS.some((label) => selectors.at(label).isSet)) return [];
  const affinities = system.get('poolNodeAffinities');
  const name = pool();
  if (!Object.hasOwn(affinities, name)) return [];
  return system.once(`pool ${name}`, () =>
    selectorExpressions(system.field('poolNodeAffinities', affinities).at(name)),
  );
}
