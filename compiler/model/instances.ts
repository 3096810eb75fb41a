import { WORKLOAD_TYPES, type InstanceFile, type InstanceType, type WorkloadType } from './service-sources.ts';

/** One long-running instance and the file that defines it. */
export interface WorkloadInstance {
  readonly cluster: string;
  readonly instance: string;
  readonly type: WorkloadType;
  readonly file: InstanceFile;
}

/** The same instance name in several files of one cluster, in PaaSTA's lookup order. */
export interface DuplicateInstance {
  readonly cluster: string;
  readonly instance: string;
  readonly files: readonly InstanceFile[];
}

/** Whether instances of a type become Kubernetes objects here. */
export function isWorkloadType(type: InstanceType): type is WorkloadType {
  return (WORKLOAD_TYPES as readonly string[]).includes(type);
}

/**
 * Long-running instances of a service, by cluster, then file and file order. A name that stands in both `kubernetes` and
 * `eks` of one cluster gives the same objects, so only the first in PaaSTA's lookup order counts.
 */
export function workloadInstances(files: readonly InstanceFile[], cluster?: string): readonly WorkloadInstance[] {
  const seen = new Set<string>();
  const found: WorkloadInstance[] = [];
  for (const file of files) {
    const { type } = file;
    if (!isWorkloadType(type) || (cluster !== undefined && file.cluster !== cluster)) continue;
    for (const instance of file.instances) {
      const key = `${file.cluster} ${instance}`;
      if (seen.has(key)) continue;
      seen.add(key);
      found.push({ cluster: file.cluster, instance, type, file });
    }
  }
  return found;
}

/** Instance names that stand more than once in one cluster, over the given types (PaaSTA's `validate`: over all). */
export function duplicateInstances(
  files: readonly InstanceFile[],
  types: readonly InstanceType[] = WORKLOAD_TYPES,
): readonly DuplicateInstance[] {
  const byName = new Map<string, { cluster: string; instance: string; files: InstanceFile[] }>();
  for (const file of files) {
    if (!types.includes(file.type)) continue;
    for (const instance of file.instances) {
      const key = `${file.cluster} ${instance}`;
      const entry = byName.get(key) ?? { cluster: file.cluster, instance, files: [] };
      entry.files.push(file);
      byName.set(key, entry);
    }
  }
  return [...byName.values()].filter((entry) => entry.files.length > 1);
}
