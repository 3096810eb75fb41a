/** Kinds of events. `pop` ends the collection begun last. */
export const EVENT = { scalar: 0, sequence: 1, mapping: 2, alias: 3, pop: 4 } as const;

/** One step of a document's structure, in the order of the text. */
export interface Event {
  readonly kind: (typeof EVENT)[keyof typeof EVENT];
  /** Offsets of the node without anchor and tag; a collection's end is its `pop`'s. An empty scalar has no length. */
  readonly start: number;
  readonly end: number;
  /** Value of a scalar, name of an alias. */
  readonly text: string;
  /** Whether the text alone tells the type of a scalar: it has neither quotes nor a tag. */
  readonly isPlain: boolean;
  readonly anchor: string | undefined;
  /** Name of a YAML 1.1 tag without its prefix (`int`), or the whole tag when it is another one (`!Ref`). */
  readonly tag: string | undefined;
  /** Where the anchor or tag begins; `start` without them. */
  readonly properties: number;
}
