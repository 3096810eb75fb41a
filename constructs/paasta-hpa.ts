import type { Construct } from 'constructs';
import type { ResolvedAutoscaler, ResolvedInstance } from '../compiler/model/resolved-instance.ts';
import { SCALER_ANNOTATIONS } from './_delivery-annotations.ts';
import { autoscalerLabels } from './_labels.ts';
import { hpaMetric } from './_metrics.ts';
import { PlainApiObject } from './_plain-api-object.ts';
import type { HpaBehavior, HpaScalingRules, HpaSpec } from './_plain.ts';

export interface PaastaHpaProps {
  /** The instance whose Deployment is scaled. */
  readonly instance: ResolvedInstance;
  /** Its limits and scale-down policy. */
  readonly autoscaler: ResolvedAutoscaler;
}

/** HorizontalPodAutoscaler of one Deployment, with one metric per provider, in the order of the configuration. */
export class PaastaHpa extends PlainApiObject {
  constructor(scope: Construct, id: string, props: PaastaHpaProps) {
    const { instance, autoscaler } = props;
    super(scope, id, {
      apiVersion: 'autoscaling/v2',
      kind: 'HorizontalPodAutoscaler',
      metadata: {
        name: instance.name,
        namespace: instance.namespace,
        labels: autoscalerLabels(instance),
        annotations: SCALER_ANNOTATIONS,
      },
      spec: hpaSpec(instance, autoscaler),
    });
  }
}

function hpaSpec(instance: ResolvedInstance, autoscaler: ResolvedAutoscaler): HpaSpec {
  const metrics = instance.scaling.providers
    .map((provider) => hpaMetric(instance, provider))
    .filter((metric) => metric !== null);
  return {
    scaleTargetRef: { apiVersion: 'apps/v1', kind: 'Deployment', name: instance.name },
    minReplicas: autoscaler.minReplicas,
    maxReplicas: autoscaler.maxReplicas,
    behavior: behavior(autoscaler),
    // The API server replaces an empty list by 80 % cpu.
    ...(metrics.length > 0 && { metrics }),
  };
}

/** A paused autoscaler stays, but scales in neither direction. */
function behavior(autoscaler: ResolvedAutoscaler): HpaBehavior {
  // scaledown_policies is in Kubernetes' own form, and the schema of soa-configs leaves it open.
  const scaleDown = autoscaler.scaleDown as HpaScalingRules;
  if (!autoscaler.isPaused) return { scaleDown };
  return { scaleDown: { ...scaleDown, selectPolicy: 'Disabled' }, scaleUp: { selectPolicy: 'Disabled' } };
}
