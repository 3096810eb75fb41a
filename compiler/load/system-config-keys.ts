import { HANDLER_KINDS } from '../model/sensu.ts';
import { isInteger, isMap } from '../model/yaml-value.ts';
import {
  anything,
  boolean,
  integer,
  listOf,
  map,
  mapOf,
  nullable,
  number,
  oneOf,
  record,
  shape,
  text,
  type Shape,
} from './shapes.ts';
import { SENSU_MEMBERS, sensuShape } from './sensu-settings.ts';
import { SMARTSTACK_MEMBERS, SMARTSTACK_SYNAPSE_MEMBERS, smartstackShape } from './smartstack-shapes.ts';

const texts = listOf(text);
const labelChoice = shape((value) => typeof value === 'string' || isMap(value), 'a text or a map with an operator');
const intOrPercentage = shape(
  (value) => (isInteger(value) && Number(value) >= 0) || (typeof value === 'string' && /^\d{1,3}%$/.test(value)),
  'an integer or a percentage such as "10%"',
);
const volumes = listOf(record({ hostPath: text, containerPath: text, mode: text }, ['hostPath', 'containerPath']));
const token = record({ container_path: text, audience: text, expiration_seconds: integer }, [
  'container_path',
  'audience',
]);

/**
 * Keys that the compiler reads, and their shapes: a value of another shape is an error of the cluster.
 * The last five are this project's own.
 */
export const COMPILED_KEYS: Readonly<Record<string, Shape>> = {
  cluster: text,
  clusters: texts,
  docker_registry: text,
  volumes,
  hacheck_sidecar_volumes: volumes,
  hacheck_sidecar_image_url: nullable(text),
  hacheck_match_initial_delay: boolean,
  sidecar_requirements_config: mapOf(map),
  readiness_check_prefix_template: texts,
  enable_nerve_readiness_check: boolean,
  enable_envoy_readiness_check: boolean,
  nerve_readiness_check_script: texts,
  envoy_readiness_check_script: texts,
  envoy_nerve_readiness_check_script: texts,
  register_k8s_pods: boolean,
  kubernetes_use_hacheck_sidecar: boolean,
  kubernetes_add_registration_labels: boolean,
  default_bounce_overprovision_factor: number,
  pdb_max_unavailable: intOrPercentage,
  unhealthy_pod_eviction_policy: oneOf('IfHealthyBudget', 'AlwaysAllow'),
  pod_defaults: map,
  pool_node_affinities: mapOf(mapOf(listOf(labelChoice))),
  topology_spread_constraints: listOf(map),
  supported_storage_classes: texts,
  auto_config_instance_types_enabled: mapOf(boolean),
  auto_config_instance_type_aliases: mapOf(text),
  enable_cost_owner_label: boolean,
  service_auth_token_settings: (value) => (isMap(value) && Object.keys(value).length === 0 ? [] : token(value)),
  always_authenticating_services: texts,
  vault_cluster_map: mapOf(text),
  vault_environment: nullable(text),
  labels: record({
    owner: text,
    pool_selector_key: nullable(text),
    omit_default_pool_selector: boolean,
    iam_role_annotation: boolean,
  }),
  defaults: record({ api_role_binding: boolean, runbook: text, tip: text }),
  secrets: record({
    provider: oneOf('none', 'external-secrets'),
    store: record({ name: text, kind: text }),
    ssm_store: record({ name: text, kind: text }),
    remote_key: text,
    remote_property: text,
  }),
  smartstack: smartstackShape,
  sensu: sensuShape,
  autoscaling_paused: boolean,
};

