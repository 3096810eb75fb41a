import { compareText, type Diagnostic } from '../diagnostics/diagnostic.ts';
import type { SourceDocument } from '../model/source-document.ts';
import type { TreeReader } from '../model/tree-reader.ts';
import { isMap } from '../model/yaml-value.ts';
import { LISTING_HINTS } from './file-findings.ts';
import { readDocument } from './read-document.ts';
import { notAMap } from './service-file.ts';

/** Deepest folder below the root that is read; links may make a folder its own child. */
const MAX_DEPTH = 8;

/** The JSON files of one configuration, in path order. */
export interface SystemDirectory {
  /** Folder below the root; empty for the flat layout. */
  readonly folder: string;
  /** Files that hold a map. */
  readonly documents: readonly SourceDocument[];
  /** Findings of reading, without scope. */
  readonly diagnostics: readonly Diagnostic[];
}

/** All configurations of a system configuration tree, sorted by folder, and findings about the tree itself. */
export interface SystemLayout {
  readonly directories: readonly SystemDirectory[];
  readonly diagnostics: readonly Diagnostic[];
}

/**
 * Reads every `*.json` below the root, folders and dot files included as in PaaSTA (`get_readable_files_in_glob`), and tells
 * a flat configuration from one folder per cluster.
 *
 * Folders are clusters when two or more of them set `cluster`, or when one does and is named like it. JSON beside such
 * folders belongs to no cluster and is an error. Everything else is one flat configuration.
 */
export function readSystemLayout(reader: TreeReader): SystemLayout {
  const root = reader.list('');
  if (root.kind !== 'directory') {
    const why = root.kind === 'absent' ? 'does not exist' : `cannot be listed: ${root.detail}`;
    const hint = 'set --system-config-dir, PAASTA_SYSTEM_CONFIG_DIR or `system_config_dir` in paasta-gitops.yaml';
    const message = `the system configuration directory ${why}`;
    return { directories: [], diagnostics: [{ ...layoutError('missing-system-config', '', message), hint }] };
  }
  const diagnostics: Diagnostic[] = [];
  const files = listJsonFiles(reader, '', 0, diagnostics);
  if (files.length === 0) {
    const empty = {
      ...layoutError('missing-system-config', '', 'the system configuration directory holds no *.json file'),
      hint: 'copy /etc/paasta of a host with PaaSTA, or write {"cluster": NAME, "clusters": [NAME]} to begin with',
    };
    return { directories: [], diagnostics: [...diagnostics, empty] };
  }
  const byFolder = groupByFolder(files);
  const readAll = [...byFolder].map(([folder, paths]) => readDirectory(reader, folder, paths));
  if (!isFolderPerCluster(readAll)) return { directories: [flatten(readAll)], diagnostics };
  const stray = (byFolder.get('') ?? []).map(strayFile);
  const hidden = root.entries.filter(({ kind, name }) => kind === 'hidden' && !/^[._]/.test(name));
  const clusters = [
    ...readAll.filter((d) => d.folder !== ''),
    ...hidden.map(({ name }) => unreadCluster(reader, name)),
  ];
  return { directories: clusters, diagnostics: [...diagnostics, ...stray] };
}

/** The value of `cluster` in a configuration, if a file sets it to a text. */
export function clusterNameOf(directory: SystemDirectory): string | undefined {
  for (const { value } of directory.documents) {
    const name = isMap(value) && Object.hasOwn(value, 'cluster') ? value['cluster'] : undefined;
    if (typeof name === 'string') return name;
  }
  return undefined;
}

function listJsonFiles(reader: TreeReader, folder: string, depth: number, diagnostics: Diagnostic[]): string[] {
  const listing = reader.list(folder);
  if (listing.kind !== 'directory' || depth > MAX_DEPTH) {
    const detail = listing.kind === 'unreadable' ? listing.detail : `folders nest deeper than ${MAX_DEPTH}`;
    diagnostics.push(layoutError('unreadable-directory', folder, `the folder cannot be read: ${detail}`));
    return [];
  }
  return listing.entries.flatMap((entry) => {
    const path = folder === '' ? entry.name : `${folder}/${entry.name}`;
    if (entry.kind === 'directory') return listJsonFiles(reader, path, depth + 1, diagnostics);
    return entry.name.endsWith('.json') ? [path] : [];
  });
}

function groupByFolder(files: readonly string[]): Map<string, string[]> {
  const byFolder = new Map<string, string[]>();
  for (const file of [...files].sort(compareText)) {
    const slash = file.indexOf('/');
    const folder = slash < 0 ? '' : file.slice(0, slash);
    byFolder.set(folder, [...(byFolder.get(folder) ?? []), file]);
  }
  return new Map([...byFolder].sort(([a], [b]) => compareText(a, b)));
}

function readDirectory(reader: TreeReader, folder: string, files: readonly string[]): SystemDirectory {
  const documents: SourceDocument[] = [];
  const diagnostics: Diagnostic[] = [];
  for (const file of files) {
    const read = readDocument(reader, file, { root: 'system', format: 'json' });
    diagnostics.push(...read.diagnostics);
    if (!read.document) continue;
    if (isMap(read.document.value)) documents.push(read.document);
    else diagnostics.push(notAMap(read.document, false));
  }
  return { folder, documents, diagnostics };
}

function isFolderPerCluster(directories: readonly SystemDirectory[]): boolean {
  const naming = directories.filter((d) => d.folder !== '' && clusterNameOf(d) !== undefined);
  if (naming.length !== 1) return naming.length > 1;
  return clusterNameOf(naming[0]!) === naming[0]!.folder;
}

function flatten(directories: readonly SystemDirectory[]): SystemDirectory {
  return {
    folder: '',
    documents: directories.flatMap((d) => d.documents),
    diagnostics: directories.flatMap((d) => d.diagnostics),
  };
}

/** What stands in place of a cluster's folder and cannot be looked into: the cluster is broken, and not gone. */
function unreadCluster(reader: TreeReader, folder: string): SystemDirectory {
  const listing = reader.list(folder);
  const { detail, reason } =
    listing.kind === 'unreadable' ? listing : ({ detail: 'it is gone', reason: 'broken-symlink' } as const);
  const error = layoutError('unreadable-directory', folder, `the folder of a cluster cannot be read: ${detail}`);
  return { folder, documents: [], diagnostics: [{ ...error, hint: LISTING_HINTS[reason] }] };
}

function strayFile(file: string): Diagnostic {
  return {
    ...layoutError('stray-system-file', file, `${file} stands beside the folders of the clusters and belongs to none`),
    hint: 'each cluster folder is complete by itself: move the file into the folders that need it',
  };
}

function layoutError(code: string, file: string, message: string): Diagnostic {
  return { severity: 'error', code, message, root: 'system', file, path: [] };
}
