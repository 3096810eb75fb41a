import { compareText, type Diagnostic } from '../diagnostics/diagnostic.ts';
import type { KubeObject } from '../model/rendered-file.ts';
import type { ClusterSummary, ServiceSummary } from '../model/service-summary.ts';
import type { Toolkit } from './app.ts';

type Account = ClusterSummary['serviceAccounts'][number];

export interface NamespaceContent {
  readonly namespace: string;
  readonly accounts: readonly Account[];
  readonly hasRoleBinding: boolean;
}

/** What all instances of a namespace share. Only PaaSTA's own namespaces get default limits. */
export function namespaceObjects(toolkit: Toolkit, content: NamespaceContent): readonly KubeObject[] {
  const { ApiRoleBinding, LimitRange, PaastaServiceAccount } = toolkit;
  const { namespace, accounts, hasRoleBinding } = content;
  const objects: KubeObject[] = [];
  if (namespace.startsWith('paastasvc-')) objects.push(LimitRange.manifest({ namespace }));
  if (hasRoleBinding) objects.push(ApiRoleBinding.manifest({ namespace }));
  for (const account of accounts) objects.push(PaastaServiceAccount.manifest(account));
  return objects;
}

/**
 * ServiceAccounts of a cluster by namespace, one for each name. Names are derived from roles and leave out what tells some
 * roles apart: two roles behind one name are a finding for every service that uses it, since pods would run under either.
 */
export function serviceAccountsIn(
  summaries: readonly ServiceSummary[],
  cluster: string,
): { readonly accounts: ReadonlyMap<string, readonly Account[]>; readonly diagnostics: readonly Diagnostic[] } {
  const users = new Map<string, { account: Account; service: string }[]>();
  for (const { service, clusters } of summaries) {
    for (const account of clusters[cluster]?.serviceAccounts ?? []) {
      const id = `${account.namespace}/${account.name}`;
      users.set(id, [...(users.get(id) ?? []), { account, service }]);
    }
  }
  const accounts = new Map<string, Account[]>();
  const diagnostics: Diagnostic[] = [];
  for (const id of [...users.keys()].sort(compareText)) {
    const sharers = users.get(id)!;
    const roles = [...new Set(sharers.map(({ account }) => account.roleArn))].sort(compareText);
    const chosen = { ...sharers[0]!.account, roleArn: roles[0]! };
    accounts.set(chosen.namespace, [...(accounts.get(chosen.namespace) ?? []), chosen]);
    const services = [...new Set(sharers.map(({ service }) => service))];
    if (roles.length > 1) diagnostics.push(...services.map((service) => twoRoles(service, cluster, chosen, roles)));
  }
  return { accounts, diagnostics };
}

function twoRoles(service: string, cluster: string, account: Account, roles: readonly string[]): Diagnostic {
  return {
    severity: 'error',
    code: 'service-account-collision',
    message: `the roles ${roles.join(' and ')} both give ServiceAccount ${account.name} in namespace ${account.namespace}`,
    root: 'soa',
    file: service,
    path: ['iam_role'],
    hint: 'use one of the roles, or give one of the instances another namespace',
    service,
    cluster,
  };
}
