import { createHash } from 'node:crypto';
import { lstatSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { compareText } from '../compiler/diagnostics/diagnostic.ts';
import { INDEX_FOLDER, indexPath, parseIndex, type IndexedFiles } from '../compiler/write/tree-index.ts';

/** What the index of one cluster says, as it stands in the output tree. */
export interface PublishedCluster {
  readonly cluster: string;
  readonly files: IndexedFiles;
}

/** Clusters of an output tree that have an index or a hold, with the files that earlier runs wrote. */
export function publishedClusters(tree: string): readonly PublishedCluster[] {
  const names = new Set<string>();
  for (const name of listNames(join(tree, INDEX_FOLDER))) {
    const cluster = /^(.+)\.(?:json|hold)$/.exec(name)?.[1];
    if (cluster !== undefined) names.add(cluster);
  }
  return [...names].sort(compareText).map((cluster) => {
    const text = readPlain(join(tree, indexPath(cluster)));
    const index = text === null ? null : parseIndex(text.toString('utf8'));
    return { cluster, files: index?.kind === 'files' ? index.files : new Map() };
  });
}

/** Files of ours that somebody changed or removed by hand since they were written, sorted. */
export function manualEdits(tree: string, clusters: readonly PublishedCluster[]): readonly string[] {
  const edited = clusters.flatMap(({ files }) =>
    [...files].flatMap(([path, { sha256 }]) => {
      const bytes = readPlain(join(tree, path));
      const isSame = bytes !== null && createHash('sha256').update(bytes).digest('hex') === sha256;
      return isSame ? [] : [path];
    }),
  );
  return edited.sort(compareText);
}

function listNames(folder: string): readonly string[] {
  return lstatSync(folder, { throwIfNoEntry: false })?.isDirectory() === true ? readdirSync(folder) : [];
}

function readPlain(file: string): Buffer | null {
  return lstatSync(file, { throwIfNoEntry: false })?.isFile() === true ? readFileSync(file) : null;
}
