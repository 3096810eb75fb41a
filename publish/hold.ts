import { existsSync, lstatSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { INDEX_FOLDER } from '../compiler/write/tree-index.ts';

/** Says that a cluster stays at an older revision on purpose. Committed beside the index, so that everybody sees it. */
export interface Hold {
  readonly cluster: string;
  /** The revision that is held; null when the file cannot be read, which holds too. */
  readonly revision: string | null;
}

export function holdPath(cluster: string): string {
  return `${INDEX_FOLDER}/${cluster}.hold`;
}

/** Holds of clusters in an output tree. */
export function readHolds(tree: string, clusters: readonly string[]): readonly Hold[] {
  return clusters.flatMap((cluster) => {
    const file = join(tree, holdPath(cluster));
    if (lstatSync(file, { throwIfNoEntry: false })?.isFile() !== true) return [];
    return [{ cluster, revision: revisionIn(readFileSync(file, 'utf8')) }];
  });
}

export function writeHold(tree: string, cluster: string, revision: string, insteadOf: string): void {
  const file = join(tree, holdPath(cluster));
  mkdirSync(dirname(file), { recursive: true });
  if (existsSync(file)) rmSync(file);
  writeFileSync(file, `${JSON.stringify({ version: 1, revision, insteadOf }, null, 2)}\n`, { flag: 'wx' });
}

export function removeHold(tree: string, cluster: string): void {
  rmSync(join(tree, holdPath(cluster)), { force: true });
}

function revisionIn(text: string): string | null {
  try {
    const { revision } = JSON.parse(text) as { readonly revision?: unknown };
    return typeof revision === 'string' && /^[0-9a-f]{40,64}$/.test(revision) ? revision : null;
  } catch {
    return null;
  }
}
