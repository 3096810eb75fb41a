import type { Construct } from 'constructs';
import type { KubeObject } from '../compiler/model/rendered-file.ts';
import { POLICY_ANNOTATIONS } from './_delivery-annotations.ts';
import { PlainApiObject } from './_plain-api-object.ts';

export interface PaastaServiceAccountProps {
  readonly namespace: string;
  /** Derived from the role: `paasta--arn-aws-iam-…`. */
  readonly name: string;
  /** AWS IAM role that pods under this account assume, unchanged in case. */
  readonly roleArn: string;
}

/** ServiceAccount of an IAM role; instances of one namespace with the same role share it. */
export class PaastaServiceAccount extends PlainApiObject {
  constructor(scope: Construct, id: string, props: PaastaServiceAccountProps) {
    super(scope, id, PaastaServiceAccount.manifest(props));
  }

  /** The manifest alone. */
  static manifest(props: PaastaServiceAccountProps): KubeObject {
    return {
      apiVersion: 'v1',
      kind: 'ServiceAccount',
      metadata: {
        name: props.name,
        namespace: props.namespace,
        annotations: { ...POLICY_ANNOTATIONS, 'eks.amazonaws.com/role-arn': props.roleArn },
      },
    };
  }
}
