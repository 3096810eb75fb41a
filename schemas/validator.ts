import type { BrokenConstraint } from './constraint-class.ts';

/** One error of a generated validator. */
export interface ValidationError extends BrokenConstraint {
  /** JSON pointer to the value in the document: `/main/cpus`; empty for the document itself. */
  readonly instancePath: string;
  /** Depends on the keyword, such as `additionalProperty`, `missingProperty`, `allowedValues`, `limit`. */
  readonly params: Readonly<Record<string, unknown>>;
  /** The key that is wrong, where the error is about a key; `instancePath` is then the map that holds it. */
  readonly propertyName?: string;
}

/**
 * A generated validator. Its argument is plain JSON data: numbers as numbers, no wrapped floats, no big integers, maps with
 * a prototype. `errors` is overwritten by every call, and includes the notes on keys that are deprecated or without effect.
 */
export interface Validator {
  (data: unknown): boolean;
  readonly errors?: readonly ValidationError[] | null;
}
