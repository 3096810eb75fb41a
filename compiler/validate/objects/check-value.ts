import { didYouMean } from '../../diagnostics/did-you-mean.ts';
import { follow, QUANTITY_SCHEMA, type ObjectSchema } from './object-schema.ts';

/** Something that the API server would refuse, and where in the object. */
export interface ObjectProblem {
  /** Such as `spec.template.spec.containers[0].ports`. */
  readonly path: string;
  readonly message: string;
  readonly hint?: string;
}

const QUANTITY_TEXT = /^[+-]?(?:\d{1,30}(?:\.\d{0,30})?|\.\d{1,30})(?:[KMGTPE]i|[numkMGTPE]|[eE][+-]?\d{1,5})?$/;

type Members = Readonly<Record<string, unknown>>;

/** What a schema of the API refuses in an object; a null counts as unset, as for the API server. */
export function checkValue(object: unknown, schema: ObjectSchema, problems: ObjectProblem[]): void {
  new Walk(problems).value(object, schema);
}

/** A walk over an object beside its schema, which spells out where it is only for problems. */
class Walk {
  readonly #problems: ObjectProblem[];
  readonly #steps: (string | number)[] = [];

  constructor(problems: ObjectProblem[]) {
    this.#problems = problems;
  }

  value(value: unknown, reference: ObjectSchema): void {
    if (value === null || value === undefined) return;
    const schema = follow(reference);
    if (schema.type !== undefined && !hasType(value, schema.type)) {
      this.#report(`is ${shown(value)}, expected ${typeText(schema.type)}`);
      return;
    }
    if (schema === QUANTITY_SCHEMA && typeof value === 'string' && !QUANTITY_TEXT.test(value)) {
      this.#report(`is ${shown(value)}, expected a quantity such as "512Mi"`);
    }
    if (schema.enum?.includes(value) === false) {
      this.#report(`is ${shown(value)}, expected one of ${schema.enum.map(String).join(', ')}`);
    }
    if (typeof value === 'number') this.#range(value, schema);
    else if (Array.isArray(value)) this.#items(value, schema);
    else if (typeof value === 'object') this.#members(value as Members, schema);
  }

  #range(value: number, { minimum, maximum }: ObjectSchema): void {
    if (minimum !== undefined && value < minimum) this.#report(`is ${value}, expected at least ${minimum}`);
    if (maximum !== undefined && value > maximum) this.#report(`is ${value}, expected at most ${maximum}`);
  }

  #items(items: readonly unknown[], { items: schema, 'x-keys': keys }: ObjectSchema): void {
    const seen = keys === undefined || items.length < 2 ? undefined : new Set<unknown>();
    for (const [index, item] of items.entries()) {
      this.#steps.push(index);
      if (schema !== undefined) this.value(item, schema);
      if (seen !== undefined && typeof item === 'object' && item !== null) this.#unlike(seen, item as Members, keys!);
      this.#steps.pop();
    }
  }

  /** Reports an item that has the same keys as one before it. */
  #unlike(seen: Set<unknown>, item: Members, keys: readonly string[]): void {
    const identity = keys.length === 1 ? item[keys[0]!] : JSON.stringify(keys.map((key) => item[key]));
    if (seen.has(identity)) this.#report(`has the same ${keys.join(' and ')} as an item before it`);
    seen.add(identity);
  }

  #members(map: Members, { properties, additionalProperties, required }: ObjectSchema): void {
    for (const key of required ?? []) {
      if (map[key] === undefined || map[key] === null) this.#report(`has no ${key}`);
    }
    if (properties === undefined && additionalProperties === undefined) return;
    for (const key in map) {
      this.#steps.push(key);
      const known = properties !== undefined && Object.hasOwn(properties, key) ? properties[key] : undefined;
      const schema = known ?? additionalProperties;
      if (typeof schema === 'object') this.value(map[key], schema);
      else if (schema === false) {
        this.#report('is no field of the API', didYouMean(key, Object.keys(properties ?? {})));
      }
      this.#steps.pop();
    }
  }

  #report(message: string, hint: { readonly hint?: string } = {}): void {
    this.#problems.push({ path: pathText(this.#steps), message, ...hint });
  }
}

function pathText(steps: readonly (string | number)[]): string {
  return steps.reduce<string>((text, step) => {
    if (typeof step === 'number') return `${text}[${step}]`;
    return text === '' ? step : `${text}.${step}`;
  }, '');
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
