/**
 * Generated from schemas/*.schema.json by `npm run generate`: edit the schemas.
 *
 * The shape of each input file, keys as written. Input that is wrong is rendered as far as possible, so a pass that reads a
 * value takes it as a `Partial` of these and checks what it relies on.
 */

import type { PyFloat, YamlMap, YamlValue } from './yaml-value.ts';

/** A number as YAML gives it: an integer beyond 2^53 is a bigint, a float that prints differently a `PyFloat`. */
export type Numeric = number | bigint | PyFloat;

/**
 * Environment variables of the main container. Values are text: quote numbers and booleans. `SECRET(name)` and
 * `SHARED_SECRET(name)` as a whole value refer to a secret of the service or of `_shared`.
 */
export type Environment = Readonly<Record<string, string>>;

/** A directory of the node that is mounted into the container. */
export interface HostVolume {
  /** Path on the node. */
  readonly hostPath: string;
  /** Path inside the container. */
  readonly containerPath: string;
  /**
   * RO mounts read-only, RW writable. PaaSTA takes every other text as writable.
   * Default: `"RO"`.
   */
  readonly mode?: 'RO' | 'RW';
}

/** A secret of the service mounted as files, read-only. */
export interface SecretVolume {
  /** Directory inside the container that gets the files. */
  readonly container_path: string;
  /** Name of the secret: its file is `secrets/<name>.json` of the service. Shared secrets cannot be mounted. */
  readonly secret_name: string;
  /**
   * Mode of the files, as quoted octal text.
   * Default: Kubernetes' 0644.
   */
  readonly default_mode?: string;
  /** Which keys become which files. Without it there is one file named like the secret. PaaSTA allows one item. */
  readonly items?: readonly SecretVolumeItem[];
}

/** One file of the volume. */
export interface SecretVolumeItem {
  /** Key inside the Secret: the name of the secret. */
  readonly key: string;
  /** File name below `container_path`; a relative path. */
  readonly path: string;
  /**
   * Mode of this file, as quoted octal text.
   * Default: `default_mode`.
   */
  readonly mode?: string;
}

/** A token of the pod’s service account for one audience, renewed by Kubernetes, in the file `token`. */
export interface ProjectedTokenVolume {
  /** Directory inside the container that gets the file `token`. */
  readonly container_path: string;
  /** Who the token is meant for. */
  readonly audience: string;
  /**
   * Lifetime of a token in seconds. Kubernetes refuses less than 600.
   * Default: `3600`.
   */
  readonly expiration_seconds?: Numeric;
}

/** Keys that are mounted below `/etc/crypto_keys`. */
export interface CryptoKeys {
  /** Keys to encrypt with: `public/<key>.json`. */
  readonly encrypt?: readonly string[];
  /** Keys to decrypt with: `private/<key>.json`. */
  readonly decrypt?: readonly string[];
}

/** Amounts that replace the configured ones, key by key. */
export interface ContainerResources {
  /** Number of CPUs. */
  readonly cpu?: Numeric;
  /** Amount of memory. */
  readonly memory?: string;
  /** Space on the node’s disk. */
  readonly 'ephemeral-storage'?: string;
}

/** Resources of the sidecar containers of this instance. */
export interface SidecarResourceRequirements {
  /** The health-check sidecar of instances in SmartStack. */
  readonly hacheck?: SidecarResources;
}

/** The health-check sidecar of instances in SmartStack. */
export interface SidecarResources {
  /**
   * What the scheduler reserves, over the system configuration’s amounts.
   * Default: `sidecar_requirements_config` of the system configuration, else 0.1 CPU, 1024Mi, 256Mi of disk.
   */
  readonly requests?: ContainerResources;
  /**
   * What the sidecar may use at most, over the requests.
   * Default: the requests.
   */
  readonly limits?: ContainerResources;
}

/** One text, a list of allowed texts, or a list of conditions that must all hold. */
export type NodeSelectorValue = string | readonly NodeCondition[];

/** An allowed value, or a condition on the label. */
export type NodeCondition =
  | string
  | {
      /** In and NotIn compare with `values`, Gt and Lt with `value`, Exists and DoesNotExist ask only for the label. */
      readonly operator: 'In' | 'NotIn' | 'Exists' | 'DoesNotExist' | 'Gt' | 'Lt';
      /** Texts for In and NotIn. */
      readonly values?: readonly string[];
      /** Whole number for Gt and Lt. */
      readonly value?: Numeric;
    };

/** Labels that a node must have. */
export type NodeSelectors = Readonly<Record<string, NodeSelectorValue>>;

/** Labels that a node should have, with a weight. */
export interface PreferredNodes {
  /** How much a matching node counts, from 1 to 100. */
  readonly weight: Numeric;
  /** Wanted labels, as in `node_selectors`; values that are not lists are ignored. */
  readonly preferences: NodeSelectors;
}

/** How evenly the pods spread over the values of a node label. */
export interface TopologySpreadConstraint {
  /** Node label whose values are the groups to spread over. */
  readonly topology_key: string;
  /**
   * ScheduleAnyway places a pod even if the spread gets worse, DoNotSchedule leaves it pending.
   * Default: `"ScheduleAnyway"`.
   */
  readonly when_unsatisfiable?: 'ScheduleAnyway' | 'DoNotSchedule';
  /**
   * Largest allowed difference between two groups, in pods.
   * Default: `1`.
   */
  readonly max_skew?: Numeric;
  /** Pod labels whose values are compared too, such as the configuration sha: then each version spreads by itself. */
  readonly match_label_keys?: readonly string[];
}

/**
 * Long-running instances of a service in one cluster, by name. A key that starts with _ is a template for YAML
 * anchors and may hold anything. kubernetes- and eks- files mean the same.
 */
export type KubernetesFile = Readonly<Record<string, KubernetesInstance>>;

