/** A key of the system configuration with its default and another legal value, in JSON. */
export interface SystemTrial {
  readonly path: readonly string[];
  readonly default: string;
  readonly other: string;
}

const SIDECAR = { cpu: 0.3, memory: '999Mi', 'ephemeral-storage': '99Mi' };

/** Keys of the system configuration that have a default which shows in manifests. PaaSTA: `SystemPaastaConfig`; `labels` and `defaults` are ours. */
export const SYSTEM_TRIALS: readonly SystemTrial[] = [
  ['hacheck_match_initial_delay', 'false', 'true'],
  ['enable_nerve_readiness_check', 'true', 'false'],
  ['enable_envoy_readiness_check', 'false', 'true'],
  ['nerve_readiness_check_script', '["/check_smartstack_up.sh"]', '["/other"]'],
  ['envoy_readiness_check_script', '["/check_proxy_up.sh", "--enable-envoy", …]', '["a", "b", "c", "d"]'],
  ['envoy_nerve_readiness_check_script', '["/check_proxy_up.sh", "--enable-smartstack", …]', '["a", "b", "c"]'],
  ['readiness_check_prefix_template', '["flock", "-n", …]', '["a", "b", "c", "d", "e"]'],
  ['register_k8s_pods', 'false', 'true'],
  ['kubernetes_add_registration_labels', 'false', 'true'],
  ['default_bounce_overprovision_factor', '1', '0.5'],
  ['pdb_max_unavailable', '0', '"7%"'],
  ['unhealthy_pod_eviction_policy', 'IfHealthyBudget', '"AlwaysAllow"'],
  ['sidecar_requirements_config', 'built in', JSON.stringify({ hacheck: SIDECAR, nerve: SIDECAR })],
  ['autoscaling_paused', 'false', 'true'],
  ['labels.owner', 'compute_infra_platform_experience', '"other"'],
  ['labels.pool_selector_key', 'yelp.com/pool', '"other/pool"'],
  ['labels.iam_role_annotation', 'true', 'false'],
  ['defaults.api_role_binding', 'false', 'true'],
  ['defaults.runbook', 'y/unhealthy-paasta-instances', '"other"'],
  ['defaults.tip', 'the status command', '"other"'],
  ['sensu.namespace', 'default', '"other"'],
  ['smartstack.synapse.namespace', 'paasta', '"other"'],
  ['smartstack.synapse.name', 'synapse', '"other"'],
  ['smartstack.synapse.shards', '4', '3'],
  ['smartstack.synapse.bind_addr', '0.0.0.0', '"127.0.0.1"'],
  ['smartstack.synapse.maximum_connections', '10000', '77'],
  ['smartstack.synapse.stats_port', '3212', '3213'],
  ['smartstack.synapse.haproxy_path', 'haproxy', '"other"'],
  ['smartstack.synapse.file_output_path', '/var/run/synapse/services', '"/var/run/synapse/other"'],
].map(([path, text, other]) => ({ path: path!.split('.'), default: text!, other: other! }));

/** Legal values, in YAML, for keys of an instance or a SmartStack namespace whose default is no value of theirs. */
export const KEY_TRIALS: Readonly<Record<string, readonly string[]>> = {
  args: ['["other"]'],
  cap_add: ['["SYS_PTRACE"]'],
  cmd: ['"other"'],
  healthcheck_mode: ['"tcp"', '"http"'],
  iam_role: ['"arn:aws:iam::1:role/other"'],
  max_instances: ['99'],
  metrics_providers: ['[{"type": "cpu", "setpoint": 0.5}]', '[{"type": "uwsgi"}]'],
  mode: ['"tcp"', '"http"'],
  namespace: ['"other-namespace"'],
  page: ['true'],
  persistent_volumes: ['[{"container_path": "/other", "size": 1, "mode": "RW"}]'],
  pre_stop_command: ['["other"]'],
  registrations: ['["other.main"]'],
  scaledown_policies: ['{"policies": [{"type": "Pods", "value": 7, "periodSeconds": 9}]}'],
  service_account_name: ['"other"'],
  termination_grace_period_seconds: ['77'],
};
