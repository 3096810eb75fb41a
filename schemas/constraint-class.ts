import type { ConstraintClass } from './json-schema.ts';

/** The part of an ajv error (option `verbose`) that decides its class. */
export interface BrokenConstraint {
  readonly keyword: string;
  /** The value found. */
  readonly data?: unknown;
  /** The schema that holds the keyword; `false` where a schema allows nothing. */
  readonly parentSchema?: unknown;
}

/** Keywords that only say that something beneath them is wrong: the error beneath tells what. */
const WRAPPERS: ReadonlySet<string> = new Set(['if', 'propertyNames', 'anyOf', 'oneOf', 'allOf', 'contains']);

/** Keywords that report a key by its mere presence. */
const NOTES: Readonly<Record<string, ConstraintClass>> = {
  deprecated: 'warning',
  'x-no-effect': 'info',
  'x-eks-only': 'policy',
  'x-unlisted': 'policy',
};

/**
 * The class of a broken constraint, or null for a wrapper that is no finding of its own.
 *
 * `x-class` of the schema decides: a text for all its keywords, or a map whose keys are a keyword, or a keyword and the
 * kind of the value found, such as `type:null` or `minimum:negative`, the narrower one first. Otherwise `policy`: PaaSTA's
 * `validate` refuses it, or a check of ours does, and rendering works.
 */
export function constraintClass(broken: BrokenConstraint): ConstraintClass | null {
  if (WRAPPERS.has(broken.keyword)) return null;
  const annotation = annotationOf(broken.parentSchema, 'x-class');
  const note = NOTES[broken.keyword];
  if (typeof annotation === 'string') return note ?? (annotation as ConstraintClass);
  if (typeof annotation === 'object' && annotation !== null) {
    const byKeyword = annotation as Readonly<Record<string, ConstraintClass>>;
    for (const kind of valueKinds(broken.data)) {
      const narrow = byKeyword[`${broken.keyword}:${kind}`];
      if (narrow !== undefined) return narrow;
    }
    const wide = byKeyword[broken.keyword];
    if (wide !== undefined) return wide;
  }
  return note ?? 'policy';
}

/** Whether the constraint is stricter than PaaSTA's own schema of that file (`x-policy`). */
export function isStricterThanPaasta(broken: BrokenConstraint): boolean {
  const annotation = annotationOf(broken.parentSchema, 'x-policy');
  return annotation === true || (Array.isArray(annotation) && annotation.includes(broken.keyword));
}

/** The text for people that the schema gives for this constraint (`x-message`), if any. */
export function constraintMessage(broken: BrokenConstraint): string | undefined {
  const annotation = annotationOf(broken.parentSchema, 'x-message');
  if (typeof annotation === 'string') return broken.keyword in NOTES ? undefined : annotation;
  if (typeof annotation !== 'object' || annotation === null) return undefined;
  return (annotation as Readonly<Record<string, string | undefined>>)[broken.keyword];
}

function annotationOf(schema: unknown, name: string): unknown {
  return typeof schema === 'object' && schema !== null
    ? (schema as Readonly<Record<string, unknown>>)[name]
    : undefined;
}

/** Kinds of a value, narrowest first; `numeric` is text that Kubernetes reads as a number, `empty` a list without items. */
function valueKinds(value: unknown): readonly string[] {
  if (value === null) return ['null'];
  if (Array.isArray(value)) return value.length === 0 ? ['empty', 'array'] : ['array'];
  if (typeof value === 'string')
    return /^[0-9]{1,15}(?:\.[0-9]{1,15})?$/.test(value) ? ['numeric', 'string'] : ['string'];
  if (typeof value === 'number') return value < 0 ? ['negative', 'number'] : ['number'];
  return [typeof value];
}
