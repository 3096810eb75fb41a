import { isJsonMap, mapAt } from '../../compiler/emit/json-data.ts';
import type { ApiClient } from '../../cluster/api-client.ts';

/** Verbs on resources that a run of the applier needs; `docs/applier.md` has the same as roles. */
export interface NeededRight {
  readonly group: string;
  readonly resource: string;
  /** Only in this namespace; null: everywhere. */
  readonly namespace: string | null;
  readonly read: readonly string[];
  readonly write: readonly string[];
}

const OBJECT = { namespace: null, read: ['get', 'list'], write: ['create', 'patch', 'delete'] };

/** Kinds that are rendered without constructs of users, and what the applier keeps its state in. */
export function neededRights(inventoryNamespace: string): readonly NeededRight[] {
  return [
    { ...OBJECT, group: '', resource: 'namespaces', write: ['create', 'patch'] },
    ...['configmaps', 'serviceaccounts', 'limitranges'].map((resource) => ({ ...OBJECT, group: '', resource })),
    ...['deployments', 'statefulsets'].map((resource) => ({ ...OBJECT, group: 'apps', resource })),
    { ...OBJECT, group: 'policy', resource: 'poddisruptionbudgets' },
    { ...OBJECT, group: 'autoscaling', resource: 'horizontalpodautoscalers' },
    { ...OBJECT, group: 'rbac.authorization.k8s.io', resource: 'rolebindings' },
    {
      ...{ group: 'coordination.k8s.io', resource: 'leases', namespace: inventoryNamespace },
      ...{ read: ['get'], write: ['create', 'update'] },
    },
  ];
}

/** The rights among these that the server says the account does not have, as `verb resource`. */
export async function missingRights(
  client: ApiClient,
  needed: readonly NeededRight[],
  of: 'read' | 'write',
): Promise<readonly string[]> {
  const asked = needed.flatMap(({ group, resource, namespace, [of]: verbs }) =>
    verbs.map(async (verb) => {
      const attributes = { group, resource, verb, ...(namespace !== null && { namespace }) };
      return (await isAllowed(client, attributes)) ? [] : [`${verb} ${resource}`];
    }),
  );
  return (await Promise.all(asked)).flat();
}

async function isAllowed(client: ApiClient, resourceAttributes: object): Promise<boolean> {
  const { body } = await client.request({
    method: 'POST',
    path: '/apis/authorization.k8s.io/v1/selfsubjectaccessreviews',
    body: JSON.stringify({
      ...{ apiVersion: 'authorization.k8s.io/v1', kind: 'SelfSubjectAccessReview' },
      spec: { resourceAttributes },
    }),
  });
  return isJsonMap(body) && mapAt(body, 'status')?.['allowed'] === true;
}
