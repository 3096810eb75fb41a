import { compareText } from '../diagnostics/diagnostic.ts';
import type { KubeObject } from './rendered-file.ts';

/** Kinds by the stage in which they are applied; what is not listed comes after them, webhook configurations last. */
const STAGES: readonly (readonly string[])[] = [
  ['CustomResourceDefinition'],
  ['Namespace'],
  ['PriorityClass', 'StorageClass', 'ResourceQuota', 'LimitRange'],
  ['ServiceAccount', 'Role', 'ClusterRole'],
  ['RoleBinding', 'ClusterRoleBinding'],
  ['ConfigMap', 'Secret', 'ExternalSecret', 'PersistentVolumeClaim', 'Service'],
  ['PodDisruptionBudget'],
  ['Deployment', 'StatefulSet', 'DaemonSet', 'Job', 'CronJob'],
  ['HorizontalPodAutoscaler'],
];
const WEBHOOKS = ['MutatingWebhookConfiguration', 'ValidatingWebhookConfiguration'];
const STAGE_BY_KIND = new Map([
  ...STAGES.flatMap((kinds, stage) => kinds.map((kind) => [kind, stage] as const)),
  ...WEBHOOKS.map((kind) => [kind, STAGES.length + 1] as const),
]);

/** Stage of a kind: objects of a lower one exist before those of a higher one are applied, and are deleted after them. */
export function applyStage(kind: string): number {
  return STAGE_BY_KIND.get(kind) ?? STAGES.length;
}

/** Whether the order names the kind. */
export function isOrderedKind(kind: string): boolean {
  return STAGE_BY_KIND.has(kind);
}

/** Order of objects in files and of applying them: stage, namespace, name, then kind and API version. */
export function compareApplyOrder(a: KubeObject, b: KubeObject): number {
  return (
    applyStage(a.kind) - applyStage(b.kind) ||
    compareText(a.metadata.namespace ?? '', b.metadata.namespace ?? '') ||
    compareText(a.metadata.name, b.metadata.name) ||
    compareText(a.kind, b.kind) ||
    compareText(a.apiVersion, b.apiVersion)
  );
}
