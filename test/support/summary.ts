import { toClusterConfig } from '../../compiler/load/cluster-config.ts';
import type { ClusterConfig } from '../../compiler/model/cluster-config.ts';
import type { ResolvedInstance } from '../../compiler/model/resolved-instance.ts';
import type { ServiceSummary } from '../../compiler/model/service-summary.ts';
import type { YamlMap } from '../../compiler/model/yaml-value.ts';
import { summariseCluster } from '../../compiler/render/index.ts';
import type { ExtendInstance } from '../../constructs/index.ts';
import { render } from './manifests.ts';

/** Configuration of the cluster `norcal-prod` with these keys and defaults for all others. */
export function clusterConfig(keys: YamlMap = {}): ClusterConfig {
  return toClusterConfig('norcal-prod', { volumes: [], ...keys }, {});
}

/** The summary that a service with these instances leaves behind. */
export async function summaryOf(
  instances: readonly ResolvedInstance[],
  config: ClusterConfig = clusterConfig(),
  extend: ExtendInstance = () => undefined,
): Promise<ServiceSummary> {
  const { rendered } = await render(instances, { constructs: [{ module: 'team.mjs', extend }] });
  const known = instances.map(({ instance }) => instance);
  const summary = summariseCluster({
    config,
    known,
    rendered,
    notDeployed: [],
    failed: [],
    hasUnknownInstances: false,
  });
  const clusters = { [config.cluster]: summary };
  return {
    version: 1,
    service: instances[0]!.service,
    clusters,
    proxyPorts: {},
    smartstackSource: null,
    smartstack: [],
  };
}
