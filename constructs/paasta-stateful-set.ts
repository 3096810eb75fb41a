import type { Construct } from 'constructs';
import type { ResolvedInstance } from '../compiler/model/resolved-instance.ts';
import { instanceSelector, workloadLabels } from './_labels.ts';
import { PlainApiObject } from './_plain-api-object.ts';
import type { StatefulSetSpec } from './_plain.ts';
import { podTemplate } from './_pod-spec.ts';
import { claimTemplate } from './_volumes.ts';

export interface PaastaStatefulSetProps {
  /** An instance with persistent volumes. */
  readonly instance: ResolvedInstance;
}

/** StatefulSet of one instance, as PaaSTA formats it, config sha aside. The Service that it names is not rendered. */
export class PaastaStatefulSet extends PlainApiObject {
  constructor(scope: Construct, id: string, props: PaastaStatefulSetProps) {
    const { instance } = props;
    super(scope, id, {
      apiVersion: 'apps/v1',
      kind: 'StatefulSet',
      metadata: { name: instance.name, namespace: instance.namespace, labels: workloadLabels(instance) },
      spec: statefulSetSpec(instance),
    });
  }
}

function statefulSetSpec(instance: ResolvedInstance): StatefulSetSpec {
  return {
    serviceName: instance.name,
    ...(instance.scaling.replicas !== null && { replicas: instance.scaling.replicas }),
    revisionHistoryLimit: 0,
    selector: instanceSelector(instance),
    template: podTemplate(instance),
    podManagementPolicy: instance.podManagementPolicy,
    volumeClaimTemplates: instance.pod.claims.map(claimTemplate),
  };
}
