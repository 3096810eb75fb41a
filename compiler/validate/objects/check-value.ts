import { didYouMean } from '../../diagnostics/did-you-mean.ts';
import { follow, type ObjectSchema } from './object-schema.ts';

/** Something that the API server would refuse, and where in the object. */
export interface ObjectProblem {
  /** Such as `spec.template.spec.containers[0].ports`. */
  readonly path: string;
  readonly message: string;
  readonly hint?: string;
}

const QUANTITY = 'io.k8s.apimachinery.pkg.api.resource.Quantity';
const QUANTITY_TEXT = /^[+-]?(?:\d{1,30}(?:\.\d{0,30})?|\.\d{1,30})(?:[KMGTPE]i|[numkMGTPE]|[eE][+-]?\d{1,5})?$/;

/** What a schema of the API refuses in a value; a null counts as unset, as for the API server. */
export function checkValue(value: unknown, reference: ObjectSchema, path: string, problems: ObjectProblem[]): void {
  const { schema, name } = follow(reference);
  if (value === null || value === undefined) return;
  if (schema.type !== undefined && !hasType(value, schema.type)) {
    problems.push({ path, message: `is ${shown(value)}, expected ${typeText(schema.type)}` });
    return;
  }
  if (name === QUANTITY && typeof value === 'string' && !QUANTITY_TEXT.test(value)) {
    problems.push({ path, message: `is ${shown(value)}, expected a quantity such as "512Mi"` });
  }
  if (schema.enum?.includes(value) === false) {
    problems.push({ path, message: `is ${shown(value)}, expected one of ${schema.enum.map(String).join(', ')}` });
  }
  if (typeof value === 'number') checkRange(value, schema, path, problems);
  else if (Array.isArray(value)) checkItems(value, schema, path, problems);
  else if (typeof value === 'object') checkMembers(value as Readonly<Record<string, unknown>>, schema, path, problems);
}

function checkRange(value: number, { minimum, maximum }: ObjectSchema, path: string, problems: ObjectProblem[]): void {
  if (minimum !== undefined && value < minimum)
    problems.push({ path, message: `is ${value}, expected at least ${minimum}` });
  if (maximum !== undefined && value > maximum)
    problems.push({ path, message: `is ${value}, expected at most ${maximum}` });
}

function checkItems(items: readonly unknown[], schema: ObjectSchema, path: string, problems: ObjectProblem[]): void {
  if (schema.items !== undefined) {
    for (const [index, item] of items.entries()) checkValue(item, schema.items, `${path}[${index}]`, problems);
  }
  const keys = schema['x-keys'];
  if (keys === undefined || items.length < 2) return;
  const seen = new Set<string>();
  for (const [index, item] of items.entries()) {
    if (typeof item !== 'object' || item === null) continue;
    const identity = JSON.stringify(keys.map((key) => (item as Readonly<Record<string, unknown>>)[key]));
    if (seen.has(identity)) {
      problems.push({ path: `${path}[${index}]`, message: `has the same ${keys.join(' and ')} as an item before it` });
    }
    seen.add(identity);
  }
}

function checkMembers(
  map: Readonly<Record<string, unknown>>,
  schema: ObjectSchema,
  path: string,
  problems: ObjectProblem[],
): void {
  const { properties, additionalProperties, required } = schema;
  for (const key of required ?? []) {
    if (map[key] === undefined || map[key] === null) problems.push({ path, message: `has no ${key}` });
  }
  if (properties === undefined && additionalProperties === undefined) return;
  for (const key in map) {
    const at = path === '' ? key : `${path}.${key}`;
    const known = properties !== undefined && Object.hasOwn(properties, key) ? properties[key]! : undefined;
    if (known !== undefined) checkValue(map[key], known, at, problems);
    else if (typeof additionalProperties === 'object') checkValue(map[key], additionalProperties, at, problems);
    else if (additionalProperties === false) {
      problems.push({ path: at, message: 'is no field of the API', ...didYouMean(key, Object.keys(properties ?? {})) });
    }
  }
}

function hasType(value: unknown, type: string | readonly string[]): boolean {
  return typeof type === 'string' ? isOf(value, type) : type.some((each) => isOf(value, each));
}

function isOf(value: unknown, type: string): boolean {
  switch (type) {
    case 'array':
      return Array.isArray(value);
    case 'object':
      return typeof value === 'object' && !Array.isArray(value);
    case 'integer':
      return typeof value === 'number' && Number.isInteger(value);
    default:
      return typeof value === type;
  }
}

function typeText(type: string | readonly string[]): string {
  return typeof type === 'string' ? `a value of type ${type}` : `a value of type ${type.join(' or ')}`;
}

function shown(value: unknown): string {
  if (Array.isArray(value)) return 'a list';
  if (typeof value === 'object') return 'a map';
  return typeof value === 'string' ? JSON.stringify(value.slice(0, 60)) : String(value);
}
