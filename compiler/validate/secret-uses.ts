import type { Path } from '../diagnostics/diagnostic.ts';
import type { InstanceKeys } from '../model/instance-keys.ts';
import { isMap, type YamlValue } from '../model/yaml-value.ts';

/** A place where an instance refers to a secret of soa-configs. */
export interface SecretPlace {
  readonly name: string;
  readonly isShared: boolean;
  readonly path: Path;
}

const REFERENCE = /^(SHARED_)?SECRET\(([A-Za-z0-9_-]*)\)$/;

/** The secrets that an instance refers to by `env` and `secret_volumes`. */
export function secretUsesOf(keys: InstanceKeys): readonly SecretPlace[] {
  return [...inEnvironment(keys), ...inVolumes(keys)];
}

function inEnvironment(keys: InstanceKeys): readonly SecretPlace[] {
  const env = keys.get('env');
  if (!isMap(env)) return [];
  return Object.entries(env).flatMap(([variable, value]) => {
    const match = typeof value === 'string' && value.endsWith(')') ? REFERENCE.exec(value) : null;
    return match === null ? [] : [{ name: match[2]!, isShared: match[1] !== undefined, path: ['env', variable] }];
  });
}

/** The Secret that a volume mounts, and keys of it, which are names of secrets too. */
function inVolumes(keys: InstanceKeys): readonly SecretPlace[] {
  const volumes = keys.get('secret_volumes');
  if (!Array.isArray(volumes)) return [];
  return (volumes as readonly YamlValue[]).flatMap((volume, index) => {
    if (!isMap(volume)) return [];
    const path = ['secret_volumes', index];
    const { secret_name: name, items } = volume;
    const named = (value: YamlValue | undefined, at: Path): readonly SecretPlace[] =>
      typeof value === 'string' ? [{ name: value, isShared: false, path: at }] : [];
    const itemsOf = Array.isArray(items) ? (items as readonly YamlValue[]) : [];
    const keysOf = itemsOf.flatMap((item, i) =>
      isMap(item) && item['key'] !== name ? named(item['key'], [...path, 'items', i, 'key']) : [],
    );
    return [...named(name, [...path, 'secret_name']), ...keysOf];
  });
}
