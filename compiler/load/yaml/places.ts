import type { Path } from '../../diagnostics/diagnostic.ts';

/** Offsets into a text; the end is exclusive. */
export interface Range {
  readonly start: number;
  readonly end: number;
}

/** Where one node stands, and what is in it. */
export interface Place {
  readonly start: number;
  end: number;
  /** The collection that holds it; undefined for the top of the document. */
  readonly parent: Place | undefined;
  readonly step: string | number;
  /** The key of an entry of a mapping. */
  readonly key: Range | undefined;
  /** The node that an alias stands for. */
  target?: Place | undefined;
  /** Entries of a mapping, the last one of duplicates. */
  entries?: Map<string, Place>;
  items?: Place[];
  /** The value of `<<`. */
  merge?: Place;
}

/** The step of a path under which `<<` itself stands. */
export const MERGE_STEP = '<<';

/** Builds the places of a document while a parser walks over it. */
export class PlaceRecorder {
  root: Place | undefined;
  /** Every scalar, keys included, in the order of the text. */
  readonly scalars: Range[] = [];
  private parent: Place | undefined;
  private key: (Range & { readonly text: string; readonly isMerge: boolean }) | undefined;
  private readonly anchors = new Map<string, Place>();

  /** The key of the next node. */
  setKey(text: string, range: Range, isMerge = false): void {
    this.scalars.push({ start: range.start, end: range.end });
    this.key = { start: range.start, end: range.end, text, isMerge };
  }

  scalar(range: Range, anchor?: string): void {
    this.scalars.push({ start: range.start, end: range.end });
    this.add(range, anchor);
  }

  alias(range: Range, name: string): void {
    this.add(range).target = this.anchors.get(name);
  }

  open(kind: 'seq' | 'map', range: Range, anchor?: string): void {
    const place = this.add(range, anchor);
    if (kind === 'seq') place.items = [];
    else place.entries = new Map();
    this.parent = place;
  }

  close(end: number): void {
    const closed = this.parent;
    if (closed === undefined) return;
    closed.end = Math.max(end, closed.start);
    this.parent = closed.parent;
  }

  private add(range: Range, anchor?: string): Place {
    const { parent, key } = this;
    const step = parent?.items === undefined ? (key?.text ?? '') : parent.items.length;
    const place: Place = {
      start: range.start,
      end: range.end,
      parent,
      step,
      key: key && { start: key.start, end: key.end },
    };
    this.key = undefined;
    if (anchor !== undefined) this.anchors.set(anchor, place);
    if (parent === undefined) this.root = place;
    else if (parent.items !== undefined) parent.items.push(place);
    else if (key?.isMerge === true) parent.merge = place;
    else parent.entries?.set(key?.text ?? '', place);
    return place;
  }
}

/** What a path leads to. */
export interface Found {
  readonly place: Place;
  /** The alias or the key `<<` first followed on the way. */
  readonly through: Range | undefined;
  /** How many steps of the path exist; the place is that of the last one. */
  readonly steps: number;
}

/** Follows a path as far as it exists, through aliases and merges. */
export function follow(root: Place, path: Path): Found {
  let place = root;
  let through: Range | undefined;
  for (const [index, step] of path.entries()) {
    const next = child(place, step);
    if (next === undefined) return { place, through, steps: index };
    through ??= next.through;
    place = next.place;
  }
  return { place, through, steps: path.length };
}

interface Child {
  readonly place: Place;
  readonly through: Range | undefined;
}

function child(place: Place, step: string | number): Child | undefined {
  const node = place.target ?? place;
  const through = place.target === undefined ? undefined : place;
  const own = node.items === undefined ? node.entries?.get(String(step)) : node.items[Number(step)];
  if (own !== undefined) return { place: own, through };
  if (step === MERGE_STEP && node.merge !== undefined) return { place: node.merge, through };
  const merged = mergedChild(node, step);
  return merged && { place: merged.place, through: through ?? merged.through };
}

/** The entry that `<<` brings: the first source that has it wins. */
function mergedChild(node: Place, step: string | number): Child | undefined {
  if (node.merge === undefined) return undefined;
  const { merge } = node;
  const target = merge.target ?? merge;
  for (const source of target.items ?? [target]) {
    const found = child(source, step);
    if (found !== undefined) return { place: found.place, through: merge.key ?? merge };
  }
  return undefined;
}

/** Path under which a place itself was written. */
export function pathOf(place: Place): Path {
  const steps: (string | number)[] = [];
  for (let at = place; at.parent !== undefined; at = at.parent) steps.push(at.step);
  return steps.reverse();
}
