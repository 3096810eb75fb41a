import type { k8s } from 'cdk8s-plus-27';

/** Names that the generated types spell otherwise than the Kubernetes API does. */
interface ApiSpelling {
  clientIp: 'clientIP';
  clusterIp: 'clusterIP';
  downwardApi: 'downwardAPI';
  hostIp: 'hostIP';
  hostIpc: 'hostIPC';
  hostPid: 'hostPID';
  loadBalancerIp: 'loadBalancerIP';
  setHostnameAsFqdn: 'setHostnameAsFQDN';
  volumeId: 'volumeID';
}
type ApiName<K> = K extends keyof ApiSpelling ? ApiSpelling[K] : K;

/**
 * The plain JSON form of a generated Kubernetes type: quantities and int-or-strings are the value itself, dates are text,
 * names are the API's own. Objects are checked against Kubernetes' types without loading the generated classes.
 */
export type Plain<T> = T extends k8s.Quantity
  ? keyof T extends 'value'
    ? string | number
    : PlainObject<T>
  : T extends Date
    ? string
    : T extends readonly (infer Item)[]
      ? readonly Plain<Item>[]
      : T extends object
        ? PlainObject<T>
        : T;

type PlainObject<T> = { readonly [K in keyof T as ApiName<K>]: Plain<T[K]> };

export type DeploymentSpec = Plain<k8s.DeploymentSpec>;
export type StatefulSetSpec = Plain<k8s.StatefulSetSpec>;
export type PodTemplateSpec = Plain<k8s.PodTemplateSpec>;
export type PodSpec = Plain<k8s.PodSpec>;
export type Container = Plain<k8s.Container>;
export type EnvVar = Plain<k8s.EnvVar>;
export type KubeProbe = Plain<k8s.Probe>;
export type ResourceRequirements = Plain<k8s.ResourceRequirements>;
export type Volume = Plain<k8s.Volume>;
export type VolumeMount = Plain<k8s.VolumeMount>;
export type ClaimTemplate = Plain<k8s.KubePersistentVolumeClaimProps> & {
  readonly apiVersion: 'v1';
  readonly kind: 'PersistentVolumeClaim';
};
export type Affinity = Plain<k8s.Affinity>;
export type NodeAffinity = Plain<k8s.NodeAffinity>;
export type NodeSelectorTerm = Plain<k8s.NodeSelectorTerm>;
export type PodAffinityTerm = Plain<k8s.PodAffinityTerm>;
export type PodAntiAffinity = Plain<k8s.PodAntiAffinity>;
export type LabelSelector = Plain<k8s.LabelSelector>;
export type TopologySpreadConstraint = Plain<k8s.TopologySpreadConstraint>;
export type HpaSpec = Plain<k8s.HorizontalPodAutoscalerSpecV2>;
export type HpaScalingRules = Plain<k8s.HpaScalingRulesV2>;
export type HpaBehavior = Plain<k8s.HorizontalPodAutoscalerBehaviorV2>;
export type MetricSpec = Plain<k8s.MetricSpecV2>;
export type MetricTarget = Plain<k8s.MetricTargetV2>;
export type PdbSpec = Plain<k8s.PodDisruptionBudgetSpec>;
export type LimitRangeSpec = Plain<k8s.LimitRangeSpec>;
export type RoleRef = Plain<k8s.RoleRef>;
export type Subject = Plain<k8s.Subject>;

/** Labels, annotations, selectors. */
export type StringMap = Readonly<Record<string, string>>;

/** How the objects of an instance are written. */
export interface InstanceForm {
  /**
   * As the API server stores them: without empty lists and zero values that it drops, with its own spelling of quantities. Otherwise
   * all that is configured is there, for users' constructs to find and change. Both are the same in the end (`canonicalObject`).
   * @default false
   */
  readonly asStored?: boolean;
}

/** Something that is being put together: keys are added in their sorted order, so that nobody has to sort them later. */
export type Draft<T> = { -readonly [K in keyof T]?: T[K] };
