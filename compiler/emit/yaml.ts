import type { KubeObject } from '../model/rendered-file.ts';
import { HEADER } from '../model/rendered-file.ts';
import { isShared } from '../model/shared-part.ts';
import { type JsonMap, sortedKeys } from './json-data.ts';
import { emitLiteral, emitNumber, emitString } from './yaml-scalar.ts';

const OBJECT_KEYS = ['apiVersion', 'kind', 'metadata', 'spec', 'data'];
const DOCUMENT_KEYS = ['apiVersion', 'kind', 'type', 'api_version', 'metadata', 'spec', 'data'];
const METADATA_KEYS = ['name', 'namespace', 'labels', 'annotations'];

/** An implicit key may have 1024 characters; a longer one is written with `?`. */
const LONGEST_KEY = 1000;

/** Few: a small map is looked up much faster, and what stands in most objects is in it again soon. */
const CACHE_LIMIT = 300;
const LONGEST_CACHED = 200;
/** What follows a colon or a dash for a string that has no lines of its own. */
let stringTexts = new Map<string, string>();
/** By depth and key: line feed, indentation, key and colon. */
const keyLines: Map<string, string>[] = [];
/** The same for the first key of a list's item, with the dash. By depth of the list. */
const itemLines: Map<string, string>[] = [];
const pads = ['\n'];

/** By shared part and depth: its text after a key's colon, and as an item of a list. */
type SharedTexts = WeakMap<object, string[]>;
const valueTexts: SharedTexts = new WeakMap();
const itemTexts: SharedTexts = new WeakMap();

/** The file that is being made: one text that only grows costs much less than one for each node. */
let out = '';

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
  out = HEADER;
  for (let at = 0; at < documents.length; at++) {
    if (at > 0) out += '\n---';
    addDocument(documents[at], firstKeys);
  }
  const text = `${out}\n`;
  out = '';
  return text;
}

function addDocument(document: unknown, firstKeys: readonly string[]): void {
  const keys = isPlainMap(document) ? orderedKeys(document, firstKeys) : [];
  if (keys.length > 0) addMap(document as JsonMap, keys, 0);
  else if (Array.isArray(document) && document.length > 0) addList(document, 0, 'document', false);
  else {
    const before = `${out}\n`;
    out = '';
    addValue(document, 0, 'document');
    out = before + out.slice(1);
  }
}

/** What follows `key:` for a key at `depth`. */
function addValue(value: unknown, depth: number, key: string): void {
  if (typeof value === 'string') addString(value, depth + 1);
  else if (typeof value === 'object' && value !== null) {
    // The order of a map's keys is the same everywhere but in metadata, at depth 0.
    if (depth > 0 && isShared(value)) addShared(value, depth, key, valueTexts, addPart);
    else addPart(value, depth, key);
  } else out += ` ${plainScalar(value, key)}`;
}

function addPart(part: object, depth: number, key: string): void {
  if (Array.isArray(part)) {
    if (part.length === 0) out += ' []';
    else addList(part, depth, key, false);
  } else if (isPlainMap(part)) {
    const keys = depth === 0 && key === 'metadata' ? orderedKeys(part, METADATA_KEYS) : sortedKeys(part);
    if (keys.length === 0) out += ' {}';
    else addMap(part, keys, depth + 1);
  } else out += ` ${plainScalar(part, key)}`;
}

/** Adds a shared part, whose text at a depth is always the same. */
function addShared(part: object, depth: number, key: string, texts: SharedTexts, add: typeof addPart): void {
  let known = texts.get(part);
  if (known === undefined) texts.set(part, (known = []));
  const text = known[depth];
  if (text !== undefined) {
    out += text;
    return;
  }
  const before = out;
  out = '';
  add(part, depth, key);
  // A flat text instead of the many pieces that it was made of, which would be put together in every file.
  known[depth] = Buffer.from(out).toString();
  out = before + out;
}

