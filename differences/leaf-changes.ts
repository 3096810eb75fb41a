import { compareText } from '../compiler/diagnostics/diagnostic.ts';
import { canonicalJson } from '../compiler/emit/canonical-json.ts';
import { isJsonMap, type JsonMap } from '../compiler/emit/json-data.ts';

/** One place where two objects differ; undefined on the side where it is not there. Items of a list are named `[name]`. */
export interface LeafChange {
  readonly path: readonly string[];
  readonly before: unknown;
  readonly after: unknown;
}

/** What names an item of a list, by the list's key. */
const ITEM_KEYS: Readonly<Record<string, string>> = {
  volumeMounts: 'mountPath',
  ports: 'containerPort',
  topologySpreadConstraints: 'topologyKey',
};
/** Lists whose items are one thing each: an entry of the environment is never told field by field. */
const WHOLE_ITEMS = new Set(['env', 'volumes', 'volumeMounts', 'ports', 'tolerations']);
/** Maps and lists that are told as one value. */
const WHOLE = new Set(['metrics', 'matchExpressions', 'nodeSelectorTerms']);

/** Every place where two values differ, in the order of keys; an item that moved within a named list counts as `(order)`. */
export function leafChanges(before: unknown, after: unknown, path: readonly string[] = []): readonly LeafChange[] {
  if (canonicalJson(before ?? null) === canonicalJson(after ?? null)) return [];
  const key = path.at(-1) ?? '';
  if (!WHOLE.has(key) && !isWholeItem(path)) {
    if (isMapOrAbsent(before) && isMapOrAbsent(after)) return changesOfMaps(before ?? {}, after ?? {}, path);
    const named = namedLists(key, before, after);
    if (named !== undefined) return changesOfLists(...named, path);
  }
  return [{ path, before, after }];
}

function isMapOrAbsent(value: unknown): value is JsonMap | undefined {
  return value === undefined || isJsonMap(value);
}

function isWholeItem(path: readonly string[]): boolean {
  return path.at(-1)?.startsWith('[') === true && WHOLE_ITEMS.has(path.at(-2) ?? '');
}

function changesOfMaps(before: JsonMap, after: JsonMap, path: readonly string[]): readonly LeafChange[] {
  const keys = [...new Set([...Object.keys(before), ...Object.keys(after)])].sort(compareText);
  const own = (map: JsonMap, key: string): unknown => (Object.hasOwn(map, key) ? map[key] : undefined);
  const changes = keys.flatMap((key) => leafChanges(own(before, key), own(after, key), [...path, key]));
  return changes.length > 0 ? changes : [{ path, before, after }];
}

type Named = ReadonlyMap<string, unknown>;

function namedLists(key: string, before: unknown, after: unknown): readonly [Named, Named] | undefined {
  const [old, wanted] = [before ?? [], after ?? []].map((list) => nameItems(key, list));
  return old === undefined || wanted === undefined || old.size + wanted.size === 0 ? undefined : [old, wanted];
}

function nameItems(key: string, list: unknown): Named | undefined {
  if (!Array.isArray(list)) return undefined;
  const itemKey = ITEM_KEYS[key] ?? 'name';
  const names = new Map<string, unknown>();
  for (const item of list as readonly unknown[]) {
    const name = isJsonMap(item) ? item[itemKey] : undefined;
    if (typeof name !== 'string' && typeof name !== 'number') return undefined;
    if (names.has(String(name))) return undefined;
    names.set(String(name), item);
  }
  return names;
}

function changesOfLists(before: Named, after: Named, path: readonly string[]): readonly LeafChange[] {
  const names = [...new Set([...before.keys(), ...after.keys()])];
  const changes = names.flatMap((name) => leafChanges(before.get(name), after.get(name), [...path, `[${name}]`]));
  const stayed = (list: Named): readonly string[] =>
    [...list.keys()].filter((name) => before.has(name) && after.has(name));
  const [old, wanted] = [stayed(before), stayed(after)];
  if (old.join('\0') === wanted.join('\0')) return changes;
  return [...changes, { path: [...path, '(order)'], before: old.join(', '), after: wanted.join(', ') }];
}
