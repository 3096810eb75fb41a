import type { Construct } from 'constructs';
import type { KubeObject } from '../compiler/model/rendered-file.ts';
import type { ResolvedInstance } from '../compiler/model/resolved-instance.ts';
import { SUPPORT_ANNOTATIONS } from './_delivery-annotations.ts';
import { instanceSelector } from './_labels.ts';
import { PlainApiObject } from './_plain-api-object.ts';
import type { PdbSpec } from './_plain.ts';

export interface PaastaPdbProps {
  /** The instance whose pods are protected. */
  readonly instance: ResolvedInstance;
}

/** PodDisruptionBudget of one instance; it stays while the instance is stopped. */
export class PaastaPdb extends PlainApiObject {
  constructor(scope: Construct, id: string, props: PaastaPdbProps) {
    super(scope, id, PaastaPdb.manifest(props));
  }

  /** The manifest alone. */
  static manifest({ instance }: PaastaPdbProps): KubeObject {
    return {
      apiVersion: 'policy/v1',
      kind: 'PodDisruptionBudget',
      metadata: { annotations: SUPPORT_ANNOTATIONS, name: instance.name, namespace: instance.namespace },
      spec: pdbSpec(instance),
    };
  }
}

function pdbSpec(instance: ResolvedInstance): PdbSpec {
  return {
    maxUnavailable: instance.disruption.maxUnavailable,
    selector: instanceSelector(instance),
    unhealthyPodEvictionPolicy: instance.disruption.unhealthyPodEvictionPolicy,
  };
}
