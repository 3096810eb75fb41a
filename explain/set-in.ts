import type { Path } from '../compiler/diagnostics/diagnostic.ts';
import { isMap, type YamlValue } from '../compiler/model/yaml-value.ts';

/**
 * A copy with another value at a path, or without the entry when there is none; missing maps on the way are made. Null where a list
 * has no such item, or would lose one.
 */
export function setIn(parent: YamlValue | undefined, path: Path, value: YamlValue | undefined): YamlValue | null {
  const [step, ...rest] = path;
  if (step === undefined) return value ?? null;
  if (typeof step === 'number') {
    if (!Array.isArray(parent) || step >= parent.length) return null;
    const item = setIn((parent as readonly YamlValue[])[step], rest, value);
    return item === null ? null : (parent as readonly YamlValue[]).with(step, item);
  }
  const map = isMap(parent) ? parent : {};
  if (rest.length === 0 && value === undefined) {
    return Object.fromEntries(Object.entries(map).filter(([key]) => key !== step));
  }
  const inner = setIn(Object.hasOwn(map, step) ? map[step] : undefined, rest, value);
  return inner === null ? null : { ...map, [step]: inner };
}

/** The value at a path; undefined where nothing is. */
export function valueAt(value: YamlValue | undefined, path: Path): YamlValue | undefined {
  return path.reduce<YamlValue | undefined>((parent, step) => {
    if (Array.isArray(parent)) return (parent as readonly YamlValue[])[Number(step)];
    return isMap(parent) && Object.hasOwn(parent, step) ? parent[step] : undefined;
  }, value);
}