/** One long-running instance: a Deployment, or with persistent volumes a StatefulSet. */
export interface KubernetesInstance {
  /**
   * CPUs that are reserved for one replica; fractions are allowed.
   * Default: `1`.
   */
  readonly cpus?: Numeric;
  /**
   * CPUs that a replica may use beyond `cpus` when the node has them to spare.
   * Default: `1`.
   */
  readonly cpu_burst_add?: Numeric;
  /**
   * Memory of one replica in MiB. A replica that needs more is killed.
   * Default: `4096`.
   */
  readonly mem?: Numeric;
  /**
   * Space on the node’s disk for one replica in MiB: logs and files written inside the container.
   * Default: `1024`.
   */
  readonly disk?: Numeric;
  /**
   * GPUs of one replica.
   * Default: none.
   */
  readonly gpus?: Numeric;
  /**
   * Number of replicas. Ignored when `max_instances` is set.
   * Default: `1`.
   */
  readonly instances?: Numeric;
  /**
   * Fewest replicas that the autoscaler keeps. Without `max_instances` it has no effect.
   * Default: `1`.
   */
  readonly min_instances?: Numeric;
  /**
   * Most replicas that the autoscaler makes. Setting it turns autoscaling on.
   * Default: no autoscaling.
   */
  readonly max_instances?: Numeric;
  /**
   * By what the autoscaler decides. Takes effect with `max_instances`.
   * Default: CPU use at 80 % of `cpus`.
   */
  readonly autoscaling?: Autoscaling;
  /**
   * Bounds for the tool that writes `autotuned_defaults`; they do not change the manifests.
   * No effect on Kubernetes.
   */
  readonly autotune_limits?: AutotuneLimits;
  /**
   * Command to run. A text runs in `sh -c`, a list as it is. Without it the image’s own command runs. Not together
   * with `args`.
   * Default: the image’s command.
   */
  readonly cmd?: string | readonly string[];
  /**
   * Arguments for the image’s entry point. Not together with `cmd`.
   * Default: `[]`.
   */
  readonly args?: readonly string[];
  /**
   * Environment variables of the main container. `SECRET(name)` and `SHARED_SECRET(name)` as a whole value refer to
   * a secret.
   * Default: `{}`.
   */
  readonly env?: Environment;
  /**
   * Secrets from the AWS Parameter Store as environment variables.
   * Default: `[]`.
   */
  readonly ssm_secrets?: readonly SsmSecret[];
  /**
   * Port that the service listens on inside the container.
   * Default: `8888`.
   */
  readonly container_port?: Numeric;
  /**
   * Port of the node; Kubernetes pods have their own address.
   * No effect on Kubernetes.
   */
  readonly host_port?: Numeric;
  /**
   * Complete image reference, in place of the one from deployments.json.
   * Default: registry and image of the deploy group.
   */
  readonly docker_url?: string;
  /**
   * Linux capabilities that the container keeps. PaaSTA drops a fixed list of them otherwise.
   * Default: none.
   */
  readonly cap_add?: readonly string[];
  /**
   * Runs the container with all rights of the node.
   * Default: not set.
   */
  readonly privileged?: boolean;
  /**
   * Options for docker run; Kubernetes has none.
   * No effect on Kubernetes.
   */
  readonly extra_docker_args?: Readonly<Record<string, string>>;
  /**
   * CPU accounting period in microseconds for docker run.
   * No effect on Kubernetes.
   */
  readonly cfs_period_us?: Numeric;
  /**
   * Which version runs: the deploy group of deploy.yaml that is marked for deployment. `{cluster}`, `{instance}` and
   * `{service}` are filled in; braces are doubled to stay.
   * Default: `<cluster>.<instance>`.
   */
  readonly deploy_group?: string;
  /**
   * How pods are replaced: crossover starts new ones beside the old, brutal replaces all at once, downthenup stops
   * all old ones first.
   * Default: `"crossover"`.
   */
  readonly bounce_method?: 'crossover' | 'brutal' | 'downthenup';
  /**
   * Share of the replicas that stays up while pods are replaced, 0 to 1.
   * Default: `0.95`.
   */
  readonly bounce_margin_factor?: Numeric;
  /**
   * How many extra pods a replacement may start, as a share of the replicas, 0.25 to 1.
   * Default: `default_bounce_overprovision_factor` of the system configuration, else 1.
   */
  readonly bounce_overprovision_factor?: Numeric;
  /**
   * When a new pod counts as healthy.
   * Default: `{}`.
   */
  readonly bounce_health_params?: BounceHealthParams;
  /**
   * Order of bounces.
   * No effect on Kubernetes.
   */
  readonly bounce_priority?: Numeric;
  /**
   * When a bounce may start, as a Unix time.
   * No effect on Kubernetes.
   */
  readonly bounce_start_deadline?: Numeric;
  /**
   * Whether waiting for a deployment mentions unhealthy pods.
   * No effect on Kubernetes.
   */
  readonly should_ping_for_unhealthy_pods?: boolean;
  /**
   * Growth of the delay between restarts.
   * No effect on Kubernetes.
   */
  readonly backoff_factor?: Numeric;
  /**
   * Longest delay between restarts in seconds.
   * No effect on Kubernetes.
   */
  readonly max_launch_delay_seconds?: Numeric;
  /**
   * Whether pods that are not ready may be evicted from a node that is drained.
   * Default: `unhealthy_pod_eviction_policy` of the system configuration, else IfHealthyBudget.
   */
  readonly unhealthy_pod_eviction_policy?: 'IfHealthyBudget' | 'AlwaysAllow';
  /**
   * Whether the pods of a StatefulSet start one after the other or all at once. Only with `persistent_volumes`.
   * Default: `"OrderedReady"`.
   */
  readonly pod_management_policy?: 'OrderedReady' | 'Parallel';
  /**
   * Names under which the pods are discovered, as service.namespace. The first one decides health-check defaults and
   * SmartStack settings. With several names the pods serve all of them.
   * Default: `[<service>.<instance>]`.
   */
  readonly registrations?: readonly string[];
  /**
   * Old form of `registrations` with one namespace of the own service.
   * @deprecated
   */
  readonly nerve_ns?: string;
  /**
   * Share of the traffic compared with other pods of the same registration.
   * Default: `10`.
   */
  readonly weight?: Numeric;
  /**
   * How a pod is taken out of traffic before it stops. On Kubernetes the pre-stop hook does it whatever is chosen.
   * Default: hacheck in SmartStack, else noop.
   * No effect on Kubernetes.
   */
  readonly drain_method?: 'noop' | 'hacheck' | 'http' | 'test';
  /**
   * Parameters of `drain_method`.
   * Default: `{delay: 60}` in SmartStack, else `{}`.
   * No effect on Kubernetes.
   */
  readonly drain_method_params?: DrainMethodParams;
  /**
   * How to ask a replica whether it is alive: an HTTP request, a TCP connection or a command.
   * Default: `healthcheck_mode` or `mode` of the SmartStack namespace; none outside SmartStack.
   */
  readonly healthcheck_mode?: 'http' | 'https' | 'tcp' | 'cmd';
  /** Command that exits 0 when the replica is well. Needs `healthcheck_mode: cmd`. */
  readonly healthcheck_cmd?: string;
  /**
   * Path that answers with status 200 to 399 when the replica is well.
   * Default: `healthcheck_uri` of the SmartStack namespace, else /status.
   */
  readonly healthcheck_uri?: string;
  /**
   * Seconds after the start before the first check.
   * Default: `60`.
   */
  readonly healthcheck_grace_period_seconds?: Numeric;
  /**
   * Seconds between two checks.
   * Default: `10`.
   */
  readonly healthcheck_interval_seconds?: Numeric;
  /**
   * Seconds after which a check without an answer has failed.
   * Default: `10`.
   */
  readonly healthcheck_timeout_seconds?: Numeric;
  /**
   * Failed checks in a row before the replica is restarted.
   * Default: `30`.
   */
  readonly healthcheck_max_consecutive_failures?: Numeric;
  /**
   * What happens when a pod stops.
   * Default: `{}`.
   */
  readonly lifecycle?: Lifecycle;
  /**
   * Percentage of the replicas that must be up; below it the replication check is critical.
   * Default: `50`.
   */
  readonly replication_threshold?: Numeric;
  /**
   * Alerting of this instance, key by key over monitoring.yaml.
   * Default: `{}`.
   */
  readonly monitoring?: Monitoring;
  /**
   * Locations that replication checks leave out.
   * No effect on Kubernetes.
   */
  readonly monitoring_blacklist?: readonly YamlValue[];
  /**
   * More directories of the node to mount, beside those of the system configuration.
   * Default: `[]`.
   */
  readonly extra_volumes?: readonly HostVolume[];
  /**
   * Disks that outlive a pod, one per replica. Any entry makes the instance a StatefulSet.
   * Default: `[]`.
   */
  readonly persistent_volumes?: readonly PersistentVolume[];
  /**
   * Existing AWS EBS disks. Needs `bounce_method: downthenup` and at most one replica.
   * Default: `[]`.
   */
  readonly aws_ebs_volumes?: readonly AwsEbsVolume[];
  /**
   * Secrets of the service mounted as files.
   * Default: `[]`.
   */
  readonly secret_volumes?: readonly SecretVolume[];
  /**
   * Tokens of the pod’s service account mounted as files.
   * Default: `[]`.
   */
  readonly projected_sa_volumes?: readonly ProjectedTokenVolume[];
  /**
   * Mounts the bulk data of the node read-only.
   * Default: `false`.
   */
  readonly uses_bulkdata?: boolean;
  /**
   * AWS credentials that are mounted below /etc/boto_cfg.
   * Default: `[]`.
   */
  readonly boto_keys?: readonly string[];
  /**
   * Encryption keys that are mounted below /etc/crypto_keys.
   * Default: `{}`.
   */
  readonly crypto_keys?: CryptoKeys;
  /**
   * Database credentials that are mounted below /datastore.
   * Default: `{}`.
   */
  readonly datastore_credentials?: DatastoreCredentials;
  /**
   * AWS role of the pods. Makes a service account for it. Not together with `service_account_name`.
   * Default: none.
   */
  readonly iam_role?: string;
  /**
   * How the role reaches the pods; aws means by service account.
   * Default: `"aws"`.
   */
  readonly iam_role_provider?: 'aws';
  /**
   * Existing service account to run as. Not together with `iam_role`.
   * Default: none.
   */
  readonly service_account_name?: string;
  /**
   * Group id that owns mounted volumes.
   * Default: 65534 with `iam_role`, else none.
   */
  readonly fs_group?: Numeric;
  /**
   * Whether file ownership is set on every start or only when it differs. Needs `fs_group`.
   * Default: Kubernetes’ Always.
   */
  readonly fs_group_change_policy?: 'Always' | 'OnRootMismatch';
  /**
   * Group of nodes to run on.
   * Default: `"default"`.
   */
  readonly pool?: string;
  /**
   * Labels that a node must have. Short names such as habitat or instance_type stand for the full label.
   * Default: `{}`.
   */
  readonly node_selectors?: NodeSelectors;
  /**
   * Nodes that are better than others.
   * Default: `[]`.
   */
  readonly node_selectors_preferred?: readonly PreferredNodes[];
  /**
   * Locations to run in: a location type and its values.
   * Default: everywhere.
   */
  readonly deploy_whitelist?: readonly [string, readonly string[]];
  /**
   * Locations to stay out of: pairs of type and value.
   * Default: `[]`.
   */
  readonly deploy_blacklist?: readonly (readonly string[])[];
  /**
   * Services or instances that must not share a node with this one, in the same namespace. One entry or a list.
   * Default: `[]`.
   */
  readonly anti_affinity?: AntiAffinity;
  /**
   * As `anti_affinity`, but as a wish with a weight.
   * Default: `[]`.
   */
  readonly anti_affinity_preferred?: PreferredAntiAffinity;
  /**
   * How evenly the pods spread over zones or nodes. Replaces the list of the system configuration; [] switches
   * spreading off.
   * Default: `topology_spread_constraints` of the system configuration.
   */
  readonly topology_spread_constraints?: readonly TopologySpreadConstraint[];
  /**
   * Old placement rules; use `node_selectors` or `topology_spread_constraints`.
   * No effect on Kubernetes.
   */
  readonly constraints?: readonly (readonly YamlValue[])[];
  /**
   * Old placement rules; use `node_selectors` or `topology_spread_constraints`.
   * No effect on Kubernetes.
   */
  readonly extra_constraints?: readonly (readonly YamlValue[])[];
  /**
   * Kubernetes namespace of the instance.
   * Default: `paastasvc-<service>`, each _ of the service written --.
   */
  readonly namespace?: string;
  /**
   * Port to scrape metrics from, when it is another than `container_port`.
   * Default: none.
   */
  readonly prometheus_port?: Numeric;
  /**
   * Path to scrape metrics from.
   * Default: none.
   */
  readonly prometheus_path?: string;
  /**
   * Which Prometheus scrapes the pods.
   * Default: none.
   */
  readonly prometheus_shard?: string;
  /**
   * Resources of the sidecar containers of this instance.
   * Default: `{}`.
   */
  readonly sidecar_resource_requirements?: SidecarResourceRequirements;
  /**
   * Gives the pods addresses that are reachable from outside the cluster.
   * Default: `false`.
   */
  readonly routable_ip?: boolean;
  /**
   * Waits for an AWS load balancer before a pod is ready.
   * Default: `false`.
   */
  readonly enable_aws_lb_readiness_gate?: boolean;
  /**
   * Lets Istio add its sidecar.
   * Default: `false`.
   */
  readonly is_istio_sidecar_injection_enabled?: boolean;
  /**
   * Whom the cost of the pods is booked on.
   * Default: `cost_owner` of service.yaml.
   */
  readonly cost_owner?: string;
  /**
   * Entry of dependencies.yaml that lists what this instance talks to.
   * Default: `main`.
   * No effect on Kubernetes.
   */
  readonly dependencies_reference?: string;
  /**
   * Settings of another autoscaler.
   * No effect on Kubernetes.
   */
  readonly sfn_autoscaling?: YamlMap;
  /**
   * Docker network mode.
   * No effect on Kubernetes.
   */
  readonly network_mode?: string;
  /**
   * Docker network mode, of ad-hoc instances.
   * No effect on Kubernetes.
   */
  readonly net?: string;
  /**
   * Role of the old scheduler.
   * No effect on Kubernetes.
   */
  readonly role?: string;
  /**
   * Service whose secret files `SECRET(...)` means when files are checked.
   * No effect on Kubernetes.
   */
  readonly service?: string;
}

/** Bounds for the tool that writes `autotuned_defaults`; they do not change the manifests. */
export interface AutotuneLimits {
  /** Bounds for `cpus`. */
  readonly cpus?: {
    /** CPUs: never recommend less. */
    readonly min?: Numeric;
    /** CPUs: never recommend more. */
    readonly max?: Numeric;
  };
  /** Bounds for `mem`. */
  readonly mem?: {
    /** Memory in MiB: never recommend less. */
    readonly min?: Numeric;
    /** Memory in MiB: never recommend more. */
    readonly max?: Numeric;
  };
  /** Bounds for `disk`. */
  readonly disk?: {
    /** Disk in MiB: never recommend less. */
    readonly min?: Numeric;
    /** Disk in MiB: never recommend more. */
    readonly max?: Numeric;
  };
}

/** One parameter and its variable. */
export interface SsmSecret {
  /** Name of the parameter. */
  readonly source?: string;
  /** Environment variable and key of the Secret. */
  readonly secret_name: string;
}

/** When a new pod counts as healthy. */
export interface BounceHealthParams {
  /**
   * Waits until the node’s HAProxy sees the pod up. Only in SmartStack.
   * Default: `enable_nerve_readiness_check` of the system configuration, else true.
   */
  readonly check_haproxy?: boolean;
  /**
   * Waits until the node’s Envoy sees the pod up. Only in SmartStack.
   * Default: `enable_envoy_readiness_check` of the system configuration, else false.
   */
  readonly check_envoy?: boolean;
  /**
   * Seconds a new pod must be ready before it counts.
   * Default: `0`.
   */
  readonly min_task_uptime?: Numeric;
  /**
   * Share of HAProxies that must see a pod up.
   * No effect on Kubernetes.
   */
  readonly haproxy_min_fraction_up?: Numeric;
}

/** Parameters of `drain_method`. */
export type DrainMethodParams = YamlMap;

/** What happens when a pod stops. */
export interface Lifecycle {
  /**
   * Seconds from the request to stop until the pod is killed, the pre-stop hook included.
   * Default: enough for draining in SmartStack, else Kubernetes’ 30.
   */
  readonly termination_grace_period_seconds?: Numeric;
  /**
   * Command before the stop signal, in place of draining. A list is run as it is; a text is the name of one program,
   * without a shell.
   */
  readonly pre_stop_command?: string | readonly string[];
  /**
   * Seconds to wait for traffic to end before the stop signal.
   * Default: 30 in SmartStack, else 0.
   */
  readonly pre_stop_drain_seconds?: Numeric;
  /**
   * After draining, wait until no client is connected to `container_port`.
   * Default: true in SmartStack, else false.
   */
  readonly pre_stop_wait_for_connections_to_complete?: boolean;
}

/** One disk per replica. */
export interface PersistentVolume {
  /** Directory inside the container. */
  readonly container_path: string;
  /** Size in GiB. */
  readonly size: Numeric;
  /**
   * RW mounts writable, everything else read-only.
   * Default: `"RO"`.
   */
  readonly mode?: string;
  /**
   * Kind of disk; one of `supported_storage_classes` of the system configuration, otherwise ebs is taken.
   * Default: `"ebs"`.
   */
  readonly storage_class_name?: string;
}

