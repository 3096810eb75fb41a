import { objectKey } from './object-identity.ts';
import type { KubeObject } from './rendered-file.ts';

/** Marks an object that stays in the output for a while; its value is the key of the object that must be current before it may go. */
export const HELD_FOR_ANNOTATION = 'paasta.yelp.com/held-for';

const WORKLOAD_KEY = /^apps\/(?:Deployment|StatefulSet) /;

export function isWorkload({ apiVersion, kind }: KubeObject): boolean {
  return WORKLOAD_KEY.test(`${apiVersion.split('/')[0]!}/${kind} `);
}

/** Key of the object that a held one waits for; null for an object that is not held. */
export function heldFor({ metadata }: KubeObject): string | null {
  return metadata.annotations?.[HELD_FOR_ANNOTATION] ?? null;
}

/** Whether an object stays only until another workload has taken its place. */
export function isLeftover(object: KubeObject): boolean {
  const key = heldFor(object);
  return key !== null && WORKLOAD_KEY.test(key) && key !== objectKey(object);
}

/** A held workload, and what must be seen in the cluster before the next step. */
export interface Hold {
  /** Key of the held workload. */
  readonly object: string;
  /** Key of what is waited for: the workload that takes its place, its autoscaler, or itself when its pods must end first. */
  readonly waitsFor: string;
  /** Git sha and config sha, with a space between them, of the workload that is waited for. */
  readonly version: string;
}

/** The holds that an instance's objects state. */
export function holdsOf(objects: readonly KubeObject[]): readonly Hold[] {
  return objects.filter(isWorkload).flatMap((object) => {
    const waitsFor = heldFor(object);
    if (waitsFor === null) return [];
    const awaited = objects.find((other) => isWorkload(other) && objectKey(other) === waitsFor) ?? object;
    return [{ object: objectKey(object), waitsFor, version: versionOf(awaited) }];
  });
}

function versionOf({ metadata: { labels = {} } }: KubeObject): string {
  return `${labels['paasta.yelp.com/git_sha'] ?? ''} ${labels['paasta.yelp.com/config_sha'] ?? ''}`;
}