/** The entries of a map at `depth`, each on lines of its own. */
function addMap(map: JsonMap, keys: readonly string[], depth: number): void {
  for (const key of keys) {
    out += keyLine(key, depth);
    addValue(map[key], depth, key);
  }
}

/** The items of a list whose dashes stand at `depth`; the first one where the text so far ends, if it is `inline`. */
function addList(items: readonly unknown[], depth: number, key: string, inline: boolean): void {
  const pad = padOf(depth);
  for (let at = 0; at < items.length; at++) {
    const item = items[at];
    const isInline = inline && at === 0;
    if (typeof item === 'object' && item !== null) {
      if (!isInline && isShared(item)) addShared(item, depth, key, itemTexts, addItem);
      else addItem(item, depth, key, isInline);
    } else {
      out += isInline ? '-' : `${pad}-`;
      addValue(item, depth, key);
    }
  }
}

/** A map or list in a list. Of a map `name` first, beside the dash. */
function addItem(item: object, depth: number, key: string, inline = false): void {
  const keys = isPlainMap(item) ? sortedKeys(item) : [];
  if (keys.length > 0) {
    addItemMap(item as JsonMap, keys, depth, inline);
    return;
  }
  out += inline ? '-' : `${padOf(depth)}-`;
  if (Array.isArray(item) && item.length > 0) {
    out += ' ';
    addList(item, depth + 1, key, true);
  } else addPart(item, depth, key);
}

function addItemMap(map: JsonMap, keys: string[], depth: number, inline: boolean): void {
  bringToFront(keys, 'name');
  for (let at = 0; at < keys.length; at++) {
    const key = keys[at]!;
    if (at > 0) out += keyLine(key, depth + 1);
    else out += inline ? itemLine(key, depth).slice(padOf(depth).length) : itemLine(key, depth);
    addValue(map[key], depth + 1, key);
  }
}

function addString(text: string, depth: number): void {
  const isShort = text.length <= LONGEST_CACHED;
  const known = isShort ? stringTexts.get(text) : undefined;
  if (known !== undefined) {
    out += known;
    return;
  }
  const literal = text.includes('\n') ? emitLiteral(text, padOf(Math.max(depth, 1))) : undefined;
  const emitted = ` ${literal ?? emitString(text)}`;
  if (isShort && literal === undefined) {
    if (stringTexts.size >= CACHE_LIMIT) stringTexts = new Map();
    stringTexts.set(text, emitted);
  }
  out += emitted;
}

function plainScalar(value: unknown, key: string): string {
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

/** The keys of a map by code unit, but for those that people want to see first. */
function orderedKeys(map: JsonMap, firstKeys: readonly string[]): string[] {
  const keys = sortedKeys(map);
  for (let at = firstKeys.length - 1; at >= 0; at--) bringToFront(keys, firstKeys[at]!);
  return keys;
}

function bringToFront(keys: string[], key: string): void {
  const at = keys.indexOf(key);
  for (let to = at; to > 0; to--) keys[to] = keys[to - 1]!;
  if (at > 0) keys[0] = key;
}

function keyLine(key: string, depth: number): string {
  const lines = (keyLines[depth] ??= new Map<string, string>());
  return lines.get(key) ?? remember(lines, key, padOf(depth), padOf(depth));
}

function itemLine(key: string, depth: number): string {
  const lines = (itemLines[depth] ??= new Map<string, string>());
  return lines.get(key) ?? remember(lines, key, `${padOf(depth)}- `, padOf(depth + 1));
}

/** A key's line after what stands in front of it; a long key ends on a line of its own, at `pad`. */
function remember(lines: Map<string, string>, key: string, before: string, pad: string): string {
  const name = emitString(key);
  const line = before + (name.length > LONGEST_KEY ? `? ${name}${pad}:` : `${name}:`);
  if (lines.size >= CACHE_LIMIT) lines.clear();
  lines.set(key, line);
  return line;
}

function padOf(depth: number): string {
  for (let next = pads.length; next <= depth; next++) pads.push(`\n${'  '.repeat(next)}`);
  return pads[depth]!;
}
