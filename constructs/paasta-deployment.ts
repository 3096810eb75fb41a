import type { Construct } from 'constructs';
import type { KubeObject } from '../compiler/model/rendered-file.ts';
import type { ResolvedInstance, ResolvedStrategy } from '../compiler/model/resolved-instance.ts';
import { instanceSelector, workloadLabels } from './_labels.ts';
import { PlainApiObject } from './_plain-api-object.ts';
import type { DeploymentSpec, Draft, InstanceForm } from './_plain.ts';
import { podTemplate } from './_pod-spec.ts';

export interface PaastaDeploymentProps extends InstanceForm {
  /** An instance without persistent volumes. */
  readonly instance: ResolvedInstance;
}

/** Deployment of one instance, as PaaSTA formats it, config sha aside. */
export class PaastaDeployment extends PlainApiObject {
  constructor(scope: Construct, id: string, props: PaastaDeploymentProps) {
    super(scope, id, PaastaDeployment.manifest(props));
  }

  /** The manifest alone. */
  static manifest({ instance, asStored = false }: PaastaDeploymentProps): KubeObject {
    return {
      apiVersion: 'apps/v1',
      kind: 'Deployment',
      metadata: { labels: workloadLabels(instance), name: instance.name, namespace: instance.namespace },
      spec: deploymentSpec(instance, asStored),
    };
  }
}

function deploymentSpec(instance: ResolvedInstance, asStored: boolean): DeploymentSpec {
  const spec: Draft<DeploymentSpec> = {};
  if (!asStored || instance.minReadySeconds !== 0) spec.minReadySeconds = instance.minReadySeconds;
  if (instance.scaling.replicas !== null) spec.replicas = instance.scaling.replicas;
  spec.revisionHistoryLimit = 0;
  spec.selector = instanceSelector(instance);
  if (instance.strategy !== null) spec.strategy = deploymentStrategy(instance.strategy);
  spec.template = podTemplate(instance, asStored);
  return spec as DeploymentSpec;
}

function deploymentStrategy(strategy: ResolvedStrategy): NonNullable<DeploymentSpec['strategy']> {
  if (strategy.type === 'Recreate') return { type: 'Recreate' };
  const { maxSurge, maxUnavailable } = strategy;
  return { rollingUpdate: { maxSurge, maxUnavailable }, type: 'RollingUpdate' };
}
