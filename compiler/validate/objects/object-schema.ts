import written from '../../../schemas/kubernetes-objects.json' with { type: 'json' };

/** The part of JSON Schema in which the API's schemas are written. */
export interface ObjectSchema {
  readonly type?: string | readonly string[];
  readonly $ref?: string;
  readonly required?: readonly string[];
  readonly properties?: Readonly<Record<string, ObjectSchema>>;
  readonly additionalProperties?: boolean | ObjectSchema;
  readonly items?: ObjectSchema;
  readonly enum?: readonly unknown[];
  readonly minimum?: number;
  readonly maximum?: number;
  /** Members that tell the items of a list apart: no two items may have the same ones. */
  readonly 'x-keys'?: readonly string[];
}

interface ObjectSchemas {
  readonly kinds: Readonly<Record<string, string>>;
  readonly $defs: Readonly<Record<string, ObjectSchema>>;
}

const SCHEMAS: ObjectSchemas = written as unknown as ObjectSchemas; // its generator writes this shape

const BY_REFERENCE: ReadonlyMap<string, ObjectSchema> = new Map(
  Object.entries(SCHEMAS.$defs).map(([name, schema]) => [`#/$defs/${name}`, schema]),
);

/** The schema of quantities, which are texts of their own form. */
export const QUANTITY_SCHEMA = SCHEMAS.$defs['io.k8s.apimachinery.pkg.api.resource.Quantity'];

/** The schema of an object; undefined for a kind whose schema is not known, such as a custom resource. */
export function schemaOf(apiVersion: string, kind: string): ObjectSchema | undefined {
  const key = `${apiVersion} ${kind}`;
  return Object.hasOwn(SCHEMAS.kinds, key) ? SCHEMAS.$defs[SCHEMAS.kinds[key]!] : undefined;
}

/** The schema that a schema refers to, or itself. */
export function follow(schema: ObjectSchema): ObjectSchema {
  return schema.$ref === undefined ? schema : BY_REFERENCE.get(schema.$ref)!;
}
