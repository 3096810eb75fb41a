import type { RenderedFile } from '../model/rendered-file.ts';
import type { ClusterFiles } from './cluster-files.ts';
import type { IndexEntry } from './tree-index.ts';

/** A file that another service renders, too, or had before. */
export interface Rival {
  readonly cluster: ClusterFiles;
  readonly file: RenderedFile;
}

/** What a run knows of the owner of a file when all services are rendered. */
export interface OwnerFacts {
  /** The file is rendered for its owner, or was left in place unseen. */
  readonly isRendered: boolean;
  /** The run is about some services or instances only. */
  readonly isScoped: boolean;
}

/** Why a file that an earlier run wrote for another service stays as it is; null when nothing of its owner is to be kept there. */
export function whyOwned(
  cluster: ClusterFiles,
  { service, instance }: IndexEntry,
  { isRendered, isScoped }: OwnerFacts,
): string | null {
  if (service === null || instance === null) return null;
  if (isRendered) return 'which renders it, too';
  const known = cluster.known.get(service);
  if (known === undefined) return isScoped ? 'which this run does not look at' : null;
  if (known === null) return 'of which not everything could be read';
  return known.includes(instance) && !cluster.isWhole(service, instance) ? 'which was not rendered' : null;
}
