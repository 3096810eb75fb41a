import type { ClusterConfig, DefaultSettings, HostVolume } from '../model/cluster-config.ts';
import { DEFAULT_MESH_STATISTICS } from '../model/monitoring.ts';
import { POD_SPEC_FIELDS } from '../model/pod-spec-fields.ts';
import { isMap, isNumeric, PyFloat, toNumber, type YamlMap, type YamlValue } from '../model/yaml-value.ts';
import { toSensuSettings } from './sensu-settings.ts';
import { toSmartStackSettings } from './smartstack-settings.ts';

/** Defaults of PaaSTA 1.64's `SystemPaastaConfig`; those of `labels`, `defaults` and `secrets` are ours. */
const DEFAULTS = {
  nerveScript: ['/check_smartstack_up.sh'],
  envoyScript: ['/check_proxy_up.sh', '--enable-envoy', '--envoy-check-mode', 'eds-dir'],
  envoyNerveScript: ['/check_proxy_up.sh', '--enable-smartstack', '--enable-envoy'],
  readinessPrefix: ['flock', '-n', '/readiness_check_lock', 'timeout', '120'],
  owner: 'compute_infra_platform_experience',
  poolSelectorKey: 'yelp.com/pool',
  runbook: 'y/unhealthy-paasta-instances',
  tip: 'Check the instance with: `paasta status -s {service} -i {instance} -c {cluster} -vv`',
} as const;

/** The merged configuration of one cluster with every default filled in; its values have been checked. */
export function toClusterConfig(
  cluster: string,
  raw: YamlMap,
  fileOf: Readonly<Record<string, string>>,
  teams: YamlMap | null = null,
): ClusterConfig {
  const read = reading(raw);
  const config: ClusterConfig = {
    cluster,
    clusters: read.texts('clusters', []),
    dockerRegistry: read.textOrNull('docker_registry'),
    volumes: hostVolumes(raw['volumes']),
    hacheckSidecarVolumes: hostVolumes(raw['hacheck_sidecar_volumes']),
    hacheckSidecarImageUrl: read.textOrNull('hacheck_sidecar_image_url'),
    hacheckMatchInitialDelay: read.flag('hacheck_match_initial_delay', false),
    sidecarRequirements: read.record<YamlMap>('sidecar_requirements_config'),
    enableNerveReadinessCheck: read.flag('enable_nerve_readiness_check', true),
    enableEnvoyReadinessCheck: read.flag('enable_envoy_readiness_check', false),
    nerveReadinessCheckScript: read.texts('nerve_readiness_check_script', DEFAULTS.nerveScript),
    envoyReadinessCheckScript: read.texts('envoy_readiness_check_script', DEFAULTS.envoyScript),
    envoyNerveReadinessCheckScript: read.texts('envoy_nerve_readiness_check_script', DEFAULTS.envoyNerveScript),
    readinessCheckPrefixTemplate: read.texts('readiness_check_prefix_template', DEFAULTS.readinessPrefix),
    registerK8sPods: read.flag('register_k8s_pods', false),
    usesHacheckSidecar: read.flag('kubernetes_use_hacheck_sidecar', true),
    addRegistrationLabels: read.flag('kubernetes_add_registration_labels', false),
    defaultBounceOverprovisionFactor: read.number('default_bounce_overprovision_factor', 1),
    pdbMaxUnavailable: read.numberOrText('pdb_max_unavailable', 0),
    unhealthyPodEvictionPolicy: read.textOrNull('unhealthy_pod_eviction_policy') ?? 'IfHealthyBudget',
    podDefaults: podDefaults(read.map('pod_defaults')),
    poolNodeAffinities: read.record<YamlMap>('pool_node_affinities'),
    topologySpreadConstraints: read.list<YamlMap>('topology_spread_constraints'),
    supportedStorageClasses: read.texts('supported_storage_classes', []),
    autoConfigInstanceTypesEnabled: read.record<boolean>('auto_config_instance_types_enabled'),
    autoConfigInstanceTypeAliases: read.record<string>('auto_config_instance_type_aliases'),
    enableCostOwnerLabel: read.flag('enable_cost_owner_label', false),
    serviceAuthTokenSettings: nonEmpty(read.map('service_auth_token_settings')),
    alwaysAuthenticatingServices: read.texts('always_authenticating_services', []),
    secretEnvironment: read.record<string>('vault_cluster_map')[cluster] ?? read.textOrNull('vault_environment'),
    labels: labelSettings(read.map('labels')),
    defaults: defaultSettings(read.map('defaults')),
    sensu: toSensuSettings(raw['sensu'], teams),
    synapsePort: read.number('synapse_port', DEFAULT_MESH_STATISTICS.port),
    synapseHaproxyUrlFormat: read.textOrNull('synapse_haproxy_url_format') ?? DEFAULT_MESH_STATISTICS.urlFormat,
    monitoringDefaults: read.map('monitoring_defaults'),
    smartstack: toSmartStackSettings(raw['smartstack']),
    secretsProvider: read.map('secrets')['provider'] === 'external-secrets' ? 'external-secrets' : 'none',
    autoscalingPaused: read.flag('autoscaling_paused', false),
    raw,
    fileOf,
  };
  return deepFreeze(config);
}

