import type { Construct } from 'constructs';
import { withoutEmpty } from '../compiler/emit/json-data.ts';
import type { KubeObject } from '../compiler/model/rendered-file.ts';
import type { ResolvedAutoscaler, ResolvedInstance } from '../compiler/model/resolved-instance.ts';
import { SCALER_ANNOTATIONS } from './_delivery-annotations.ts';
import { autoscalerLabels } from './_labels.ts';
import { hpaMetric } from './_metrics.ts';
import { PlainApiObject } from './_plain-api-object.ts';
import type { HpaBehavior, HpaScalingRules, HpaSpec, InstanceForm } from './_plain.ts';

export interface PaastaHpaProps extends InstanceForm {
  /** The instance whose Deployment is scaled. */
  readonly instance: ResolvedInstance;
  /** Its limits and scale-down policy. */
  readonly autoscaler: ResolvedAutoscaler;
}

/** HorizontalPodAutoscaler of one Deployment, with one metric per provider, in the order of the configuration. */
export class PaastaHpa extends PlainApiObject {
  constructor(scope: Construct, id: string, props: PaastaHpaProps) {
    super(scope, id, PaastaHpa.manifest(props));
  }

  /** The manifest alone. */
  static manifest({ instance, autoscaler, asStored = false }: PaastaHpaProps): KubeObject {
    return {
      apiVersion: 'autoscaling/v2',
      kind: 'HorizontalPodAutoscaler',
      metadata: {
        annotations: SCALER_ANNOTATIONS,
        labels: autoscalerLabels(instance),
        name: instance.name,
        namespace: instance.namespace,
      },
      spec: hpaSpec(instance, autoscaler, asStored),
    };
  }
}

function hpaSpec(instance: ResolvedInstance, autoscaler: ResolvedAutoscaler, asStored: boolean): HpaSpec {
  const metrics = instance.scaling.providers
    .map((provider) => hpaMetric(instance, provider, asStored))
    .filter((metric) => metric !== null);
  return {
    behavior: behavior(autoscaler, asStored),
    maxReplicas: autoscaler.maxReplicas,
    // The API server replaces an empty list by 80 % cpu.
    ...(metrics.length > 0 && { metrics }),
    minReplicas: autoscaler.minReplicas,
    scaleTargetRef: { apiVersion: 'apps/v1', kind: 'Deployment', name: instance.name },
  };
}

/** A paused autoscaler stays, but scales in neither direction. */
function behavior(autoscaler: ResolvedAutoscaler, asStored: boolean): HpaBehavior {
  // scaledown_policies is in Kubernetes' own form, and the schema of soa-configs leaves it open.
  const scaleDown = (asStored ? withoutEmpty(autoscaler.scaleDown) : autoscaler.scaleDown) as HpaScalingRules;
  if (!autoscaler.isPaused) return { scaleDown };
  return { scaleDown: { ...scaleDown, selectPolicy: 'Disabled' }, scaleUp: { selectPolicy: 'Disabled' } };
}
