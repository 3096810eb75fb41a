import { share } from '../compiler/model/shared-part.ts';
import type { StringMap } from './_plain.ts';

const SYNC_WAVE = 'argocd.argoproj.io/sync-wave';

/** Keeps Argo CD and Flux from deleting an object whose loss destroys what is in it. */
const NEVER_PRUNE: StringMap = {
  'argocd.argoproj.io/sync-options': 'Prune=false,Delete=false',
  'kustomize.toolkit.fluxcd.io/prune': 'disabled',
};

/** Namespaces come first, and delivery tools never delete them. */
export const NAMESPACE_ANNOTATIONS: StringMap = share({ ...NEVER_PRUNE, [SYNC_WAVE]: '-3' });

/** What the namespace's pods run under: LimitRange, ServiceAccount, RoleBinding. */
export const POLICY_ANNOTATIONS: StringMap = share({ [SYNC_WAVE]: '-2' });

/** What a workload needs or is guarded by: ConfigMap, ExternalSecret, PodDisruptionBudget. */
export const SUPPORT_ANNOTATIONS: StringMap = share({ [SYNC_WAVE]: '-1' });

/** What acts on a running workload: HorizontalPodAutoscaler. */
export const SCALER_ANNOTATIONS: StringMap = share({ [SYNC_WAVE]: '1' });