/** One EBS disk. */
export interface AwsEbsVolume {
  /** Id of the disk. */
  readonly volume_id: string;
  /** File system on the disk. */
  readonly fs_type?: string;
  /** Partition number. */
  readonly partition?: Numeric;
  /** Directory inside the container. */
  readonly container_path: string;
  /**
   * RW mounts writable, everything else read-only.
   * Default: `"RO"`.
   */
  readonly mode?: string;
}

/** Database credentials that are mounted below /datastore. */
export interface DatastoreCredentials {
  /** MySQL credentials. */
  readonly mysql?: readonly string[];
}

/** Services or instances that must not share a node with this one, in the same namespace. One entry or a list. */
export type AntiAffinity =
  | {
      /** Service to stay away from. */
      readonly service?: string;
      /** Instance to stay away from; without `service`, of every service. */
      readonly instance?: string;
    }
  | readonly AntiAffinityTerm[];

/** What to stay away from. */
export interface AntiAffinityTerm {
  /** Service to stay away from. */
  readonly service?: string;
  /** Instance to stay away from; without `service`, of every service. */
  readonly instance?: string;
}

/** As `anti_affinity`, but as a wish with a weight. */
export type PreferredAntiAffinity =
  | {
      /** Service to stay away from. */
      readonly service?: string;
      /** Instance to stay away from; without `service`, of every service. */
      readonly instance?: string;
      /** How much it counts, 1 to 100. */
      readonly weight?: Numeric;
    }
  | readonly PreferredAntiAffinityTerm[];

/** What to stay away from, and how much it counts. */
export interface PreferredAntiAffinityTerm {
  /** Service to stay away from. */
  readonly service?: string;
  /** Instance to stay away from; without `service`, of every service. */
  readonly instance?: string;
  /** How much it counts, 1 to 100. */
  readonly weight?: Numeric;
}

/** By what the autoscaler decides and how fast it removes replicas. */
export interface Autoscaling {
  /**
   * Metrics; with several the one that asks for most replicas wins.
   * Default: one of type cpu.
   */
  readonly metrics_providers?: readonly MetricsProvider[];
  /** How fast replicas go away. Each key replaces the default one. */
  readonly scaledown_policies?: ScaledownPolicies;
}

/** One metric and its wanted value. */
export interface MetricsProvider {
  /**
   * What is measured. cpu and memory come from Kubernetes, the others from Prometheus through its adapter.
   * Default: `"cpu"`.
   */
  readonly type?:
    | 'cpu'
    | 'memory'
    | 'uwsgi'
    | 'uwsgi-v2'
    | 'gunicorn'
    | 'piscina'
    | 'worker-load'
    | 'active-requests'
    | 'arbitrary-promql';
  /**
   * bespoke means that another program sets the replicas: no autoscaler is made. Everything else is proportional.
   * Default: `"proportional"`.
   */
  readonly decision_policy?: string;
  /**
   * Value to hold: 0.8 means 80 % for the load metrics; for arbitrary-promql the wanted value of the query.
   * Default: `0.8`.
   */
  readonly setpoint?: Numeric;
  /**
   * Requests in flight that one replica should have. Only for active-requests.
   * Default: `1`.
   */
  readonly desired_active_requests_per_replica?: Numeric;
  /**
   * Seconds over which the load is averaged. For the Prometheus metrics.
   * Default: `1800`.
   */
  readonly moving_average_window_seconds?: Numeric;
  /**
   * Kept for older tools.
   * No effect on Kubernetes.
   */
  readonly forecast_policy?: 'moving_average' | 'current';
  /**
   * Load at which an instance at `max_instances` is reported.
   * Default: `setpoint`.
   */
  readonly max_instances_alert_threshold?: Numeric;
  /** Query whose value is compared with the setpoint. Required for arbitrary-promql, and only there. */
  readonly metrics_query?: string;
  /**
   * Series that the query is about. Only for arbitrary-promql.
   * Default: the labels of the Deployment.
   */
  readonly series_query?: string;
  /**
   * AverageValue divides the value by the replicas, Value does not. Only for arbitrary-promql.
   * Default: `"AverageValue"`.
   */
  readonly target_type?: 'Value' | 'AverageValue';
  /**
   * How series belong to Kubernetes objects, in prometheus-adapter’s own form. Only for arbitrary-promql.
   * Default: namespace and Deployment by the labels `namespace` and `deployment`.
   */
  readonly resources?: PromqlResources;
}

/** How series belong to Kubernetes objects, in prometheus-adapter’s own form. Only for arbitrary-promql. */
export interface PromqlResources {
  /** Label to resource. */
  readonly overrides?: YamlMap;
  /** Template of label names. */
  readonly template?: string;
}

/** Kubernetes’ own form, copied into the autoscaler. */
export interface ScaledownPolicies {
  /**
   * Seconds that the lowest recommendation must hold before replicas go away, 0 to 3600.
   * Default: `300`.
   */
  readonly stabilizationWindowSeconds?: Numeric;
  /**
   * Which of several policies counts: the largest change, the smallest, or no scaling down at all.
   * Default: `"Max"`.
   */
  readonly selectPolicy?: 'Max' | 'Min' | 'Disabled';
  /**
   * How fast replicas may go away.
   * Default: `[{"type":"Percent","value":30,"periodSeconds":60}]`.
   */
  readonly policies?: readonly ScaledownPolicy[];
  /**
   * Share by which the metric may miss the target before replicas change.
   * Default: of the cluster, 0.1.
   */
  readonly tolerance?: string | Numeric;
}

/** One limit. */
export interface ScaledownPolicy {
  /** Whether `value` counts percent of the replicas or pods. */
  readonly type?: 'Percent' | 'Pods';
  /** At most this much per period. */
  readonly value?: Numeric;
  /** Length of the period in seconds, 1 to 1800. */
  readonly periodSeconds?: Numeric;
}

/**
 * One-off and interactive containers of a service in one cluster, by name. They are listed and get versions, but
 * no manifests. A key that starts with _ is a template for YAML anchors.
 */
export type AdhocFile = Readonly<Record<string, AdhocInstance>>;

/** One container that is started by hand. `interactive` is the default of paasta local-run. */
export interface AdhocInstance {
  /** CPUs of the container; fractions are allowed. */
  readonly cpus?: Numeric;
  /**
   * Memory of the container in MiB, more than 32. A container that needs more is killed.
   * Default: `4096`.
   */
  readonly mem?: Numeric;
  /** Space on the node’s disk for one replica in MiB: logs and files written inside the container. */
  readonly disk?: Numeric;
  /** GPUs of one replica. */
  readonly gpus?: Numeric;
  /** Command to run in `sh -c`. Without it the image’s own command runs. */
  readonly cmd?: string;
  /** Arguments for the image’s entry point. Not together with `cmd`. */
  readonly args?: readonly string[];
  /**
   * Environment variables of the main container. `SECRET(name)` and `SHARED_SECRET(name)` as a whole value refer to
   * a secret.
   */
  readonly env?: Environment;
  /** AWS credentials that are mounted below /etc/boto_cfg. */
  readonly boto_keys?: readonly string[];
  /**
   * AWS role of the container.
   * Default: none.
   */
  readonly iam_role?: string;
  /** How the role reaches the pods; aws means by service account. */
  readonly iam_role_provider?: 'aws';
  /** Group id that owns mounted volumes. */
  readonly fs_group?: Numeric;
  /** Whether file ownership is set on every start or only when it differs. Needs `fs_group`. */
  readonly fs_group_change_policy?: 'Always' | 'OnRootMismatch';
  /** Encryption keys that are mounted below /etc/crypto_keys. */
  readonly crypto_keys?: CryptoKeys;
  /** Secrets of the service mounted as files. */
  readonly secret_volumes?: readonly SecretVolume[];
  /** Mounts the bulk data of the node read-only. */
  readonly uses_bulkdata?: boolean;
  /** More directories of the node to mount, beside those of the system configuration. */
  readonly extra_volumes?: readonly HostVolume[];
  /**
   * Which version runs: the deploy group of deploy.yaml that is marked for deployment. `{cluster}`, `{instance}` and
   * `{service}` are filled in; braces are doubled to stay.
   */
  readonly deploy_group?: string;
  /** Linux capabilities that the container keeps. PaaSTA drops a fixed list of them otherwise. */
  readonly cap_add?: readonly string[];
  /** CPU accounting period in microseconds for docker run. */
  readonly cfs_period_us?: Numeric;
  /** CPUs that a replica may use beyond `cpus` when the node has them to spare. */
  readonly cpu_burst_add?: Numeric;
  /** Options for docker run; Kubernetes has none. */
  readonly extra_docker_args?: Readonly<Record<string, string>>;
  /** Group of nodes to run on. */
  readonly pool?: string;
  /**
   * Kubernetes namespace of one-off pods.
   * Default: `paastasvc-<service>`, each _ of the service written --.
   */
  readonly namespace?: string;
  /**
   * Port that the container listens on.
   * Default: `8888`.
   */
  readonly container_port?: Numeric;
  /** Labels that a node must have. Short names such as habitat or instance_type stand for the full label. */
  readonly node_selectors?: NodeSelectors;
  /** Nodes that are better than others. */
  readonly node_selectors_preferred?: readonly PreferredNodes[];
  /**
   * Docker network mode.
   * Default: `"bridge"`.
   */
  readonly net?: string;
  /** Runs the container with all rights of the node. */
  readonly privileged?: boolean;
  /**
   * Role of the old scheduler; no effect.
   * No effect on Kubernetes.
   */
  readonly role?: string;
  /** Complete image reference, in place of the one from deployments.json. */
  readonly docker_url?: string;
}

/**
 * Resources recommended by a tool, by instance. They are defaults: what an instance says itself wins. Read only if
 * the system configuration enables it.
 */
export type AutotunedDefaultsFile = Readonly<Record<string, AutotunedInstance>>;

/** Values for one instance. */
export interface AutotunedInstance {
  /** CPUs that are reserved for one replica; fractions are allowed. */
  readonly cpus?: Numeric;
  /** CPUs that a replica may use beyond `cpus` when the node has them to spare. */
  readonly cpu_burst_add?: Numeric;
  /** Memory of one replica in MiB. A replica that needs more is killed. */
  readonly mem?: Numeric;
  /** Space on the node’s disk for one replica in MiB, at least 128. */
  readonly disk?: Numeric;
  /** Fewest replicas that the autoscaler keeps. Without `max_instances` it has no effect. */
  readonly min_instances?: Numeric;
  /** Most replicas that the autoscaler makes. Setting it turns autoscaling on. */
  readonly max_instances?: Numeric;
  /** Resources of the sidecar containers of this instance. */
  readonly sidecar_resource_requirements?: SidecarResourceRequirements;
}

/**
 * Namespaces under which a service is discovered, by name: health checks, ports, timeouts and where it is
 * advertised. There are no templates: every key is a namespace.
 */
export type SmartstackFile = Readonly<Record<string, SmartstackNamespace>>;

