import type { Diagnostic, Path } from '../diagnostics/diagnostic.ts';
import type { SourceDocument } from '../model/source-document.ts';
import { isMap, type YamlMap, type YamlValue } from '../model/yaml-value.ts';

/** Several files as one configuration. */
export interface MergedFiles {
  readonly value: YamlMap;
  /** The file that first set a top-level key. */
  readonly fileOf: Readonly<Record<string, string>>;
  /** The file that sets what stands at a path, the first file when none does. */
  documentAt(path: Path): SourceDocument | undefined;
  readonly diagnostics: readonly Diagnostic[];
}

type MutableMap = Record<string, YamlValue>;

/**
 * Merges files into one: maps merge, and any other value that two files set is an error that names both, equal or not.
 * PaaSTA: `deep_merge_dictionaries` with `allow_duplicate_keys=False`, whatever its documentation says of the last file.
 */
export function mergeSystemFiles(documents: readonly SourceDocument[]): MergedFiles {
  const value = emptyMap();
  const fileOf: Record<string, string> = Object.create(null) as Record<string, string>;
  const diagnostics: Diagnostic[] = [];
  const owner = (path: Path): SourceDocument | undefined => documents.find((d) => has(d.value, path));
  for (const document of documents) {
    if (!isMap(document.value)) continue;
    for (const key of Object.keys(document.value)) fileOf[key] ??= document.file;
    mergeInto(value, document.value, [], (path) => {
      diagnostics.push(duplicateKey(path, document, owner(path)!));
    });
  }
  return { value, fileOf, documentAt: (path) => owner(path) ?? documents[0], diagnostics };
}

function mergeInto(target: MutableMap, source: YamlMap, path: Path, onDuplicate: (path: Path) => void): void {
  for (const [key, value] of Object.entries(source)) {
    const below = [...path, key];
    const present = target[key];
    if (present === undefined) {
      const copy = isMap(value) ? emptyMap() : value;
      target[key] = copy;
      if (isMap(value)) mergeInto(copy as MutableMap, value, below, onDuplicate); // just made by emptyMap
    } else if (isMap(present) && isMap(value)) {
      mergeInto(present as MutableMap, value, below, onDuplicate); // every map in the target was made by emptyMap
    } else {
      onDuplicate(below);
    }
  }
}

function duplicateKey(path: Path, document: SourceDocument, first: SourceDocument): Diagnostic {
  const name = path.join('.');
  const { line, column } = first.locateNearest(path, 'key').span;
  return {
    severity: 'error',
    code: 'duplicate-system-key',
    message: `"${name}" is set in ${first.file} and again in ${document.file}; only maps may be spread over files`,
    root: 'system',
    file: document.file,
    path,
    ...document.locateNearest(path, 'key').span,
    related: [{ root: 'system', file: first.file, line, column, message: 'first set here' }],
  };
}

function has(value: YamlValue, path: Path): boolean {
  let at: YamlValue | undefined = value;
  for (const step of path) {
    if (typeof at !== 'object' || at === null || !Object.hasOwn(at, step)) return false;
    at = (at as Readonly<Record<string | number, YamlValue>>)[step];
  }
  return true;
}

function emptyMap(): MutableMap {
  return Object.create(null) as MutableMap;
}
