/** TypeScript types of the input files from their schemas: an interface or type for each schema with an `x-name`. */
import { format, resolveConfig } from 'prettier';
import type { JsonSchema, JsonType } from '../schemas/json-schema.ts';
import { everySchema } from '../schemas/map-schema.ts';
import { resolveRef, type SchemaSet } from '../schemas/schema-files.ts';

const HEADER = `/**
 * Generated from schemas/*.schema.json by \`npm run generate\`: edit the schemas.
 *
 * The shape of each input file, keys as written. Input that is wrong is rendered as far as possible, so a pass that reads a
 * value takes it as a \`Partial\` of these and checks what it relies on.
 */
`;

/** Text of compiler/model/soa-config.ts, formatted. */
export async function typesSource(schemas: SchemaSet, path: string): Promise<string> {
  const declarations: string[] = [];
  for (const [file, top] of schemas) {
    for (const [, schema] of everySchema(top)) {
      if (schema['x-name'] !== undefined) declarations.push(declaration(schema, schema['x-name'], file, schemas));
    }
  }
  const body = declarations.join('\n');
  const used = ['PyFloat', 'YamlMap', 'YamlValue'].filter((name) => name === 'PyFloat' || body.includes(name));
  const imports = `import type { ${used.join(', ')} } from './yaml-value.ts';\n`;
  const numeric =
    '/** A number as YAML gives it: an integer beyond 2^53 is a bigint, a float that prints differently a `PyFloat`. */\n' +
    'export type Numeric = number | bigint | PyFloat;\n';
  const options = (await resolveConfig(path)) ?? {};
  return format([HEADER, imports, numeric, body].join('\n'), { ...options, parser: 'typescript' });
}

function declaration(schema: JsonSchema, name: string, file: string, schemas: SchemaSet): string {
  const comment = docComment([schema.description ?? schema.title ?? name]);
  const isInterface = schema.type === 'object' && schema.properties !== undefined && !isMapOf(schema);
  const text = isInterface
    ? `export interface ${name} ${members(schema, file, schemas)}`
    : `export type ${name} = ${shape(schema, file, schemas)};`;
  return `${comment}${text}\n`;
}

function members(schema: JsonSchema, file: string, schemas: SchemaSet): string {
  const required = new Set(schema.required);
  const lines = Object.entries(schema.properties ?? {}).map(([key, property]) => {
    const name = /^[A-Za-z_][A-Za-z0-9_]*$/.test(key) ? key : JSON.stringify(key);
    return `${propertyComment(property)}readonly ${name}${required.has(key) ? '' : '?'}: ${typeOf(property, file, schemas)};`;
  });
  return `{\n${lines.join('\n')}\n}`;
}

function propertyComment(property: JsonSchema): string {
  const fallback = property.default === undefined ? property['x-default'] : `\`${JSON.stringify(property.default)}\``;
  return docComment([
    property.description ?? '',
    ...(fallback === undefined ? [] : [`Default: ${fallback}.`]),
    ...(property['x-no-effect'] === true ? ['No effect on Kubernetes.'] : []),
    ...(property.deprecated === true ? ['@deprecated'] : []),
  ]);
}

function typeOf(schema: JsonSchema, file: string, schemas: SchemaSet): string {
  if (schema.$ref !== undefined) {
    const target = resolveRef(schemas, file, schema.$ref);
    return typeOf(target.schema, target.file, schemas);
  }
  return schema['x-name'] ?? shape(schema, file, schemas);
}

function shape(schema: JsonSchema, file: string, schemas: SchemaSet): string {
  if (schema.$ref !== undefined) return typeOf({ $ref: schema.$ref }, file, schemas);
  if (schema.enum !== undefined) return schema.enum.map((value) => JSON.stringify(value)).join(' | ');
  const types = schema.type === undefined ? [] : [schema.type].flat();
  if (types.length === 0) return 'YamlValue';
  return types.map((type) => shapeOfType(type, schema, file, schemas)).join(' | ');
}

function shapeOfType(type: JsonType, schema: JsonSchema, file: string, schemas: SchemaSet): string {
  switch (type) {
    case 'number':
    case 'integer':
      return 'Numeric';
    case 'array':
      return arrayOf(schema, file, schemas);
    case 'object':
      return objectOf(schema, file, schemas);
    default:
      return type;
  }
}

function arrayOf(schema: JsonSchema, file: string, schemas: SchemaSet): string {
  if (schema.prefixItems !== undefined) {
    return `readonly [${schema.prefixItems.map((item) => typeOf(item, file, schemas)).join(', ')}]`;
  }
  if (typeof schema.items !== 'object') return 'readonly YamlValue[]';
  return `readonly (${typeOf(schema.items, file, schemas)})[]`;
}

function objectOf(schema: JsonSchema, file: string, schemas: SchemaSet): string {
  if (typeof schema.additionalProperties === 'object') {
    return `Readonly<Record<string, ${typeOf(schema.additionalProperties, file, schemas)}>>`;
  }
  return schema.properties === undefined ? 'YamlMap' : members(schema, file, schemas);
}

function isMapOf(schema: JsonSchema): boolean {
  return typeof schema.additionalProperties === 'object';
}

function docComment(paragraphs: readonly string[]): string {
  const lines = paragraphs.filter((text) => text !== '').flatMap((text) => wrap(text, 112));
  if (lines.length <= 1) return `/** ${lines[0] ?? ''} */\n`;
  return `/**\n${lines.map((line) => ` * ${line}`).join('\n')}\n */\n`;
}

function wrap(text: string, width: number): readonly string[] {
  const lines: string[] = [];
  for (const word of text.replaceAll('*/', '*\\/').split(' ')) {
    const last = lines.at(-1);
    if (last !== undefined && last.length + word.length < width) lines[lines.length - 1] = `${last} ${word}`;
    else lines.push(word);
  }
  return lines;
}
