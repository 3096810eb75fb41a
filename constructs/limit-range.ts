import type { Construct } from 'constructs';
import type { KubeObject } from '../compiler/model/rendered-file.ts';
import { POLICY_ANNOTATIONS } from './_delivery-annotations.ts';
import { PlainApiObject } from './_plain-api-object.ts';
import type { LimitRangeSpec } from './_plain.ts';

export interface LimitRangeProps {
  readonly namespace: string;
}

const CONTAINER_DEFAULTS = { cpu: '1', memory: '1024Mi', 'ephemeral-storage': '1Gi' };

/** What a container without requests or limits gets in a `paastasvc-` namespace. */
export class LimitRange extends PlainApiObject {
  constructor(scope: Construct, id: string, props: LimitRangeProps) {
    super(scope, id, LimitRange.manifest(props));
  }

  /** The manifest alone. */
  static manifest(props: LimitRangeProps): KubeObject {
    const spec: LimitRangeSpec = {
      limits: [{ type: 'Container', default: CONTAINER_DEFAULTS, defaultRequest: CONTAINER_DEFAULTS }],
    };
    return {
      apiVersion: 'v1',
      kind: 'LimitRange',
      metadata: {
        name: 'limit-mem-cpu-disk-per-container',
        namespace: props.namespace,
        annotations: POLICY_ANNOTATIONS,
      },
      spec,
    };
  }
}
