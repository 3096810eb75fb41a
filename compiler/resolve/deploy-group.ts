import { interpolate } from './interpolate.ts';
import type { MergedInstance } from './merged-instance.ts';
import { readText } from './readers.ts';

/**
 * The deploy group an instance follows: key `deploy_group` with `{cluster}`, `{instance}` and `{service}` filled in,
 * default `CLUSTER.INSTANCE`. Null when the key is an explicit null: such an instance is never deployed.
 * PaaSTA: `get_deploy_group`; the only interpolated key.
 */
export function resolveDeployGroup(
  keys: MergedInstance,
  names: { readonly service: string; readonly cluster: string; readonly instance: string },
): string | null {
  const field = keys.field('deploy_group');
  const defaultFrom = 'PaaSTA: deploy_group CLUSTER.INSTANCE';
  const group = readText(field, { default: `${names.cluster}.${names.instance}`, whenNull: null, defaultFrom });
  if (group === null || !field.isSet) return group;
  const filled = interpolate(group, { ...names });
  if (filled.kind === 'text') return filled.text;
  const hint = 'known fields are {cluster}, {instance} and {service}; write {{ and }} for braces';
  field.error('bad-deploy-group', `deploy_group "${group}" has ${filled.problem}`, hint);
  return null;
}
