import type { LabelSettings } from './cluster-config.ts';
import type { ResolvedMonitoring } from './monitoring.ts';
import type { Origins } from './origin.ts';
import type { WorkloadType } from './service-sources.ts';
import type { NerveSidecar } from './smartstack.ts';

/**
 * One long-running instance in one cluster, every default filled in: the only thing constructs see, and users' ones see it frozen.
 * Members hold domain facts; how they look in Kubernetes is decided in constructs/.
 */
export interface ResolvedInstance {
  readonly service: string;
  readonly instance: string;
  readonly cluster: string;
  readonly type: WorkloadType;
  /** Name of the workload, HPA, PDB: `san(service)-san(instance)`. */
  readonly name: string;
  readonly namespace: string;
  readonly deployGroup: string;
  /** At least one; the first decides mesh and health-check defaults. */
  readonly registrations: readonly string[];
  /** `monitoring.team`, if set. */
  readonly team: string | null;
  readonly version: ResolvedVersion;
  /** `start`, or anything else: stopped. */
  readonly desiredState: string;
  /** Time stamp of the last start, stop or restart; part of the config sha. */
  readonly forceBounce: string | null;
  readonly labels: LabelSettings;
  readonly kind: 'Deployment' | 'StatefulSet';
  readonly scaling: ResolvedScaling;
  /** Null for a StatefulSet, which has no bounce method. */
  readonly strategy: ResolvedStrategy | null;
  /** Seconds; 0 is the default. Deployments only. */
  readonly minReadySeconds: number;
  readonly podManagementPolicy: string;
  readonly disruption: ResolvedDisruption;
  /** The ServiceAccount rendered for `iam_role`; null when none is. */
  readonly serviceAccount: ResolvedServiceAccount | null;
  /** Null when the first registration is not in SmartStack. */
  readonly mesh: ResolvedMesh | null;
  readonly pod: ResolvedPod;
  readonly monitoring: ResolvedMonitoring;
  /** Every secret the pod uses, once each, sorted by `secretName`, then key. */
  readonly secretReferences: readonly SecretReference[];
  /** Signature by reference text (`SECRET(x)`) of the environment's secrets: input of the config sha. */
  readonly secretSignatures: Readonly<Record<string, string | null>>;
  /** Where each member came from; only when tracing was asked for. */
  readonly origins?: Origins;
}

export interface ResolvedVersion {
  /** `registry/docker_image[@digest]`. */
  readonly image: string;
  /** Without registry, as in deployments.json. */
  readonly dockerImage: string;
  /** Parsed from the image as PaaSTA does; label value, up to 40 characters. */
  readonly gitSha: string;
  readonly imageVersion: string | null;
}

export interface ResolvedScaling {
  /** `max_instances` is set. */
  readonly isAutoscaled: boolean;
  /** Null: an HPA owns the count and the field is left out. */
  readonly replicas: number | null;
  /** Null when no HPA is rendered. */
  readonly autoscaler: ResolvedAutoscaler | null;
  /**
   * Configured providers with defaults filled in, autoscaled or not: they make adapter rules and labels. At least one: cpu
   * where none is configured.
   */
  readonly providers: readonly MetricsProvider[];
}

export interface ResolvedAutoscaler {
  readonly minReplicas: number;
  readonly maxReplicas: number;
  /** PaaSTA's defaults with `autoscaling.scaledown_policies` assigned over them. */
  readonly scaleDown: Readonly<Record<string, unknown>>;
  /** `autoscaling_paused`: the HPA is kept, both directions disabled. */
  readonly isPaused: boolean;
}

export interface MetricsProvider {
  readonly type: string;
  readonly decisionPolicy: string;
  readonly setpoint: number;
  /** Seconds. */
  readonly movingAverageWindowSeconds: number;
  readonly desiredActiveRequestsPerReplica: number;
  readonly metricsQuery: string | null;
  readonly seriesQuery: string | null;
  readonly targetType: string;
  /** `resources` of an `arbitrary-promql` rule. */
  readonly resources: Readonly<Record<string, unknown>> | null;
}

export type ResolvedStrategy =
  | { readonly type: 'RollingUpdate'; readonly maxSurge: string; readonly maxUnavailable: string }
  | { readonly type: 'Recreate' };

export interface ResolvedDisruption {
  readonly maxUnavailable: number | string;
  readonly unhealthyPodEvictionPolicy: string;
}

export interface ResolvedServiceAccount {
  readonly name: string;
  readonly roleArn: string;
}

/** SmartStack facts of the instance's first registration's namespace, as the pod needs them. */
export interface ResolvedMesh {
  readonly weight: number;
  readonly hacheck: HacheckSidecar;
  /** Null: the node registers the pod, or nothing does. */
  readonly nerve: NerveSidecar | null;
}

export interface HacheckSidecar {
  readonly image: string | null;
  /** Seconds that the sidecar sleeps after hadown: drain seconds + 1. */
  readonly drainSeconds: number;
  readonly resources: Resources;
  /** Null when neither the nerve nor the envoy check is on. */
  readonly readiness: {
    readonly command: readonly string[];
    readonly initialDelaySeconds: number;
    readonly periodSeconds: number;
  } | null;
}

/** Values by resource name, as configured (number or quantity text); null where a sidecar configuration leaves one out. */
export interface Resources {
  readonly requests: Readonly<Record<string, number | string>>;
  readonly limits: Readonly<Record<string, number | string>>;
}

