import type { DeploymentsDocument } from './deployments-document.ts';
import { parseTimestamp } from './refs/timestamp.ts';

/**
 * The newest image version of a commit in any deploy group, while its time stamp is younger than `maxAgeSeconds`; else null.
 * An image version that does not start with a time stamp counts as too old. PaaSTA: `get_latest_image_version`.
 */
export function newestImageVersion(
  document: DeploymentsDocument,
  sha: string,
  now: Date,
  maxAgeSeconds: number,
): string | null {
  const versions = Object.values(document.v2.deployments)
    .filter((entry) => entry.git_sha === sha)
    .flatMap((entry) => entry.image_version ?? [])
    .sort();
  const newest = versions.at(-1);
  const time = newest === undefined ? null : parseTimestamp(newest.slice(0, 15));
  if (newest === undefined || time === null) return null;
  return now.getTime() - time.getTime() < maxAgeSeconds * 1000 ? newest : null;
}
