export { mergeInstances } from './merge-instances.ts';
export { servicePorts, type ServicePorts } from './smartstack/service-ports.ts';
export { smartstackOfCluster } from './smartstack/cluster-findings.ts';
export { smartstackAcross } from './smartstack/cross-service.ts';
export { resolveSmartstack, type ServiceMesh } from './smartstack/resolve-smartstack.ts';
export { autotunedFile, instanceLayer, serviceLayers } from './layers.ts';
export { deepMerge } from './merge.ts';
export { resolveService, type ResolveOptions, type ServiceResolution } from './resolve-service.ts';
