import { createForeignCache, loadService } from '../compiler/load/index.ts';
import type { TreeReader } from '../compiler/model/tree-reader.ts';
import { deployGroups } from '../delivery/pipeline/pipeline.ts';
import { pipelineOf } from '../delivery/pipeline/read-pipeline.ts';

/** Deploy groups that a service's pipeline deploys to, read once a service; null for a service without a pipeline. */
export function pipelineGroupsIn(soa: TreeReader): (service: string) => ReadonlySet<string> | null {
  const known = new Map<string, ReadonlySet<string> | null>();
  const options = { clusters: new Set<string>(), customPrefixes: new Set<string>(), foreign: createForeignCache() };
  return (service) => {
    const found = known.get(service);
    if (found !== undefined) return found;
    const groups = deployGroups(pipelineOf(loadService(soa, service, options)).pipeline);
    const set = groups.length === 0 ? null : new Set(groups);
    known.set(service, set);
    return set;
  };
}
