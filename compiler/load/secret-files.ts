import type { Diagnostic } from '../diagnostics/diagnostic.ts';
import { isSafeName } from '../model/names.ts';
import type { SecretFile } from '../model/service-sources.ts';
import type { TreeReader } from '../model/tree-reader.ts';
import { isMap, type YamlValue } from '../model/yaml-value.ts';
import { LISTING_HINTS } from './file-findings.ts';
import { SAFE_NAME_RULE } from './list-services.ts';
import { readDocument } from './read-document.ts';

/** Secrets of a service by name, and the findings. */
export interface LoadedSecrets {
  readonly secrets: Readonly<Record<string, SecretFile>>;
  /** The folder could not be listed. */
  readonly areUnlisted: boolean;
  readonly diagnostics: readonly Diagnostic[];
}

/** Of a service that has no secrets. */
export const NO_SECRETS: LoadedSecrets = {
  secrets: Object.create(null) as Record<string, SecretFile>,
  areUnlisted: false,
  diagnostics: [],
};

/**
 * Every `OWNER/secrets/NAME.json`: which ecosystems have a ciphertext, and its signature. The ciphertext itself and the
 * document are dropped at once, and no finding quotes the file.
 * A file or folder that cannot be read is an error that holds back nothing here: the instances that use it are held back.
 */
export function loadSecrets(reader: TreeReader, owner: string): LoadedSecrets {
  const directory = `${owner}/secrets`;
  const listing = reader.list(directory);
  if (listing.kind === 'absent') return NO_SECRETS;
  if (listing.kind === 'unreadable') {
    const message = `the secrets directory cannot be listed: ${listing.detail}`;
    const error = secretError('unreadable-directory', directory, message, owner);
    return { ...NO_SECRETS, areUnlisted: true, diagnostics: [{ ...error, hint: LISTING_HINTS[listing.reason] }] };
  }
  const secrets = Object.create(null) as Record<string, SecretFile>;
  const diagnostics: Diagnostic[] = [];
  for (const entry of listing.entries) {
    if (!entry.name.endsWith('.json') || entry.name.startsWith('.')) continue;
    const name = entry.name.slice(0, -'.json'.length);
    const file = `${directory}/${entry.name}`;
    if (isSafeName(name)) {
      secrets[name] = loadSecret(reader, owner, name, file, diagnostics);
    } else {
      const message = `secret ${JSON.stringify(name)} cannot stand in paths and object names`;
      diagnostics.push({ ...secretError('unsafe-name', file, message, owner), hint: SAFE_NAME_RULE });
    }
  }
  return { secrets, areUnlisted: false, diagnostics };
}

function loadSecret(
  reader: TreeReader,
  owner: string,
  name: string,
  file: string,
  diagnostics: Diagnostic[],
): SecretFile {
  const read = readDocument(reader, file, { root: 'soa', format: 'json' });
  const environments = isMap(read.document?.value) ? read.document.value['environments'] : undefined;
  if (isMap(environments)) {
    const record = Object.create(null) as Record<string, SecretFile['environments'][string]>;
    for (const [ecosystem, value] of Object.entries(environments)) record[ecosystem] = environmentOf(value);
    return { name, file, environments: record, isBroken: false };
  }
  const [first] = read.diagnostics;
  const message = read.document ? 'the secret file has no map "environments"' : whyUnread(first);
  const place = first?.line === undefined ? {} : { line: first.line, column: first.column ?? 1 };
  diagnostics.push({ ...secretError('bad-secret', file, message, owner), ...place });
  return { name, file, environments: Object.create(null) as SecretFile['environments'], isBroken: true };
}

/** What parsing found may quote the file; why it was not read does not. */
function whyUnread(first: Diagnostic | undefined): string {
  const isUnread = first !== undefined && ['unreadable-file', 'unsafe-symlink'].includes(first.code);
  return isUnread ? first.message : 'the secret file cannot be read as JSON (its content is not shown)';
}

function environmentOf(value: YamlValue): SecretFile['environments'][string] {
  if (!isMap(value)) return { signature: null, hasCiphertext: false };
  const { signature, ciphertext } = value;
  return {
    signature: typeof signature === 'string' ? signature : null,
    hasCiphertext: typeof ciphertext === 'string' && ciphertext !== '',
  };
}

function secretError(code: string, file: string, message: string, owner: string): Diagnostic {
  const path = [] as const;
  return { severity: 'error', code, message, root: 'soa', file, path, service: owner, instances: [] };
}
