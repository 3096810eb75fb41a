import type { ResolvedPod, ResolvedServiceAccount } from '../model/resolved-instance.ts';
import { serviceAccountName } from '../model/names.ts';
import type { Facts, Inputs } from './facts.ts';
import { checkedObjectName } from './legal-names.ts';
import { readChoice, readInteger, readText } from './readers.ts';

/** The group `nogroup`, so that the token of a role can be read. PaaSTA: its default with an AWS role. */
const NOBODY = 65534;
const MAX_GROUP = 2 ** 31 - 1;

/** Key `iam_role`; empty when unset. */
export function resolveIamRole({ keys }: Inputs): string {
  return readText(keys.field('iam_role'), { default: '', whenNull: '' });
}

/** Whether the role is given to the pod by a ServiceAccount: key `iam_role_provider` is `aws`, as it is unless set. */
export function usesAwsRole({ keys, iamRole }: Facts): boolean {
  return readText(keys.field('iam_role_provider'), { default: 'aws', whenNull: '' }) === 'aws' && iamRole() !== '';
}

/** The ServiceAccount to render: one for every `iam_role`, whichever the provider. PaaSTA: `ensure_service_account`. */
export function resolveServiceAccount({ keys, iamRole }: Facts): ResolvedServiceAccount | null {
  if (iamRole() === '') return null;
  const name = serviceAccountName(iamRole());
  return { name: checkedObjectName(keys.field('iam_role'), 'the ServiceAccount', name), roleArn: iamRole() };
}

/** ServiceAccount of the pod: that of the AWS role, else key `service_account_name`, which is none when it is empty. */
export function resolveServiceAccountName(facts: Facts): string | null {
  const field = facts.keys.field('service_account_name');
  if (facts.usesAwsRole()) return serviceAccountName(facts.iamRole());
  const name = readText(field, { default: '', whenNull: '' });
  return name === '' ? null : checkedObjectName(field, 'the ServiceAccount', name);
}

/**
 * Group that owns mounted volumes: key `fs_group` (0 counts), else 65534 with an AWS role, else none.
 * Key `fs_group_change_policy` counts only together with a group.
 */
export function resolveFsGroup(facts: Facts): ResolvedPod['fsGroup'] {
  const { keys } = facts;
  const own = readInteger(keys.field('fs_group'), { default: null, whenNull: null, min: 0, max: MAX_GROUP });
  const id = own ?? (facts.usesAwsRole() ? NOBODY : null);
  if (id === null) return null;
  const policies = ['Always', 'OnRootMismatch'] as const;
  const changePolicy = readChoice(keys.field('fs_group_change_policy'), policies, { default: null, whenNull: null });
  return { id, changePolicy };
}

/**
 * Value of the annotation `iam.amazonaws.com/role`: the role for other providers than `aws`, else empty; null, to leave it
 * out, when it is empty and system `labels` say so.
 */
export function resolveRoleAnnotation({ keys, system, iamRole }: Facts): string | null {
  const provider = readText(keys.field('iam_role_provider'), { default: 'aws', whenNull: '' });
  const role = provider === 'aws' ? '' : iamRole();
  return role === '' && !system.get('labels').iamRoleAnnotation ? null : role;
}
