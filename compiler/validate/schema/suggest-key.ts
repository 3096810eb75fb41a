import { nearest } from '../../diagnostics/did-you-mean.ts';

/** Words that people write for a key of PaaSTA. A text with a blank is advice, not a key. */
const SYNONYMS: Readonly<Record<string, string>> = {
  command: 'cmd',
  memory: 'mem',
  ram: 'mem',
  cpu: 'cpus',
  gpu: 'gpus',
  replicas: 'instances',
  replica_count: 'instances',
  min_replicas: 'min_instances',
  max_replicas: 'max_instances',
  environment: 'env',
  port: 'container_port',
  volumes: 'extra_volumes',
  healthcheck_url: 'healthcheck_uri',
  healthcheck_path: 'healthcheck_uri',
  healthcheck_command: 'healthcheck_cmd',
  service_account: 'service_account_name',
  image: 'the image is set by deployments.json: mark a version for the deploy group',
  docker_image: 'the image is set by deployments.json: mark a version for the deploy group',
};

/** Keys that belong elsewhere, with the place. */
export const KEY_HOMES: Readonly<Record<string, readonly string[]>> = {
  'smartstack.yaml': [
    'proxy_port',
    'mode',
    'advertise',
    'discover',
    'extra_advertise',
    'timeout_server_ms',
    'timeout_connect_ms',
    'timeout_client_ms',
    'retries',
    'balance',
    'lb_policy',
    'proxied_through',
    'endpoint_timeouts',
    'healthcheck_timeout_s',
    'updown_timeout_s',
  ],
  'autoscaling of an instance': ['metrics_providers', 'scaledown_policies'],
  'autoscaling.metrics_providers of an instance': [
    'setpoint',
    'decision_policy',
    'moving_average_window_seconds',
    'desired_active_requests_per_replica',
    'metrics_query',
    'series_query',
    'forecast_policy',
  ],
  'monitoring of an instance, or monitoring.yaml': [
    'team',
    'page',
    'ticket',
    'runbook',
    'tip',
    'alert_after',
    'realert_every',
    'slack_channels',
    'notification_email',
    'check_oom_events',
  ],
  'kubernetes-CLUSTER.yaml or eks-CLUSTER.yaml': [
    'cpus',
    'mem',
    'disk',
    'instances',
    'min_instances',
    'max_instances',
    'registrations',
    'deploy_group',
    'healthcheck_cmd',
    'bounce_method',
    'drain_method',
    'env',
    'cmd',
    'args',
  ],
  'service.yaml': ['description', 'external_link', 'git_url', 'docker_registry'],
  'deploy.yaml': ['pipeline', 'slack_channels', 'auto_rollback'],
};

/** What to do about an unknown key: the key that was meant, or the file where it would be right. */
export function suggestKey(key: string, legal: readonly string[]): string | undefined {
  const synonym = Object.hasOwn(SYNONYMS, key.toLowerCase()) ? SYNONYMS[key.toLowerCase()] : undefined;
  if (synonym !== undefined && legal.includes(synonym)) return `did you mean "${synonym}"?`;
  if (synonym?.includes(' ') === true && legal.includes('cpus')) return synonym;
  const home = Object.entries(KEY_HOMES).find(([, keys]) => keys.includes(key) && !legal.includes(key));
  if (home !== undefined) return `it belongs in ${home[0]}`;
  const found = nearest(key, legal);
  return found === undefined ? undefined : `did you mean "${found}"?`;
}