/** One namespace; clients reach it as service.namespace. */
export interface SmartstackNamespace {
  /**
   * Port on every node that leads to the service. It is unique over all services. null means discovery only: files,
   * no listener.
   */
  readonly proxy_port: Numeric | null;
  /**
   * Protocol that the service speaks.
   * Default: http when `proxy_port` is there.
   */
  readonly mode?: 'http' | 'https' | 'http2' | 'tcp';
  /**
   * Location types at which the pods are registered.
   * Default: `["region"]`.
   */
  readonly advertise?: readonly string[];
  /**
   * Location type in which clients look for pods; one of `advertise`.
   * Default: `"region"`.
   */
  readonly discover?: string;
  /**
   * Pods of the left location are registered in the right ones too; both as type:location.
   * Default: `{}`.
   */
  readonly extra_advertise?: Readonly<Record<string, readonly string[]>>;
  /**
   * Protocol of the health check.
   * Default: `mode`; probes take http for http2.
   */
  readonly healthcheck_mode?: 'http' | 'https' | 'http2' | 'tcp';
  /**
   * Path that answers with success when the service is well.
   * Default: `"/status"`.
   */
  readonly healthcheck_uri?: string;
  /**
   * Port of nerve’s check, when it is another than the service’s.
   * Default: port of the instance.
   */
  readonly healthcheck_port?: Numeric;
  /**
   * Seconds after which a check has failed, 0 to 10; a check runs every timeout + 1 seconds.
   * Default: `1`.
   */
  readonly healthcheck_timeout_s?: Numeric;
  /** Text that the answer must contain. */
  readonly healthcheck_body_expect?: string;
  /**
   * Headers of the check request. They reach the service only if hacheck copies them.
   * Default: `{}`.
   */
  readonly extra_healthcheck_headers?: Readonly<Record<string, string>>;
  /**
   * Milliseconds to reach a pod.
   * Default: `200`.
   */
  readonly timeout_connect_ms?: Numeric;
  /**
   * Milliseconds that a pod may take to answer.
   * Default: `1000`.
   */
  readonly timeout_server_ms?: Numeric;
  /**
   * Milliseconds that a client may take.
   * Default: the larger of client and server timeout if one is set, else 1000.
   */
  readonly timeout_client_ms?: Numeric;
  /**
   * Server timeout in milliseconds for requests whose path starts with the key.
   * Default: `{}`.
   */
  readonly endpoint_timeouts?: Readonly<Record<string, Numeric>>;
  /**
   * How often a failed connection is tried again, 0 to 10.
   * Default: `1`.
   */
  readonly retries?: Numeric;
  /**
   * How a pod is chosen.
   * Default: `"leastconn"`.
   */
  readonly balance?: 'leastconn' | 'roundrobin';
  /**
   * Retry on another pod at once. A private HAProxy patch; stock HAProxy has none.
   * Default: `false`.
   * No effect on Kubernetes.
   */
  readonly allredisp?: boolean;
  /**
   * Keeps connections to the pods open between requests; http only.
   * Default: `false`.
   */
  readonly keepalive?: boolean;
  /**
   * Headers that are set on every request.
   * Default: `{}`.
   */
  readonly extra_headers?: Readonly<Record<string, string>>;
  /** Namespace, as service.namespace, that requests go through first. */
  readonly proxied_through?: string;
  /**
   * Marks requests of a namespace that others are proxied through.
   * Default: `false`.
   */
  readonly is_proxy?: boolean;
  /** Faults to inject, by location type and location: `fail: drop`, `fail: error_503` or `delay`. */
  readonly chaos?: Readonly<Record<string, YamlMap>>;
  /**
   * Lua plugins of PaaSTA’s HAProxy. They are not rendered.
   * No effect on Kubernetes.
   */
  readonly plugins?: SmartstackPlugins;
  /**
   * Seconds that the up/down tool waits.
   * Default: `300`.
   * No effect on Kubernetes.
   */
  readonly updown_timeout_s?: Numeric;
  /**
   * Old port of the service; the container port counts.
   * No effect on Kubernetes.
   */
  readonly port?: Numeric;
  /**
   * Old routing rules that nothing reads any more.
   * No effect on Kubernetes.
   */
  readonly routes?: readonly {
    /** Where requests come from. */
    readonly source: string;
    /** Where they go. */
    readonly destinations: readonly YamlValue[];
  }[];
  /**
   * Load balancing of Envoy.
   * No effect on Kubernetes.
   */
  readonly lb_policy?: 'ROUND_ROBIN' | 'LEAST_REQUEST' | 'RING_HASH' | 'RANDOM' | 'MAGLEV' | 'CLUSTER_PROVIDED';
  /**
   * Pods that Envoy compares for LEAST_REQUEST.
   * No effect on Kubernetes.
   */
  readonly choice_count?: Numeric;
  /**
   * Idle timeout of Envoy in milliseconds.
   * No effect on Kubernetes.
   */
  readonly idle_timeout?: Numeric;
  /**
   * Delays that Envoy injects, by location.
   * No effect on Kubernetes.
   */
  readonly fixed_delay?: Readonly<
    Record<
      string,
      {
        /** Milliseconds. */
        readonly duration_ms: Numeric;
        /** Share of the requests in percent. */
        readonly percent: Numeric;
      }
    >
  >;
  /**
   * Namespace, as service.namespace, of a cloud load balancer.
   * No effect on Kubernetes.
   */
  readonly clb_proxy?: string;
  /**
   * Whether Envoy lets WebSockets through.
   * No effect on Kubernetes.
   */
  readonly allow_websocket_upgrade?: boolean;
  /**
   * Namespace that Envoy routes marked requests to.
   * No effect on Kubernetes.
   */
  readonly vip_upgrade?: string;
  /**
   * Alerting on errors by the mesh’s own tools.
   * No effect on Kubernetes.
   */
  readonly monitoring?: SmartstackMonitoring;
}

/** Lua plugins of PaaSTA’s HAProxy. They are not rendered. */
export interface SmartstackPlugins {
  /** Logs requests. */
  readonly logging?: {
    /** Whether the plugin is on. */
    readonly enabled: boolean;
    /** Share of the requests, 0 to 1. */
    readonly sample_rate?: Numeric;
  };
  /** Refuses requests without a source header. */
  readonly source_required?: {
    /** Whether the plugin is on. */
    readonly enabled: boolean;
  };
  /** Routes by path. */
  readonly path_based_routing?: {
    /** Whether the plugin is on. */
    readonly enabled?: boolean;
  };
}

/** Alerting on errors by the mesh’s own tools. */
export interface SmartstackMonitoring {
  /** Share of failing requests that alerts, 0 to 1. */
  readonly error_threshold_ratio?: Numeric;
  /** Failing requests per second below which nothing alerts. */
  readonly minimum_error_rps?: Numeric;
  /** Share of timed-out requests that alerts, 0 to 1. */
  readonly timeout_threshold_ratio?: Numeric;
  /** Team that is alerted. */
  readonly team?: string;
  /** Channel that is told. */
  readonly slack_channel?: string;
  /** JIRA project of tickets. */
  readonly project?: string;
  /** Whether a ticket is opened. */
  readonly ticket?: boolean;
  /** Whether somebody is paged. */
  readonly page?: boolean;
  /** Whether somebody is paged outside production. */
  readonly page_nonprod?: boolean;
  /** Whether timeouts alert. */
  readonly timeout_alerting?: boolean;
  /** Whether timeouts page. */
  readonly timeout_page?: boolean;
  /** Whether timeouts open a ticket. */
  readonly timeout_ticket?: boolean;
  /** Whether endpoints that are not listed alert. */
  readonly default_endpoint_alerting?: boolean;
  /** Share of failing requests of one endpoint that alerts, 0 to 1. */
  readonly endpoint_error_threshold_ratio?: Numeric;
  /** Failing requests per second of one endpoint below which nothing alerts. */
  readonly endpoint_minimum_error_rps?: Numeric;
  /** Endpoints with settings of their own. */
  readonly endpoints?: readonly SmartstackEndpointMonitoring[];
}

/** One endpoint. */
export interface SmartstackEndpointMonitoring {
  /** Name of the endpoint. */
  readonly name: string;
  /** Share of failing requests that alerts, 0 to 1. */
  readonly error_threshold_ratio?: Numeric;
  /** Failing requests per second below which nothing alerts. */
  readonly minimum_error_rps?: Numeric;
  /** Share of timed-out requests that alerts, 0 to 1. */
  readonly timeout_threshold_ratio?: Numeric;
  /** Team that is alerted. */
  readonly team?: string;
  /** Channel that is told. */
  readonly slack_channel?: string;
  /** JIRA project of tickets. */
  readonly project?: string;
  /** Whether a ticket is opened. */
  readonly ticket?: boolean;
  /** Whether somebody is paged. */
  readonly page?: boolean;
  /** Whether somebody is paged outside production. */
  readonly page_nonprod?: boolean;
}

/**
 * Who is told when a service is unwell, and how. The same keys under `monitoring:` of an instance win over this
 * file.
 */
export type MonitoringFile = Monitoring;

/** Alert routing and timing. */
export interface Monitoring {
  /**
   * Team that is alerted. Without it no alert is ever sent.
   * Default: none.
   */
  readonly team?: string | null;
  /**
   * Whether somebody is paged.
   * Default: `false`.
   */
  readonly page?: boolean | null;
  /**
   * Whether a ticket is opened.
   * Default: `false`.
   */
  readonly ticket?: boolean | null;
  /**
   * JIRA project of tickets.
   * Default: of the team.
   */
  readonly project?: string | null;
  /**
   * Priority of tickets, as quoted text.
   * Default: of the team.
   */
  readonly priority?: string | null;
  /** JIRA components, added to the team’s. */
  readonly component?: string | readonly string[] | null;
  /**
   * Labels of tickets and events, added to the handler’s own.
   * Default: `[]`.
   */
  readonly tags?: readonly string[] | null;
  /**
   * Address of the page that says what to do.
   * Default: `defaults.runbook` of the system configuration.
   */
  readonly runbook?: string | null;
  /**
   * One line of first aid.
   * Default: the status command for the instance.
   */
  readonly tip?: string | null;
  /** Longer text about the alert. The replication check writes its own. */
  readonly description?: string | null;
  /**
   * How long a problem must last before the first alert: seconds, or digits with units such as 10m.
   * Default: 10m; 20m for a single replica without autoscaling.
   */
  readonly alert_after?: string | Numeric;
  /**
   * Repeat the alert at every n-th failing check. -1 waits twice as long each time.
   * Default: `-1`.
   */
  readonly realert_every?: Numeric;
  /**
   * Not configurable: the replication check runs every minute.
   * No effect on Kubernetes.
   */
  readonly check_every?: string | Numeric | null;
  /**
   * Addresses that get mail, separated by commas. false or an empty text means nobody.
   * Default: of the team.
   */
  readonly notification_email?: string | boolean | null;
  /**
   * Slack channels that are told; a single text is allowed. [] means none.
   * Default: of the team.
   */
  readonly slack_channels?: readonly string[] | string | null;
  /**
   * IRC channels that are told. [] means none.
   * Default: of the team.
   */
  readonly irc_channels?: readonly string[] | null;
  /**
   * Whether containers that were killed for lack of memory are reported.
   * Default: `true`.
   */
  readonly check_oom_events?: boolean | null;
  /**
   * Checks that this one depends on. Nothing sends it on.
   * No effect on Kubernetes.
   */
  readonly dependencies?: readonly string[] | null;
}

/** What a service is. Every other key at the top is a default of all its instances, such as `env` or `cost_owner`. */
export interface ServiceFile {
  /** What the service does, in one sentence. */
  readonly description: string;
  /** Address of a page about the service. */
  readonly external_link: string;
  /**
   * Repository whose tags say which version runs. null means that there is none.
   * Default: `services/<service>` on the git server.
   */
  readonly git_url?: string | null;
  /**
   * Registry of the images, in place of the cluster’s.
   * Default: `docker_registry` of the system configuration.
   */
  readonly docker_registry?: string;
  /** Whom the cost of the pods is booked on. */
  readonly cost_owner?: string;
  /**
   * Vault key that encrypts the secrets of the service.
   * Default: `"paasta"`.
   * No effect on Kubernetes.
   */
  readonly encryption_key?: string;
  /**
   * Whether the service needs more than PaaSTA on its hosts.
   * No effect on Kubernetes.
   */
  readonly needs_puppet_help?: boolean;
  /** Replaces monitoring.yaml as a whole. */
  readonly monitoring?: Monitoring;
}

/**
 * The pipeline of a service: which steps run, in which order, and which deploy groups they mark. PaaSTA’s validate
 * does not check this file.
 */
