import type { ClusterConfig } from '../model/cluster-config.ts';
import type { MergedWorkload } from '../model/instance-keys.ts';
import { workloadInstances } from '../model/instances.ts';
import type { ServiceSources } from '../model/service-sources.ts';
import { resolveDeployGroup } from './deploy-group.ts';
import { Journal } from './journal.ts';
import { autotunedFile, instanceLayer, serviceLayers } from './layers.ts';
import { MergedInstance } from './merged-instance.ts';

/**
 * The long-running instances of a service in one cluster with their keys merged, for checks that need no resolved instance.
 * Instances with a layer that cannot be used are left out. Without a configuration of the cluster nothing is autotuned.
 */
export function mergeInstances(
  sources: ServiceSources,
  cluster: string,
  config: ClusterConfig | null,
): readonly MergedWorkload[] {
  const layers = serviceLayers(sources);
  return workloadInstances(sources.instanceFiles, cluster).flatMap((workload) => {
    const { instance, type, file } = workload;
    const { document } = file;
    const own = document === null ? null : instanceLayer(document, instance);
    if (own === null) return [];
    const autotuned = config === null ? null : autotunedFile(sources, config, file);
    const tuned = autotuned?.kind === 'read' ? instanceLayer(autotuned.document, instance) : null;
    const keys = new MergedInstance(new Journal(instance, false), own, tuned, layers);
    const names = { service: sources.service, cluster, instance };
    return [{ cluster, instance, type, file, keys, deployGroup: resolveDeployGroup(keys, names) }];
  });
}
