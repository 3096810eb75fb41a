import { compareText } from '../../diagnostics/diagnostic.ts';
import type { LocationWorld } from '../../model/smartstack.ts';

/** Answers questions about location types and what contains what. */
export interface Locations {
  /** Most general first. */
  readonly types: readonly string[];
  isType(type: string): boolean;
  /** Whether the mapping knows a location of that type. */
  has(location: string, type: string): boolean;
  /**
   * Negative when `a` is the more general type, 0 when they are the same, positive when it is the narrower one.
   * Both must be types. PaaSTA: `compare_types`.
   */
  compare(a: string, b: string): number;
  /**
   * Locations of type `to` that contain the given one, when `to` is more general; else those inside it, itself included.
   * Sorted, possibly empty. PaaSTA: `convert_location_type`.
   */
  convert(location: string, from: string, to: string): readonly string[];
}

interface Graph {
  readonly inside: Map<string, Set<string>>;
  readonly around: Map<string, Set<string>>;
}

/** Reads location_types and location_mapping: nested maps whose keys are `<location>_<type>`, split at the last `_`. */
export function locationsOf(world: LocationWorld): Locations {
  const depth = new Map(world.types.map((type, index) => [type, index]));
  const graph: Graph = { inside: new Map(), around: new Map() };
  addLocations(graph, world.mapping, undefined);
  const compare = (a: string, b: string): number => (depth.get(a) ?? 0) - (depth.get(b) ?? 0);
  return {
    types: world.types,
    isType: (type) => depth.has(type),
    has: (location, type) => graph.inside.has(`${location}_${type}`),
    compare,
    convert(location, from, to) {
      const edges = compare(to, from) < 0 ? graph.around : graph.inside;
      const suffix = `_${to}`;
      const names: string[] = [];
      for (const node of reachable(edges, `${location}_${from}`)) {
        if (node.endsWith(suffix)) names.push(node.slice(0, node.lastIndexOf('_')));
      }
      return names.sort(compareText);
    },
  };
}

function addLocations(graph: Graph, mapping: Readonly<Record<string, unknown>>, parent: string | undefined): void {
  for (const [node, children] of Object.entries(mapping)) {
    edgesOf(graph.inside, node);
    edgesOf(graph.around, node);
    if (parent !== undefined) {
      edgesOf(graph.inside, parent).add(node);
      edgesOf(graph.around, node).add(parent);
    }
    if (isRecord(children)) addLocations(graph, children, node);
  }
}

function edgesOf(edges: Map<string, Set<string>>, node: string): Set<string> {
  const known = edges.get(node);
  if (known !== undefined) return known;
  const made = new Set<string>();
  edges.set(node, made);
  return made;
}

function reachable(edges: Map<string, Set<string>>, start: string): ReadonlySet<string> {
  const seen = new Set<string>();
  const open = edges.has(start) ? [start] : [];
  for (let node = open.pop(); node !== undefined; node = open.pop()) {
    if (seen.has(node)) continue;
    seen.add(node);
    open.push(...(edges.get(node) ?? []));
  }
  return seen;
}

function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