export interface DeployFile {
  /** Steps in order. */
  readonly pipeline: readonly DeployStep[];
  /**
   * Deploy group whose version counts as being in production.
   * Default: none.
   */
  readonly production_deploy_group?: string;
  /**
   * Groups of people who may deploy. An empty list means nobody.
   * Default: `default_push_groups` of the system configuration, else everybody.
   */
  readonly allowed_push_groups?: readonly string[] | null;
  /**
   * Channels that are told about deployments.
   * No effect on Kubernetes.
   */
  readonly slack_channels?: readonly string[];
  /**
   * Whether deployments are told to the first channel; otherwise to #deploy.
   * No effect on Kubernetes.
   */
  readonly slack_notify?: boolean;
  /**
   * Whether a deployment may skip verification.
   * Default: `false`.
   */
  readonly allow_no_verify_deploy?: boolean;
  /** Whether deployments are verified unless said otherwise. */
  readonly default_deploy_strategy?: 'verify' | 'no-verify';
}

/**
 * A built-in step (itest, itest-and-push-to-registry, push-to-registry, security-check), a command-… step, or a
 * deploy group; or several in parallel.
 */
export interface DeployStep {
  /** Name of the step. Every name that is not built in and does not start with command- is a deploy group. */
  readonly step?: string;
  /** Steps that run at the same time. The next item starts when all are done. */
  readonly parallel?: readonly DeployStep[];
  /**
   * Skips the step. Its deploy group still counts as deployed to.
   * Default: `false`.
   */
  readonly disabled?: boolean;
  /**
   * Stops after this step until somebody continues.
   * Default: `false`.
   */
  readonly trigger_next_step_manually?: boolean;
  /**
   * Asks before this step.
   * Default: `false`.
   */
  readonly confirmation_required?: boolean;
  /**
   * Shows this step when it asks.
   * Default: `false`.
   */
  readonly display_step_for_confirmation?: boolean;
  /** Shell command of a command-… step. */
  readonly command?: string;
  /**
   * A failure does not stop the pipeline.
   * Default: `false`.
   */
  readonly ignore_failure?: boolean;
  /**
   * Waits until the version runs everywhere.
   * Default: `false`.
   */
  readonly wait_for_deployment?: boolean;
  /**
   * Seconds to wait for the deployment.
   * Default: `10800`.
   */
  readonly timeout?: Numeric;
  /**
   * Percentage of the timeout after which slowness is reported.
   * Default: `17`.
   */
  readonly warn?: Numeric;
  /**
   * Rolls back when service objectives fail.
   * Default: `false`.
   */
  readonly auto_rollback?: boolean;
  /**
   * Seconds to watch before a version counts as good.
   * Default: 600 if anything may roll back, else 0.
   */
  readonly auto_certify_delay?: Numeric;
  /**
   * Seconds after a rollback before the deployment is given up.
   * Default: `600`.
   */
  readonly auto_abandon_delay?: Numeric;
  /**
   * Seconds between a failing signal and the rollback, at least 30.
   * Default: 30; 120 with alertmanager_rollback.
   */
  readonly auto_rollback_delay?: Numeric;
  /**
   * Rolls back when containers restart again and again.
   * Default: `enable_crashloop_auto_rollback` of the system configuration.
   */
  readonly enable_crashloop_auto_rollback?: boolean;
  /**
   * Restarts of a container that count as crashing.
   * Default: `min_restarts_for_crashloop_rollback` of the system configuration, else 2.
   */
  readonly min_restarts_for_crashloop_rollback?: Numeric;
  /**
   * Share of crashing pods that rolls back, 0 to 1.
   * Default: `crashloop_rollback_percentage_threshold` of the system configuration, else 1.
   */
  readonly crashloop_rollback_percentage_threshold?: Numeric;
  /**
   * Rolls back when Alertmanager fires.
   * Default: `enable_alertmanager_rollback` of the system configuration, else false.
   */
  readonly alertmanager_rollback?: boolean;
  /**
   * Only tells what Alertmanager would have rolled back.
   * Default: `false`.
   */
  readonly alertmanager_rollback_dry_run?: boolean;
  /**
   * Seconds between two looks at Alertmanager, at least 30.
   * Default: `alertmanager_poll_interval_s` of the system configuration, else 30.
   */
  readonly alertmanager_poll_interval_s?: Numeric;
  /**
   * Gives each build of the same commit a version of its own.
   * Default: `enable_automated_redeploys_default` of the system configuration, else false.
   */
  readonly enable_automated_redeploys?: boolean;
  /**
   * Default of the notify_… keys.
   * Default: `false`.
   * No effect on Kubernetes.
   */
  readonly slack_notify?: boolean;
  /**
   * Tells authors when the version is marked.
   * Default: `slack_notify`.
   * No effect on Kubernetes.
   */
  readonly notify_after_mark?: boolean;
  /**
   * Tells authors when the version runs.
   * Default: `slack_notify`.
   * No effect on Kubernetes.
   */
  readonly notify_after_wait?: boolean;
  /**
   * Tells authors when the version counts as good.
   * Default: `slack_notify`.
   * No effect on Kubernetes.
   */
  readonly notify_after_good_deploy?: boolean;
  /**
   * Tells authors about a rollback.
   * Default: `slack_notify`.
   * No effect on Kubernetes.
   */
  readonly notify_after_auto_rollback?: boolean;
  /**
   * Tells authors when the deployment was given up.
   * Default: `slack_notify`.
   * No effect on Kubernetes.
   */
  readonly notify_after_abort?: boolean;
  /** Stages of a progressive deployment. */
  readonly deployment_steps?: readonly ProgressiveStep[];
  /** Gives the progressive deployment up above this percentage of breakage. */
  readonly abandon_above_breakage_pct?: Numeric;
  /** Completes the progressive deployment below this percentage of breakage. */
  readonly complete_below_breakage_pct?: Numeric;
  /** Asks after a progressive deployment was given up. */
  readonly prompt_after_abandon?: boolean;
  /** Asks before a progressive deployment is completed. */
  readonly confirm_complete?: boolean;
  /** Identity that the step runs as. */
  readonly service_account?: string;
}

/** One stage. */
export interface ProgressiveStep {
  /** Deploy group of the stage. */
  readonly deploy_group: string;
  /** Progress in percent after the stage. */
  readonly progress: Numeric;
  /** Asks before the stage. */
  readonly confirm_before?: boolean;
  /** Goes on only below this percentage of breakage. */
  readonly deploy_below_breakage_pct?: Numeric;
}

/**
 * Conditions under which a new version is rolled back. They belong to the delivery tool; nothing is rendered from
 * them.
 */
export interface RollbackFile {
  /** Queries by source. */
  readonly conditions: RollbackConditions;
  /**
   * Whether failing service objectives roll back too.
   * Default: `true`.
   */
  readonly enable_slo_rollback?: boolean;
  /**
   * Queries that may fail before it is rolled back.
   * Default: `0`.
   */
  readonly allowed_failing_queries?: Numeric;
  /** Seconds for which queries run after a deployment. */
  readonly rollback_window_s?: Numeric;
  /** Seconds between two runs of a query. */
  readonly check_interval_s?: Numeric;
}

/** A query of Prometheus and its bounds. At least one bound is needed. */
export interface PrometheusCondition {
  /** Query that gives one number. */
  readonly query: string;
  /** Fails above this value; null means no bound. */
  readonly upper_bound?: Numeric | null;
  /** Fails below this value; null means no bound. */
  readonly lower_bound?: Numeric | null;
  /**
   * Only tells what would have been rolled back.
   * Default: `false`.
   */
  readonly dry_run?: boolean;
}

/** A query of SignalFx and its bounds. At least one bound is needed. */
export interface SignalfxCondition {
  /** Query that gives one number. */
  readonly query: string;
  /** Fails above this value; null means no bound. */
  readonly upper_bound?: Numeric | null;
  /** Fails below this value; null means no bound. */
  readonly lower_bound?: Numeric | null;
  /**
   * Only tells what would have been rolled back.
   * Default: `false`.
   */
  readonly dry_run?: boolean;
}

/** A query of Splunk and its bounds. At least one bound is needed. */
export interface SplunkCondition {
  /** Query that gives a number or results. */
  readonly query: string;
  /**
   * Whether the value of the query or the number of its results is compared.
   * Default: `"number"`.
   */
  readonly query_type?: 'number' | 'results';
  /** Fails above this value; null means no bound. */
  readonly upper_bound?: Numeric | null;
  /** Fails below this value; null means no bound. */
  readonly lower_bound?: Numeric | null;
  /**
   * Only tells what would have been rolled back.
   * Default: `false`.
   */
  readonly dry_run?: boolean;
}

/** Queries by source. */
export interface RollbackConditions {
  /** Prometheus queries. */
  readonly prometheus?: readonly PrometheusCondition[];
  /** SignalFx queries. */
  readonly signalfx?: readonly SignalfxCondition[];
  /** Splunk queries. */
  readonly splunk?: readonly SplunkCondition[];
}

/**
 * What the instances of a service talk to, by name. `dependencies_reference` of an instance chooses an entry;
 * `main` is the default. Nothing is rendered from it.
 */
export type DependenciesFile = Readonly<Record<string, DependencyList>>;

/** Things that an instance talks to. */
export type DependencyList = readonly YamlMap[] | null;

/** Who may call a service. The services named in its rules get a token to identify themselves with. */
export interface AuthorizationFile {
  /** Rules for callers. */
  readonly authorization?: Authorization;
}

/** Rules for callers. */
export interface Authorization {
  /** Rules in order. */
  readonly rules?: readonly AuthorizationRule[];
}

/** One rule. */
export interface AuthorizationRule {
  /** Callers that the rule is about. */
  readonly identity_groups?: IdentityGroups;
}

/** Callers that the rule is about. */
export interface IdentityGroups {
  /** Services that call. Their pods get a service token. */
  readonly services?: readonly string[];
}

/**
 * One encrypted secret of a service. Only its existence and its signatures are read; nothing is decrypted and no
 * value leaves the file.
 */
export interface SecretFile {
  /** Encrypted values by ecosystem (Vault environment). */
  readonly environments: Readonly<Record<string, SecretEnvironment>>;
  /**
   * Kubernetes namespaces that get the secret too.
   * Default: `[]`.
   * No effect on Kubernetes.
   */
  readonly extra_namespaces?: readonly string[];
}

/** The secret in one ecosystem. */
export interface SecretEnvironment {
  /** Encrypted value. */
  readonly ciphertext: string;
  /** Digest of the value; a new one restarts the pods that use the secret. */
  readonly signature?: string | null;
}

/**
 * Which version each deploy group runs and which instances are stopped. Written by `paasta-gitops deployments
 * generate` or by the delivery verbs.
 */
export interface DeploymentsFile {
  /**
   * file keeps `deployments generate` from writing this file: commits change it. Without it, tags do.
   * Default: tags.
   */
  readonly source?: 'file';
  /** Old form by branch. Nothing here reads it. */
  readonly v1?: YamlMap;
  /** Versions and states. */
  readonly v2: DeploymentsV2;
}

/** Versions and states. */
export interface DeploymentsV2 {
  /** Version by deploy group. */
  readonly deployments: Readonly<Record<string, DeployedVersionEntry>>;
  /** State by service:cluster.instance. */
  readonly controls: Readonly<Record<string, ControlEntryFile>>;
  /**
   * By deploy group, the versions that a rollback left, newest first: `sha`, `image_version`, `timestamp`, `by`.
   * Rollbacks write it where `source` is `file`.
   * Default: none.
   */
  readonly rolled_back?: Readonly<Record<string, readonly RolledBackVersion[]>>;
}

