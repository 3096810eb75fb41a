import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { RenderedFile } from '../compiler/model/rendered-file.ts';
import { textsAt, type OutputClone } from '../publish/output-clone.ts';
import { publishedClusters, type PublishedCluster } from '../publish/published-files.ts';
import { compareTrees, type ReviewInput } from '../review/compare-trees.ts';
import type { OutputFiles } from '../review/output-files.ts';
import type { Review } from '../review/review.ts';

/** What a publish changes: the tree at the tip against the one that stands in the clone now. */
export async function reviewPublish(
  clone: OutputClone,
  tip: string | null,
  tree: string,
  before: readonly PublishedCluster[],
  settings: Pick<ReviewInput, 'mask' | 'risks'> & {
    readonly clusters: readonly string[] | null;
    readonly folder: string;
  },
): Promise<Review> {
  const after = publishedClusters(tree).filter(({ cluster }) => settings.clusters?.includes(cluster) ?? true);
  // Where the index was lost, what is written now tells which files stood there.
  const earlier = [...after, ...before];
  const paths = earlier.flatMap(({ files }) => [...files.keys()]);
  const texts =
    tip === null
      ? new Map()
      : await textsAt(
          clone,
          tip,
          paths.map((path) => join(settings.folder, path)),
        );
  const old = (path: string): string | null =>
    (texts.get(join(settings.folder, path)) as string | null | undefined) ?? null;
  const now = (path: string): string | null =>
    existsSync(join(tree, path)) ? readFileSync(join(tree, path), 'utf8') : null;
  return compareTrees({
    ...{ baseName: tip === null ? 'nothing' : tip.slice(0, 10), headName: 'rendered now' },
    ...{ base: filesOf(earlier, old), head: filesOf(after, now) },
    keeps: () => false,
    heldBack: {},
    ...{ mask: settings.mask, risks: settings.risks },
  });
}

function filesOf(clusters: readonly PublishedCluster[], read: (path: string) => string | null): OutputFiles {
  const files = new Map<string, RenderedFile>();
  for (const { cluster, files: entries } of clusters) {
    for (const [path, { service, instance }] of entries) {
      const content = read(path);
      if (content !== null) files.set(path, { path, content, cluster, service, instance });
    }
  }
  return files;
}
