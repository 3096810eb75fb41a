import type { ClusterConfig } from '../../model/cluster-config.ts';
import type { SharedSources } from '../../model/service-sources.ts';
import { locationsOf, type Locations } from './locations.ts';

type Shared = Pick<SharedSources, 'locationTypes' | 'locationMapping'>;

const known = new WeakMap<object, Map<object, Locations>>();

/**
 * Location types and mapping that a cluster's configuration gives, else those of soa-configs; null when neither has them.
 * The same answer for the same inputs, so that a fleet builds each graph once.
 */
export function worldOf({ smartstack }: Pick<ClusterConfig, 'smartstack'>, shared: Shared): Locations | null {
  const types = smartstack.locationTypes ?? shared.locationTypes;
  if (types === null) return null;
  const mapping = smartstack.locationMapping ?? shared.locationMapping ?? NO_MAPPING;
  const byMapping = known.get(types) ?? new Map<object, Locations>();
  known.set(types, byMapping);
  const made = byMapping.get(mapping) ?? locationsOf({ types, mapping });
  byMapping.set(mapping, made);
  return made;
}

const NO_MAPPING: Readonly<Record<string, unknown>> = {};