/** What a deploy group runs. */
export interface DeployedVersionEntry {
  /** Image without the registry. */
  readonly docker_image: string;
  /** Commit that was built. */
  readonly git_sha: string;
  /**
   * Version of the image when one commit is built several times.
   * Default: none.
   */
  readonly image_version?: string | null;
  /**
   * Digest of the image, to pin it.
   * Default: none.
   */
  readonly digest?: string | null;
}

/** State of one instance. */
export interface ControlEntryFile {
  /**
   * start runs the instance; every other value stops it.
   * Default: `"start"`.
   */
  readonly desired_state?: 'start' | 'stop';
  /**
   * A mark that restarts the pods when it changes.
   * Default: none.
   */
  readonly force_bounce?: string | null;
}

/** One version. */
export interface RolledBackVersion {
  /** Its commit. */
  readonly sha: string;
  /** Its image version. */
  readonly image_version: string | null;
  /** When it was rolled back. */
  readonly timestamp: string;
  /** Who did it. */
  readonly by: string;
}

/**
 * What a cluster is: the merged *.json files of /etc/paasta, with PaaSTA’s keys and some of this project. A key
 * that is not a map stands in one file only.
 */
export interface SystemConfigFile {
  /** Name of this cluster. */
  readonly cluster: string;
  /**
   * All clusters that exist. A file for another cluster is ignored by PaaSTA and reported here.
   * Default: `[]`.
   */
  readonly clusters?: readonly string[];
  /**
   * What is known about each cluster.
   * Default: `{}`.
   */
  readonly kube_clusters?: Readonly<Record<string, KubeCluster>>;
  /** Registry of the images, unless service.yaml names one. */
  readonly docker_registry?: string;
  /** Directories of the node that every container gets. */
  readonly volumes: readonly HostVolume[];
  /**
   * Fields of every pod spec, by snake_case name; what PaaSTA sets itself wins. Values inside are Kubernetes’ own
   * (camelCase).
   * Default: `{}`.
   */
  readonly pod_defaults?: YamlMap;
  /**
   * Node labels that pods of a pool need, unless the instance chooses a zone itself.
   * Default: `{}`.
   */
  readonly pool_node_affinities?: Readonly<Record<string, NodeSelectors>>;
  /**
   * How pods spread, unless the instance says so itself.
   * Default: `[]`.
   */
  readonly topology_spread_constraints?: readonly TopologySpreadConstraint[];
  /**
   * Storage classes that persistent volumes may use; for others ebs is taken.
   * Default: `[]`.
   */
  readonly supported_storage_classes?: readonly string[];
  /**
   * Share of extra pods that a replacement may start.
   * Default: `1`.
   */
  readonly default_bounce_overprovision_factor?: Numeric;
  /**
   * How many pods may be away at once, as a number or a percentage, where `bounce_margin_factor` is not set. 0
   * forbids draining nodes.
   * Default: `0`.
   */
  readonly pdb_max_unavailable?: Numeric | string;
  /**
   * Whether pods that are not ready may be evicted from a node that is drained.
   * Default: `"IfHealthyBudget"`.
   */
  readonly unhealthy_pod_eviction_policy?: 'IfHealthyBudget' | 'AlwaysAllow';
  /**
   * Renders the cost owner of services.
   * Default: `false`.
   */
  readonly enable_cost_owner_label?: boolean;
  /**
   * Token that authenticating services get; as an entry of `projected_sa_volumes`. Empty means none.
   * Default: `{}`.
   */
  readonly service_auth_token_settings?: YamlMap;
  /**
   * Services that get that token without being named in an authorization.yaml.
   * Default: `[]`.
   */
  readonly always_authenticating_services?: readonly string[];
  /** Namespaces whose service accounts PaaSTA keeps in step. */
  readonly reconciled_iam_service_account_namespaces?: readonly YamlValue[];
  /**
   * Instance types that take `autotuned_defaults`.
   * Default: `{}`.
   */
  readonly auto_config_instance_types_enabled?: Readonly<Record<string, boolean>>;
  /**
   * Which type’s `autotuned_defaults` another type takes.
   * Default: `{}`.
   */
  readonly auto_config_instance_type_aliases?: Readonly<Record<string, string>>;
  /**
   * Lets nerve register pods at all.
   * Default: `false`.
   */
  readonly register_k8s_pods?: boolean;
  /**
   * Keeps pods that are stopping registered.
   * Default: `true`.
   */
  readonly nerve_register_k8s_terminating?: boolean;
  /**
   * Labels pods with their registrations.
   * Default: `false`.
   */
  readonly kubernetes_add_registration_labels?: boolean;
  /**
   * Checks pods through their hacheck sidecar.
   * Default: `true`.
   */
  readonly kubernetes_use_hacheck_sidecar?: boolean;
  /**
   * Image of the health-check sidecar.
   * Default: none.
   */
  readonly hacheck_sidecar_image_url?: string | null;
  /**
   * Directories of the node that the health-check sidecar gets.
   * Default: `[]`.
   */
  readonly hacheck_sidecar_volumes?: readonly HostVolume[];
  /**
   * The sidecar waits as long as the instance before its first check.
   * Default: `false`.
   */
  readonly hacheck_match_initial_delay?: boolean;
  /**
   * Resources of sidecars, by name.
   * Default: `{}`.
   */
  readonly sidecar_requirements_config?: Readonly<Record<string, ContainerResources>>;
  /**
   * A pod is ready only when the node’s HAProxy sees it up.
   * Default: `true`.
   */
  readonly enable_nerve_readiness_check?: boolean;
  /**
   * A pod is ready only when the node’s Envoy sees it up.
   * Default: `false`.
   */
  readonly enable_envoy_readiness_check?: boolean;
  /**
   * Command in front of the readiness script; {initial_delay} and {period_seconds} are filled in.
   * Default: `["flock","-n","/readiness_check_lock","timeout","120"]`.
   */
  readonly readiness_check_prefix_template?: readonly string[];
  /**
   * Readiness script for HAProxy.
   * Default: `["/check_smartstack_up.sh"]`.
   */
  readonly nerve_readiness_check_script?: readonly string[];
  /**
   * Readiness script for Envoy.
   * Default: `["/check_proxy_up.sh","--enable-envoy","--envoy-check-mode","eds-dir"]`.
   */
  readonly envoy_readiness_check_script?: readonly string[];
  /**
   * Readiness script for both.
   * Default: `["/check_proxy_up.sh","--enable-smartstack","--enable-envoy"]`.
   */
  readonly envoy_nerve_readiness_check_script?: readonly string[];
  /**
   * Meshes that replication checks ask.
   * Default: `{"smartstack":{},"envoy":{}}`.
   */
  readonly service_discovery_providers?: YamlMap;
  /**
   * Host of the node’s HAProxy statistics.
   * Default: `"localhost"`.
   */
  readonly synapse_host?: string;
  /**
   * Port of the node’s HAProxy statistics.
   * Default: `3212`.
   */
  readonly synapse_port?: Numeric;
  /**
   * Address of the statistics, with {host}, {port} and {scope}.
   * Default: `"http://{host:s}:{port:d}/;csv;norefresh;scope={scope:s}"`.
   */
  readonly synapse_haproxy_url_format?: string;
  /** ZooKeeper ensemble, with or without zk://. */
  readonly zookeeper?: string;
  /** How nerve and synapse are rendered. */
  readonly smartstack?: SmartstackSettings;
  /**
   * Other name of `smartstack.nerve_image`.
   * @deprecated
   */
  readonly nerve_sidecar_image_url?: string;
  /**
   * Host of the Sensu client that events are sent to. Empty sends none.
   * Default: `"localhost"`.
   */
  readonly sensu_host?: string | null;
  /**
   * Port of the Sensu client.
   * Default: `3030`.
   */
  readonly sensu_port?: Numeric | string;
  /** How Sensu checks are rendered. */
  readonly sensu?: SensuSettings;
  /** Monitoring settings below those of every service. */
  readonly monitoring_defaults?: Monitoring;
  /** Settings of metrics back ends. */
  readonly monitoring_config?: YamlMap;
  /**
   * Keeps every autoscaler, but stops it from changing anything.
   * Default: `false`.
   */
  readonly autoscaling_paused?: boolean;
  /** Chose between two forms of autoscaling queries; there is one now. */
  readonly use_raw_ksm_queries?: boolean;
  /** How secrets reach the cluster. Values are never rendered. */
  readonly secrets?: SecretSettings;
  /**
   * Ecosystem (Vault environment) of each cluster: which part of a secret file counts.
   * Default: `{}`.
   */
  readonly vault_cluster_map?: Readonly<Record<string, string>>;
  /**
   * Ecosystem of this cluster, where `vault_cluster_map` has none.
   * Default: none.
   */
  readonly vault_environment?: string | null;
  /** Names in the manifests that belong to a company. The defaults are PaaSTA’s own. */
  readonly labels?: LabelSettingsFile;
  /** What is rendered and said unless an instance says otherwise. */
  readonly defaults?: DefaultSettingsFile;
  /**
   * Pools that exist, by cluster.
   * Default: `{}`.
   */
  readonly allowed_pools?: Readonly<Record<string, readonly string[]>>;
  /**
   * Limits of pools, by cluster and pool.
   * Default: `{}`.
   */
  readonly pool_limits?: Readonly<Record<string, Readonly<Record<string, PoolLimits>>>>;
  /**
   * Services that may set `cpus` with CPU autoscaling without a comment.
   * Default: `[]`.
   */
  readonly skip_cpu_override_validation?: readonly string[];
  /**
   * Services that may set a high `cpu_burst_add` without a comment.
   * Default: `[]`.
   */
  readonly skip_cpu_burst_validation?: readonly string[];
  /**
   * Services that may use an instance name twice.
   * Default: `[]`.
   */
  readonly skip_unique_instance_name_validation?: readonly string[];
  /**
   * Services that need no monitoring.yaml.
   * Default: `[]`.
   */
  readonly skip_check_monitoring_file_exists?: readonly string[];
  /**
   * Parts of instance names that mark canaries, which may have a single replica.
   * Default: `["canary"]`.
   */
  readonly common_canary_instance_names?: readonly string[];
  /**
   * Custom resources of other operators, by file prefix.
   * Default: `[]`.
   */
  readonly kubernetes_custom_resources?: readonly KubernetesCustomResource[];
  /** Git servers of the company. */
  readonly git_config?: GitConfig;
  /**
   * Groups of people who may deploy where deploy.yaml names none; null means everybody.
   * Default: everybody.
   */
  readonly default_push_groups?: readonly string[] | null;
  /**
   * Gives each build of the same commit a version of its own.
   * Default: `false`.
   */
  readonly enable_automated_redeploys_default?: boolean;
  /**
   * Rolls back when containers restart again and again.
   * Default: `false`.
   */
  readonly enable_crashloop_auto_rollback?: boolean;
  /**
   * Restarts of a container that count as crashing.
   * Default: `2`.
   */
  readonly min_restarts_for_crashloop_rollback?: Numeric;
  /**
   * Share of crashing pods that rolls back, 0 to 1.
   * Default: `1`.
   */
  readonly crashloop_rollback_percentage_threshold?: Numeric;
  /**
   * Address of Alertmanager.
   * Default: none.
   */
  readonly alertmanager_url?: string | null;
  /**
   * Rolls back when Alertmanager fires.
   * Default: `false`.
   */
  readonly enable_alertmanager_rollback?: boolean;
  /**
   * Seconds between two looks at Alertmanager.
   * Default: `30`.
   */
  readonly alertmanager_poll_interval_s?: Numeric;
  /**
   * Instances that waiting for a deployment asks at once.
   * Default: `4`.
   */
  readonly mark_for_deployment_max_polling_threads?: Numeric;
  /**
   * Seconds between two questions.
   * Default: `60`.
   */
  readonly mark_for_deployment_default_polling_interval?: Numeric;
  /**
   * Seconds between two diagnoses.
   * Default: `60`.
   */
  readonly mark_for_deployment_default_diagnosis_interval?: Numeric;
  /**
   * Seconds before the first diagnosis.
   * Default: `300`.
   */
  readonly mark_for_deployment_default_default_time_before_first_diagnosis?: Numeric;
  /**
   * Mentions unhealthy pods.
   * Default: `true`.
   */
  readonly mark_for_deployment_should_ping_for_unhealthy_pods?: boolean;
  /**
   * Command of the pipeline step security-check.
   * Default: none.
   */
  readonly security_check_command?: string | null;
  /** Where delivery verbs record what they do: to a file, or nowhere. */
  readonly log_writer?: LogWriter;
  /** Dashboards by cluster and label. */
  readonly dashboard_links?: Readonly<Record<string, Readonly<Record<string, string | readonly YamlValue[]>>>>;
  /** Template of new services. */
  readonly fsm_template?: string;
  /** Where paasta logs reads. */
  readonly log_reader?: YamlMap;
  /** Where paasta logs reads; container logs come from the cluster here. */
  readonly log_readers?: readonly YamlMap[];
  /** PaaSTA’s API by cluster; kubeconfig contexts take its place. */
  readonly api_endpoints?: Readonly<Record<string, string>>;
  /** Seconds to wait for PaaSTA’s API. */
  readonly api_client_timeout?: Numeric;
  /** Host name of a cluster. */
  readonly cluster_fqdn_format?: string;
  /** Form of paasta status. */
  readonly paasta_status_version?: string;
  /** Settings of paasta local-run. */
  readonly local_run_config?: YamlMap;
  /** Longest remote run in seconds. */
  readonly remote_run_duration_limit?: Numeric;
  /** Slack token. */
  readonly slack?: YamlMap;
  /** Where Slack threads are kept. */
  readonly slack_thread_writer_config?: YamlMap;
  /** Prometheus of a region. */
  readonly autorollback_prometheus_shard_region_overrides?: YamlMap;
  /** Module that decrypts secrets. */
  readonly secret_provider?: string;
  /** Pause of the secrets sync in seconds. */
  readonly secret_sync_delay_seconds?: Numeric;
  /** Vault environment of datastore credentials. */
  readonly datastore_credentials_vault_env_overrides?: YamlMap;
  /** Vault role for tokens of people. */
  readonly service_auth_vault_role?: string;
  /** Client id of single sign-on. */
  readonly service_auth_sso_oidc_client_id?: string;
  /** Client id of single sign-on. */
  readonly api_auth_sso_oidc_client_id?: string;
  /** Lifetime of client certificates. */
  readonly auth_certificate_ttl?: string;
  /** Client certificates for PaaSTA’s API. */
  readonly enable_client_cert_auth?: boolean;
  /** Vault back end of client certificates. */
  readonly pki_backend?: string;
  /** Registries that need credentials. */
  readonly private_docker_registries?: readonly YamlValue[];
  /** File with registry credentials. */
  readonly readonly_docker_registry_auth_file?: string;
  /** File with registry credentials. */
  readonly dockercfg_location?: string;
  /** LDAP server that knows who may deploy; repository permissions take its place. */
  readonly ldap_host?: string | null;
  /** Where LDAP is searched. */
  readonly ldap_search_base?: string | null;
  /** Where LDAP is searched. */
  readonly ldap_search_ou?: string | null;
  /** LDAP user. */
  readonly ldap_reader_username?: string | null;
  /** LDAP password. */
  readonly ldap_reader_password?: string | null;
  /** Owners of custom resources. */
  readonly cr_owners?: YamlMap;
  /** Source of old metrics. */
  readonly metrics_provider?: string | null;
  /** Source of old metrics. */
  readonly deployd_metrics_provider?: string | null;
  /** Address of Envoy’s administration. */
  readonly envoy_admin_endpoint_format?: string;
  /** Name of Envoy’s administration. */
  readonly envoy_admin_domain_name?: string;
  /** uWSGI exporter sidecars; PaaSTA has none any more. */
  readonly default_should_use_uwsgi_exporter?: boolean;
  /** Default of `uses_bulkdata`; PaaSTA declares it and never reads it. */
  readonly uses_bulkdata_default?: boolean;
  /** Disk quota of docker run. */
  readonly enforce_disk_quota?: boolean;
  /** Locations that Mesos instances stayed out of; Kubernetes instances have their own. */
  readonly deploy_blacklist?: readonly YamlValue[];
  /** Locations that Mesos instances ran in; Kubernetes instances have their own. */
  readonly deploy_whitelist?: readonly YamlValue[] | null;
  /** Accepted and ignored: it belongs to Mesos, Tron, Spark or a part of PaaSTA that is gone. */
  readonly mesos_config?: YamlValue;
  /** Accepted and ignored: it belongs to Mesos, Tron, Spark or a part of PaaSTA that is gone. */
  readonly paasta_native?: YamlValue;
  /** Accepted and ignored: it belongs to Mesos, Tron, Spark or a part of PaaSTA that is gone. */
  readonly register_native_services?: YamlValue;
  /** Accepted and ignored: it belongs to Mesos, Tron, Spark or a part of PaaSTA that is gone. */
  readonly expected_slave_attributes?: YamlValue;
  /** Accepted and ignored: it belongs to Mesos, Tron, Spark or a part of PaaSTA that is gone. */
  readonly filter_bogus_mesos_cputime_enabled?: YamlValue;
  /** Accepted and ignored: it belongs to Mesos, Tron, Spark or a part of PaaSTA that is gone. */
  readonly resource_pool_settings?: YamlValue;
  /** Accepted and ignored: it belongs to Mesos, Tron, Spark or a part of PaaSTA that is gone. */
  readonly taskproc?: YamlValue;
  /** Accepted and ignored: it belongs to Mesos, Tron, Spark or a part of PaaSTA that is gone. */
  readonly tron?: YamlValue;
  /** Accepted and ignored: it belongs to Mesos, Tron, Spark or a part of PaaSTA that is gone. */
  readonly tron_default_pool_override?: YamlValue;
  /** Accepted and ignored: it belongs to Mesos, Tron, Spark or a part of PaaSTA that is gone. */
  readonly tron_k8s_cluster_overrides?: YamlValue;
  /** Accepted and ignored: it belongs to Mesos, Tron, Spark or a part of PaaSTA that is gone. */
  readonly enable_tron_tsc?: YamlValue;
  /** Accepted and ignored: it belongs to Mesos, Tron, Spark or a part of PaaSTA that is gone. */
  readonly spark_run_config?: YamlValue;
  /** Accepted and ignored: it belongs to Mesos, Tron, Spark or a part of PaaSTA that is gone. */
  readonly spark_k8s_role?: YamlValue;
  /** Accepted and ignored: it belongs to Mesos, Tron, Spark or a part of PaaSTA that is gone. */
  readonly spark_driver_port?: YamlValue;
  /** Accepted and ignored: it belongs to Mesos, Tron, Spark or a part of PaaSTA that is gone. */
  readonly spark_blockmanager_port?: YamlValue;
  /** Accepted and ignored: it belongs to Mesos, Tron, Spark or a part of PaaSTA that is gone. */
  readonly spark_ui_port?: YamlValue;
  /** Accepted and ignored: it belongs to Mesos, Tron, Spark or a part of PaaSTA that is gone. */
  readonly spark_kubeconfig?: YamlValue;
  /** Accepted and ignored: it belongs to Mesos, Tron, Spark or a part of PaaSTA that is gone. */
  readonly spark_iam_user_kubeconfig?: YamlValue;
  /** Accepted and ignored: it belongs to Mesos, Tron, Spark or a part of PaaSTA that is gone. */
  readonly spark_use_eks_default?: YamlValue;
  /** Accepted and ignored: it belongs to Mesos, Tron, Spark or a part of PaaSTA that is gone. */
  readonly default_spark_iam_user?: YamlValue;
  /** Accepted and ignored: it belongs to Mesos, Tron, Spark or a part of PaaSTA that is gone. */
  readonly default_spark_driver_env?: YamlValue;
  /** Accepted and ignored: it belongs to Mesos, Tron, Spark or a part of PaaSTA that is gone. */
  readonly default_spark_driver_pool_override?: YamlValue;
  /** Accepted and ignored: it belongs to Mesos, Tron, Spark or a part of PaaSTA that is gone. */
  readonly cluster_aliases?: YamlValue;
  /** Accepted and ignored: it belongs to Mesos, Tron, Spark or a part of PaaSTA that is gone. */
  readonly eks_cluster_aliases?: YamlValue;
  /** Accepted and ignored: it belongs to Mesos, Tron, Spark or a part of PaaSTA that is gone. */
  readonly auto_hostname_unique_size?: YamlValue;
  /** Accepted and ignored: it belongs to Mesos, Tron, Spark or a part of PaaSTA that is gone. */
  readonly disabled_watchers?: YamlValue;
  /** Accepted and ignored: it belongs to Mesos, Tron, Spark or a part of PaaSTA that is gone. */
  readonly api_profiling_config?: YamlValue;
}

