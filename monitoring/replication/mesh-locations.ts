import { compareText } from '../../compiler/diagnostics/diagnostic.ts';

/** A node as far as the mesh cares. */
export interface MeshNode {
  readonly name: string;
  readonly labels: Readonly<Record<string, string>>;
}

/**
 * Hosts to ask in each location, in the order in which to try: nodes of the instance's pool, or any one when a location has none.
 * A location is a value of the label; nodes without it are left out. PaaSTA: `get_nodes_grouped_by_attribute`, `get_hostnames_in_pool`.
 */
export function hostsByLocation(
  nodes: readonly MeshNode[],
  locationLabel: string,
  pool: string,
): ReadonlyMap<string, readonly string[]> {
  const groups = new Map<string, MeshNode[]>();
  for (const node of [...nodes].sort((a, b) => compareText(a.name, b.name))) {
    const location = node.labels[locationLabel] ?? '';
    if (location === '') continue;
    const group = groups.get(location);
    if (group === undefined) groups.set(location, [node]);
    else group.push(node);
  }
  return new Map(
    [...groups].map(([location, group]) => {
      const inPool = group.filter(({ labels }) => labels['yelp.com/pool'] === pool);
      return [location, (inPool.length > 0 ? inPool : group.slice(0, 1)).map(hostOf)];
    }),
  );
}

function hostOf({ name, labels }: MeshNode): string {
  return labels['yelp.com/hostname'] ?? labels['kubernetes.io/hostname'] ?? name;
}
