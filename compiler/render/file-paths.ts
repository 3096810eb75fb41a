import { fileNameOf } from '../emit/file-name.ts';
import type { KubeObject } from '../model/rendered-file.ts';

/** File of one instance, with everything that belongs to it: `name` is that of its workload. */
export function instanceFilePath(cluster: string, namespace: string, name: string): string {
  return `clusters/${cluster}/${namespace}/${fileNameOf(`${name}.yaml`)}`;
}

/** What all instances of a namespace share. */
export function namespaceFilePath(cluster: string, namespace: string): string {
  return `clusters/${cluster}/${namespace}/namespace.yaml`;
}

/** File of a single object: in its namespace's folder, or in `_cluster` when it has none. */
export function objectFilePath(cluster: string, object: KubeObject): string {
  const folder = object.metadata.namespace ?? '_cluster';
  const name = fileNameOf(`${object.kind.toLowerCase()}-${object.metadata.name}.yaml`);
  return `clusters/${cluster}/${folder}/${name}`;
}
