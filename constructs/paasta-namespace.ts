import type { Construct } from 'constructs';
import type { KubeObject } from '../compiler/model/rendered-file.ts';
import { NAMESPACE_ANNOTATIONS } from './_delivery-annotations.ts';
import { PlainApiObject } from './_plain-api-object.ts';

export interface PaastaNamespaceProps {
  readonly name: string;
  /** Value of the label `yelp.com/owner`. */
  readonly owner: string;
}

/** A namespace that PaaSTA's tools recognise by its labels. Delivery tools never delete it. */
export class PaastaNamespace extends PlainApiObject {
  constructor(scope: Construct, id: string, props: PaastaNamespaceProps) {
    super(scope, id, PaastaNamespace.manifest(props));
  }

  /** The manifest alone. */
  static manifest(props: PaastaNamespaceProps): KubeObject {
    return {
      apiVersion: 'v1',
      kind: 'Namespace',
      metadata: {
        name: props.name,
        labels: { name: props.name, 'yelp.com/owner': props.owner, 'paasta.yelp.com/managed': 'true' },
        annotations: NAMESPACE_ANNOTATIONS,
      },
    };
  }
}