/** How one kind of handler is run. */
export interface SensuHandlerCommand {
  /** Command that gets the event. */
  readonly command: string;
  /**
   * Sensu assets that hold the command.
   * Default: `[]`.
   */
  readonly runtime_assets?: readonly string[];
}

/** A store of the External Secrets operator. */
export interface SecretStoreRef {
  /**
   * Name of the store.
   * Default: `"paasta"`.
   */
  readonly name?: string;
  /**
   * Kind of the store.
   * Default: `"ClusterSecretStore"`.
   */
  readonly kind?: 'SecretStore' | 'ClusterSecretStore';
}

/** Facts about one cluster. */
export interface KubeCluster {
  /** Ecosystem of the cluster, such as prod. */
  readonly ecosystem?: string;
  /** Region of the cluster. */
  readonly yelp_region?: string;
  /** Superregion of the cluster. */
  readonly superregion?: string;
  /** Address of the API server. */
  readonly server?: string;
}

/** How nerve and synapse are rendered. */
export interface SmartstackSettings {
  /**
   * sidecar runs nerve in each pod; host leaves registration to the nodes.
   * Default: sidecar when `nerve_image` is set, else host.
   */
  readonly nerve_mode?: 'sidecar' | 'host';
  /**
   * Image of the nerve sidecar.
   * Default: none: host mode.
   */
  readonly nerve_image?: string;
  /**
   * Image with synapse and HAProxy.
   * Default: none: nothing of synapse is rendered.
   */
  readonly synapse_image?: string;
  /**
   * Where the location of a pod comes from, by location type.
   * Default: `{}`.
   */
  readonly locations?: Readonly<Record<string, LocationSource>>;
  /**
   * Location types, most general first.
   * Default: location_types.json of the soa-configs tree.
   */
  readonly location_types?: readonly string[];
  /**
   * Which location lies in which, as in location_mapping.json.
   * Default: location_mapping.json of the soa-configs tree.
   */
  readonly location_mapping?: YamlMap;
  /**
   * Location type that has a ZooKeeper ensemble each; its location is static.
   * Default: `"superregion"`.
   */
  readonly zk_location_type?: string;
  /**
   * Name of the ZooKeeper cluster.
   * Default: `"infrastructure"`.
   */
  readonly zk_cluster_type?: string;
  /** Members of each ensemble, by location. */
  readonly zookeeper_topology?: Readonly<Record<string, readonly string[]>>;
  /** The synapse DaemonSet and HAProxy’s settings. */
  readonly synapse?: SynapseSettings;
}

/** Where a location of a pod comes from: `static` gives its name, `node_file` the file of the node that holds it. */
export interface LocationSource {
  /** Name of the location, the same for all nodes. */
  readonly static?: string;
  /** File on the node, below /nail/etc. */
  readonly node_file?: string;
}

