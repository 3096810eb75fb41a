import type { Path } from '../diagnostics/diagnostic.ts';
import type { SensuTeamUse } from './sensu.ts';
import type { SynapseNamespace } from './smartstack.ts';

/**
 * What one service leaves behind for cross-service rules and aggregate files: plain JSON, small, versioned.
 * The only input of `aggregate`, so a cached service needs no reading.
 */
export interface ServiceSummary {
  readonly version: 1;
  readonly service: string;
  /** By cluster, only clusters that this run renders. */
  readonly clusters: Readonly<Record<string, ClusterSummary>>;
  /** proxy_port by SmartStack namespace of this service; null is discovery only. */
  readonly proxyPorts: Readonly<Record<string, number | null>>;
  /** The file of the SmartStack namespaces, and the path of their map in it; null without any. */
  readonly smartstackSource: { readonly file: string; readonly path: Path } | null;
  /** SmartStack namespaces of this service; null when an error holds the service back: what synapse was told stays. */
  readonly smartstack: readonly SynapseNamespace[] | null;
}

export interface ClusterSummary {
  /** Every compiled-type instance in soa-configs, whatever became of it. */
  readonly known: readonly string[];
  /** A file that may hold more instances could not be read: all earlier output of the service in the cluster is kept. */
  readonly hasUnknownInstances: boolean;
  readonly rendered: readonly RenderedInstanceSummary[];
  /** In soa-configs but without a deployment. */
  readonly notDeployed: readonly string[];
  /** Held back by an error: earlier output is kept. */
  readonly failed: readonly string[];
  /** ServiceAccounts to render in a namespace. */
  readonly serviceAccounts: readonly { readonly namespace: string; readonly name: string; readonly roleArn: string }[];
  /** What the prometheus-adapter ConfigMap needs; templated types carry only type and window. */
  readonly adapterRules: readonly AdapterRuleSource[];
  /** Secrets that pods refer to and an ExternalSecret is rendered for; empty without a secrets provider. */
  readonly externalSecrets: readonly ExternalSecretSource[];
  /** Teams that Sensu checks name; empty where none are rendered. */
  readonly sensuTeams: readonly SensuTeamUse[];
  /** Objects of users' constructs, by their identity in the cluster, so that no two services render the same one. */
  readonly extraObjects: readonly { readonly instance: string; readonly key: string }[];
}

export interface RenderedInstanceSummary {
  readonly instance: string;
  readonly namespace: string;
  readonly name: string;
}

/** One metrics provider that needs an adapter rule. */
export type AdapterRuleSource =
  { readonly type: string; readonly windowSeconds: number } | { readonly rule: AdapterRule };

/** One rule of prometheus-adapter's configuration. */
export interface AdapterRule {
  readonly name: { readonly as: string };
  readonly seriesQuery: string;
  readonly metricsQuery: string;
  readonly resources: Readonly<Record<string, unknown>>;
}

/** A Secret that an ExternalSecret fills, and one of its keys. */
export interface ExternalSecretSource {
  readonly namespace: string;
  readonly secretName: string;
  readonly key: string;
  /** Owner of the secret in soa-configs; `_shared` for a shared one. */
  readonly service: string;
  /** Name of the parameter behind one of `ssm_secrets`. */
  readonly parameter?: string;
}
