import type { JsonSchema } from './json-schema.ts';

/** Keywords whose value is one schema, a list of schemas, or schemas by name. */
const ONE = ['additionalProperties', 'propertyNames', 'items', 'if', 'then', 'else', 'not'] as const;
const MANY = ['prefixItems', 'allOf'] as const;
const NAMED = ['$defs', 'properties', 'patternProperties', 'dependentSchemas'] as const;

/** A schema directly inside another one, with the keywords and names that lead to it. */
export interface Subschema {
  readonly path: readonly string[];
  readonly schema: JsonSchema;
}

/** The schemas directly inside one, in the order written. */
export function subschemas(schema: JsonSchema): readonly Subschema[] {
  const found: Subschema[] = [];
  for (const keyword of ONE) {
    const value = schema[keyword];
    if (typeof value === 'object') found.push({ path: [keyword], schema: value });
  }
  for (const keyword of MANY) {
    for (const [index, value] of (schema[keyword] ?? []).entries()) {
      found.push({ path: [keyword, String(index)], schema: value });
    }
  }
  for (const keyword of NAMED) {
    for (const [name, value] of Object.entries(schema[keyword] ?? {})) {
      if (typeof value === 'object') found.push({ path: [keyword, name], schema: value });
    }
  }
  return found;
}

/** A schema and everything inside it, outer ones first, with JSON pointers from the top (`#` is the top itself). */
export function* everySchema(schema: JsonSchema, pointer = '#'): Generator<readonly [string, JsonSchema]> {
  yield [pointer, schema];
  for (const inner of subschemas(schema)) {
    yield* everySchema(inner.schema, [pointer, ...inner.path.map(escapePointer)].join('/'));
  }
}

/** A copy in which `change` has been applied to every schema, inner ones first. */
export function mapSchemas(schema: JsonSchema, change: (schema: JsonSchema) => JsonSchema): JsonSchema {
  const copy: Record<string, unknown> = { ...schema };
  for (const keyword of ONE) {
    const value = schema[keyword];
    if (typeof value === 'object') copy[keyword] = mapSchemas(value, change);
  }
  for (const keyword of MANY) {
    if (schema[keyword] !== undefined) copy[keyword] = schema[keyword].map((inner) => mapSchemas(inner, change));
  }
  for (const keyword of NAMED) {
    const inner = Object.entries(schema[keyword] ?? {});
    const mapped = inner.map(([name, value]) => [name, typeof value === 'object' ? mapSchemas(value, change) : value]);
    if (schema[keyword] !== undefined) copy[keyword] = Object.fromEntries(mapped);
  }
  return change(copy);
}

/** The schema at a JSON pointer such as `#/$defs/env`; undefined when there is none. */
export function schemaAt(schema: JsonSchema, pointer: string): JsonSchema | undefined {
  let found: unknown = schema;
  for (const step of pointer.split('/').slice(1)) {
    const name = step.replaceAll('~1', '/').replaceAll('~0', '~');
    if (typeof found !== 'object' || found === null || !Object.hasOwn(found, name)) return undefined;
    found = (found as Readonly<Record<string, unknown>>)[name];
  }
  return found as JsonSchema;
}

function escapePointer(step: string): string {
  return step.replaceAll('~', '~0').replaceAll('/', '~1');
}
