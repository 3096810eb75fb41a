import type { Construct } from 'constructs';
import type { KubeObject } from '../compiler/model/rendered-file.ts';
import type { SynapseSettings } from '../compiler/model/smartstack.ts';
import { SUPPORT_ANNOTATIONS } from './_delivery-annotations.ts';
import type { StringMap } from './_plain.ts';
import { PlainApiObject } from './_plain-api-object.ts';

export interface SynapseServicesConfigMapProps {
  readonly synapse: SynapseSettings;
  readonly shard: number;
  readonly labels: StringMap;
  /** Content by file name; empty in a shard without services, which is rendered all the same. */
  readonly files: StringMap;
}

/** Name of the ConfigMap with one shard of the services. */
export function synapseShardName(synapse: SynapseSettings, shard: number): string {
  return `${synapse.name}-services-${shard}`;
}

/** A share of the services that synapse watches: a ConfigMap holds a megabyte at most. */
export class SynapseServicesConfigMap extends PlainApiObject {
  constructor(scope: Construct, id: string, props: SynapseServicesConfigMapProps) {
    super(scope, id, SynapseServicesConfigMap.manifest(props));
  }

  /** The manifest alone. */
  static manifest({ synapse, shard, labels, files }: SynapseServicesConfigMapProps): KubeObject {
    return {
      apiVersion: 'v1',
      kind: 'ConfigMap',
      metadata: {
        name: synapseShardName(synapse, shard),
        namespace: synapse.namespace,
        labels,
        annotations: SUPPORT_ANNOTATIONS,
      },
      data: files,
    };
  }
}
