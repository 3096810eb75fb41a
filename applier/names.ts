import { createHash } from 'node:crypto';

/** Field manager of everything that is applied from the rendered tree. */
export const FIELD_MANAGER = 'paasta-gitops';
/** Holds `spec.replicas` between us and the autoscaler, so that the value survives when we stop stating it. */
export const HANDOVER_MANAGER = 'paasta-gitops-handover';
/** Writes the parent ConfigMap. */
export const PARENT_MANAGER = 'paasta-gitops-applyset';
/** Writes temporary limits of autoscalers. */
export const OVERRIDE_MANAGER = 'paasta-gitops-override';

export const PART_OF_LABEL = 'applyset.kubernetes.io/part-of';
export const SET_ID_LABEL = 'applyset.kubernetes.io/id';
export const TOOLING_ANNOTATION = 'applyset.kubernetes.io/tooling';
export const KINDS_ANNOTATION = 'applyset.kubernetes.io/contains-group-kinds';
export const NAMESPACES_ANNOTATION = 'applyset.kubernetes.io/additional-namespaces';

export const HASH_ANNOTATION = 'paasta.yelp.com/applied-hash';
export const OWNER_ANNOTATION = 'paasta.yelp.com/owner';
export const KEEP_ANNOTATION = 'paasta.yelp.com/prune';
/** Seconds since 1970 until which an autoscaler has other limits. */
export const OVERRIDE_ANNOTATION = 'paasta.yelp.com/override-until';
export const RECREATE_ANNOTATION = 'paasta.yelp.com/recreate';

export const SERVICE_LABEL = 'paasta.yelp.com/service';
export const INSTANCE_LABEL = 'paasta.yelp.com/instance';
export const CLUSTER_LABEL = 'paasta.yelp.com/cluster';
export const MANAGED_LABEL = 'paasta.yelp.com/managed';
export const AUTOSCALED_LABEL = 'paasta.yelp.com/autoscaled';
export const GIT_SHA_LABEL = 'paasta.yelp.com/git_sha';
export const CONFIG_SHA_LABEL = 'paasta.yelp.com/config_sha';
export const IMAGE_VERSION_LABEL = 'paasta.yelp.com/image_version';

/** Where a set keeps its parent object and its lock. */
export interface SetName {
  /** `--set`; one set is one cluster's whole output. */
  readonly set: string;
  /** `--inventory-namespace` */
  readonly namespace: string;
}

/** Name of the set's parent ConfigMap and of its Lease. */
export function parentName({ set }: SetName): string {
  return `paasta-gitops-${set}`;
}

/** The value of the part-of label of every member (Kubernetes: ApplySet ids, version 1, of a ConfigMap as the parent). */
export function setIdOf(name: SetName): string {
  const digest = createHash('sha256')
    .update(`${parentName(name)}.${name.namespace}.ConfigMap.`)
    .digest('base64url');
  return `applyset-${digest}-v1`;
}
