import { didYouMean } from '../diagnostics/did-you-mean.ts';
import type { Inputs } from './facts.ts';
import type { Field } from './field.ts';
import { readChoice, readEntries, readInteger, readItems, readMap, required, toPlain } from './readers.ts';

/** PaaSTA: `get_autoscaling_scaling_policy`; nothing is rendered for scaling up. */
const DEFAULTS: Readonly<Record<string, unknown>> = {
  stabilizationWindowSeconds: 300,
  selectPolicy: 'Max',
  policies: [{ type: 'Percent', value: 30, periodSeconds: 60 }],
};

const FIELDS = ['stabilizationWindowSeconds', 'selectPolicy', 'policies', 'tolerance'] as const;
const POLICY_FIELDS = ['type', 'value', 'periodSeconds'] as const;

/**
 * How fast an autoscaler removes replicas: `autoscaling.scaledown_policies` assigned over the defaults, key by key. Keys
 * that Kubernetes does not know have no effect there and are left out.
 */
export function resolveScaleDown({ keys }: Inputs): Readonly<Record<string, unknown>> {
  const field = readMap(readMap(keys.field('autoscaling')).at('scaledown_policies'));
  field.note('PaaSTA: 30 % a minute');
  const { policies, ...others } = knownEntries(field, FIELDS);
  checkValues(field);
  const own = policies === undefined ? {} : { policies: readItems(policies).map(readPolicy) };
  return { ...DEFAULTS, ...plain(others), ...own };
}

/** What Kubernetes would refuse. */
function checkValues(field: Field): void {
  readInteger(field.at('stabilizationWindowSeconds'), { default: 0, min: 0, max: 3600 });
  readChoice(field.at('selectPolicy'), ['Max', 'Min', 'Disabled'], { default: 'Max' });
  const policies = field.at('policies');
  if (Array.isArray(policies.value) && policies.value.length === 0) {
    policies.error('bad-value', `${policies.name} is empty, expected at least one policy`);
  }
}

function readPolicy(item: Field): Readonly<Record<string, unknown>> {
  const policy = readMap(item);
  readChoice(required(policy.at('type')), ['Pods', 'Percent'], { default: 'Percent' });
  readInteger(required(policy.at('value')), { default: 1, min: 1 });
  readInteger(required(policy.at('periodSeconds')), { default: 1, min: 1, max: 1800 });
  return plain(knownEntries(policy, POLICY_FIELDS));
}

function knownEntries<K extends string>(field: Field, known: readonly K[]): Partial<Record<K, Field>> {
  const kept: Partial<Record<K, Field>> = {};
  for (const [key, value] of readEntries(field)) {
    const found = known.find((name) => name === key);
    if (found !== undefined) kept[found] = value;
    else
      value.warn('ignored-key', `${value.name} has no effect: Kubernetes knows no ${key}`, didYouMean(key, known).hint);
  }
  return kept;
}

function plain(fields: Readonly<Record<string, Field>>): Record<string, unknown> {
  return Object.fromEntries(Object.entries(fields).map(([key, field]) => [key, toPlain(field.value!)]));
}
