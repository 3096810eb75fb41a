import { nearest } from '../../diagnostics/did-you-mean.ts';
import type { Path } from '../../diagnostics/diagnostic.ts';
import { quoted, type NamespaceCheck, type NamespaceFinding, type NamespaceInput } from './namespace-check.ts';
import { mapAt, textAt, textsAt } from './read-values.ts';

/** Location types and locations that there are not, and discovery that can find nothing. */
export const checkLocations: NamespaceCheck = (input) => [
  ...checkDiscover(input),
  ...checkTypes(input),
  ...checkExtraAdvertise(input),
];

function advertised({ keys }: NamespaceInput): readonly string[] {
  return textsAt(keys, 'advertise') ?? ['region'];
}

/** synapse-tools then writes an empty file for all services. */
function checkDiscover(input: NamespaceInput): readonly NamespaceFinding[] {
  const { keys, path, registration } = input;
  const discover = textAt(keys, 'discover') ?? 'region';
  const types = advertised(input);
  if (types.includes(discover)) return [];
  const message = `${registration} is discovered by ${quoted(discover)}, which it does not advertise (${types.join(', ')})`;
  const hint = 'add it to advertise, or set discover to one of those';
  const code = 'smartstack-discover-not-advertised';
  return [{ severity: 'error', code, message, hint, path: [...path, 'discover' in keys ? 'discover' : 'advertise'] }];
}

function checkTypes(input: NamespaceInput): readonly NamespaceFinding[] {
  const { keys, path } = input;
  const discover = textAt(keys, 'discover');
  const named: readonly (readonly [string, Path, boolean])[] = [
    ...(textsAt(keys, 'advertise') ?? []).map((type, index) => [type, [...path, 'advertise', index], false] as const),
    ...(discover === undefined ? [] : [[discover, [...path, 'discover'], false] as const]),
    ...Object.keys(mapAt(keys, 'chaos')).map((type) => [type, [...path, 'chaos', type], true] as const),
  ];
  return named.filter(([type]) => !isType(input, type)).map(([type, at, atKey]) => unknownType(input, type, at, atKey));
}

function checkExtraAdvertise(input: NamespaceInput): readonly NamespaceFinding[] {
  const { keys, path } = input;
  const map = mapAt(keys, 'extra_advertise');
  return Object.keys(map).flatMap((from) => {
    const at = [...path, 'extra_advertise', from];
    const targets = (textsAt(map, from) ?? []).flatMap((to, index) => checkDestination(input, to, [...at, index]));
    return [...checkPlace(input, from, at, true), ...targets];
  });
}

function checkDestination(input: NamespaceInput, to: string, at: Path): readonly NamespaceFinding[] {
  const wrong = checkPlace(input, to, at, false);
  const [type = ''] = to.split(':');
  const types = advertised(input);
  const isUseful = input.worlds.some((world) =>
    types.some((each) => world.isType(each) && world.isType(type) && world.compare(type, each) <= 0),
  );
  if (wrong.length > 0 || isUseful || input.worlds.length === 0) return wrong;
  const message = `${quoted(to)} is narrower than everything that is advertised (${types.join(', ')}): it has no effect`;
  return [{ severity: 'warning', policy: true, code: 'smartstack-extra-advertise-narrow', message, path: at }];
}

/** A `type:location` that some cluster's mapping knows. */
function checkPlace(input: NamespaceInput, text: string, at: Path, atKey: boolean): readonly NamespaceFinding[] {
  const [type, location, ...rest] = text.split(':');
  if (location === undefined || rest.length > 0) {
    const message = `${quoted(text)} is no location, expected "type:location"`;
    return [finding(message, at, atKey)];
  }
  if (!isType(input, type!)) return [unknownType(input, type!, at, atKey)];
  if (input.worlds.length === 0 || input.worlds.some((world) => world.has(location, type!))) return [];
  return [finding(`there is no ${type!} ${quoted(location)} in location_mapping.json`, at, atKey)];
}

/** Without location_types.json nothing can be said. */
function isType({ worlds }: NamespaceInput, type: string): boolean {
  return worlds.length === 0 || worlds.some((world) => world.isType(type));
}

function unknownType({ worlds }: NamespaceInput, type: string, at: Path, atKey: boolean): NamespaceFinding {
  const types = [...new Set(worlds.flatMap((world) => world.types))];
  const found = nearest(type, types);
  const hint = found === undefined ? `known types: ${types.join(', ')}` : `did you mean "${found}"?`;
  return { ...finding(`there is no location type ${quoted(type)}`, at, atKey), hint };
}

function finding(message: string, path: Path, atKey: boolean): NamespaceFinding {
  const code = 'smartstack-unknown-location-type';
  return { severity: 'error', code, message, path, ...(atKey ? { atKey: true } : {}) };
}
