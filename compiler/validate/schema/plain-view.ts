import { isMap, PyFloat, type YamlValue } from '../../model/yaml-value.ts';

/** A value as plain JSON data for a validator, and which numbers in it are not what they seem. */
export interface PlainView {
  readonly value: unknown;
  /** Stand-ins for whole floats such as `2.0`, with the number that was written. */
  readonly floats: ReadonlyMap<number, number>;
}

const NO_FLOATS: ReadonlyMap<number, number> = new Map();

/**
 * A YAML value as validators take it: no wrapped floats, no big integers. PaaSTA tells `2.0` from `2` where an integer is
 * wanted and JavaScript cannot, so a whole float is replaced by the next number below it, which is no integer. A value
 * without such numbers is returned itself, and parts that several places share stay shared.
 */
export function plainView(value: YamlValue): PlainView {
  const state: State = { seen: new Map(), floats: new Map() };
  const plain = convert(value, state);
  return { value: plain, floats: state.floats.size === 0 ? NO_FLOATS : state.floats };
}

/** A number as it stands in `plainView`. */
export function plainNumber(value: number | bigint | PyFloat): number {
  return value instanceof PyFloat ? belowWhole(value.value) : Number(value);
}

interface State {
  readonly seen: Map<object, unknown>;
  readonly floats: Map<number, number>;
}

function convert(value: YamlValue, state: State): unknown {
  if (typeof value === 'bigint') return Number(value);
  if (value instanceof PyFloat) return standIn(value.value, state);
  if (typeof value !== 'object' || value === null) return value;
  const known = state.seen.get(value);
  if (known !== undefined) return known;
  const converted = isMap(value) ? convertMap(value, state) : convertList(value as readonly YamlValue[], state);
  state.seen.set(value, converted);
  return converted;
}

function convertMap(map: Readonly<Record<string, YamlValue>>, state: State): unknown {
  let copy: Record<string, unknown> | undefined;
  for (const key in map) {
    const value = map[key]!;
    const plain = convert(value, state);
    if (plain === value) continue;
    copy ??= { ...map };
    copy[key] = plain;
  }
  return copy ?? map;
}

function convertList(list: readonly YamlValue[], state: State): unknown {
  let copy: unknown[] | undefined;
  for (const [index, value] of list.entries()) {
    const plain = convert(value, state);
    if (plain === value) continue;
    copy ??= [...list];
    copy[index] = plain;
  }
  return copy ?? list;
}

function standIn(value: number, state: State): number {
  const below = belowWhole(value);
  if (below !== value) state.floats.set(below, value);
  return below;
}

/** A float, or the next one below it when it is whole; a float too large for a fraction stays. */
function belowWhole(value: number): number {
  if (!Number.isInteger(value)) return value;
  const below = value === 0 ? -Number.MIN_VALUE : value - Math.abs(value) * (Number.EPSILON / 2);
  return Number.isInteger(below) ? value : below;
}
