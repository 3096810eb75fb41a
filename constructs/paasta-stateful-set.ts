import type { Construct } from 'constructs';
import type { KubeObject } from '../compiler/model/rendered-file.ts';
import type { ResolvedInstance } from '../compiler/model/resolved-instance.ts';
import { instanceSelector, workloadLabels } from './_labels.ts';
import { PlainApiObject } from './_plain-api-object.ts';
import type { InstanceForm, StatefulSetSpec } from './_plain.ts';
import { podTemplate } from './_pod-spec.ts';
import { claimTemplate } from './_volumes.ts';

export interface PaastaStatefulSetProps extends InstanceForm {
  /** An instance with persistent volumes. */
  readonly instance: ResolvedInstance;
}

/** StatefulSet of one instance, as PaaSTA formats it, config sha aside. The Service that it names is not rendered. */
export class PaastaStatefulSet extends PlainApiObject {
  constructor(scope: Construct, id: string, props: PaastaStatefulSetProps) {
    super(scope, id, PaastaStatefulSet.manifest(props));
  }

  /** The manifest alone. */
  static manifest({ instance, asStored = false }: PaastaStatefulSetProps): KubeObject {
    return {
      apiVersion: 'apps/v1',
      kind: 'StatefulSet',
      metadata: { labels: workloadLabels(instance), name: instance.name, namespace: instance.namespace },
      spec: statefulSetSpec(instance, asStored),
    };
  }
}

function statefulSetSpec(instance: ResolvedInstance, asStored: boolean): StatefulSetSpec {
  return {
    podManagementPolicy: instance.podManagementPolicy,
    ...(instance.scaling.replicas !== null && { replicas: instance.scaling.replicas }),
    revisionHistoryLimit: 0,
    selector: instanceSelector(instance),
    serviceName: instance.name,
    template: podTemplate(instance, asStored),
    volumeClaimTemplates: instance.pod.claims.map(claimTemplate),
  };
}
