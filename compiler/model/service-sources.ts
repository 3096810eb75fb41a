import type { Diagnostic } from '../diagnostics/diagnostic.ts';
import type { SourceDocument } from './source-document.ts';

/** Long-running instance types that are compiled. Both render by the same rules; only the file prefix differs. */
export const WORKLOAD_TYPES = ['kubernetes', 'eks'] as const;
export type WorkloadType = (typeof WORKLOAD_TYPES)[number];

/** All instance types of PaaSTA, in its lookup order (PaaSTA: `INSTANCE_TYPES`). */
export const INSTANCE_TYPES = [
  'paasta_native',
  'adhoc',
  'kubernetes',
  'eks',
  'tron',
  'flink',
  'flinkeks',
  'cassandracluster',
  'cassandraclustereks',
  'kafkacluster',
  'monkrelays',
  'nrtsearchservice',
  'nrtsearchserviceeks',
] as const;
export type InstanceType = (typeof INSTANCE_TYPES)[number];

/** One `TYPE-CLUSTER.yaml` of a known cluster. */
export interface InstanceFile {
  readonly type: InstanceType;
  readonly cluster: string;
  /** Relative to the soa dir: `web/eks-prod.yaml`. */
  readonly file: string;
  /** Null when the file could not be read or parsed: all its instances are held back. */
  readonly document: SourceDocument | null;
  /** Names in file order: keys that do not start with `_`. Empty when `document` is null. */
  readonly instances: readonly string[];
  /** Whether `TYPE-CLUSTER.in` stands beside it, which marks the file as generated. */
  readonly isGenerated: boolean;
}

/** What a secret file says, without anything secret: never the ciphertext. */
export interface SecretFile {
  readonly name: string;
  readonly file: string;
  /** By ecosystem (Vault environment). */
  readonly environments: Readonly<
    Record<string, { readonly signature: string | null; readonly hasCiphertext: boolean }>
  >;
  /** The file exists but cannot be used: the instances that refer to it are held back. */
  readonly isBroken: boolean;
}

/** One entry of deployments.json `v2`, for one deploy group. */
export interface DeployedVersion {
  readonly dockerImage: string;
  readonly gitSha: string;
  readonly imageVersion: string | null;
  /** Optional image digest `sha256:…`, appended to the image reference. */
  readonly digest: string | null;
}

export interface ControlEntry {
  readonly desiredState: string;
  readonly forceBounce: string | null;
}

/** deployments.json of a service. `broken` holds the whole service back; `absent` means nothing is deployed. */
export type Deployments =
  | { readonly kind: 'absent' }
  | { readonly kind: 'broken' }
  | {
      readonly kind: 'read';
      readonly document: SourceDocument;
      /** By deploy group; null for an entry that lacks docker_image or git_sha (an error of the instances that use it). */
      readonly deployments: Readonly<Record<string, DeployedVersion | null>>;
      /** By `service:cluster.instance`. */
      readonly controls: Readonly<Record<string, ControlEntry>>;
    };

/** A service-level file: parsed, absent, or present but unusable (which holds back the whole service). */
export type ServiceFile =
  | { readonly kind: 'absent' }
  | { readonly kind: 'broken'; readonly file: string }
  | { readonly kind: 'read'; readonly document: SourceDocument };

/** Everything of one service that was read, once. Values are as PyYAML reads them; positions are found on demand. */
export interface ServiceSources {
  readonly service: string;
  /** The service's directory could not be listed: it may have instances in every cluster. */
  readonly isUnlisted: boolean;
  readonly serviceYaml: ServiceFile;
  readonly smartstack: ServiceFile;
  readonly monitoring: ServiceFile;
  readonly deploy: ServiceFile;
  readonly data: ServiceFile;
  readonly dependencies: ServiceFile;
  readonly authorization: ServiceFile;
  /** The file `port`: its integer, or null when absent or not a number (as PaaSTA). */
  readonly port: number | null;
  readonly instanceFiles: readonly InstanceFile[];
  /** `autotuned_defaults/TYPE-CLUSTER.yaml`, by `TYPE-CLUSTER`. */
  readonly autotuned: Readonly<Record<string, ServiceFile>>;
  /** `rollback*.yaml` and other recognised files that are not compiled, by path relative to the soa dir. */
  readonly otherDocuments: Readonly<Record<string, SourceDocument>>;
  readonly secrets: Readonly<Record<string, SecretFile>>;
  /** The folder of the secrets could not be listed: nobody knows which there are. */
  readonly areSecretsUnlisted: boolean;
  readonly deployments: Deployments;
  /** smartstack.yaml of the other services that registrations of this one name. */
  readonly foreignSmartstack: Readonly<Record<string, ServiceFile>>;
  /** Every finding of loading, errors of unusable files included. */
  readonly diagnostics: readonly Diagnostic[];
}

/** Files at the top of the soa dir that every service may need, read once per run. */
export interface SharedSources {
  /** Services listed in authenticating.yaml, or derived from all authorization.yaml files. */
  readonly authenticatingServices: ReadonlySet<string>;
  /** There is no authenticating.yaml. */
  readonly isAuthenticatingDerived: boolean;
  /** `_shared/secrets/N.json`. */
  readonly sharedSecrets: Readonly<Record<string, SecretFile>>;
  readonly areSharedSecretsUnlisted: boolean;
  /** location_types.json, most general first; null when absent. */
  readonly locationTypes: readonly string[] | null;
  /** location_mapping.json as it stands; null when absent. */
  readonly locationMapping: Readonly<Record<string, unknown>> | null;
  readonly diagnostics: readonly Diagnostic[];
}
