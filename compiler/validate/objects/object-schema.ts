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
const QUANTITY_SCHEMA = SCHEMAS.$defs['io.k8s.apimachinery.pkg.api.resource.Quantity'];

/** A schema in the form in which a walk over an object needs it. References are followed; what is inside is made when asked for. */
export class ObjectNode {
  readonly schema: ObjectSchema;
  readonly takesText: boolean;
  readonly takesNumber: boolean;
  /** Of numbers it takes whole ones only. */
  readonly isWhole: boolean;
  readonly takesBoolean: boolean;
  readonly takesList: boolean;
  readonly takesMap: boolean;
  readonly isQuantity: boolean;
  /** Any member may be there. */
  readonly isOpen: boolean;
  #inside: Inside | undefined;

  constructor(schema: ObjectSchema) {
    this.schema = schema;
    const types = schema.type === undefined ? null : [schema.type].flat();
    const takes = (type: string): boolean => types === null || types.includes(type);
    this.takesText = takes('string');
    this.isWhole = !takes('number');
    this.takesNumber = takes('number') || takes('integer');
    this.takesBoolean = takes('boolean');
    this.takesList = takes('array');
    this.takesMap = takes('object');
    this.isQuantity = schema === QUANTITY_SCHEMA;
    this.isOpen = schema.additionalProperties !== false;
  }

  get inside(): Inside {
    return (this.#inside ??= insideOf(this.schema));
  }
}

/** The schemas inside one; null when nothing is said of such a value. */
interface Inside {
  readonly members: ReadonlyMap<string, ObjectNode>;
  /** Of all other members. */
  readonly other: ObjectNode | null;
  /** Of the items of a list. */
  readonly items: ObjectNode | null;
}

function insideOf({ properties = {}, additionalProperties: other, items }: ObjectSchema): Inside {
  return {
    members: new Map(Object.entries(properties).map(([name, schema]) => [name, nodeOf(schema)])),
    other: typeof other === 'object' ? nodeOf(other) : null,
    items: items === undefined ? null : nodeOf(items),
  };
}

const NODES = new Map<ObjectSchema, ObjectNode>();

function nodeOf(reference: ObjectSchema): ObjectNode {
  const schema = reference.$ref === undefined ? reference : BY_REFERENCE.get(reference.$ref)!;
  let node = NODES.get(schema);
  if (node === undefined) NODES.set(schema, (node = new ObjectNode(schema)));
  return node;
}

/** The schema of an object; undefined for a kind whose schema is not known, such as a custom resource. */
export function schemaOf(apiVersion: string, kind: string): ObjectNode | undefined {
  const key = `${apiVersion} ${kind}`;
  return Object.hasOwn(SCHEMAS.kinds, key) ? nodeOf(SCHEMAS.$defs[SCHEMAS.kinds[key]!]!) : undefined;
}
