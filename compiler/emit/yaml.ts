import type { KubeObject } from '../model/rendered-file.ts';
import { HEADER } from '../model/rendered-file.ts';
import { sortedKeys } from './json-data.ts';
import { emitLiteral, emitNumber, emitString } from './yaml-scalar.ts';

const OBJECT_KEYS = ['apiVersion', 'kind', 'metadata', 'spec', 'data'];
const DOCUMENT_KEYS = ['apiVersion', 'kind', 'type', 'api_version', 'metadata', 'spec', 'data'];
const METADATA_KEYS = ['name', 'namespace', 'labels', 'annotations'];
const ITEM_KEYS = ['name'];
const NO_KEYS: readonly string[] = [];

/** An implicit key may have 1024 characters; a longer one is written with `?`. */
const LONGEST_KEY = 1000;

const pads = ['\n'];

/**
 * Kubernetes objects as one YAML file: our header line, then the documents with `---` between them.
 *
 * Block style, two spaces, a list's dashes in its key's column. Keys: `apiVersion`, `kind`, `metadata`, `spec`, `data` first, in
 * `metadata` `name`, `namespace`, `labels`, `annotations` first, in a list's item `name` first, all others by code unit. Lists keep their
 * order. No anchors, no folded lines. The objects are in canonical form (`canonicalObject`): a null or anything else that is not JSON
 * data is a mistake of ours and throws a TypeError that names the key.
 */
export function emitObjects(objects: readonly KubeObject[]): string {
  return emitAll(objects, OBJECT_KEYS);
}

/** As `emitObjects`, for documents that are no Kubernetes objects, such as Sensu resources: `type` and `api_version` lead too. */
export function emitDocuments(documents: readonly unknown[]): string {
  return emitAll(documents, DOCUMENT_KEYS);
}

/** One document that is no Kubernetes object, below our header line. */
export function emitDocument(document: unknown): string {
  return emitAll([document], DOCUMENT_KEYS);
}

function emitAll(documents: readonly unknown[], firstKeys: readonly string[]): string {
  const texts = documents.map((document) => `${emitRoot(document, firstKeys)}\n`);
  return `${HEADER}\n${texts.join('---\n')}`;
}

function emitRoot(document: unknown, firstKeys: readonly string[]): string {
  if (!isPlainMap(document)) return emitNode(document, 0, 'document');
  const keys = orderedKeys(document, firstKeys);
  return keys.length === 0 ? '{}' : emitMap(document, keys, 0, true);
}

/** A node after `- ` or at the top: what follows on the same line, and the lines below it. */
function emitNode(value: unknown, depth: number, key: string): string {
  if (Array.isArray(value)) return value.length === 0 ? '[]' : emitList(value, depth, key);
  if (!isPlainMap(value)) return emitScalar(value, depth, key);
  const keys = orderedKeys(value, ITEM_KEYS);
  return keys.length === 0 ? '{}' : emitMap(value, keys, depth, false);
}

/** The entries of a map whose first key stands where the text so far ends; the others at `depth`. */
function emitMap(map: Record<string, unknown>, keys: readonly string[], depth: number, top: boolean): string {
  const pad = padOf(depth);
  let out = '';
  for (const key of keys) {
    const name = emitString(key);
    out += (out === '' ? '' : pad) + (name.length > LONGEST_KEY ? `? ${name}${pad}:` : `${name}:`);
    out += emitValue(map[key], depth, key, top && key === 'metadata' ? METADATA_KEYS : NO_KEYS);
  }
  return out;
}

/** What follows `key:`. */
function emitValue(value: unknown, depth: number, key: string, firstKeys: readonly string[]): string {
  if (typeof value === 'string') return ` ${emitScalar(value, depth + 1, key)}`;
  if (Array.isArray(value)) return value.length === 0 ? ' []' : padOf(depth) + emitList(value, depth, key);
  if (!isPlainMap(value)) return ` ${emitScalar(value, depth + 1, key)}`;
  const keys = orderedKeys(value, firstKeys);
  return keys.length === 0 ? ' {}' : padOf(depth + 1) + emitMap(value, keys, depth + 1, false);
}

function emitList(items: readonly unknown[], depth: number, key: string): string {
  const pad = padOf(depth);
  let out = '';
  for (const item of items) out += `${out === '' ? '' : pad}- ${emitNode(item, depth + 1, key)}`;
  return out;
}

function emitScalar(value: unknown, depth: number, key: string): string {
  if (typeof value === 'string') {
    if (!value.includes('\n')) return emitString(value);
    return emitLiteral(value, padOf(Math.max(depth, 1))) ?? emitString(value);
  }
  if (typeof value === 'boolean') return value ? 'true' : 'false';
  if (typeof value === 'bigint' || (typeof value === 'number' && Number.isFinite(value))) return emitNumber(value);
  throw new TypeError(`${JSON.stringify(key)} holds ${describe(value)}, which no manifest can hold`);
}

function describe(value: unknown): string {
  return typeof value === 'object' && value !== null ? `an object of ${value.constructor?.name}` : String(value);
}

function isPlainMap(value: unknown): value is Record<string, unknown> {
  if (typeof value !== 'object' || value === null) return false;
  const prototype: unknown = Object.getPrototypeOf(value);
  return prototype === Object.prototype || prototype === null;
}

function orderedKeys(map: Record<string, unknown>, firstKeys: readonly string[]): readonly string[] {
  const keys = sortedKeys(map);
  if (firstKeys.length === 0 || keys.length < 2) return keys;
  const first = firstKeys.filter((key) => keys.includes(key));
  return first.length === 0 ? keys : [...first, ...keys.filter((key) => !first.includes(key))];
}

function padOf(depth: number): string {
  for (let next = pads.length; next <= depth; next++) pads.push(`\n${'  '.repeat(next)}`);
  return pads[depth]!;
}
