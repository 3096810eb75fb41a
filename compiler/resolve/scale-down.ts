import type { Inputs } from './facts.ts';
import type { Field } from './field.ts';
import { readChoice, readEntries, readInteger, readItems, readMap, required, toPlain } from './readers.ts';

/** PaaSTA: `get_autoscaling_scaling_policy`; nothing is rendered for scaling up. */
const DEFAULTS: Readonly<Record<string, unknown>> = {
  stabilizationWindowSeconds: 300,
  selectPolicy: 'Max',
  policies: [{ type: 'Percent', value: 30, periodSeconds: 60 }],
};

/** How fast an autoscaler removes replicas: `autoscaling.scaledown_policies` assigned over the defaults, key by key. */
export function resolveScaleDown({ keys }: Inputs): Readonly<Record<string, unknown>> {
  const field = readMap(readMap(keys.field('autoscaling')).at('scaledown_policies'));
  field.note(() => 'PaaSTA: 30 % a minute');
  const entries = readEntries(field);
  checkPolicies(field);
  return { ...DEFAULTS, ...Object.fromEntries(entries.map(([key, value]) => [key, toPlain(value.value!)])) };
}

/** What Kubernetes would refuse. */
function checkPolicies(field: Field): void {
  readInteger(field.at('stabilizationWindowSeconds'), { default: 0, min: 0, max: 3600 });
  readChoice(field.at('selectPolicy'), ['Max', 'Min', 'Disabled'], { default: 'Max' });
  const policies = field.at('policies');
  const items = readItems(policies);
  if (policies.isSet && items.length === 0) policies.error('bad-value', `${policies.name} is empty, expected a policy`);
  for (const item of items) {
    const policy = readMap(item);
    readChoice(required(policy.at('type')), ['Pods', 'Percent'], { default: 'Percent' });
    readInteger(required(policy.at('value')), { default: 1, min: 1 });
    readInteger(required(policy.at('periodSeconds')), { default: 1, min: 1, max: 1800 });
  }
}
