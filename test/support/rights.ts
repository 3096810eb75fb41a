/** The rights that docs/applier.md asks for, granted to users of a test cluster, and a run that needs all of them. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { loadAll } from 'js-yaml';
import * as assert from 'uvu/assert';
import type { KubeObject } from '../../compiler/model/rendered-file.ts';
import { instanceFiles, namespaceFile, type RenderedTree, runVerb, type TreeFiles } from './applier-cluster.ts';
import type { ControlPlane, User } from './control-plane.ts';
import { ROOT } from './run-cli.ts';

export interface Rule {
  readonly apiGroups: readonly string[];
  readonly resources: readonly string[];
  readonly verbs: readonly string[];
  readonly resourceNames?: readonly string[];
}
export interface Role {
  readonly kind: 'ClusterRole' | 'Role';
  readonly metadata: { readonly name: string; readonly namespace?: string };
  readonly rules: readonly Rule[];
}

export const RBAC = '/apis/rbac.authorization.k8s.io/v1';

/** The roles of the document, by name. */
export function documentedRoles(): Map<string, Role> {
  const text = readFileSync(join(ROOT, 'docs/applier.md'), 'utf8');
  const blocks = [...text.matchAll(/^```yaml\n(.*?)^```$/gms)].flatMap(([, yaml]) => loadAll(yaml!) as Role[]);
  const roles = blocks.filter(({ kind }) => kind === 'ClusterRole' || kind === 'Role');
  return new Map(roles.map((role) => [`${role.kind} ${role.metadata.name}`, role]));
}

/** Gives a user exactly these roles. */
export async function grant(plane: ControlPlane, user: User, roles: readonly Role[]): Promise<void> {
  for (const { kind, metadata, rules } of roles) {
    const { name, namespace } = metadata;
    const place = namespace === undefined ? RBAC : `${RBAC}/namespaces/${namespace}`;
    const plural = `${kind.toLowerCase()}s`;
    const full = { apiVersion: 'rbac.authorization.k8s.io/v1', kind, metadata: { name: `${name}-${user}` }, rules };
    const role = await plane.request(
      'PATCH',
      `${place}/${plural}/${name}-${user}?fieldManager=test&force=true`,
      full,
      'application/apply-patch+yaml',
    );
    assert.ok(role.status < 300, role.text);
    const binding = {
      ...{ apiVersion: 'rbac.authorization.k8s.io/v1', kind: `${kind}Binding`, metadata: { name: `${name}-${user}` } },
      roleRef: { apiGroup: 'rbac.authorization.k8s.io', kind, name: `${name}-${user}` },
      subjects: [{ apiGroup: 'rbac.authorization.k8s.io', kind: 'User', name: user }],
    };
    const path = `${place}/${kind.toLowerCase()}bindings/${name}-${user}?fieldManager=test`;
    assert.ok((await plane.request('PATCH', path, binding, 'application/apply-patch+yaml')).status < 300);
  }
}

const object = (apiVersion: string, kind: string, namespace: string, rest: object = {}): KubeObject => ({
  ...{ apiVersion, kind, metadata: { name: 'extra', namespace } },
  ...rest,
});

/** Every kind that is rendered, in namespaces of this round's own. */
export function everyKind(round: number): TreeFiles {
  const namespace = `paastasvc-r${round}`;
  const roleRef = {
    apiGroup: 'rbac.authorization.k8s.io',
    kind: 'ClusterRole',
    name: 'paasta-api-server-per-namespace',
  };
  return {
    ...instanceFiles(`r${round}`, 'keep'),
    ...instanceFiles(`r${round}`, 'auto', { autoscaler: { min: 1, max: 2 } }),
    ...instanceFiles(`r${round}`, 'db', { kind: 'StatefulSet' }),
    [`${namespace}/namespace.yaml`]: {
      objects: [
        object('v1', 'LimitRange', namespace, { spec: { limits: [{ type: 'Container', default: { cpu: '1' } }] } }),
        object('v1', 'ServiceAccount', namespace),
        object('v1', 'ConfigMap', namespace, { data: { a: 'b' } }),
        object('rbac.authorization.k8s.io/v1', 'RoleBinding', namespace, {
          roleRef,
          subjects: [{ kind: 'ServiceAccount', name: 'extra', namespace }],
        }),
      ],
    },
  };
}

/** Creates, changes, hands over, stops and prunes; null when all of it was done, else what was not. */
export async function wholeLife(
  plane: ControlPlane,
  tree: RenderedTree,
  user: User,
  round: number,
): Promise<string | null> {
  const target = { kubeconfigPath: plane.kubeconfigOf(user) };
  const set = ['--set', `r${round}`, '--no-wait'];
  const changed = {
    ...everyKind(round),
    ...instanceFiles(`r${round}`, 'keep', { autoscaler: { min: 1, max: 3 } }),
    ...instanceFiles(`r${round}`, 'db', { kind: 'StatefulSet', sha: 'bbb' }),
  };
  const left = { ...instanceFiles(`r${round}`, 'keep', { replicas: 0 }), ...namespaceFile(`paastasvc-r${round}`) };
  const prune = ['--prune', '--min-age', '0s', '--force-prune', '--timeout', '1s'];
  for (const [files, ...flags] of [[everyKind(round)], [changed], [left, ...prune]] as const) {
    tree.write(files as TreeFiles);
    const { status, out, err } = await runVerb(target, tree, ['apply', ...set, ...(flags as string[])]);
    if (status !== 0 && status !== 8) return `exit ${status}: ${out}${err}`;
  }
  const rest = await runVerb(target, tree, ['diff', '--set', `r${round}`, '--prune', '--min-age', '0s', '-o', 'json']);
  if (rest.status !== 0) return `diff exits with ${rest.status}: ${rest.out.slice(0, 500)}`;
  const { warnings } = JSON.parse(rest.out) as { warnings: string[] };
  return warnings.length === 0 ? null : warnings.join('\n');
}

/** A namespace for the record, and the role that rendered RoleBindings name, with a right that users of the test lack. */
export async function prepare(plane: ControlPlane): Promise<void> {
  const namespace = { apiVersion: 'v1', kind: 'Namespace', metadata: { name: 'paasta' } };
  assert.is((await plane.request('POST', '/api/v1/namespaces', namespace)).status, 201);
  const rules = [{ apiGroups: ['apps'], resources: ['deployments/scale'], verbs: ['update'] }];
  const metadata = { name: 'paasta-api-server-per-namespace' };
  assert.is((await plane.request('POST', `${RBAC}/clusterroles`, { metadata, rules })).status, 201);
}
