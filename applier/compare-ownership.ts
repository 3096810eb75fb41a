import { canonicalJson } from '../compiler/emit/canonical-json.ts';
import { isEmpty, isJsonMap, type JsonMap } from '../compiler/emit/json-data.ts';
import { isLeaf, keyOf, type FieldPath, type FieldSet } from './managed-fields.ts';

/**
 * One difference between what we want and what the server records as ours:
 * `unowned` we want it and do not hold it, `extra` we hold it and no longer want it, `order` items of a keyed list stand in another
 * order, `unknown` the record cannot be read (only a dry run can tell).
 */
export interface Finding {
  readonly kind: 'unowned' | 'extra' | 'order' | 'unknown';
  readonly path: FieldPath;
}

/**
 * Walks the desired object and the fields recorded as ours together. No schema is needed: the record tells how the server treats each
 * list. Without the live object the order of lists is not looked at.
 */
export function compareOwnership(desired: JsonMap, fields: FieldSet, live?: JsonMap): readonly Finding[] {
  const findings: Finding[] = [];
  compareMap(withoutIdentity(desired), fields, live, [], findings);
  return findings;
}

/** What identifies the object or belongs to the server is never recorded. */
function withoutIdentity(desired: JsonMap): JsonMap {
  const { apiVersion: _version, kind: _kind, status: _status, metadata, ...rest } = desired;
  if (!isJsonMap(metadata)) return rest;
  const { name: _name, namespace: _namespace, uid: _uid, resourceVersion: _rv, ...kept } = metadata;
  return { ...rest, metadata: kept };
}

function compareMap(
  desired: JsonMap,
  fields: FieldSet,
  live: JsonMap | undefined,
  path: FieldPath,
  out: Finding[],
): void {
  for (const key of Object.keys(desired)) {
    const value = desired[key];
    if (value == null) continue;
    const step = `f:${key}`;
    const inner = fields[step];
    if (isJsonMap(inner)) compareValue(value, inner, live?.[key], [...path, step], out);
    else reportLeaves(value, [...path, step], out);
  }
  for (const step of Object.keys(fields)) {
    if (step === '.') continue;
    if (!step.startsWith('f:')) out.push({ kind: 'unknown', path: [...path, step] });
    else if (desired[step.slice(2)] == null) extra(fields[step], [...path, step], out);
  }
}

function compareValue(value: unknown, fields: FieldSet, live: unknown, path: FieldPath, out: Finding[]): void {
  if (isLeaf(fields)) return;
  if (isJsonMap(value)) compareMap(value, fields, isJsonMap(live) ? live : undefined, path, out);
  else if (Array.isArray(value)) compareList(value, fields, Array.isArray(live) ? live : undefined, path, out);
  else out.push({ kind: 'unknown', path });
}

function compareList(
  list: readonly unknown[],
  fields: FieldSet,
  live: readonly unknown[] | undefined,
  path: FieldPath,
  out: Finding[],
): void {
  const steps = Object.keys(fields).filter((step) => step !== '.');
  if (steps.every((step) => step.startsWith('k:'))) compareKeyedList(list, fields, steps, live, path, out);
  else if (steps.every((step) => step.startsWith('v:'))) compareValueSet(list, steps, path, out);
  else out.push({ kind: 'unknown', path });
}

function compareKeyedList(
  list: readonly unknown[],
  fields: FieldSet,
  steps: readonly string[],
  live: readonly unknown[] | undefined,
  path: FieldPath,
  out: Finding[],
): void {
  const stepOfItem = new Map<unknown, string>();
  for (const step of steps) {
    const keys = keyOf(step);
    const item = keys === undefined ? undefined : itemWithKeys(list, keys);
    if (item === undefined) extra(fields[step], [...path, step], out);
    else stepOfItem.set(item, step);
  }
  let last = -1;
  let isOrdered = true;
  for (const item of list) {
    const step = stepOfItem.get(item);
    if (step === undefined) {
      out.push({ kind: 'unowned', path: [...path, `k:${guessKey(item, steps)}`] });
      continue;
    }
    const at = live?.findIndex((other) => isJsonMap(other) && hasKeys(other, keyOf(step)!)) ?? -1;
    const inner = fields[step];
    if (isJsonMap(inner)) compareValue(item, inner, live?.[at], [...path, step], out);
    if (at < 0) continue;
    if (at < last) isOrdered = false;
    last = at;
  }
  if (!isOrdered) out.push({ kind: 'order', path });
}

/** The item whose keys equal these; a key that the item leaves to the server's default may be missing when the rest is unique. */
function itemWithKeys(list: readonly unknown[], keys: JsonMap): unknown {
  const exact = list.find((item) => isJsonMap(item) && hasKeys(item, keys));
  if (exact !== undefined) return exact;
  const near = list.filter(
    (item) => isJsonMap(item) && Object.keys(keys).every((key) => item[key] === undefined || item[key] === keys[key]),
  );
  return near.length === 1 ? near[0] : undefined;
}

export function hasKeys(item: JsonMap, keys: JsonMap): boolean {
  return Object.keys(keys).every((key) => item[key] === keys[key]);
}

/** How the server would write the step of an item that it does not record: with the keys its siblings have. */
function guessKey(item: unknown, steps: readonly string[]): string {
  const names = Object.keys((steps[0] === undefined ? undefined : keyOf(steps[0])) ?? { name: 0 });
  const map = isJsonMap(item) ? item : {};
  return JSON.stringify(Object.fromEntries(names.map((name) => [name, map[name]])));
}

function compareValueSet(list: readonly unknown[], steps: readonly string[], path: FieldPath, out: Finding[]): void {
  const wanted = new Set(list.map((item) => `v:${canonicalJson(item)}`));
  const held = new Set(steps.map((step) => `v:${canonicalJson(JSON.parse(step.slice(2)))}`));
  for (const step of wanted) if (!held.has(step)) out.push({ kind: 'unowned', path: [...path, step] });
  for (const step of held) if (!wanted.has(step)) out.push({ kind: 'extra', path: [...path, step] });
}

/** Names the deepest values of something that is not recorded as ours; empty maps and lists are never recorded. */
function reportLeaves(value: unknown, path: FieldPath, out: Finding[]): void {
  if (value == null || isEmpty(value)) return;
  if (!isJsonMap(value)) {
    out.push({ kind: 'unowned', path });
    return;
  }
  for (const [key, inner] of Object.entries(value)) reportLeaves(inner, [...path, `f:${key}`], out);
}

function extra(fields: unknown, path: FieldPath, out: Finding[]): void {
  if (!isJsonMap(fields) || isLeaf(fields)) {
    out.push({ kind: 'extra', path });
    return;
  }
  const last = path.at(-1) ?? '';
  if (last.startsWith('k:')) {
    out.push({ kind: 'extra', path });
    return;
  }
  for (const [step, inner] of Object.entries(fields)) if (step !== '.') extra(inner, [...path, step], out);
}
