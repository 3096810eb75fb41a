import type { Construct } from 'constructs';
import type { KubeObject } from '../compiler/model/rendered-file.ts';
import { POLICY_ANNOTATIONS } from './_delivery-annotations.ts';
import { PlainApiObject } from './_plain-api-object.ts';
import type { RoleRef, Subject } from './_plain.ts';

export interface ApiRoleBindingProps {
  readonly namespace: string;
}

const NAME = 'paasta-api-server-per-namespace';
const RBAC_GROUP = 'rbac.authorization.k8s.io';

/** Lets PaaSTA's API server act in a namespace; rendered only with `defaults.api_role_binding`. */
export class ApiRoleBinding extends PlainApiObject {
  constructor(scope: Construct, id: string, props: ApiRoleBindingProps) {
    super(scope, id, ApiRoleBinding.manifest(props));
  }

  /** The manifest alone. */
  static manifest(props: ApiRoleBindingProps): KubeObject {
    const roleRef: RoleRef = { apiGroup: RBAC_GROUP, kind: 'ClusterRole', name: NAME };
    const subject: Subject = { apiGroup: RBAC_GROUP, kind: 'User', name: 'yelp.com/paasta-api-server' };
    return {
      apiVersion: `${RBAC_GROUP}/v1`,
      kind: 'RoleBinding',
      metadata: { name: NAME, namespace: props.namespace, annotations: POLICY_ANNOTATIONS },
      roleRef,
      subjects: [subject],
    };
  }
}
