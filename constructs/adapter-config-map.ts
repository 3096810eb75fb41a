import type { Construct } from 'constructs';
import type { KubeObject } from '../compiler/model/rendered-file.ts';
import { SUPPORT_ANNOTATIONS } from './_delivery-annotations.ts';
import { PlainApiObject } from './_plain-api-object.ts';

export interface AdapterConfigMapProps {
  /** prometheus-adapter's configuration file, as YAML text. */
  readonly configYaml: string;
}

/** Namespace of prometheus-adapter. Its installation makes it: no Namespace is rendered for it, as in PaaSTA. */
export const ADAPTER_NAMESPACE = 'custom-metrics';
/** Name of the ConfigMap that prometheus-adapter mounts. */
export const ADAPTER_CONFIG_MAP = 'adapter-config';

/** Rules of prometheus-adapter for all instances of a cluster. */
export class AdapterConfigMap extends PlainApiObject {
  constructor(scope: Construct, id: string, props: AdapterConfigMapProps) {
    super(scope, id, AdapterConfigMap.manifest(props));
  }

  /** The manifest alone. */
  static manifest(props: AdapterConfigMapProps): KubeObject {
    return {
      apiVersion: 'v1',
      kind: 'ConfigMap',
      metadata: { name: ADAPTER_CONFIG_MAP, namespace: ADAPTER_NAMESPACE, annotations: SUPPORT_ANNOTATIONS },
      data: { 'config.yaml': props.configYaml },
    };
  }
}
