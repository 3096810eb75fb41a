export {
  ADAPTER_CONFIG_MAP,
  ADAPTER_NAMESPACE,
  AdapterConfigMap,
  type AdapterConfigMapProps,
} from './adapter-config-map.ts';
export { ApiRoleBinding, type ApiRoleBindingProps } from './api-role-binding.ts';
export { type ExtendInstance, INSTANCE_IDS } from './extend-instance.ts';
export { ExternalSecret, type ExternalSecretKey, type ExternalSecretProps } from './external-secret.ts';
export { HacheckConfigMap, type HacheckConfigMapProps, hacheckConfigMapName } from './hacheck-config-map.ts';
export { LimitRange, type LimitRangeProps } from './limit-range.ts';
export { NerveConfigMap, type NerveConfigMapProps, nerveConfigMapName } from './nerve-config-map.ts';
export { PaastaDeployment, type PaastaDeploymentProps } from './paasta-deployment.ts';
export { PaastaHpa, type PaastaHpaProps } from './paasta-hpa.ts';
export { PaastaNamespace, type PaastaNamespaceProps } from './paasta-namespace.ts';
export { PaastaPdb, type PaastaPdbProps } from './paasta-pdb.ts';
export { PaastaServiceAccount, type PaastaServiceAccountProps } from './paasta-service-account.ts';
export { PaastaStatefulSet, type PaastaStatefulSetProps } from './paasta-stateful-set.ts';
export { SynapseConfigMap, type SynapseConfigMapProps } from './synapse-config-map.ts';
export { SynapseDaemonSet, type SynapseDaemonSetProps } from './synapse-daemon-set.ts';
export {
  SynapseServicesConfigMap,
  type SynapseServicesConfigMapProps,
  synapseShardName,
} from './synapse-services-config-map.ts';
