import { relative } from 'node:path';
import { pathToFileURL } from 'node:url';
import { SCHEMA_KINDS, type SchemaKind } from '../schemas/kinds.ts';
import { readSchema } from './schema-folder.ts';

/** Where an editor finds things; absolute paths. */
export interface EditorFolders {
  /** Folder that the editor opens: paths in its settings start there. */
  readonly root: string;
  readonly soaDir: string;
  readonly schemas: string;
}

/** Kinds with files of their own; a file of the system configuration is only a part of what its schema describes. */
const EDITED = SCHEMA_KINDS.filter(({ files, root }) => files.length > 0 && root !== 'system');

/**
 * Settings that tell VS Code, and editors with the same settings, which schema each file of a project has: `yaml.schemas` for
 * yaml-language-server, `json.schemas` for JSON.
 */
export function editorSettings(folders: EditorFolders): string {
  const yaml: Record<string, readonly string[]> = {};
  const json: { readonly fileMatch: readonly string[]; readonly url: string }[] = [];
  for (const kind of EDITED) {
    const files = kind.files.map((pattern) => `${folderOf(kind, folders)}${pattern}`);
    const url = schemaUrl(kind, folders);
    if (files[0]?.endsWith('.json') === true) json.push({ fileMatch: files.map((file) => `/${file}`), url });
    else yaml[url] = files;
  }
  return `${JSON.stringify({ 'yaml.schemas': yaml, 'json.schemas': json }, null, 2)}\n`;
}

/** A catalogue in the form of the JSON Schema Store, for `yaml.schemaStore.url`: schemas at an address that ends in `/`. */
export function schemaCatalogue(base: string): string {
  const schemas = EDITED.map(({ kind, files }) => {
    const { title, description } = JSON.parse(readSchema(kind)) as { title: string; description: string };
    return { name: title, description, fileMatch: files, url: new URL(`${kind}.schema.json`, base).href };
  });
  const catalogue = { $schema: 'https://json.schemastore.org/schema-catalog.json', version: 1, schemas };
  return `${JSON.stringify(catalogue, null, 2)}\n`;
}

/** Folder of the files of a kind as a prefix of their patterns, seen from the root. */
function folderOf({ root }: SchemaKind, folders: EditorFolders): string {
  if (root === 'project') return '';
  const path = relative(folders.root, folders.soaDir).replaceAll('\\', '/');
  return path === '' || path.startsWith('..') ? '' : `${path}/`;
}

/** A path from the root where the schemas lie below it, else a URL. */
function schemaUrl({ kind }: SchemaKind, { root, schemas }: EditorFolders): string {
  const path = relative(root, schemas).replaceAll('\\', '/');
  if (path.startsWith('..')) return pathToFileURL(`${schemas}/${kind}.schema.json`).href;
  return `./${path === '' ? '' : `${path}/`}${kind}.schema.json`;
}