/** The synapse DaemonSet and HAProxy’s settings. */
export interface SynapseSettings {
  /**
   * Renders synapse at all.
   * Default: `true`.
   */
  readonly enabled?: boolean;
  /**
   * Namespace of the objects.
   * Default: `"paasta"`.
   */
  readonly namespace?: string;
  /**
   * Name of the objects.
   * Default: `"synapse"`.
   */
  readonly name?: string;
  /**
   * Number of ConfigMaps that the services are spread over.
   * Default: `4`.
   */
  readonly shards?: Numeric;
  /**
   * Tolerations of the DaemonSet, in Kubernetes’ form.
   * Default: `[]`.
   */
  readonly tolerations?: readonly YamlMap[];
  /**
   * Labels of the nodes that run the DaemonSet.
   * Default: `{}`.
   */
  readonly node_selector?: Readonly<Record<string, string>>;
  /**
   * Resources of each container of the DaemonSet.
   * Default: `{}`.
   */
  readonly resources?: SynapseResources;
  /**
   * Address that HAProxy listens on.
   * Default: `"0.0.0.0"`.
   */
  readonly bind_addr?: string;
  /**
   * Time between two checks of a server.
   * Default: `"10m"`.
   */
  readonly 'haproxy.defaults.inter'?: string;
  /**
   * Connections of the whole HAProxy.
   * Default: `10000`.
   */
  readonly maximum_connections?: Numeric;
  /**
   * Connections to one pod.
   * Default: `50`.
   */
  readonly maxconn_per_server?: Numeric;
  /**
   * Requests that wait for one pod.
   * Default: `10`.
   */
  readonly maxqueue_per_server?: Numeric;
  /**
   * Port of the health-check sidecars.
   * Default: `6666`.
   */
  readonly hacheck_port?: Numeric;
  /**
   * Port of the statistics page.
   * Default: `3212`.
   */
  readonly stats_port?: Numeric;
  /**
   * Seconds between two reloads.
   * Default: `60`.
   */
  readonly haproxy_restart_interval_s?: Numeric;
  /**
   * HAProxy program.
   * Default: `"haproxy"`.
   */
  readonly haproxy_path?: string;
  /**
   * Socket of a service; {service_name} is filled in.
   * Default: `"/var/run/synapse/sockets/{service_name}.sock"`.
   */
  readonly haproxy_service_sockets_path_fmt?: string;
  /**
   * Socket of a service that speaks the proxy protocol.
   * Default: `"/var/run/synapse/sockets/{service_name}.prxy"`.
   */
  readonly haproxy_service_proxy_sockets_path_fmt?: string;
  /**
   * Request headers that are logged, with optional length.
   * Default: `"X-B3-SpanId,X-B3-TraceId,X-B3-ParentSpanId,X-B3-Flags:10,X-B3-Sampled:10"`.
   */
  readonly haproxy_captured_req_headers?: string;
  /**
   * File in which HAProxy keeps server states.
   * Default: none.
   */
  readonly haproxy_state_file_path?: string;
  /**
   * Folder with a JSON file per service.
   * Default: `"/var/run/synapse/services"`.
   */
  readonly file_output_path?: string;
  /**
   * Pages that HAProxy answers errors with, by status code.
   * Default: `{}`.
   */
  readonly errorfiles?: Readonly<Record<string, string>>;
}

/** Resources of each container of the DaemonSet. */
export interface SynapseResources {
  /** What is reserved. */
  readonly requests?: ContainerResources;
  /** What may be used at most. */
  readonly limits?: ContainerResources;
}

/** How Sensu checks are rendered. */
export interface SensuSettings {
  /**
   * go for Sensu Go resources, classic for Sensu Core 1.x files.
   * Default: `"go"`.
   */
  readonly style?: 'go' | 'classic';
  /**
   * files writes them beside the manifests, configmap puts them into ConfigMaps.
   * Default: `"files"`.
   */
  readonly delivery?: 'files' | 'configmap';
  /**
   * Sensu namespace of the resources.
   * Default: `"default"`.
   */
  readonly namespace?: string;
  /**
   * File with the teams, relative to this configuration.
   * Default: none.
   */
  readonly team_data?: string;
  /**
   * Sensu assets of every check, such as the one that holds paasta-gitops.
   * Default: `[]`.
   */
  readonly runtime_assets?: readonly string[];
  /** Commands of the handlers, required for each kind that a team uses. */
  readonly handlers?: SensuHandlers;
}

/** Commands of the handlers, required for each kind that a team uses. */
export interface SensuHandlers {
  /** How pages are sent. */
  readonly pagerduty?: SensuHandlerCommand;
  /** How Slack messages are sent. */
  readonly slack?: SensuHandlerCommand;
  /** How mail is sent. */
  readonly mailer?: SensuHandlerCommand;
  /** How tickets are sent. */
  readonly jira?: SensuHandlerCommand;
  /** How IRC messages are sent. */
  readonly irc?: SensuHandlerCommand;
}

/** How secrets reach the cluster. Values are never rendered. */
export interface SecretSettings {
  /**
   * external-secrets renders an ExternalSecret per used reference; none leaves the Secrets to others.
   * Default: `"none"`.
   */
  readonly provider?: 'none' | 'external-secrets';
  /**
   * Store that ExternalSecrets read.
   * Default: `{"name":"paasta","kind":"ClusterSecretStore"}`.
   */
  readonly store?: SecretStoreRef;
  /**
   * Store that ExternalSecrets of `ssm_secrets` read.
   * Default: `store`.
   */
  readonly ssm_store?: SecretStoreRef;
  /**
   * Key in the store; {service}, {secret}, {cluster}, {environment} and {namespace} are filled in.
   * Default: `"paasta/{service}/{secret}"`.
   */
  readonly remote_key?: string;
  /**
   * Member of the stored value; the same words are filled in.
   * Default: all of the value.
   */
  readonly remote_property?: string;
}

/** Names in the manifests that belong to a company. The defaults are PaaSTA’s own. */
export interface LabelSettingsFile {
  /**
   * Who owns the workloads.
   * Default: `"compute_infra_platform_experience"`.
   */
  readonly owner?: string;
  /**
   * Node label that `pool` selects; null renders no selector.
   * Default: `"yelp.com/pool"`.
   */
  readonly pool_selector_key?: string | null;
  /**
   * Leaves the selector out for the pool default.
   * Default: `false`.
   */
  readonly omit_default_pool_selector?: boolean;
  /**
   * Renders the role annotation even when it is empty.
   * Default: `true`.
   */
  readonly iam_role_annotation?: boolean;
}

/** What is rendered and said unless an instance says otherwise. */
export interface DefaultSettingsFile {
  /**
   * Renders PaaSTA’s role binding in every namespace.
   * Default: `false`.
   */
  readonly api_role_binding?: boolean;
  /**
   * Runbook of replication checks without their own.
   * Default: `"y/unhealthy-paasta-instances"`.
   */
  readonly runbook?: string;
  /**
   * Tip of replication checks without their own; {service}, {instance} and {cluster} are filled in.
   * Default: `"Check the instance with: `paasta status -s {service} -i {instance} -c {cluster} -vv`"`.
   */
  readonly tip?: string;
}

/** Limits of one pool. */
export interface PoolLimits {
  /** CPUs from which on an instance is refused. */
  readonly max_cpus?: Numeric;
  /** Pool to use instead. */
  readonly recommended_pool?: string;
}

/** One custom resource. */
export interface KubernetesCustomResource {
  /** Start of the file names. */
  readonly file_prefix?: string;
  /** API version. */
  readonly version?: string;
  /** API group. */
  readonly group?: string;
  /** Its names. */
  readonly kube_kind?: KubeKind;
}

/** Its names. */
export interface KubeKind {
  /** Singular name. */
  readonly singular?: string;
  /** Plural name. */
  readonly plural?: string;
}

/** Git servers of the company. */
export interface GitConfig {
  /**
   * User of SSH addresses.
   * Default: `"git"`.
   */
  readonly git_user?: string;
  /** Known repositories. */
  readonly repos?: Readonly<Record<string, GitRepo>>;
}

/** One repository. */
export interface GitRepo {
  /** Its name. */
  readonly repo_name?: string;
  /** Server to read from. */
  readonly git_server?: string;
  /** Server to deploy from. */
  readonly deploy_server?: string;
}

/** Where delivery verbs record what they do: to a file, or nowhere. */
export interface LogWriter {
  /** file or null; others are PaaSTA’s own. */
  readonly driver: 'file' | 'null' | 'scribe' | 'monk';
  /** Settings of the driver; for file `path_format`. */
  readonly options?: LogWriterOptions;
}

/** Settings of the driver; for file `path_format`. */
export interface LogWriterOptions {
  /** File name with {service}, {component}, {level}, {cluster} and {instance}. */
  readonly path_format?: string;
  /**
   * How the file is opened.
   * Default: `"a+"`.
   */
  readonly mode?: string;
  /**
   * End of a line.
   * Default: a newline.
   */
  readonly line_delimiter?: string;
  /**
   * Locks the file for each line.
   * Default: `false`.
   */
  readonly flock?: boolean;
}

/**
 * What this repository does: where the input lies, where manifests go, and how each cluster is reached. Found from
 * the working directory upwards to the git root, or by --config. Flags and environment win over it.
 */
export interface ProjectFile {
  /**
   * Folder of the soa-configs tree, relative to this file.
   * Default: `"/nail/etc/services"`.
   */
  readonly soa_dir?: string;
  /**
   * Folder of the system configuration: flat, or a folder per cluster.
   * Default: `"/etc/paasta"`.
   */
  readonly system_config_dir?: string;
  /**
   * Folder that gets the manifests.
   * Default: `"dist"`.
   */
  readonly out?: string;
  /**
   * One file per instance, or one per object.
   * Default: `"instance"`.
   */
  readonly file_per?: 'instance' | 'object';
  /**
   * Modules that add to or change what is rendered; inside this project.
   * Default: `[]`.
   */
  readonly constructs?: string | readonly string[];
  /**
   * Severity by code of a finding. An error stays an error: nothing could be rendered.
   * Default: `{}`.
   */
  readonly severity?: Readonly<Record<string, 'error' | 'warning' | 'info' | 'off'>>;
  /**
   * Regular expressions for more names whose values are hidden in diffs and reports. A part of the name matches, in
   * upper or lower case.
   * Default: `[]`.
   */
  readonly mask?: readonly string[];
  /**
   * Where publish commits the manifests.
   * Default: `{}`.
   */
  readonly publish?: PublishSettings;
  /**
   * How each cluster is reached, by name.
   * Default: `{}`.
   */
  readonly clusters?: Readonly<Record<string, ProjectCluster>>;
}

/** Where publish commits the manifests. */
export interface PublishSettings {
  /** Output repository, as an address or a path. */
  readonly repo?: string;
  /**
   * Branch that gets the commits.
   * Default: `"main"`.
   */
  readonly branch?: string;
  /**
   * Folder of the output tree in that repository.
   * Default: its top.
   */
  readonly folder?: string;
  /**
   * Author of the commits, as `Name <mail@host>`. Only commits by this author, or with a good signature, are
   * believed.
   * Default: `"paasta-gitops <paasta-gitops@localhost>"`.
   */
  readonly author?: string;
  /** Opens pull requests at this host instead of pushing to the branch; print only prints title and text. */
  readonly pr?: 'github' | 'gitlab' | 'gitea' | 'print';
  /**
   * Who reviews the manifests of a team, by team, for CODEOWNERS.
   * Default: `{}`.
   */
  readonly owners?: Readonly<Record<string, string>>;
}

/** One cluster. */
export interface ProjectCluster {
  /** kubeconfig context. Verbs that reach a cluster need it here or as --context; the current one is never taken. */
  readonly context?: string | null;
  /**
   * Who applies the manifests.
   * Default: `"applier"`.
   */
  readonly delivery?: 'applier' | 'argocd' | 'flux';
}
