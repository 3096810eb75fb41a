import { canonicalJson } from '../compiler/emit/canonical-json.ts';
import { isEmpty, isJsonMap, type JsonMap } from '../compiler/emit/json-data.ts';
import { hasKeys } from './compare-ownership.ts';
import { isLeaf, keyOf, type FieldSet } from './managed-fields.ts';

const LIST_KEYS = ['name', 'containerPort', 'mountPath', 'port', 'devicePath', 'topologyKey', 'ip', 'uid'];

/**
 * The live object restricted to what concerns us: the paths that the rendered object states and those recorded as ours. What the
 * server filled in and what others added never shows.
 */
export function ownedView(live: JsonMap, desired: JsonMap | undefined, fields: FieldSet): JsonMap {
  const view = viewMap(live, desired, fields);
  for (const key of ['apiVersion', 'kind']) view[key] = live[key] ?? desired?.[key];
  const { metadata } = live;
  if (isJsonMap(metadata)) {
    const { name, namespace } = metadata;
    view['metadata'] = {
      name,
      ...(namespace !== undefined && { namespace }),
      ...(view['metadata'] as JsonMap | undefined),
    };
  }
  delete view['status'];
  return view;
}

function viewMap(live: JsonMap, desired: JsonMap | undefined, fields: FieldSet): JsonMap {
  const view: JsonMap = {};
  for (const [key, value] of Object.entries(live)) {
    const wanted = desired?.[key];
    const held = fields[`f:${key}`];
    if (wanted == null && held === undefined) continue;
    view[key] = viewValue(key, value, wanted, isJsonMap(held) ? held : undefined);
  }
  return view;
}

function viewValue(key: string, live: unknown, desired: unknown, fields: FieldSet | undefined): unknown {
  const isAtomic = fields !== undefined && isLeaf(fields);
  if (isAtomic) return withoutFilledIn(key, live, desired);
  if (isJsonMap(live)) {
    return viewMap(live, isJsonMap(desired) ? desired : undefined, fields ?? {});
  }
  if (!Array.isArray(live)) return live;
  return fields === undefined ? viewPlainList(live, desired) : viewKeyedList(live, desired, fields);
}

/** What the server adds inside values that are recorded as one, by the name of the value. */
const FILLED_IN: Readonly<Record<string, JsonMap>> = {
  fieldRef: { apiVersion: 'v1' },
  resourceFieldRef: { divisor: '0' },
  volumeClaimTemplates: { status: { phase: 'Pending' } },
};

/** A value that is recorded as one and held by us: as we sent it, so without what the server added and we do not state. */
function withoutFilledIn(name: string, live: unknown, desired: unknown): unknown {
  if (Array.isArray(live)) {
    const wanted: readonly unknown[] = Array.isArray(desired) ? desired : [];
    return live.map((item, index) => withoutFilledIn(name, item, wanted[index]));
  }
  if (!isJsonMap(live)) return live;
  const wanted = isJsonMap(desired) ? desired : {};
  const added = FILLED_IN[name] ?? {};
  const kept = Object.entries(live).filter(
    ([key, value]) => wanted[key] !== undefined || canonicalJson(value) !== canonicalJson(added[key] ?? null),
  );
  return Object.fromEntries(kept.map(([key, value]) => [key, withoutFilledIn(key, value, wanted[key])]));
}

function viewKeyedList(live: readonly unknown[], desired: unknown, fields: FieldSet): readonly unknown[] {
  const wanted = Array.isArray(desired) ? (desired as readonly unknown[]) : [];
  return live.flatMap((item) => {
    if (!isJsonMap(item)) return [item];
    const step = Object.keys(fields).find((name) => {
      const keys = keyOf(name);
      return keys !== undefined && hasKeys(item, keys);
    });
    const counterpart = wanted.find((other) => isJsonMap(other) && sameItem(item, other));
    if (step === undefined && counterpart === undefined) return [];
    const held = step === undefined ? {} : fields[step];
    return [viewMap(item, isJsonMap(counterpart) ? counterpart : undefined, isJsonMap(held) ? held : {})];
  });
}

/** A list that we do not hold item by item: each item is reduced to what the rendered one says. */
function viewPlainList(live: readonly unknown[], desired: unknown): readonly unknown[] {
  if (!Array.isArray(desired)) return live;
  return live.map((item, index) => {
    const wanted: unknown =
      desired.find((other) => isJsonMap(item) && isJsonMap(other) && sameItem(item, other)) ?? desired[index];
    return isJsonMap(item) && isJsonMap(wanted) ? viewMap(item, wanted, {}) : item;
  });
}

function sameItem(a: JsonMap, b: JsonMap): boolean {
  const key = LIST_KEYS.find((name) => a[name] !== undefined && b[name] !== undefined);
  return key !== undefined && a[key] === b[key];
}

/** Whether two views say the same once values that the server does not store (zero, empty) are left out. */
export function sameView(a: unknown, b: unknown): boolean {
  return canonicalJson(withoutZeros(a) ?? null) === canonicalJson(withoutZeros(b) ?? null);
}

function withoutZeros(value: unknown): unknown {
  if (value === 0 || value === false || value === '' || value === null || isEmpty(value)) return undefined;
  if (Array.isArray(value)) return value.map((item) => withoutZeros(item) ?? null);
  if (!isJsonMap(value)) return value;
  const kept = Object.entries(value).flatMap(([key, inner]) => {
    const reduced = withoutZeros(inner);
    return reduced === undefined ? [] : [[key, reduced] as const];
  });
  return kept.length === 0 ? undefined : Object.fromEntries(kept);
}
