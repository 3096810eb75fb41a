/**
 * The ecosystem that holds a region, from location_mapping.json: nested maps whose keys are `<location>_<type>`.
 * Null when the mapping does not know the region. PaaSTA: `get_ecosystem_for_cluster`.
 */
export function ecosystemOf(mapping: Readonly<Record<string, unknown>> | null, region: string): string | null {
  if (mapping === null) return null;
  let found = FOUND.get(mapping);
  if (found === undefined) FOUND.set(mapping, (found = new Map()));
  let ecosystem = found.get(region);
  if (ecosystem === undefined) found.set(region, (ecosystem = search(mapping, `${region}_region`, null)));
  return ecosystem;
}

/** What was found in a mapping, by region: every instance asks for one of a few. */
const FOUND = new WeakMap<object, Map<string, string | null>>();

const SUFFIX = '_ecosystem';

function search(mapping: Readonly<Record<string, unknown>>, wanted: string, around: string | null): string | null {
  for (const [node, inside] of Object.entries(mapping)) {
    const ecosystem = node.endsWith(SUFFIX) ? node.slice(0, -SUFFIX.length) : around;
    if (node === wanted) return ecosystem;
    const isNested = typeof inside === 'object' && inside !== null && !Array.isArray(inside);
    const found = isNested ? search(inside as Readonly<Record<string, unknown>>, wanted, ecosystem) : null;
    if (found !== null) return found;
  }
  return null;
}
