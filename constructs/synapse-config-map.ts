import type { Construct } from 'constructs';
import type { KubeObject } from '../compiler/model/rendered-file.ts';
import type { SynapseSettings } from '../compiler/model/smartstack.ts';
import { SUPPORT_ANNOTATIONS } from './_delivery-annotations.ts';
import type { StringMap } from './_plain.ts';
import { PlainApiObject } from './_plain-api-object.ts';
import { runtimeJson } from './_runtime-json.ts';
import { synapseDocument } from './_synapse-document.ts';

export interface SynapseConfigMapProps {
  readonly synapse: SynapseSettings;
  readonly labels: StringMap;
  /** Any namespace has a port that HAProxy listens on. */
  readonly hasListener: boolean;
}

/** Key of the ConfigMap, and file name in the container. */
export const SYNAPSE_FILE = 'synapse.conf.json';

/** What synapse and HAProxy are told besides services, for one cluster. */
export class SynapseConfigMap extends PlainApiObject {
  constructor(scope: Construct, id: string, props: SynapseConfigMapProps) {
    super(scope, id, SynapseConfigMap.manifest(props));
  }

  /** The manifest alone. */
  static manifest({ synapse, labels, hasListener }: SynapseConfigMapProps): KubeObject {
    return {
      apiVersion: 'v1',
      kind: 'ConfigMap',
      metadata: { name: synapse.name, namespace: synapse.namespace, labels, annotations: SUPPORT_ANNOTATIONS },
      data: { [SYNAPSE_FILE]: runtimeJson(synapseDocument(synapse, hasListener)) },
    };
  }
}
