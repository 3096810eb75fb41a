import type { State } from './refs/tag-names.ts';

/** What runs in a deploy group. `digest` is ours: when set, the image is pinned to it. */
export interface DeploymentEntry {
  readonly docker_image: string;
  readonly git_sha: string;
  readonly image_version: string | null;
  readonly digest?: string;
}

/** Desired state of one instance; `force_bounce` is the time stamp of its last start or stop. */
export interface ControlEntry {
  readonly desired_state: State;
  readonly force_bounce: string | null;
}

/** A version that a rollback left behind (file mode only; tag mode has rollback tags for it). */
export interface RolledBackEntry {
  readonly sha: string;
  readonly image_version: string | null;
  readonly timestamp: string;
  readonly by: string;
}

/**
 * `S/deployments.json`. `v1` and `v2` are PaaSTA's; the rest is ours and PaaSTA ignores it.
 * Keys: `v1` `<service>:paasta-<cluster>.<instance>`, deployments `<deploy group>`, controls `<service>:<cluster>.<instance>`.
 */
export interface DeploymentsDocument {
  /** `file`: this file is the truth and commits change it. Absent: it is generated from the tags of the service's repository. */
  readonly source?: 'file';
  readonly v1: Readonly<Record<string, ControlEntry & { readonly docker_image: string }>>;
  readonly v2: {
    readonly deployments: Readonly<Record<string, DeploymentEntry>>;
    readonly controls: Readonly<Record<string, ControlEntry>>;
    readonly rolled_back?: Readonly<Record<string, readonly RolledBackEntry[]>>;
  };
}

/** A service that nothing is deployed of. */
export const EMPTY_DEPLOYMENTS: DeploymentsDocument = { v1: {}, v2: { deployments: {}, controls: {} } };

/** The state of an instance without a start or stop. */
export const STARTED: ControlEntry = { desired_state: 'start', force_bounce: null };

/** An instance's key in `controls`. */
export function controlKey(service: string, branch: string): string {
  return `${service}:${branch}`;
}

/** Digest that pins the image of a group, or null. */
export function digestOf(document: DeploymentsDocument, group: string): string | null {
  const { deployments } = document.v2;
  return (Object.hasOwn(deployments, group) ? deployments[group]!.digest : null) ?? null;
}
