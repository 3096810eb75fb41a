import type { SensuSettings } from './sensu.ts';
import type { SmartStackSettings } from './smartstack.ts';
import type { YamlMap } from './yaml-value.ts';

/** A volume of system configuration or `extra_volumes`, as PaaSTA writes it. */
export interface HostVolume {
  readonly hostPath: string;
  readonly containerPath: string;
  readonly mode: string;
}

/** Names and literals that are Yelp's by default; each can be set under `labels` in the system configuration. */
export interface LabelSettings {
  /** Value of the label `yelp.com/owner`. Default `compute_infra_platform_experience`. */
  readonly owner: string;
  /** Node label that `pool` selects on; null: pools are not rendered as a node selector. Default `yelp.com/pool`. */
  readonly poolSelectorKey: string | null;
  /** Leave the pool selector out for the pool `default`. Default false. */
  readonly omitDefaultPoolSelector: boolean;
  /** Render the annotation `iam.amazonaws.com/role` even when it is empty. Default true. */
  readonly iamRoleAnnotation: boolean;
}

/** What is rendered unless an instance says otherwise; set under `defaults` in the system configuration. */
export interface DefaultSettings {
  /** Render PaaSTA's RoleBinding `paasta-api-server-per-namespace` in every namespace. Default false. */
  readonly apiRoleBinding: boolean;
  /** Runbook of replication checks without their own. Default `y/unhealthy-paasta-instances`. */
  readonly runbook: string;
  /** Tip of replication checks without their own; `{service}`, `{instance}` and `{cluster}` are filled in. Default: the status command. */
  readonly tip: string;
}

/**
 * System configuration of one cluster: PaaSTA's `/etc/paasta/*.json` merged, every default filled in, frozen.
 * Only keys that some pass reads have a member; the rest is in `raw`.
 */
export interface ClusterConfig {
  readonly cluster: string;
  /** The universe of clusters (`clusters`). */
  readonly clusters: readonly string[];
  /** Prefix of images (`docker_registry`); null when unset, which is an error where no service.yaml sets one. */
  readonly dockerRegistry: string | null;
  readonly volumes: readonly HostVolume[];
  readonly hacheckSidecarVolumes: readonly HostVolume[];
  readonly hacheckSidecarImageUrl: string | null;
  readonly hacheckMatchInitialDelay: boolean;
  /** By sidecar name: requests as configured. */
  readonly sidecarRequirements: Readonly<Record<string, YamlMap>>;
  readonly enableNerveReadinessCheck: boolean;
  readonly enableEnvoyReadinessCheck: boolean;
  readonly nerveReadinessCheckScript: readonly string[];
  readonly envoyReadinessCheckScript: readonly string[];
  readonly envoyNerveReadinessCheckScript: readonly string[];
  readonly readinessCheckPrefixTemplate: readonly string[];
  readonly registerK8sPods: boolean;
  /** Checks go to the hacheck of the pod, not to that of the node (`kubernetes_use_hacheck_sidecar`). Default true. */
  readonly usesHacheckSidecar: boolean;
  readonly addRegistrationLabels: boolean;
  readonly defaultBounceOverprovisionFactor: number;
  readonly pdbMaxUnavailable: number | string;
  readonly unhealthyPodEvictionPolicy: string;
  /** Pod-spec fields under their Kubernetes (camelCase) names; nested values pass through. */
  readonly podDefaults: Readonly<Record<string, unknown>>;
  readonly poolNodeAffinities: Readonly<Record<string, YamlMap>>;
  /** As configured: `{topology_key, when_unsatisfiable, max_skew, match_label_keys}`. */
  readonly topologySpreadConstraints: readonly YamlMap[];
  readonly supportedStorageClasses: readonly string[];
  readonly autoConfigInstanceTypesEnabled: Readonly<Record<string, boolean>>;
  readonly autoConfigInstanceTypeAliases: Readonly<Record<string, string>>;
  readonly enableCostOwnerLabel: boolean;
  /** `{container_path, audience, expiration_seconds}` or null when unset or empty. */
  readonly serviceAuthTokenSettings: YamlMap | null;
  readonly alwaysAuthenticatingServices: readonly string[];
  /** Ecosystem whose secret signatures count here: `vault_cluster_map[cluster]`, else `vault_environment`. */
  readonly secretEnvironment: string | null;
  readonly labels: LabelSettings;
  readonly defaults: DefaultSettings;
  /** `smartstack`: how nerve and synapse run here. */
  readonly smartstack: SmartStackSettings;
  /** `secrets.provider`. */
  readonly secretsProvider: 'none' | 'external-secrets';
  /** `sensu`: how checks are rendered; null when it is not set, and then none are. */
  readonly sensu: SensuSettings | null;
  /** PaaSTA: `synapse_port` and `synapse_haproxy_url_format`. */
  readonly synapsePort: number;
  readonly synapseHaproxyUrlFormat: string;
  /** `monitoring_defaults`: monitoring settings below those of every service. */
  readonly monitoringDefaults: YamlMap;
  /** `autoscaling_paused`: HPAs are kept with scaling disabled. */
  readonly autoscalingPaused: boolean;
  /** The merged document, for keys that later passes read. */
  readonly raw: YamlMap;
  /** File that set a top-level key, relative to the system configuration root, for diagnostics. */
  readonly fileOf: Readonly<Record<string, string>>;
}
