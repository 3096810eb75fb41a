import { isJsonMap, type JsonMap } from '../compiler/emit/json-data.ts';
import { FIELD_MANAGER } from './names.ts';

/** A `fieldsV1` tree: `f:NAME`, `k:{json}`, `v:json`, `i:N` and `.`. */
export type FieldSet = Readonly<Record<string, unknown>>;

/** One entry of `metadata.managedFields`. */
export interface ManagedEntry {
  readonly manager: string;
  readonly operation: string;
  readonly apiVersion: string;
  readonly subresource: string;
  readonly time: string;
  readonly fields: FieldSet;
}

/** Steps from the root of an object in the spelling of `fieldsV1`. */
export type FieldPath = readonly string[];

/** Who holds a path now. */
export interface Owner {
  readonly manager: string;
  readonly operation: string;
  readonly time: string;
}

/** `"kubectl-edit" (Update) at 2026-11-20T09:12:44Z` */
export function ownerText({ manager, operation, time }: Owner): string {
  return `"${manager}" (${operation})${time === '' ? '' : ` at ${time}`}`;
}

export function managedEntries(object: JsonMap): readonly ManagedEntry[] {
  const { metadata } = object;
  const entries = isJsonMap(metadata) ? metadata['managedFields'] : undefined;
  if (!Array.isArray(entries)) return [];
  return entries.filter(isJsonMap).map((entry) => ({
    manager: text(entry['manager']),
    operation: text(entry['operation']),
    apiVersion: text(entry['apiVersion']),
    subresource: text(entry['subresource']),
    time: text(entry['time']),
    fields: isJsonMap(entry['fieldsV1']) ? entry['fieldsV1'] : {},
  }));
}

function text(value: unknown): string {
  return typeof value === 'string' ? value : '';
}

/** Our own entries: more than one, after a change of the API version, is no state that we leave behind. */
export function ownEntries(entries: readonly ManagedEntry[], manager = FIELD_MANAGER): readonly ManagedEntry[] {
  return entries.filter((e) => e.manager === manager && e.operation === 'Apply' && e.subresource === '');
}

/** Entries of others that hold a path or something below it, newest first. */
export function ownersOf(entries: readonly ManagedEntry[], path: FieldPath): readonly Owner[] {
  return entries
    .filter((entry) => !isOwn(entry) && subtree(entry.fields, path) !== undefined)
    .map(({ manager, operation, subresource, time }) => ({
      manager: subresource === '' ? manager : `${manager}/${subresource}`,
      operation,
      time,
    }))
    .sort((a, b) => (a.time < b.time ? 1 : a.time > b.time ? -1 : 0));
}

/** Whether an entry is the record of what we applied. */
export function isOwn(entry: ManagedEntry): boolean {
  return entry.manager === FIELD_MANAGER && entry.operation === 'Apply' && entry.subresource === '';
}

/** What an entry holds at a path: its sub-tree, or undefined. */
export function subtree(fields: FieldSet, path: FieldPath): FieldSet | undefined {
  let at: unknown = fields;
  for (const step of path) {
    if (!isJsonMap(at) || !Object.hasOwn(at, step)) return undefined;
    at = at[step];
  }
  return isJsonMap(at) ? at : undefined;
}

/** Both sets together. */
export function unionFields(a: FieldSet, b: FieldSet): FieldSet {
  const result: JsonMap = { ...a };
  for (const [step, inner] of Object.entries(b)) {
    const mine = result[step];
    result[step] = isJsonMap(mine) && isJsonMap(inner) ? unionFields(mine, inner) : inner;
  }
  return result;
}

/** Whether a set says nothing about what is inside: one value to the server. */
export function isLeaf(fields: FieldSet): boolean {
  for (const step in fields) if (step !== '.') return false;
  return true;
}

/** `.spec.containers[name="web"].image` */
export function pathText(path: FieldPath): string {
  return path.map(stepText).join('') || '.';
}

function stepText(step: string): string {
  const rest = step.slice(2);
  if (step.startsWith('f:')) return /^[A-Za-z0-9_-]+$/.test(rest) ? `.${rest}` : `[${JSON.stringify(rest)}]`;
  if (!step.startsWith('k:')) return `[${rest}]`;
  const keys = keyOf(step);
  if (keys === undefined) return `[${rest}]`;
  return `[${Object.entries(keys)
    .map(([key, value]) => `${key}=${JSON.stringify(value)}`)
    .join(',')}]`;
}

/** The keys of a `k:` step; undefined when it is none. */
export function keyOf(step: string): JsonMap | undefined {
  if (!step.startsWith('k:')) return undefined;
  try {
    const keys: unknown = JSON.parse(step.slice(2));
    return isJsonMap(keys) ? keys : undefined;
  } catch {
    return undefined;
  }
}
