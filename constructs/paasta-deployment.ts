import type { Construct } from 'constructs';
import type { ResolvedInstance, ResolvedStrategy } from '../compiler/model/resolved-instance.ts';
import { instanceSelector, workloadLabels } from './_labels.ts';
import { PlainApiObject } from './_plain-api-object.ts';
import type { DeploymentSpec } from './_plain.ts';
import { podTemplate } from './_pod-spec.ts';

export interface PaastaDeploymentProps {
  /** An instance without persistent volumes. */
  readonly instance: ResolvedInstance;
}

/** Deployment of one instance, as PaaSTA formats it, config sha aside. */
export class PaastaDeployment extends PlainApiObject {
  constructor(scope: Construct, id: string, props: PaastaDeploymentProps) {
    const { instance } = props;
    super(scope, id, {
      apiVersion: 'apps/v1',
      kind: 'Deployment',
      metadata: { name: instance.name, namespace: instance.namespace, labels: workloadLabels(instance) },
      spec: deploymentSpec(instance),
    });
  }
}

function deploymentSpec(instance: ResolvedInstance): DeploymentSpec {
  return {
    ...(instance.scaling.replicas !== null && { replicas: instance.scaling.replicas }),
    minReadySeconds: instance.minReadySeconds,
    revisionHistoryLimit: 0,
    selector: instanceSelector(instance),
    ...(instance.strategy !== null && { strategy: deploymentStrategy(instance.strategy) }),
    template: podTemplate(instance),
  };
}

function deploymentStrategy(strategy: ResolvedStrategy): NonNullable<DeploymentSpec['strategy']> {
  if (strategy.type === 'Recreate') return { type: 'Recreate' };
  const { maxSurge, maxUnavailable } = strategy;
  return { type: 'RollingUpdate', rollingUpdate: { maxSurge, maxUnavailable } };
}
