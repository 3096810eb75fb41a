import { SUPPORT_ANNOTATIONS } from './_delivery-annotations.ts';
import type { KubeObject } from '../compiler/model/rendered-file.ts';

/** Namespace of ConfigMaps with Sensu's files. Sensu's installation makes it. */
export const SENSU_NAMESPACE = 'sensu';
/** The most that the data of a ConfigMap may hold, in bytes. */
export const CONFIG_MAP_LIMIT = 1_048_576;

/** A file of Sensu's in a ConfigMap, for clients that mount it or a loader in the cluster. */
export function sensuConfigMap(name: string, file: string, content: string): KubeObject {
  return {
    apiVersion: 'v1',
    kind: 'ConfigMap',
    metadata: { name, namespace: SENSU_NAMESPACE, annotations: SUPPORT_ANNOTATIONS },
    data: { [file]: content },
  };
}
