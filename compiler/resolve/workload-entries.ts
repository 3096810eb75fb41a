import { WORKLOAD_TYPES, type ServiceSources, type WorkloadType } from '../model/service-sources.ts';
import type { InstanceFile } from '../model/service-sources.ts';
import type { SourceDocument } from '../model/source-document.ts';

/** One instance name in one file. */
export interface WorkloadEntry {
  readonly instance: string;
  readonly type: WorkloadType;
  readonly file: InstanceFile;
  readonly document: SourceDocument;
}

/** All long-running instances of a service in a cluster, in PaaSTA's order of types, then file order. */
export function workloadEntries(
  sources: ServiceSources,
  cluster: string,
): { readonly entries: readonly WorkloadEntry[]; readonly unknownInstances: boolean } {
  const entries: WorkloadEntry[] = [];
  let unknownInstances = false;
  for (const type of WORKLOAD_TYPES) {
    for (const file of sources.instanceFiles) {
      if (file.type !== type || file.cluster !== cluster) continue;
      const { document } = file;
      if (document === null) unknownInstances = true;
      else entries.push(...file.instances.map((instance) => ({ instance, type, file, document })));
    }
  }
  return { entries, unknownInstances };
}

/** Whether a file that all instances depend on is unusable. */
export function isHeldBack({
  serviceYaml,
  smartstack,
  monitoring,
  deploy,
  data,
  dependencies,
  authorization,
  deployments,
}: ServiceSources): boolean {
  const files = [serviceYaml, smartstack, monitoring, deploy, data, dependencies, authorization, deployments];
  return files.some(({ kind }) => kind === 'broken');
}
