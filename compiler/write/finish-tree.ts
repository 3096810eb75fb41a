import type { Diagnostic } from '../diagnostics/diagnostic.ts';
import type { ClusterFiles } from './cluster-files.ts';
import { type FileStore, folderOf } from './file-store.ts';
import { removalRefused, storeFailure, takenOver } from './findings.ts';
import {
  type EarlierFile,
  guardRemovals,
  type GuardRefusal,
  type RemovalPlan,
  type RunScope,
} from './plan-removals.ts';
import { StoreProblem } from './store-problem.ts';
import { indexPath } from './tree-index.ts';
import { updateKustomizations } from './update-kustomizations.ts';

export interface FinishInput {
  readonly store: FileStore;
  /** Clusters of this run. */
  readonly clusters: readonly ClusterFiles[];
  /** Clusters of earlier runs that this run does not know any more. */
  readonly gone: readonly ClusterFiles[];
  readonly scope: RunScope | null;
  readonly forcePrune: boolean;
  keep(file: EarlierFile): boolean;
  /** Given when the tree was as the last complete run left it: what is untouched since is in order. */
  readonly settled: SettledTree | null;
}

export interface SettledTree {
  /** Folders in which something was put or taken away. */
  readonly touched: ReadonlySet<string>;
  /** Whether the files of an owner are as an earlier run left them. */
  isUntouched(service: string | null): boolean;
}

export interface FinishedTree {
  readonly removed: string[];
  readonly bookkeeping: string[];
  readonly refused: GuardRefusal[];
  readonly diagnostics: Diagnostic[];
}

interface Task {
  readonly files: ClusterFiles;
  readonly plan: RemovalPlan;
  readonly isGone: boolean;
}

const NOTHING = Buffer.alloc(0);
const noneIs = (): boolean => false;

/** The last step of a run: removals if the guard lets them pass, then lists, empty folders, indexes and journals. */
export function finishTree(input: FinishInput): FinishedTree {
  const done: FinishedTree = { removed: [], bookkeeping: [], refused: [], diagnostics: [] };
  const tasks = [
    ...input.clusters.filter(({ earlier }) => !earlier.isBlocked).map((files) => taskOf(files, input, false)),
    ...input.gone.map((files) => taskOf(files, input, true)),
  ];
  if (!input.forcePrune) {
    const refused = tasks.flatMap(({ files, plan, isGone }) => guardRemovals(files.earlier.files, plan, isGone) ?? []);
    done.refused.push(...refused);
    done.diagnostics.push(...refused.map(removalRefused));
  }
  for (const task of tasks) if (!attempt(() => finishCluster(input, task, done), done)) break;
  return done;
}

function taskOf(files: ClusterFiles, { scope, keep, settled }: FinishInput, isGone: boolean): Task {
  return { files, plan: files.planRemovals({ scope, keep, isUntouched: settled?.isUntouched ?? noneIs }), isGone };
}

function finishCluster({ store, settled }: FinishInput, { files, plan, isGone }: Task, done: FinishedTree): void {
  const isRefused = done.refused.length > 0;
  if (isGone && isRefused) return;
  if (settled !== null && !files.hasChanged && plan.replaced.length + plan.gone.length === 0) return;
  const removed = removeFiles(store, [...plan.replaced, ...(isRefused ? [] : plan.gone)], done);
  const touched = settled?.touched ?? null;
  for (const folder of touched ?? files.folders()) if (!folder.startsWith('clusters/')) store.tidy(folder);
  const { changed, diagnostics } = updateKustomizations(store, files.cluster, touched);
  done.bookkeeping.push(...changed);
  done.diagnostics.push(...diagnostics);
  const emptied = [...removed, ...(files.earlier.journal ?? [])].map(folderOf);
  for (const folder of new Set(emptied)) store.removeEmptyFolders(folder);
  if (isGone) files.drop();
  if (isGone || files.close(removed, settled?.isUntouched ?? noneIs)) done.bookkeeping.push(indexPath(files.cluster));
}

/** Removes files that still start with our header. The paths at which nothing of ours stands afterwards. */
function removeFiles(store: FileStore, files: readonly EarlierFile[], done: FinishedTree): ReadonlySet<string> {
  const removed = new Set<string>();
  for (const file of files) {
    attempt(() => {
      const state = store.inspect(file.path, NOTHING);
      if (state === 'ours') {
        store.remove(file.path);
        done.removed.push(file.path);
      } else if (state !== 'missing') done.diagnostics.push(takenOver(file.path, file));
      removed.add(file.path);
    }, done);
  }
  return removed;
}

/** Does what may fail on the disk; false when nothing else can be done there either. */
function attempt(act: () => void, { diagnostics }: FinishedTree): boolean {
  try {
    act();
    return true;
  } catch (error) {
    if (!(error instanceof StoreProblem)) throw error;
    diagnostics.push(storeFailure(error));
    return !error.isFatal;
  }
}
