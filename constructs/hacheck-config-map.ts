import type { Construct } from 'constructs';
import type { KubeObject } from '../compiler/model/rendered-file.ts';
import type { ResolvedInstance } from '../compiler/model/resolved-instance.ts';
import type { NerveSidecar } from '../compiler/model/smartstack.ts';
import { SUPPORT_ANNOTATIONS } from './_delivery-annotations.ts';
import { workloadLabels } from './_labels.ts';
import { PlainApiObject } from './_plain-api-object.ts';
import { runtimeJson } from './_runtime-json.ts';

export interface HacheckConfigMapProps {
  readonly instance: ResolvedInstance;
  readonly nerve: NerveSidecar;
}

/** Key of the ConfigMap, and file name in the container. */
export const HACHECK_FILE = 'hacheck.yaml';

/** Name of the ConfigMap of a workload; stable, as that of nerve. */
export function hacheckConfigMapName(workload: string): string {
  return `${workload}-hacheck`;
}

/**
 * hacheck's configuration beside nerve: the headers that checks carry reach the service only when they are listed here.
 * A result is kept for one second, so that nerve, which asks every two, always hears of the present.
 */
export class HacheckConfigMap extends PlainApiObject {
  constructor(scope: Construct, id: string, props: HacheckConfigMapProps) {
    super(scope, id, HacheckConfigMap.manifest(props));
  }

  /** The manifest alone. */
  static manifest({ instance, nerve }: HacheckConfigMapProps): KubeObject {
    return {
      apiVersion: 'v1',
      data: { [HACHECK_FILE]: runtimeJson({ cache_time: 1, http_headers_to_copy: nerve.copiedHeaders }) },
      kind: 'ConfigMap',
      metadata: {
        annotations: SUPPORT_ANNOTATIONS,
        labels: workloadLabels(instance),
        name: hacheckConfigMapName(instance.name),
        namespace: instance.namespace,
      },
    };
  }
}
