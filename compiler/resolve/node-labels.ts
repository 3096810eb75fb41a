import type { NodeExpression } from '../model/resolved-instance.ts';
import { isMap, pythonText } from '../model/yaml-value.ts';
import type { Field } from './field.ts';
import { isLabelKey, isLabelValue } from './legal-names.ts';
import { readChoice, readEntries, readInteger, readItems, readMap, readTexts, required, shown } from './readers.ts';

const INSTANCE_TYPE = new Set(['instance_type', 'instance-type']);
const LOCATIONS = new Set(['datacenter', 'ecosystem', 'habitat', 'hostname', 'region', 'superregion']);
const OPERATORS = ['In', 'NotIn', 'Exists', 'DoesNotExist', 'Gt', 'Lt'] as const;

/** The node label that a name in soa-configs stands for. PaaSTA: `to_node_label`. */
export function nodeLabel(name: string): string {
  if (INSTANCE_TYPE.has(name)) return 'node.kubernetes.io/instance-type';
  return LOCATIONS.has(name) ? `yelp.com/${name}` : name;
}

/**
 * The expressions that the list-valued entries of a map of selectors stand for: a list of strings means `In`, a list of
 * maps one expression each. Entries that are no list are none of them. PaaSTA: `raw_selectors_to_requirements`.
 */
export function selectorExpressions(selectors: Field): readonly NodeExpression[] {
  return readEntries(readMap(selectors)).flatMap(([name, field]) => {
    if (!Array.isArray(field.value) || field.value.length === 0) return [];
    const key = checkedKey(field, name);
    if (typeof field.value[0] === 'string')
      return [nodeExpression(field, key, 'In', readTexts(field, { default: [] }))];
    return readItems(field).map((item) => readExpression(readMap(item), key));
  });
}

/** An expression over a node label; values that Kubernetes would refuse are reported. */
export function nodeExpression(field: Field, key: string, operator: string, values: readonly string[]): NodeExpression {
  for (const value of values) checkValue(field, value);
  if ((operator === 'In' || operator === 'NotIn') && values.length === 0) {
    field.error('bad-node-selector', `${field.name} has no values, and ${operator} needs one`);
  }
  return { key, operator, values };
}

/** The label a name stands for, reported when Kubernetes would refuse it. */
export function checkedKey(field: Field, name: string): string {
  const key = nodeLabel(name);
  if (!isLabelKey(key)) field.error('bad-node-selector', `${shown(name)} is no legal name of a node label`);
  return key;
}

/** Reports a value that no node label can have. */
export function checkValue(field: Field, value: string): void {
  if (!isLabelValue(value)) field.error('bad-node-selector', `${shown(value)} is no legal value of a node label`);
}

function readExpression(config: Field, key: string): NodeExpression {
  if (!isMap(config.value)) return { key, operator: 'In', values: [] };
  const operator = readChoice(required(config.at('operator')), OPERATORS, { default: 'Exists' as const });
  if (operator === 'In' || operator === 'NotIn') {
    return nodeExpression(config, key, operator, readTexts(required(config.at('values')), { default: [] }));
  }
  if (operator === 'Exists' || operator === 'DoesNotExist') return nodeExpression(config, key, operator, []);
  const value = required(config.at('value'));
  readInteger(value, { default: 0, min: Number.MIN_SAFE_INTEGER, max: Number.MAX_SAFE_INTEGER });
  return nodeExpression(config, key, operator, value.isSet ? [pythonText(value.value!)] : []);
}
