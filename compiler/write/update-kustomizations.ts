import type { Diagnostic } from '../diagnostics/diagnostic.ts';
import { isSafeName } from '../model/names.ts';
import { type FileStore, folderOf } from './file-store.ts';
import { handWrittenList, listOfLost, unlistedFolder } from './findings.ts';
import {
  isKustomizationName,
  isResourceName,
  KUSTOMIZATION,
  kustomizationText,
  lostResources,
  unlistedResources,
} from './kustomization.ts';

/** What happened to the lists of a cluster. */
export interface KustomizationChanges {
  /** Lists written or removed. */
  readonly changed: string[];
  readonly diagnostics: Diagnostic[];
}

/**
 * Brings `kustomization.yaml` of each folder of a cluster, and of the cluster itself, in line with what lies there: all YAML files,
 * ours and those written by hand, and the cluster's folders that have a list. A list written by hand is left alone, with warnings that
 * name what it lacks, and what it lists that is not there; a list of ours where nothing lies any more is removed. With `touched`, all
 * lists were in line before something was put into these folders or taken away.
 */
export function updateKustomizations(
  store: FileStore,
  cluster: string,
  touched: ReadonlySet<string> | null = null,
): KustomizationChanges {
  const changes: KustomizationChanges = { changed: [], diagnostics: [] };
  const root = `clusters/${cluster}`;
  if (touched !== null && !touched.has(root)) {
    for (const folder of touched) if (folderOf(folder) === root) updateFolder(store, folder, [], cluster, changes);
    // A list that came or went changes the cluster's own.
    if (changes.changed.length === 0) return changes;
  }
  const folders: string[] = [];
  for (const entry of store.list(root)) {
    if (!entry.isDirectory() || entry.name.startsWith('.')) continue;
    const folder = `${root}/${entry.name}`;
    if (!isSafeName(entry.name)) changes.diagnostics.push(unlistedFolder(folder, cluster));
    else if (updateFolder(store, folder, [], cluster, changes)) folders.push(entry.name);
  }
  updateFolder(store, root, folders, cluster, changes);
  return changes;
}

/** Whether the folder has a list afterwards. */
function updateFolder(
  store: FileStore,
  folder: string,
  subFolders: readonly string[],
  cluster: string,
  changes: KustomizationChanges,
): boolean {
  const entries = store.tidy(folder);
  const files = entries.filter((entry) => !entry.isDirectory());
  const names = files.filter((entry) => entry.isFile() && isResourceName(entry.name)).map(({ name }) => name);
  const resources = [...subFolders, ...names];
  const path = `${folder}/${KUSTOMIZATION}`;
  const wanted = Buffer.from(kustomizationText(resources));
  const isThere = entries.some(({ name }) => name === KUSTOMIZATION);
  const state = store.inspect(path, wanted, isThere);
  const other = files.find(({ name }) => isKustomizationName(name) && name !== KUSTOMIZATION)?.name;
  const byHand = state === 'foreign' ? path : other === undefined ? undefined : `${folder}/${other}`;
  const isWanted = byHand === undefined && resources.length > 0;
  if (isWanted && state !== 'same') {
    store.replace(path, wanted);
    changes.changed.push(path);
  } else if (!isWanted && (state === 'same' || state === 'ours')) {
    store.remove(path);
    changes.changed.push(path);
  }
  if (byHand === undefined) return isWanted;
  const text = store.readText(byHand) ?? '';
  const missing = unlistedResources(text, resources);
  if (missing.length > 0) changes.diagnostics.push(handWrittenList(byHand, missing, cluster));
  const there = entries.map(({ name }) => name);
  const lost = lostResources(text, there);
  if (lost.length > 0) changes.diagnostics.push(listOfLost(byHand, lost, cluster));
  return true;
}
