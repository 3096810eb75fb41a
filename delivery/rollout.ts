import type { Version } from './refs/tag-names.ts';

/** A workload's live state, as far as waiting for a version needs it. */
export interface LiveWorkload {
  readonly metadata?: { readonly generation?: number };
  readonly spec?: {
    readonly replicas?: number;
    readonly template?: { readonly metadata?: { readonly labels?: Readonly<Record<string, string>> } };
  };
  readonly status?: {
    readonly observedGeneration?: number;
    readonly replicas?: number;
    readonly updatedReplicas?: number;
    readonly availableReplicas?: number;
    readonly currentRevision?: string;
    readonly updateRevision?: string;
    readonly conditions?: readonly { readonly type?: string; readonly reason?: string; readonly message?: string }[];
  };
}

/** Whether an instance runs what it should, and what is missing. */
export interface Rollout {
  readonly isDone: boolean;
  readonly reason: string;
}

/**
 * Whether a Deployment or StatefulSet runs a version and nothing else, with at least `marginFactor` of its pods available.
 * A stopped one is done when it is told to have no pods. Null: it is not there yet.
 * PaaSTA: done when the version is the only active one and `ceil(bounce_margin_factor * expected)` replicas are up.
 */
export function rolloutOf(
  workload: LiveWorkload | null,
  version: Version,
  marginFactor: number,
  isStopped: boolean,
): Rollout {
  if (workload === null) return waiting('is not there yet');
  const { spec = {}, status = {}, metadata = {} } = workload;
  const wanted = spec.replicas ?? 1;
  if (isStopped) return wanted === 0 ? { isDone: true, reason: 'is stopped' } : waiting('is not stopped yet');
  const running = versionOf(spec.template?.metadata?.labels ?? {});
  if (running.sha !== version.sha || running.imageVersion !== version.imageVersion) {
    return waiting(`is still told to run ${running.sha === '' ? 'something else' : running.sha.slice(0, 8)}`);
  }
  if ((status.observedGeneration ?? 0) < (metadata.generation ?? 0)) return waiting('the change was not looked at yet');
  if (wanted === 0) return { isDone: true, reason: 'wants no pods' };
  const total = status.replicas ?? 0;
  const isOneRevision = status.updateRevision !== undefined && status.currentRevision === status.updateRevision;
  const updated = isOneRevision ? total : (status.updatedReplicas ?? 0);
  const available = status.availableReplicas ?? 0;
  const least = Math.ceil(marginFactor * wanted);
  const stuck = status.conditions?.find(({ reason }) => reason === 'ProgressDeadlineExceeded');
  const why = stuck === undefined ? '' : ` (${stuck.message ?? 'the rollout missed its deadline'})`;
  if (updated < least) return waiting(`${updated} of ${wanted} pods are new${why}`);
  if (total > updated) return waiting(`${total - updated} old pods are still there${why}`);
  if (available < least) return waiting(`${available} of ${wanted} pods are available${why}`);
  return { isDone: true, reason: `${available} of ${wanted} pods are available` };
}

function versionOf(labels: Readonly<Record<string, string>>): Version {
  return {
    sha: labels['paasta.yelp.com/git_sha'] ?? '',
    imageVersion: labels['paasta.yelp.com/image_version'] ?? null,
  };
}

function waiting(reason: string): Rollout {
  return { isDone: false, reason };
}