/** Readers of members of a map that has been checked: what does not fit counts as unset. */
function reading(source: YamlMap) {
  const own = (key: string): YamlValue | undefined => (Object.hasOwn(source, key) ? source[key] : undefined);
  return {
    flag: (key: string, fallback: boolean): boolean => {
      const value = own(key);
      return typeof value === 'boolean' ? value : fallback;
    },
    number: (key: string, fallback: number): number => {
      const value = own(key);
      return isNumeric(value) ? toNumber(value) : fallback;
    },
    numberOrText: (key: string, fallback: number): number | string => {
      const value = own(key);
      return isNumeric(value) ? toNumber(value) : typeof value === 'string' ? value : fallback;
    },
    textOrNull: (key: string): string | null => {
      const value = own(key);
      return typeof value === 'string' ? value : null;
    },
    texts: (key: string, fallback: readonly string[]): readonly string[] => {
      const value = own(key);
      return Array.isArray(value) ? (value as readonly string[]) : fallback;
    },
    list: <T extends YamlValue>(key: string): readonly T[] => {
      const value = own(key);
      return Array.isArray(value) ? (value as readonly T[]) : [];
    },
    map: (key: string): YamlMap => {
      const value = own(key);
      return isMap(value) ? value : {};
    },
    record: <T extends YamlValue>(key: string): Readonly<Record<string, T>> => {
      const value = own(key);
      return isMap(value) ? (value as Readonly<Record<string, T>>) : (Object.create(null) as Record<string, T>);
    },
  };
}

function defaultSettings(map: YamlMap): DefaultSettings {
  const read = reading(map);
  return {
    apiRoleBinding: read.flag('api_role_binding', false),
    runbook: read.textOrNull('runbook') ?? DEFAULTS.runbook,
    tip: read.textOrNull('tip') ?? DEFAULTS.tip,
  };
}

function hostVolumes(value: YamlValue | undefined): readonly HostVolume[] {
  if (!Array.isArray(value)) return [];
  return (value as readonly YamlMap[]).map((volume) => ({
    hostPath: volume['hostPath'] as string,
    containerPath: volume['containerPath'] as string,
    mode: (volume['mode'] as string | undefined) ?? 'RO',
  }));
}

function labelSettings(labels: YamlMap): ClusterConfig['labels'] {
  const read = reading(labels);
  const isPoolKeySet = Object.hasOwn(labels, 'pool_selector_key');
  return {
    owner: read.textOrNull('owner') ?? DEFAULTS.owner,
    poolSelectorKey: isPoolKeySet ? read.textOrNull('pool_selector_key') : DEFAULTS.poolSelectorKey,
    omitDefaultPoolSelector: read.flag('omit_default_pool_selector', false),
    iamRoleAnnotation: read.flag('iam_role_annotation', true),
  };
}

/** Known fields under their Kubernetes names. A null is left out, as the Python client leaves it out. */
function podDefaults(map: YamlMap): Readonly<Record<string, unknown>> {
  const fields: Readonly<Record<string, string>> = POD_SPEC_FIELDS;
  const entries = Object.entries(map).filter(([key, value]) => value !== null && Object.hasOwn(fields, key));
  return Object.fromEntries(entries.map(([key, value]) => [fields[key]!, plainJson(value)]));
}

/** Numbers as JavaScript has them; everything else as it stands. */
function plainJson(value: YamlValue): unknown {
  if (isNumeric(value)) return toNumber(value);
  if (Array.isArray(value)) return (value as readonly YamlValue[]).map(plainJson);
  if (isMap(value)) return Object.fromEntries(Object.entries(value).map(([key, inner]) => [key, plainJson(inner)]));
  return value;
}

function nonEmpty(map: YamlMap): YamlMap | null {
  return Object.keys(map).length > 0 ? map : null;
}

function deepFreeze<T>(value: T): T {
  if (typeof value !== 'object' || value === null || value instanceof PyFloat || Object.isFrozen(value)) return value;
  Object.values(value).forEach(deepFreeze);
  return Object.freeze(value);
}
