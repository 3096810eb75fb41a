import { type JsonMap, isJsonMap } from './json-data.ts';
import { canonicalQuantity, canonicalResource } from './quantity.ts';

/** Makes the quantity under each of the keys canonical. What is no quantity stays, for the server to refuse. */
export function canonicalQuantities(holder: JsonMap | undefined, keys: readonly string[]): void {
  for (const key of keys) replace(holder, key, canonicalQuantity);
}

/** The same for every value of a list of resources, such as `limits`. */
export function canonicalResourceList(list: unknown): void {
  if (isJsonMap(list)) for (const name of Object.keys(list)) replace(list, name, canonicalResource);
}

/** The same for every list of resources in a map: `requests` and `limits`, or the bounds of a LimitRange. */
export function canonicalResources(holder: JsonMap | undefined): void {
  Object.values(holder ?? {}).forEach(canonicalResourceList);
}

function replace(
  holder: JsonMap | undefined,
  key: string,
  canonical: (value: string | number) => string | undefined,
): void {
  const value = holder?.[key];
  if (typeof value === 'string' || typeof value === 'number') holder![key] = canonical(value) ?? value;
}
