import type { Path } from '../diagnostics/diagnostic.ts';
import type { ClusterConfig } from '../model/cluster-config.ts';
import type { Origin } from '../model/origin.ts';
import { share } from '../model/shared-part.ts';
import type { YamlValue } from '../model/yaml-value.ts';
import { Field, type Source } from './field.ts';
import type { Journal, Place } from './journal.ts';

/** Members of the cluster's configuration that an instance depends on, and the keys that set them. */
const KEYS = {
  dockerRegistry: 'docker_registry',
  volumes: 'volumes',
  hacheckSidecarVolumes: 'hacheck_sidecar_volumes',
  hacheckSidecarImageUrl: 'hacheck_sidecar_image_url',
  hacheckMatchInitialDelay: 'hacheck_match_initial_delay',
  sidecarRequirements: 'sidecar_requirements_config',
  enableNerveReadinessCheck: 'enable_nerve_readiness_check',
  enableEnvoyReadinessCheck: 'enable_envoy_readiness_check',
  nerveReadinessCheckScript: 'nerve_readiness_check_script',
  envoyReadinessCheckScript: 'envoy_readiness_check_script',
  envoyNerveReadinessCheckScript: 'envoy_nerve_readiness_check_script',
  readinessCheckPrefixTemplate: 'readiness_check_prefix_template',
  registerK8sPods: 'register_k8s_pods',
  usesHacheckSidecar: 'kubernetes_use_hacheck_sidecar',
  smartstack: 'smartstack',
  addRegistrationLabels: 'kubernetes_add_registration_labels',
  defaultBounceOverprovisionFactor: 'default_bounce_overprovision_factor',
  pdbMaxUnavailable: 'pdb_max_unavailable',
  unhealthyPodEvictionPolicy: 'unhealthy_pod_eviction_policy',
  podDefaults: 'pod_defaults',
  poolNodeAffinities: 'pool_node_affinities',
  topologySpreadConstraints: 'topology_spread_constraints',
  supportedStorageClasses: 'supported_storage_classes',
  enableCostOwnerLabel: 'enable_cost_owner_label',
  serviceAuthTokenSettings: 'service_auth_token_settings',
  secretEnvironment: 'vault_cluster_map',
  labels: 'labels',
  defaults: 'defaults',
  sensu: 'sensu',
  synapsePort: 'synapse_port',
  synapseHaproxyUrlFormat: 'synapse_haproxy_url_format',
  monitoringDefaults: 'monitoring_defaults',
  autoscalingPaused: 'autoscaling_paused',
} as const;

type Member = keyof typeof KEYS;

/** What follows from a configuration alone, by what it is. */
const made = new WeakMap<ClusterConfig, Map<string, unknown>>();

/** The system configuration as one instance reads it. */
export class SystemKeys implements Source {
  readonly journal: Journal;
  private readonly config: ClusterConfig;

  constructor(journal: Journal, config: ClusterConfig) {
    this.journal = journal;
    this.config = config;
  }

  /** A member of the configuration, counted as read. */
  get<K extends Member>(member: K): ClusterConfig[K] {
    if (this.journal.isTracing) this.journal.note(() => this.originOf([KEYS[member]]));
    return this.config[member];
  }

  /** A key of the configuration as a field, for maps and lists that are read item by item. */
  field(member: Member, value: YamlValue | undefined): Field {
    return new Field(this, value, KEYS[member]);
  }

  /**
   * Something that only the configuration decides: a shared part of all instances. It is made anew for an instance that is
   * traced, and as long as there are findings about it, which every instance has to report.
   */
  once<T>(what: string, make: (system: SystemKeys) => T): T {
    const { journal, config } = this;
    if (journal.isTracing) return make(this);
    const known = knownOf(config);
    if (known.has(what)) return known.get(what) as T;
    const findings = journal.findings.length;
    const value = share(make(this));
    if (journal.findings.length === findings) known.set(what, value);
    return value;
  }

  placeOf(path: Path): Place {
    return { root: 'system', file: this.#fileOf(path) ?? '', path };
  }

  originOf(path: Path): Origin {
    const file = this.#fileOf(path);
    const key = String(path[0]);
    return file === undefined
      ? { kind: 'default', key, source: `PaaSTA: system ${key}` }
      : { kind: 'system', file, path };
  }

  #fileOf(path: Path): string | undefined {
    const key = String(path[0]);
    return Object.hasOwn(this.config.fileOf, key) ? this.config.fileOf[key] : undefined;
  }
}

function knownOf(config: ClusterConfig): Map<string, unknown> {
  let known = made.get(config);
  if (known === undefined) made.set(config, (known = new Map()));
  return known;
}
