import type { Resources } from './resolved-instance.ts';
import type { YamlMap } from './yaml-value.ts';

/** A location name: known when compiling, or what a file of the node says, which only the running program can read. */
export type LocationName = { readonly name: string } | { readonly nodeFile: string };

/** One label of a nerve record: instances of this location type and name find it. */
export interface LocationLabel {
  readonly type: string;
  readonly location: LocationName;
}

/** One record that nerve keeps in one ZooKeeper cluster for one registration of the pod. */
export interface NerveService {
  /** `service.namespace`. */
  readonly registration: string;
  /** ZooKeeper location that names the record; the first one where clusters were merged. */
  readonly zkLocation: string;
  /** `<cluster type>-<ZooKeeper location>`; nerve itself ignores it. */
  readonly zkClusterName: string;
  /** `host:port` of each server. */
  readonly zkHosts: readonly string[];
  /** Port of the main container. */
  readonly port: number;
  readonly weight: number;
  /** Sorted by type, then location. */
  readonly labels: readonly LocationLabel[];
  readonly check: NerveCheck;
}

/** The request that hacheck answers for nerve. */
export interface NerveCheck {
  /** `/<mode>/<service.namespace>/<port>/<path>`. */
  readonly uri: string;
  /** Seconds; nerve asks again this long plus one second later. */
  readonly timeoutSeconds: number;
  /** Name and value, as configured, without what nerve-tools adds. */
  readonly headers: readonly (readonly [string, string])[];
  /** Text that the answer must contain. */
  readonly expect: string | null;
  /** hacheck runs in the pod and is asked by the pod's IP (`kubernetes_use_hacheck_sidecar`); else by the loopback address. */
  readonly usesSidecar: boolean;
}

/** The nerve container of a pod and what it registers. */
export interface NerveSidecar {
  readonly image: string;
  readonly resources: Resources;
  /** Some location of the cluster is a file on the node, so the container mounts their folder. */
  readonly readsNodeFiles: boolean;
  /** One per registration and ZooKeeper cluster, sorted by both. */
  readonly services: readonly NerveService[];
  /** Headers that hacheck passes on to the service: all that nerve's and HAProxy's checks carry. Sorted, `Host` first. */
  readonly copiedHeaders: readonly string[];
}

/** Sub-settings of one location in `chaos`. */
export interface ChaosSetting {
  readonly fail?: string;
  readonly delay?: string;
}

/**
 * What synapse needs to know of one SmartStack namespace, wherever its instances run: the keys of smartstack.yaml that it
 * reads, checked, defaults left out so that it stays small. How it becomes HAProxy configuration is decided in constructs/.
 */
export interface SynapseNamespace {
  readonly namespace: string;
  /** Null: discovered, but nothing listens. */
  readonly proxyPort: number | null;
  /** Left out: `http`. */
  readonly mode?: 'https' | 'http2' | 'tcp';
  /** Left out: `region`. */
  readonly discover?: string;
  /** Left out: `[region]`. */
  readonly advertise?: readonly string[];
  /** Left out: `/status`. */
  readonly healthcheckUri?: string;
  readonly checkHeaders?: readonly (readonly [string, string])[];
  /** Milliseconds, as are all below; those of client and server already follow from each other. */
  readonly connectMs?: number;
  readonly clientMs?: number;
  readonly serverMs?: number;
  /** Path and milliseconds, in file order. */
  readonly endpoints?: readonly (readonly [string, number])[];
  readonly retries?: number;
  readonly balance?: 'leastconn' | 'roundrobin';
  readonly keepalive?: true;
  readonly headers?: readonly (readonly [string, string])[];
  /** Location type, then location; in file order. */
  readonly chaos?: readonly (readonly [string, Readonly<Record<string, ChaosSetting>>])[];
  /** The `service.namespace` that requests go through first. */
  readonly proxiedThrough?: string;
  readonly isProxy?: true;
}

/** `smartstack` of the system configuration, every default filled in. */
export interface SmartStackSettings {
  /** `sidecar` when a nerve image is set: nerve runs in each pod. `host`: the nodes run nerve-tools, pods are as PaaSTA's. */
  readonly nerveMode: 'sidecar' | 'host';
  readonly nerveImage: string | null;
  /** Null: no synapse objects are rendered. */
  readonly synapseImage: string | null;
  /** By location type. */
  readonly locations: Readonly<Record<string, LocationName>>;
  /** Most general first; null: location_types.json of soa-configs. */
  readonly locationTypes: readonly string[] | null;
  /** Null: location_mapping.json of soa-configs. */
  readonly locationMapping: YamlMap | null;
  /** Location type at which ZooKeeper clusters live. */
  readonly zkLocationType: string;
  readonly zkClusterType: string;
  /** `host:port` of each server, by ZooKeeper location. */
  readonly zookeeperTopology: Readonly<Record<string, readonly string[]>>;
  readonly synapse: SynapseSettings;
}

/** `smartstack.synapse`: where its objects stand, and synapse-tools' settings under names of their own. */
export interface SynapseSettings {
  readonly isEnabled: boolean;
  readonly namespace: string;
  readonly name: string;
  readonly shards: number;
  /** As configured, in Kubernetes' form. */
  readonly tolerations: readonly YamlMap[];
  readonly nodeSelector: Readonly<Record<string, string>>;
  readonly resources: Resources;
  readonly bindAddress: string;
  readonly checkInterval: string;
  readonly maximumConnections: number;
  readonly maxconnPerServer: number;
  readonly maxqueuePerServer: number;
  readonly hacheckPort: number;
  readonly statsPort: number;
  readonly restartIntervalSeconds: number;
  readonly haproxyPath: string;
  /** With `{service_name}`. */
  readonly socketPathFormat: string;
  readonly proxySocketPathFormat: string;
  readonly capturedHeaders: readonly { readonly name: string; readonly length: number }[];
  readonly fileOutputPath: string;
  /** File by status code. */
  readonly errorFiles: Readonly<Record<string, string>>;
  readonly stateFilePath: string | null;
}

/** Location types and what contains what, as far as a compilation needs them. */
export interface LocationWorld {
  /** Most general first. */
  readonly types: readonly string[];
  readonly mapping: Readonly<Record<string, unknown>>;
}
