import {
  EMPTY_DEPLOYMENTS,
  STARTED,
  controlKey,
  type ControlEntry,
  type DeploymentsDocument,
} from './deployments-document.ts';
import { imageName } from './image-name.ts';
import { latestDeploy, latestStates, type LatestDeploy } from './refs/read-tags.ts';
import type { RemoteRef } from './refs/remote-refs.ts';

/** One instance of a service: its control branch `<cluster>.<instance>` and its deploy group (null: never deployed). */
export interface DeployBranch {
  readonly branch: string;
  readonly group: string | null;
}

/** The document and what a person should know about how it came about. */
export interface DeploymentsFromRefs {
  readonly document: DeploymentsDocument;
  /** Groups of instances without a deploy tag: their instances are not deployed. */
  readonly notDeployed: readonly string[];
  /** One sentence for each tag that PaaSTA would have read otherwise. */
  readonly warnings: readonly string[];
}

/**
 * deployments.json of a service from the refs of its repository: for each instance the newest deploy tag of its group, and the
 * newest start or stop tag of its branch at that commit. PaaSTA: `get_deploy_group_mappings`, except that group names are
 * taken literally. Keys are in the order of `branches`, where the last entry of a branch wins.
 */
export function deploymentsFromRefs(
  service: string,
  branches: readonly DeployBranch[],
  refs: readonly RemoteRef[],
): DeploymentsFromRefs {
  const groupOf = new Map(branches.map(({ branch, group }) => [branch, group]));
  const deploys = new Map<string, LatestDeploy>();
  for (const group of groupOf.values()) {
    if (group !== null && !deploys.has(group)) deploys.set(group, latestDeploy(refs, group));
  }
  const stateAt = latestStates(refs);
  const v1: [string, DeploymentsDocument['v1'][string]][] = [];
  const deployments = new Map<string, DeploymentsDocument['v2']['deployments'][string]>();
  const controls: [string, ControlEntry][] = [];
  for (const [branch, group] of groupOf) {
    const latest = group === null ? null : deploys.get(group)!.latest;
    if (group === null || latest === null) continue;
    const dockerImage = imageName(service, latest);
    const state = stateAt(branch, latest.sha);
    const control = state === null ? STARTED : { desired_state: state.state, force_bounce: state.forceBounce };
    deployments.set(group, { docker_image: dockerImage, git_sha: latest.sha, image_version: latest.imageVersion });
    v1.push([`${service}:paasta-${branch}`, { docker_image: dockerImage, ...control }]);
    controls.push([controlKey(service, branch), control]);
  }
  return {
    document: {
      ...EMPTY_DEPLOYMENTS,
      v1: Object.fromEntries(v1),
      v2: { deployments: Object.fromEntries(deployments), controls: Object.fromEntries(controls) },
    },
    notDeployed: [...deploys].filter(([, { latest }]) => latest === null).map(([group]) => group),
    warnings: [...deploys].flatMap(([group, deploy]) => warningOf(group, deploy)),
  };
}

function warningOf(group: string, { latest, mistaken }: LatestDeploy): readonly string[] {
  if (mistaken === null) return [];
  const taken = latest === null ? 'nothing is deployed to it here' : `here it is at ${latest.ref}`;
  return [`PaaSTA takes ${mistaken.ref} for deploy group "${group}", because it reads "." as any character; ${taken}`];
}
