import { isDeepStrictEqual } from 'node:util';
import { compareText } from '../../compiler/diagnostics/diagnostic.ts';
import type { JsonMap } from '../../compiler/emit/json-data.ts';
import { resourceId, type ResourceTree } from './resource-tree.ts';

/** What brings Sensu from one tree to another. */
export interface ResourceChanges {
  /** New and changed ones, which `sensuctl create` takes alike; what others refer to comes first. */
  readonly created: readonly JsonMap[];
  /** Gone ones; what refers to others comes first. */
  readonly deleted: readonly JsonMap[];
}

/** In the order in which they are made. */
const ORDER = ['EventFilter', 'Mutator', 'HookConfig', 'Handler', 'Pipeline', 'CheckConfig'];

/** Resources to delete and to create. `sensuctl` itself deletes nothing that a file lacks (its `prune` is not free). */
export function resourceChanges(before: ResourceTree, after: ResourceTree): ResourceChanges {
  const isSame = ([id, resource]: readonly [string, JsonMap]): boolean =>
    isDeepStrictEqual(before.resources.get(id), resource);
  const created = [...after.resources].filter((entry) => !isSame(entry)).map(([, resource]) => resource);
  const deleted = [...before.resources].filter(([id]) => !after.resources.has(id)).map(([, resource]) => resource);
  return { created: created.sort(compareResources), deleted: deleted.sort((a, b) => compareResources(b, a)) };
}

function compareResources(a: JsonMap, b: JsonMap): number {
  return rank(a) - rank(b) || compareText(resourceId(a), resourceId(b));
}

/** Sets of handlers come after the handlers. */
function rank(resource: JsonMap): number {
  const spec = resource['spec'] as JsonMap | undefined;
  return ORDER.indexOf(String(resource['type'])) + (spec?.['type'] === 'set' ? 0.5 : 0);
}
