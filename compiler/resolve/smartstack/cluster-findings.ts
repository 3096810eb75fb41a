import type { Diagnostic } from '../../diagnostics/diagnostic.ts';
import type { ClusterConfig } from '../../model/cluster-config.ts';
import type { SharedSources } from '../../model/service-sources.ts';
import { worldOf } from './location-world.ts';

/**
 * What a cluster's settings for nerve and synapse need beside themselves: location types, without which nothing can be
 * registered or found, and that pods are registered at all.
 */
export function smartstackOfCluster(
  config: ClusterConfig,
  shared: Pick<SharedSources, 'locationTypes' | 'locationMapping'>,
): readonly Diagnostic[] {
  const { smartstack, cluster, registerK8sPods, fileOf } = config;
  const hasSidecar = smartstack.nerveMode === 'sidecar';
  const place = { root: 'system', file: fileOf['smartstack'] ?? '', cluster } as const;
  const findings: Diagnostic[] = [];
  if (hasSidecar && !registerK8sPods) {
    findings.push({
      ...place,
      severity: 'warning',
      code: 'smartstack-not-registered',
      message: `${cluster} has an image of nerve, and register_k8s_pods is not true: no pod is registered`,
      path: ['smartstack', 'nerve_image'],
      hint: 'set register_k8s_pods to true, or smartstack.nerve_mode to "host"',
    });
  }
  const needsTypes = (hasSidecar && registerK8sPods) || smartstack.synapse.isEnabled;
  if (needsTypes && worldOf(config, shared) === null) {
    findings.push({
      ...place,
      severity: 'error',
      code: 'smartstack-unknown-location-type',
      message: `${cluster} renders nerve or synapse, and nothing says which location types there are`,
      path: ['smartstack'],
      hint: 'add location_types.json to soa-configs, or set smartstack.location_types',
    });
  }
  return findings;
}
