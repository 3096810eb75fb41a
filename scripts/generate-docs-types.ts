import type { JsonSchema, JsonType } from '../schemas/json-schema.ts';

/** A schema and the file it stands in, which its references start from. */
export interface Place {
  readonly file: string;
  readonly schema: JsonSchema;
}

/** Follows references until there is none. */
export type Resolve = (place: Place) => Place;

const NAMES: Readonly<Record<JsonType, string>> = {
  null: 'null',
  boolean: 'true or false',
  number: 'number',
  integer: 'whole number',
  string: 'text',
  array: 'list',
  object: 'map',
};

/** What a value looks like, in words: `list of text`, `number above 0`, `crossover, brutal or downthenup`. */
export function typeText({ file, schema }: Place, resolve: Resolve): string {
  if (schema.enum !== undefined) return choice(schema.enum.map((value) => `\`${String(value)}\``));
  const inner = (part: JsonSchema): string => plural(typeText(resolve({ file, schema: part }), resolve));
  const types = schema.type === undefined ? [] : [schema.type].flat();
  return choice(types.map((type) => oneType(type, schema, inner)));
}

function oneType(type: JsonType, schema: JsonSchema, inner: (part: JsonSchema) => string): string {
  if (type === 'array' && schema.prefixItems !== undefined) return 'pair';
  if (type === 'array' && typeof schema.items === 'object') return `list of ${inner(schema.items)}`;
  if (type === 'object' && typeof schema.additionalProperties === 'object') {
    return `map of ${inner(schema.additionalProperties)}`;
  }
  return type === 'number' || type === 'integer' ? `${NAMES[type]}${bounds(schema)}` : NAMES[type];
}

function bounds({ minimum, maximum, exclusiveMinimum }: JsonSchema): string {
  if (minimum !== undefined && maximum !== undefined) return ` ${minimum} to ${maximum}`;
  const lower = exclusiveMinimum === undefined ? from(minimum) : ` above ${exclusiveMinimum}`;
  return maximum === undefined ? lower : `${lower} up to ${maximum}`;
}

function from(minimum: number | undefined): string {
  return minimum === undefined ? '' : ` from ${minimum}`;
}

function plural(text: string): string {
  if (text.startsWith('map')) return text.replace(/^map/, 'maps');
  if (text.startsWith('list')) return text.replace(/^list/, 'lists');
  return text.replace(/^(whole )?number/, '$1numbers');
}

function choice(options: readonly string[]): string {
  if (options.length <= 1) return options[0] ?? 'anything';
  return `${options.slice(0, -1).join(', ')} or ${options.at(-1)}`;
}
