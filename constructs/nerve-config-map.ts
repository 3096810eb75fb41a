import type { Construct } from 'constructs';
import type { KubeObject } from '../compiler/model/rendered-file.ts';
import type { ResolvedInstance } from '../compiler/model/resolved-instance.ts';
import type { NerveSidecar } from '../compiler/model/smartstack.ts';
import { SUPPORT_ANNOTATIONS } from './_delivery-annotations.ts';
import { workloadLabels } from './_labels.ts';
import { nerveDocument } from './_nerve-document.ts';
import { PlainApiObject } from './_plain-api-object.ts';
import { runtimeJson } from './_runtime-json.ts';

export interface NerveConfigMapProps {
  readonly instance: ResolvedInstance;
  readonly nerve: NerveSidecar;
}

/** Key of the ConfigMap, and file name in the container. */
export const NERVE_FILE = 'nerve.conf.json';

/** Name of the ConfigMap of a workload. It carries no hash: a new version reaches running pods without a restart. */
export function nerveConfigMapName(workload: string): string {
  return `${workload}-nerve`;
}

/** What nerve registers for the pods of one instance. Its content is no part of the workload's config sha. */
export class NerveConfigMap extends PlainApiObject {
  constructor(scope: Construct, id: string, props: NerveConfigMapProps) {
    super(scope, id, NerveConfigMap.manifest(props));
  }

  /** The manifest alone. */
  static manifest({ instance, nerve }: NerveConfigMapProps): KubeObject {
    return {
      apiVersion: 'v1',
      data: { [NERVE_FILE]: runtimeJson(nerveDocument(nerve.services)) },
      kind: 'ConfigMap',
      metadata: {
        annotations: SUPPORT_ANNOTATIONS,
        labels: workloadLabels(instance),
        name: nerveConfigMapName(instance.name),
        namespace: instance.namespace,
      },
    };
  }
}
