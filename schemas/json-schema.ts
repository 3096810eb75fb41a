/** How bad it is when a constraint is broken: the classes of findings, `policy` being stricter than rendering needs. */
export type ConstraintClass = 'error' | 'policy' | 'warning' | 'info';

/** The JSON types that schemas here use. */
export type JsonType = 'null' | 'boolean' | 'number' | 'integer' | 'string' | 'array' | 'object';

/** A schema as written in `schemas/*.schema.json`: the keywords of draft 2020-12 that are used, and our annotations. */
export interface JsonSchema {
  readonly $id?: string;
  readonly $ref?: string;
  readonly $defs?: Readonly<Record<string, JsonSchema>>;
  readonly title?: string;
  readonly description?: string;
  readonly type?: JsonType | readonly JsonType[];
  readonly enum?: readonly unknown[];
  readonly const?: unknown;
  readonly default?: unknown;
  readonly examples?: readonly unknown[];
  readonly deprecated?: boolean;
  readonly pattern?: string;
  readonly minLength?: number;
  readonly maxLength?: number;
  readonly minimum?: number;
  readonly maximum?: number;
  readonly exclusiveMinimum?: number;
  readonly multipleOf?: number;
  readonly minItems?: number;
  readonly maxItems?: number;
  readonly uniqueItems?: boolean;
  readonly minProperties?: number;
  readonly required?: readonly string[];
  readonly properties?: Readonly<Record<string, JsonSchema>>;
  readonly patternProperties?: Readonly<Record<string, JsonSchema>>;
  readonly additionalProperties?: boolean | JsonSchema;
  readonly propertyNames?: JsonSchema;
  readonly items?: boolean | JsonSchema;
  readonly prefixItems?: readonly JsonSchema[];
  readonly contains?: JsonSchema;
  readonly allOf?: readonly JsonSchema[];
  readonly if?: JsonSchema;
  readonly then?: JsonSchema;
  readonly else?: JsonSchema;
  readonly not?: JsonSchema;
  readonly dependentRequired?: Readonly<Record<string, readonly string[]>>;
  readonly dependentSchemas?: Readonly<Record<string, JsonSchema>>;
  readonly 'x-name'?: string;
  readonly 'x-effect'?: string;
  readonly 'x-note'?: string;
  readonly 'x-default'?: string;
  readonly 'x-class'?: ConstraintClass | Readonly<Record<string, ConstraintClass>>;
  readonly 'x-policy'?: boolean | readonly string[];
  readonly 'x-message'?: string | Readonly<Record<string, string>>;
  readonly 'x-at'?: string;
  readonly 'x-source'?: string;
  readonly 'x-secret'?: boolean;
  readonly 'x-ignored'?: boolean;
  readonly 'x-no-effect'?: boolean;
  readonly 'x-eks-only'?: boolean;
  readonly 'x-unlisted'?: boolean;
}
