import type { KubeObject } from '../model/rendered-file.ts';
import { canonicalPodSpec } from './canonical-pod.ts';
import { canonicalQuantities, canonicalResourceList, canonicalResources } from './canonical-resources.ts';
import { isEmpty, type JsonMap, mapAt, mapsAt, withoutEmpty, withoutNulls } from './json-data.ts';

const RBAC = 'rbac.authorization.k8s.io';

/** Kinds in which an empty list or map means the same as none, but for the few that `withoutEmpty` keeps. */
const DROP_EMPTY = new Set([
  ...['ConfigMap', 'LimitRange', 'Namespace', 'Pod', 'ServiceAccount'],
  ...['apps/DaemonSet', 'apps/Deployment', 'apps/ReplicaSet', 'apps/StatefulSet', 'batch/CronJob', 'batch/Job'],
  ...['autoscaling/HorizontalPodAutoscaler', 'policy/PodDisruptionBudget'],
  ...[`${RBAC}/ClusterRoleBinding`, `${RBAC}/RoleBinding`],
]);

type Canonicalise = (spec: JsonMap | undefined, object: JsonMap) => void;

const BY_KIND: Readonly<Record<string, Canonicalise>> = {
  Pod: canonicalPodSpec,
  'apps/DaemonSet': canonicalWorkload,
  'apps/Deployment': canonicalWorkload,
  'apps/ReplicaSet': canonicalWorkload,
  'apps/StatefulSet': canonicalStatefulSet,
  'batch/CronJob': (spec) => {
    canonicalWorkload(mapAt(mapAt(spec, 'jobTemplate'), 'spec'));
  },
  'batch/Job': canonicalWorkload,
  'autoscaling/HorizontalPodAutoscaler': (spec) => {
    mapsAt(spec, 'metrics').forEach(canonicalMetric);
  },
  LimitRange: (spec) => {
    mapsAt(spec, 'limits').forEach(canonicalResources);
  },
  PersistentVolumeClaim: (spec) => {
    canonicalResources(mapAt(spec, 'resources'));
  },
  ResourceQuota: (spec) => {
    canonicalResourceList(spec?.['hard']);
  },
  Service: (spec) => {
    for (const port of mapsAt(spec, 'ports')) port['protocol'] ??= 'TCP';
  },
  [`${RBAC}/ClusterRoleBinding`]: canonicalBinding,
  [`${RBAC}/RoleBinding`]: canonicalBinding,
};

/**
 * A copy of the object in the form in which the API server stores it, so that the file and the live object compare equal:
 *
 * - no `status`, no nulls (in lists neither), no empty `labels` and `annotations`;
 * - no empty lists and maps in the kinds that PaaSTA makes, except those that mean something (see `withoutEmpty`). In all other
 *   kinds they stay as written: in a NetworkPolicy, `podSelector: {}` is every pod and `egress: []` forbids everything;
 * - quantities canonical; `protocol: TCP` on ports; the apiGroup of a binding's users, groups and role; type and volume mode of claim
 *   templates; none of the zero values that the server drops (`minReadySeconds: 0`, `readOnly: false` of mounts and EBS volumes);
 *   no second port of one number and no earlier environment variable of a name that comes again.
 *
 * A value that is no quantity stays as it is, for the server to refuse.
 */
export function canonicalObject(object: KubeObject): KubeObject {
  const slash = object.apiVersion.indexOf('/');
  const kind = slash < 0 ? object.kind : `${object.apiVersion.slice(0, slash)}/${object.kind}`;
  const { status: _status, ...desired } = object;
  const canonical = DROP_EMPTY.has(kind) ? withoutEmpty(desired) : withoutNulls(desired);
  dropEmptyMetadata(mapAt(canonical, 'metadata'));
  BY_KIND[kind]?.(mapAt(canonical, 'spec'), canonical);
  return canonical as JsonMap & KubeObject;
}

function dropEmptyMetadata(metadata: JsonMap | undefined): void {
  if (isEmpty(metadata?.['labels'])) delete metadata!['labels'];
  if (isEmpty(metadata?.['annotations'])) delete metadata!['annotations'];
}

function canonicalWorkload(spec: JsonMap | undefined): void {
  if (spec?.['minReadySeconds'] === 0) delete spec['minReadySeconds'];
  canonicalPodSpec(mapAt(mapAt(spec, 'template'), 'spec'));
}

/** Claim templates are one value to the server: what it adds to them would show as a difference for ever. */
function canonicalStatefulSet(set: JsonMap | undefined): void {
  canonicalWorkload(set);
  for (const claim of mapsAt(set, 'volumeClaimTemplates')) {
    claim['apiVersion'] ??= 'v1';
    claim['kind'] ??= 'PersistentVolumeClaim';
    const spec = mapAt(claim, 'spec');
    if (spec !== undefined) spec['volumeMode'] ??= 'Filesystem';
    canonicalResources(mapAt(spec, 'resources'));
  }
}

function canonicalMetric(metric: JsonMap): void {
  for (const source of ['resource', 'containerResource', 'pods', 'object', 'external']) {
    canonicalQuantities(mapAt(mapAt(metric, source), 'target'), ['value', 'averageValue']);
  }
}

function canonicalBinding(_spec: JsonMap | undefined, binding: JsonMap): void {
  for (const subject of mapsAt(binding, 'subjects')) {
    if (subject['kind'] === 'User' || subject['kind'] === 'Group') subject['apiGroup'] ??= RBAC;
  }
  const role = mapAt(binding, 'roleRef');
  if (role !== undefined) role['apiGroup'] ??= RBAC;
}
