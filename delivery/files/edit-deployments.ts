import {
  STARTED,
  controlKey,
  type ControlEntry,
  type DeploymentsDocument,
  type RolledBackEntry,
} from '../deployments-document.ts';
import { imageName } from '../image-name.ts';
import type { State, Version } from '../refs/tag-names.ts';

/** Rolled-back versions that are kept for each group. */
const KEPT_ROLLED_BACK = 20;

/** A version to put into a group. */
export interface NewDeployment {
  readonly service: string;
  readonly group: string;
  readonly version: Version;
  readonly digest: string | null;
  /** Control branches `<cluster>.<instance>` of the group's instances. */
  readonly branches: readonly string[];
}

/** The version of a group in a document, or null. */
export function versionIn(document: DeploymentsDocument, group: string): Version | null {
  const entry = ownValue(document.v2.deployments, group);
  return entry === undefined ? null : { sha: entry.git_sha, imageVersion: entry.image_version ?? null };
}

/**
 * A document with another version in a group. As with tags, a stop ends when another commit is deployed and outlives another
 * image version of the same commit. Instances of the group without an entry get one.
 */
export function withDeployment(document: DeploymentsDocument, change: NewDeployment): DeploymentsDocument {
  const { service, group, version, digest, branches } = change;
  const dockerImage = imageName(service, version);
  const isOtherCommit = versionIn(document, group)?.sha !== version.sha;
  const entry = {
    docker_image: dockerImage,
    git_sha: version.sha,
    image_version: version.imageVersion,
    ...(digest === null ? {} : { digest }),
  };
  const controls = new Map(Object.entries(document.v2.controls));
  const v1 = new Map(Object.entries(document.v1));
  for (const branch of branches) {
    const before = isOtherCommit ? undefined : controls.get(controlKey(service, branch));
    const control = before ?? STARTED;
    controls.set(controlKey(service, branch), control);
    v1.set(`${service}:paasta-${branch}`, { docker_image: dockerImage, ...control });
  }
  const deployments = new Map(Object.entries(document.v2.deployments)).set(group, entry);
  return rebuilt(document, { v1, deployments, controls });
}

/** A document with the state of one instance set; its group must have a version. */
export function withState(
  document: DeploymentsDocument,
  change: {
    readonly service: string;
    readonly branch: string;
    readonly group: string;
    readonly state: State;
    readonly timestamp: string;
  },
): DeploymentsDocument {
  const { service, branch, group, state, timestamp } = change;
  const control: ControlEntry = { desired_state: state, force_bounce: timestamp };
  const dockerImage = document.v2.deployments[group]!.docker_image;
  return rebuilt(document, {
    v1: new Map(Object.entries(document.v1)).set(`${service}:paasta-${branch}`, {
      docker_image: dockerImage,
      ...control,
    }),
    deployments: new Map(Object.entries(document.v2.deployments)),
    controls: new Map(Object.entries(document.v2.controls)).set(controlKey(service, branch), control),
  });
}

/** A document that remembers a version which a rollback left behind, newest first. */
export function withRolledBack(
  document: DeploymentsDocument,
  group: string,
  entry: RolledBackEntry,
): DeploymentsDocument {
  const lists = new Map(Object.entries(document.v2.rolled_back ?? {}));
  lists.set(group, [entry, ...(lists.get(group) ?? [])].slice(0, KEPT_ROLLED_BACK));
  return { ...document, v2: { ...document.v2, rolled_back: Object.fromEntries(lists) } };
}

/** The entries of a document that say that a version of a group was rolled back. */
export function rolledBackIn(document: DeploymentsDocument, group: string, sha: string): readonly RolledBackEntry[] {
  return (ownValue(document.v2.rolled_back ?? {}, group) ?? []).filter((entry) => entry.sha === sha);
}

function rebuilt(
  document: DeploymentsDocument,
  parts: {
    readonly v1: ReadonlyMap<string, DeploymentsDocument['v1'][string]>;
    readonly deployments: ReadonlyMap<string, DeploymentsDocument['v2']['deployments'][string]>;
    readonly controls: ReadonlyMap<string, ControlEntry>;
  },
): DeploymentsDocument {
  return {
    ...document,
    source: 'file',
    v1: Object.fromEntries(parts.v1),
    v2: {
      ...document.v2,
      deployments: Object.fromEntries(parts.deployments),
      controls: Object.fromEntries(parts.controls),
    },
  };
}

function ownValue<T>(map: Readonly<Record<string, T>>, key: string): T | undefined {
  return Object.hasOwn(map, key) ? map[key] : undefined;
}