/** Keys that other programs or later stages read: another shape is a finding, and no reason to hold output back. */
const OTHER_KEYS: Readonly<Record<string, Shape>> = {
  monitoring_defaults: map,
  nerve_register_k8s_terminating: boolean,
  service_discovery_providers: map,
  synapse_host: text,
  synapse_port: integer,
  synapse_haproxy_url_format: text,
  envoy_admin_endpoint_format: text,
  envoy_admin_domain_name: text,
  deploy_blacklist: listOf(texts),
  deploy_whitelist: nullable(anything),
  allowed_pools: mapOf(texts),
  pool_limits: mapOf(map),
  default_should_use_uwsgi_exporter: boolean,
  uses_bulkdata_default: boolean,
  service_auth_vault_role: text,
  secret_provider: text,
  datastore_credentials_vault_env_overrides: map,
  secret_sync_delay_seconds: number,
  kube_clusters: mapOf(map),
  kubernetes_custom_resources: listOf(map),
  cr_owners: map,
  reconciled_iam_service_account_namespaces: texts,
  dockercfg_location: text,
  enforce_disk_quota: boolean,
  skip_cpu_override_validation: texts,
  skip_cpu_burst_validation: texts,
  skip_unique_instance_name_validation: texts,
  skip_check_monitoring_file_exists: texts,
  common_canary_instance_names: texts,
  sensu_host: text,
  sensu_port: integer,
  monitoring_config: map,
  metrics_provider: nullable(text),
  deployd_metrics_provider: nullable(text),
  use_raw_ksm_queries: boolean,
  git_config: map,
  default_push_groups: nullable(texts),
  security_check_command: nullable(text),
  enable_automated_redeploys_default: boolean,
  mark_for_deployment_max_polling_threads: integer,
  mark_for_deployment_default_polling_interval: number,
  mark_for_deployment_default_diagnosis_interval: number,
  mark_for_deployment_default_default_time_before_first_diagnosis: number,
  mark_for_deployment_should_ping_for_unhealthy_pods: boolean,
  enable_crashloop_auto_rollback: boolean,
  min_restarts_for_crashloop_rollback: integer,
  crashloop_rollback_percentage_threshold: number,
  alertmanager_url: nullable(text),
  enable_alertmanager_rollback: boolean,
  alertmanager_poll_interval_s: number,
  slack: map,
  log_writer: map,
  api_endpoints: mapOf(text),
  api_client_timeout: number,
  dashboard_links: map,
  cluster_fqdn_format: text,
  paasta_status_version: text,
  local_run_config: map,
  fsm_template: text,
  remote_run_duration_limit: integer,
  private_docker_registries: texts,
  zookeeper: text,
};

/** Keys that PaaSTA knows and that mean nothing here: mesos, marathon, tron, spark, its API server, or dead. */
const IGNORED_KEYS = [
  'api_auth_sso_oidc_client_id',
  'api_profiling_config',
  'auth_certificate_ttl',
  'auto_hostname_unique_size',
  'autorollback_prometheus_shard_region_overrides',
  'cluster_aliases',
  'default_spark_driver_env',
  'default_spark_driver_pool_override',
  'default_spark_iam_user',
  'disabled_watchers',
  'eks_cluster_aliases',
  'enable_client_cert_auth',
  'enable_tron_tsc',
  'expected_slave_attributes',
  'filter_bogus_mesos_cputime_enabled',
  'ldap_host',
  'ldap_reader_password',
  'ldap_reader_username',
  'ldap_search_base',
  'ldap_search_ou',
  'log_reader',
  'log_readers',
  'mesos_config',
  'paasta_native',
  'pki_backend',
  'readonly_docker_registry_auth_file',
  'register_native_services',
  'resource_pool_settings',
  'service_auth_sso_oidc_client_id',
  'slack_thread_writer_config',
  'spark_blockmanager_port',
  'spark_driver_port',
  'spark_iam_user_kubeconfig',
  'spark_k8s_role',
  'spark_kubeconfig',
  'spark_run_config',
  'spark_ui_port',
  'spark_use_eks_default',
  'taskproc',
  'tron',
  'tron_default_pool_override',
  'tron_k8s_cluster_overrides',
] as const;

/** How a known key is checked; undefined for an unknown one. */
export function systemKey(key: string): { readonly shape: Shape; readonly isCompiled: boolean } | undefined {
  if (Object.hasOwn(COMPILED_KEYS, key)) return { shape: COMPILED_KEYS[key]!, isCompiled: true };
  if (Object.hasOwn(OTHER_KEYS, key)) return { shape: OTHER_KEYS[key]!, isCompiled: false };
  return IGNORED.has(key) ? { shape: anything, isCompiled: false } : undefined;
}

/** Names that a misspelt key may have meant. */
export const KNOWN_SYSTEM_KEYS: readonly string[] = [...Object.keys(COMPILED_KEYS), ...Object.keys(OTHER_KEYS)];

/** Members of our own maps by their path, of which an unknown one is a finding. */
export const OWN_MEMBERS: Readonly<Record<string, readonly string[]>> = {
  labels: ['owner', 'pool_selector_key', 'omit_default_pool_selector', 'iam_role_annotation'],
  defaults: ['api_role_binding', 'runbook', 'tip'],
  secrets: ['provider', 'store', 'ssm_store', 'remote_key', 'remote_property'],
  sensu: SENSU_MEMBERS,
  'sensu.handlers': HANDLER_KINDS,
  'secrets.store': ['name', 'kind'],
  'secrets.ssm_store': ['name', 'kind'],
  smartstack: SMARTSTACK_MEMBERS,
  'smartstack.synapse': SMARTSTACK_SYNAPSE_MEMBERS,
};

const IGNORED: ReadonlySet<string> = new Set(IGNORED_KEYS);
