import { assumeDeployed } from './assume-deployed.ts';
import type { Diagnostic } from './diagnostics/diagnostic.ts';
import { heldBack } from './held-back.ts';
import type { ClusterConfig } from './model/cluster-config.ts';
import type { ServiceSources, SharedSources } from './model/service-sources.ts';
import type { RenderedService } from './render/index.ts';
import { mergeInstances } from './resolve/index.ts';
import { withSeverity, type SeverityPolicy } from './severity.ts';
import {
  checkObjects,
  createSuppressions,
  NO_SUPPRESSIONS,
  undeployed,
  validateService,
  type Suppressions,
} from './validate/index.ts';

export interface CheckOptions {
  /** `service.namespace` by port, of a file like `/etc/services`. */
  readonly etcServices?: ReadonlyMap<number, string>;
  /** Also resolve and render instances that no version was deployed to, to check them. Never for output that is kept. */
  readonly assumeDeployed?: boolean;
}

interface CheckInputs {
  readonly checks: CheckOptions | false | undefined;
  /** Usable system configurations. */
  readonly configs: readonly ClusterConfig[];
  readonly shared: SharedSources;
  /** The files of every known cluster were read. */
  readonly hasAllClusters: boolean;
}

/** What schemas and rules say about a service, and the service as the other passes shall see it. */
export interface ServiceChecks {
  readonly sources: ServiceSources;
  readonly schema: readonly Diagnostic[];
  readonly rules: readonly Diagnostic[];
  readonly suppressions: Suppressions;
}

/** Checks one service by schemas and rules. */
export function checkService(loaded: ServiceSources, inputs: CheckInputs): ServiceChecks {
  const { checks = {}, configs, shared, hasAllClusters } = inputs;
  if (checks === false) return { sources: loaded, schema: [], rules: [], suppressions: NO_SUPPRESSIONS };
  const { etcServices = null, assumeDeployed: isAssumed = false } = checks;
  const byCluster = new Map(configs.map((config) => [config.cluster, config]));
  const clusters = [...new Set(loaded.instanceFiles.map(({ cluster }) => cluster))];
  const instances = clusters.flatMap((cluster) => mergeInstances(loaded, cluster, byCluster.get(cluster) ?? null));
  const found = validateService(loaded, instances, { shared, configs, etcServices, hasAllClusters });
  const suppressions = createSuppressions(loaded, { hasAllClusters });
  if (!isAssumed) return { sources: loaded, ...found, suppressions };
  const { sources, missing } = assumeDeployed(loaded, instances);
  return { sources, ...found, rules: [...found.rules, ...undeployed(loaded, missing)], suppressions };
}

/** What was rendered, without the instances that made an object which the API server would refuse. */
export function withoutRefused(
  sources: ServiceSources,
  result: RenderedService,
  policy: SeverityPolicy & { readonly checks?: CheckOptions | false },
): RenderedService {
  const refused = policy.checks === false ? [] : withSeverity(checkObjects(sources, result.rendered), policy);
  if (refused.length === 0) return result;
  const held = heldBack(refused);
  const isHeld = ({ cluster, service, instance }: { cluster: string; service: string; instance: string }): boolean =>
    held.has(cluster, service, instance);
  const good = result.rendered.filter(({ instance }) => !isHeld(instance));
  const bad = result.rendered.filter(({ instance }) => isHeld(instance)).map(({ instance }) => instance);
  return {
    files: result.files.filter(({ cluster, service, instance }) => !held.has(cluster, service!, instance!)),
    rendered: good,
    failed: [...result.failed, ...bad],
    diagnostics: [...result.diagnostics, ...refused],
  };
}
