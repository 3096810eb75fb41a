import type { Diagnostic } from '../diagnostics/diagnostic.ts';
import { SHARED_SERVICE } from '../model/names.ts';
import type { SharedSources } from '../model/service-sources.ts';
import type { SourceDocument } from '../model/source-document.ts';
import type { TreeReader } from '../model/tree-reader.ts';
import { isMap, type YamlMap, type YamlValue } from '../model/yaml-value.ts';
import { AUTHENTICATING_FILE, deriveAuthenticating } from './authenticating.ts';
import { readDocument } from './read-document.ts';
import { loadSecrets } from './secret-files.ts';
import { loadServiceFile } from './service-file.ts';

/** What the files at the top of the tree are needed for. */
export interface SharedOptions {
  /** Every service, for the derived list. */
  readonly services: readonly string[];
  /** Union of `always_authenticating_services` over the clusters. */
  readonly alwaysAuthenticating: readonly string[];
  /** Whether any cluster gives tokens to authenticating services (`service_auth_token_settings`); else none is derived. */
  readonly usesTokens: boolean;
}

interface Loaded<T> {
  readonly value: T;
  readonly diagnostics: readonly Diagnostic[];
}

/**
 * Reads the files at the top of the tree. A broken one is an error of the whole run.
 * Without authenticating.yaml the list is derived from all authorization.yaml files, if anything depends on it.
 */
export function loadShared(reader: TreeReader, options: SharedOptions): SharedSources {
  const authenticating = loadAuthenticating(reader, options);
  const secrets = loadSecrets(reader, SHARED_SERVICE);
  const types = loadJson(
    reader,
    'location_types.json',
    isListOfStrings,
    'a list of location types, most general first',
  );
  const mapping = loadJson(reader, 'location_mapping.json', isMapValue, 'a map of locations');
  return {
    authenticatingServices: authenticating.value.services,
    isAuthenticatingDerived: authenticating.value.isDerived,
    sharedSecrets: secrets.secrets,
    areSharedSecretsUnlisted: secrets.areUnlisted,
    locationTypes: types.value,
    locationMapping: mapping.value,
    diagnostics: [...authenticating.diagnostics, ...secrets.diagnostics, ...types.diagnostics, ...mapping.diagnostics],
  };
}

function loadAuthenticating(
  reader: TreeReader,
  options: SharedOptions,
): Loaded<{ readonly services: ReadonlySet<string>; readonly isDerived: boolean }> {
  const { file, diagnostics } = loadServiceFile(reader, AUTHENTICATING_FILE, {}, 'map');
  if (file.kind === 'absent' && diagnostics.length === 0) {
    const services = options.usesTokens ? options.services : [];
    const derived = deriveAuthenticating(reader, services, options.alwaysAuthenticating);
    return { value: { services: derived.services, isDerived: true }, diagnostics: derived.diagnostics };
  }
  const listed = file.kind === 'read' ? listedServices(file.document) : [];
  const wrongList =
    file.kind === 'read' && listed === null
      ? [misfit(file.document, ['services'], '`services` must be a list of service names')]
      : [];
  const services = new Set(listed ?? []);
  return { value: { services, isDerived: false }, diagnostics: [...diagnostics, ...wrongList] };
}

/** Null when the list is there and is none. */
function listedServices(document: SourceDocument): readonly string[] | null {
  const services = isMap(document.value) ? (document.value['services'] ?? []) : [];
  return isListOfStrings(services) ? services : null;
}

function loadJson<T extends YamlValue>(
  reader: TreeReader,
  path: string,
  isWanted: (value: YamlValue) => value is T,
  expected: string,
): Loaded<T | null> {
  const { document, absent, diagnostics } = readDocument(reader, path, { root: 'soa', format: 'json' });
  if (absent || !document) return { value: null, diagnostics };
  if (isWanted(document.value)) return { value: document.value, diagnostics };
  return { value: null, diagnostics: [...diagnostics, misfit(document, [], `the file must hold ${expected}`)] };
}

function misfit(document: SourceDocument, path: readonly string[], message: string): Diagnostic {
  const { root, file } = document;
  return { severity: 'error', code: 'wrong-type', message, root, file, path, ...document.locateNearest(path).span };
}

function isListOfStrings(value: YamlValue): value is readonly string[] {
  return Array.isArray(value) && value.every((item) => typeof item === 'string');
}

function isMapValue(value: YamlValue): value is YamlMap {
  return isMap(value);
}