export interface ResolvedPod {
  /** System `pod_defaults`, under Kubernetes names. Everything below replaces what it sets. */
  readonly defaults: Readonly<Record<string, unknown>>;
  readonly serviceAccountName: string | null;
  /** Seconds; null leaves Kubernetes' default. */
  readonly terminationGracePeriodSeconds: number | null;
  readonly fsGroup: { readonly id: number; readonly changePolicy: string | null } | null;
  readonly placement: ResolvedPlacement;
  readonly main: MainContainer;
  readonly volumes: readonly PodVolume[];
  /** Host volumes of the hacheck container; also pod volumes. Empty without mesh. */
  readonly hacheckVolumes: readonly HostPathVolume[];
  /** Claims of a StatefulSet. */
  readonly claims: readonly VolumeClaim[];
  /** Facts that become labels and annotations of the pod template. */
  readonly marks: PodMarks;
}

export interface PodMarks {
  readonly pool: string;
  readonly isRoutableIp: boolean;
  /** A `uwsgi` provider is configured, autoscaled or not. */
  readonly usesUwsgi: boolean;
  /** Value of `iam.amazonaws.com/role`; null leaves it out. */
  readonly iamRole: string | null;
  readonly prometheusShard: string | null;
  readonly prometheusPath: string | null;
  /** Never 0, which means no port. */
  readonly prometheusPort: number | null;
  readonly hasRegistrationLabels: boolean;
  readonly isIstioInjected: boolean;
  readonly costOwner: string | null;
  readonly scrapesPiscina: boolean;
  readonly scrapesGunicorn: boolean;
  readonly hasAwsLbReadinessGate: boolean;
}

export interface MainContainer {
  readonly name: string;
  readonly command: readonly string[] | null;
  readonly args: readonly string[] | null;
  /** In order, names unique. */
  readonly env: readonly EnvVariable[];
  readonly resources: Resources;
  /** First the container port, then prometheus_port if set and different. */
  readonly ports: readonly number[];
  readonly preStop: readonly string[];
  readonly liveness: Probe | null;
  readonly readiness: Probe | null;
  readonly capabilities: { readonly add: readonly string[] | null; readonly drop: readonly string[] };
  /** Null: the key is absent. */
  readonly isPrivileged: boolean | null;
}

export type EnvVariable =
  | { readonly name: string; readonly value: string }
  | { readonly name: string; readonly fieldPath: string }
  | { readonly name: string; readonly secretName: string; readonly secretKey: string };

export interface Probe {
  readonly action:
    | { readonly type: 'http'; readonly path: string; readonly port: number; readonly scheme: 'HTTP' | 'HTTPS' }
    | { readonly type: 'tcp'; readonly port: number }
    | { readonly type: 'exec'; readonly command: readonly string[] };
  readonly initialDelaySeconds: number;
  readonly periodSeconds: number;
  readonly timeoutSeconds: number;
  readonly failureThreshold: number;
}

export interface ResolvedPlacement {
  readonly nodeSelector: Readonly<Record<string, string>>;
  /** One term, all expressions together. Empty: no required node affinity. */
  readonly required: readonly NodeExpression[];
  readonly preferred: readonly { readonly weight: number; readonly expressions: readonly NodeExpression[] }[];
  /** Null when `anti_affinity` is not set; a list, possibly empty, when it is. */
  readonly antiAffinity: readonly PodSelector[] | null;
  readonly antiAffinityPreferred: readonly (PodSelector & { readonly weight: number })[] | null;
  /** Computed ones only: constraints of `pod.defaults` stand before them. */
  readonly topologySpread: readonly TopologySpread[];
}

export interface NodeExpression {
  readonly key: string;
  readonly operator: string;
  readonly values: readonly string[];
}

/** Pods of a service, an instance, or both; selected by PaaSTA's labels. */
export interface PodSelector {
  readonly service: string | null;
  readonly instance: string | null;
}

export interface TopologySpread {
  readonly topologyKey: string;
  readonly maxSkew: number;
  readonly whenUnsatisfiable: string;
  readonly matchLabelKeys: readonly string[] | null;
}

export interface HostPathVolume {
  readonly type: 'host';
  readonly name: string;
  readonly hostPath: string;
  readonly mountPath: string;
  readonly isReadOnly: boolean;
}

/** A pod volume and how the main container mounts it, in PaaSTA's order. */
export type PodVolume =
  | HostPathVolume
  | {
      readonly type: 'ebs';
      readonly name: string;
      readonly mountPath: string;
      readonly isReadOnly: boolean;
      readonly volumeId: string;
      readonly fsType: string | null;
      readonly partition: number | null;
    }
  | {
      readonly type: 'secret';
      readonly name: string;
      readonly mountPath: string;
      readonly secretName: string;
      readonly defaultMode: number | null;
      readonly items: readonly SecretItem[] | null;
      readonly isOptional: boolean | null;
      /** The hacheck container mounts it too (boto, crypto and datastore keys). */
      readonly inHacheck: boolean;
      /** An existing mount of the same path is dropped (boto and crypto keys). */
      readonly replacesMount: boolean;
    }
  | {
      readonly type: 'token';
      readonly name: string;
      readonly mountPath: string;
      readonly audience: string;
      readonly expirationSeconds: number;
    };

export interface SecretItem {
  readonly key: string;
  readonly path: string;
  readonly mode: number | null;
}

export interface VolumeClaim {
  readonly name: string;
  readonly mountPath: string;
  readonly isReadOnly: boolean;
  /** GiB. */
  readonly sizeGi: number;
  readonly storageClassName: string;
}

/** A Kubernetes Secret that the pod reads, and the soa-configs secret behind it. */
export interface SecretReference {
  readonly secretName: string;
  /** Key in the Secret; the raw secret name. */
  readonly key: string;
  /** `_shared` for SHARED_SECRET. */
  readonly service: string;
  readonly kind: 'env' | 'volume' | 'ssm';
  /** Name of the parameter in the AWS Parameter Store; for `ssm` only. */
  readonly source?: string;
}
