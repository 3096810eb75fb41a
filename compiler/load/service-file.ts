import type { Diagnostic } from '../diagnostics/diagnostic.ts';
import type { ServiceFile } from '../model/service-sources.ts';
import type { SourceDocument } from '../model/source-document.ts';
import type { TreeReader } from '../model/tree-reader.ts';
import { isMap, pythonText } from '../model/yaml-value.ts';
import { readDocument } from './read-document.ts';
import { withScope, type Scope } from './scope.ts';

/** What the top level of a file may be: a map, or anything where PaaSTA never looks inside while loading. */
export type TopLevel = 'map' | 'map-by-policy' | 'any';

/** A file and the findings of reading it. */
export interface LoadedFile {
  readonly file: ServiceFile;
  readonly diagnostics: readonly Diagnostic[];
}

/**
 * Reads one YAML file. Broken when it cannot be read or parsed, or when its top level is no map where PaaSTA looks into it; a value
 * that Python counts as false is an empty file to PaaSTA, which would take away all that the file said. Where PaaSTA never looks
 * inside it counts as absent, with a policy finding.
 */
export function loadServiceFile(reader: TreeReader, path: string, scope: Scope, topLevel: TopLevel): LoadedFile {
  const read = readDocument(reader, path, { root: 'soa', format: 'yaml' });
  const diagnostics = withScope(read.diagnostics, scope);
  if (read.absent) return { file: { kind: 'absent' }, diagnostics };
  if (!read.document) return { file: { kind: 'broken', file: path }, diagnostics };
  const { value } = read.document;
  if (value === null || isMap(value) || topLevel === 'any') {
    return { file: { kind: 'read', document: read.document }, diagnostics };
  }
  const isTolerated = topLevel === 'map-by-policy';
  const finding = { ...notAMap(read.document, isTolerated), ...scope };
  return {
    file: isTolerated ? { kind: 'absent' } : { kind: 'broken', file: path },
    diagnostics: [...diagnostics, finding],
  };
}

/** The finding for a file whose top level is no map. */
export function notAMap(document: SourceDocument, isTolerated: boolean): Diagnostic {
  const { value } = document;
  const found = Array.isArray(value) ? 'a list' : `the value ${JSON.stringify(pythonText(value).slice(0, 40))}`;
  return {
    severity: isTolerated ? 'warning' : 'error',
    ...(isTolerated ? { policy: true } : {}),
    code: 'not-a-map',
    message: `the file holds ${found}; expected a map of names to settings`,
    root: document.root,
    file: document.file,
    path: [],
    ...document.locateNearest([]).span,
  };
}
