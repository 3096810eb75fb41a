/**
 * How one instance is watched and who is told. Values are as their owners wrote them where PaaSTA passes them on unread;
 * null stands for unset and for an explicit null alike, unless a member says otherwise.
 */
export interface ResolvedMonitoring {
  /** What every check of the instance may use. PaaSTA: the getters of `monitoring_tools`. */
  readonly settings: MonitoringSettings;
  readonly replication: ReplicationMonitoring;
  readonly timing: GenericTiming;
  /** One for each metrics provider, in their order. */
  readonly autoscalerAlerts: readonly AutoscalerAlert[];
  /** Key `check_oom_events`, default true. */
  readonly checksOomEvents: boolean;
}

/** Where alerts go and what they say. */
export interface MonitoringSettings {
  /** Null or empty: nothing is ever sent. */
  readonly team: string | null;
  readonly page: boolean | null;
  readonly ticket: boolean | null;
  /** Address of the page that says what to do; null only when it is explicitly null. */
  readonly runbook: string | null;
  /** One line of first aid; null only when it is explicitly null. */
  readonly tip: string | null;
  readonly description: string | null;
  /** Comma list; false or empty: nobody; null: the team's. */
  readonly notificationEmail: string | false | null;
  /** Null: the team's. */
  readonly slackChannels: readonly string[] | string | null;
  readonly ircChannels: readonly string[] | string | null;
  /** JIRA project; null: the team's. */
  readonly project: string | null;
  readonly priority: string | number | null;
  readonly tags: readonly string[] | null;
  readonly component: readonly string[] | string | null;
  /** As written: a duration, or seconds. */
  readonly alertAfter: string | number | null;
  readonly realertEvery: string | number | null;
  /** Read by nothing: the replication check runs every minute. */
  readonly checkEvery: string | number | null;
  /** Sent by nothing; without a list of checks, what dependencies.yaml holds. */
  readonly dependencies: unknown;
}

/** What the replication check needs. */
export interface ReplicationMonitoring {
  readonly runbook: string | null;
  readonly tip: string | null;
  /** Seconds before the first alert; null when explicitly null, which every handler reads as 0. */
  readonly alertAfterSeconds: number | null;
  /** Every how many failing checks an alert is repeated; -1: at 1, 2, 4, 8 ... */
  readonly realertEvery: number;
  readonly threshold: ReplicationThreshold;
  readonly expected: ExpectedReplicas;
  readonly path: ReplicationPath;
}

/** Least share of replicas, in percent. */
export interface ReplicationThreshold {
  /** What is compared with: the whole part. */
  readonly percent: number;
  /** As messages show it: Python's text of the value. */
  readonly text: string;
}

/** How many replicas there ought to be, stopped or not. */
export type ExpectedReplicas =
  | { readonly kind: 'fixed'; readonly instances: number }
  /** What the live workload asks for, within the limits; the upper one when there is no workload. */
  | { readonly kind: 'autoscaled'; readonly min: number; readonly max: number };

/** Where replicas are counted. */
export type ReplicationPath = { readonly kind: 'pods' } | MeshPath;

/** Backends in the mesh, in each location: nodes that share a value of the label. */
export interface MeshPath {
  readonly kind: 'discovery';
  readonly locationLabel: string;
  readonly pool: string;
  readonly statistics: MeshStatistics;
}

/** Where the HAProxy of a node tells which backends are up. */
export interface MeshStatistics {
  readonly port: number;
  /** With `{host:s}`, `{port:d}` and `{scope:s}`. */
  readonly urlFormat: string;
}

/** PaaSTA: `synapse_port` and `synapse_haproxy_url_format` when they are unset. */
export const DEFAULT_MESH_STATISTICS: MeshStatistics = {
  port: 3212,
  urlFormat: 'http://{host:s}:{port:d}/;csv;norefresh;scope={scope:s}',
};

/** What checks other than replication read from the instance's own block alone. */
export interface GenericTiming {
  /** Seconds; null when explicitly null. */
  readonly alertAfterSeconds: number | null;
  readonly realertEvery: number;
}

/** A metric of an autoscaled instance, and the utilisation above which it is in trouble at its upper limit. */
export interface AutoscalerAlert {
  /** Kind of the metrics provider. */
  readonly type: string;
  readonly setpoint: number;
  readonly threshold: number;
}
