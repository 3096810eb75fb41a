import { hash } from 'node:crypto';
import type { Diagnostic } from '../diagnostics/diagnostic.ts';
import { hasHeader } from '../model/rendered-file.ts';
import type { FileStore } from './file-store.ts';
import { indexBroken, indexMissing, indexTooNew } from './findings.ts';
import { journalPath, parseJournal } from './journal.ts';
import { isResourceName } from './kustomization.ts';
import { whyUnsafe } from './safe-path.ts';
import { SettledIndex } from './settled-index.ts';
import { type IndexedFiles, type IndexEntry, indexPath, parseIndex } from './tree-index.ts';

/** What earlier runs wrote for a cluster, as far as it can be told. */
export interface EarlierFiles {
  /** A `SettledIndex` tells all of them, as the last complete run left it. */
  readonly files: IndexedFiles;
  /** Paths that a killed run was about to create; null when no run was killed. Those that it created are among the files. */
  readonly journal: readonly string[] | null;
  readonly diagnostics: readonly Diagnostic[];
  /** The index cannot be used, so that nothing of the cluster may be changed. */
  readonly isBlocked: boolean;
}

export interface LoadOptions {
  /** Rebuild a lost or broken index. */
  readonly rebuildIndex: boolean;
  /** The tree is as the last complete run left it. */
  readonly isSettled: boolean;
}

export function sha256(bytes: Buffer | string): string {
  return hash('sha256', bytes);
}

/**
 * The files of earlier runs: those in the index, those a killed run recorded and created, and, to rebuild a lost or broken index, all
 * that start with our header.
 */
export function loadEarlierFiles(
  store: FileStore,
  cluster: string,
  { rebuildIndex, isSettled }: LoadOptions,
): EarlierFiles {
  const bytes = store.readBytes(indexPath(cluster));
  const journal = store.readText(journalPath(cluster));
  if (isSettled && !rebuildIndex && journal === null) {
    const settled = bytes === null ? null : SettledIndex.of(bytes);
    if (settled !== null) return { files: settled, journal, diagnostics: [], isBlocked: false };
  }
  const text = bytes?.toString() ?? null;
  const parsed = text === null ? null : parseIndex(text, isSettled);
  if (parsed?.kind === 'too-new') return blocked(indexTooNew(cluster, parsed.version));
  if (parsed?.kind === 'broken' && !rebuildIndex) return blocked(indexBroken(cluster, parsed.why));
  const files = new Map(parsed?.kind === 'files' ? parsed.files : []);
  const recorded = parseJournal(journal ?? '');
  for (const { path, service, instance } of recorded) {
    const content = files.has(path) ? null : store.readText(path);
    if (content !== null && isOurs(content)) files.set(path, { sha256: sha256(content), service, instance });
  }
  const isLost = text === null && journal === null;
  const found = rebuildIndex || isLost ? scanOurs(store, cluster) : [];
  const diagnostics: Diagnostic[] = [];
  for (const [path, entry] of found) {
    if (rebuildIndex) {
      if (!files.has(path)) files.set(path, entry);
    } else {
      diagnostics.push(indexMissing(cluster));
      break;
    }
  }
  return {
    ...{ files, diagnostics, isBlocked: false },
    journal: journal === null ? null : recorded.map(({ path }) => path),
  };
}

function blocked(diagnostic: Diagnostic): EarlierFiles {
  return { files: new Map(), journal: null, diagnostics: [diagnostic], isBlocked: true };
}

function isOurs(content: string): boolean {
  return hasHeader(content);
}

/** Every file of the cluster that starts with our header, the folders' lists aside. */
function* scanOurs(store: FileStore, cluster: string): Generator<readonly [string, IndexEntry]> {
  const folders = [`clusters/${cluster}`, `sensu/${cluster}`];
  for (let folder = folders.shift(); folder !== undefined; folder = folders.shift()) {
    for (const entry of store.list(folder)) {
      const path = `${folder}/${entry.name}`;
      if (entry.isDirectory()) folders.push(path);
      const isCandidate = isResourceName(entry.name) || (folder.startsWith('sensu/') && entry.name.endsWith('.json'));
      if (!entry.isFile() || !isCandidate || whyUnsafe(path) !== undefined) continue;
      const content = store.readText(path);
      if (content !== null && isOurs(content)) yield [path, { sha256: sha256(content), ...ownerOf(path, content) }];
    }
  }
}

/**
 * Who a rendered file belongs to, from what it says: the labels that PaaSTA puts on every object or selector of an instance; the
 * name of a service's file of Sensu checks; nobody for what several services share.
 */
function ownerOf(path: string, content: string): Pick<IndexEntry, 'service' | 'instance'> {
  const [top, , folder, file] = path.split('/');
  if (top === 'sensu')
    return { service: folder!.startsWith('_') ? null : folder!.replace(/\.(?:yaml|json)$/, ''), instance: null };
  const service = labelIn(content, 'paasta.yelp.com/service');
  const instance = labelIn(content, 'paasta.yelp.com/instance');
  if (file === 'namespace.yaml' || service === undefined || instance === undefined)
    return { service: null, instance: null };
  return { service, instance };
}

function labelIn(content: string, label: string): string | undefined {
  const match = new RegExp(`^[ -]*${label.replaceAll('.', '\\.')}: (?:"([^"]*)"|([^"\\s]+))$`, 'm').exec(content);
  return match?.[1] ?? match?.[2];
}
