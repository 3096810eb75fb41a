import { EVENT, type Event } from './events.ts';

/** How much one file may hold. */
export interface Budget {
  /** Size of the file in bytes. */
  readonly bytes: number;
  /** Scalars, lists and mappings, those behind each alias counted again. */
  readonly nodes: number;
  /** Lists and mappings inside each other, those behind aliases included. */
  readonly depth: number;
}

export const DEFAULT_BUDGET: Budget = { bytes: 10_000_000, nodes: 1_000_000, depth: 100 };

/** What exceeds a budget, and where. */
export interface Excess {
  readonly offset: number;
  readonly message: string;
}

export function tooManyBytes(budget: Budget): string {
  return `the file is larger than ${count(budget.bytes)} bytes`;
}

export function tooManyNodes(budget: Budget): string {
  return `the file holds more than ${count(budget.nodes)} values, counting those behind each alias again`;
}

export function tooDeep(budget: Budget): string {
  return `lists and mappings are nested more than ${count(budget.depth)} deep`;
}

function count(value: number): string {
  return String(value).replace(/\B(?=(?:[0-9]{3})+$)/g, ',');
}

interface Size {
  nodes: number;
  depth: number;
}

/**
 * Counts what a document would hold with every alias expanded, from its events alone, before anything is made; the first
 * excess, if any. What the text itself holds was counted by the parser.
 */
export function measure(events: readonly Event[], budget: Budget): Excess | undefined {
  const anchors = new Map<string, Size>();
  const open: { readonly start: number; depth: number; readonly anchor: string | undefined }[] = [];
  let nodes = 0;
  for (const { kind, start, text, anchor } of events) {
    if (kind === EVENT.pop) {
      const closed = open.pop()!;
      const parent = open.at(-1);
      if (parent !== undefined) parent.depth = Math.max(parent.depth, closed.depth + 1);
      if (closed.anchor !== undefined) anchors.set(closed.anchor, { nodes: nodes - closed.start, depth: closed.depth });
      continue;
    }
    if (kind === EVENT.sequence || kind === EVENT.mapping) open.push({ start: nodes, depth: 1, anchor });
    const alias = kind === EVENT.alias ? anchors.get(text) : undefined;
    nodes += alias?.nodes ?? 1;
    if (nodes > budget.nodes) return { offset: start, message: tooManyNodes(budget) };
    const depth = open.length + (alias?.depth ?? 0);
    if (depth > budget.depth) return { offset: start, message: tooDeep(budget) };
    const parent = open.at(-1);
    if (alias !== undefined && parent !== undefined) parent.depth = Math.max(parent.depth, 1 + alias.depth);
  }
  return undefined;
}
