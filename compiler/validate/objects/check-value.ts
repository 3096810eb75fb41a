import { didYouMean } from '../../diagnostics/did-you-mean.ts';
import { isShared } from '../../model/shared-part.ts';
import type { ObjectNode, ObjectSchema } from './object-schema.ts';

/** Something that the API server would refuse, and where in the object. */
export interface ObjectProblem {
  /** Such as `spec.template.spec.containers[0].ports`. */
  readonly path: string;
  readonly message: string;
  readonly hint?: string;
}

const QUANTITY_TEXT = /^[+-]?(?:\d{1,30}(?:\.\d{0,30})?|\.\d{1,30})(?:[KMGTPE]i|[numkMGTPE]|[eE][+-]?\d{1,5})?$/;

/** By shared part, the schemas that refuse nothing in it. */
const RIGHT_PARTS = new WeakMap<object, Set<ObjectNode>>();

type Members = Readonly<Record<string, unknown>>;

/** What a schema of the API refuses in an object; a null counts as unset, as for the API server. */
export function checkValue(object: unknown, node: ObjectNode, problems: ObjectProblem[]): void {
  new Walk(problems).value(object, node, 0);
}

/** A walk over an object beside its schema, which spells out where it is only for problems. */
class Walk {
  readonly #problems: ObjectProblem[];
  /** The way to the value in hand; steps behind its depth are left over. */
  readonly #steps: (string | number)[] = [];

  constructor(problems: ObjectProblem[]) {
    this.#problems = problems;
  }

  value(value: unknown, node: ObjectNode, depth: number): void {
    if (value === null || value === undefined) return;
    const { schema } = node;
    if (!hasType(value, node)) {
      this.#report(depth, `is ${shown(value)}, expected ${typeText(schema.type!)}`);
      return;
    }
    if (node.isQuantity && typeof value === 'string' && !QUANTITY_TEXT.test(value)) {
      this.#report(depth, `is ${shown(value)}, expected a quantity such as "512Mi"`);
    }
    if (schema.enum?.includes(value) === false) {
      this.#report(depth, `is ${shown(value)}, expected one of ${schema.enum.map(String).join(', ')}`);
    }
    if (typeof value === 'object') {
      if (isShared(value)) this.#shared(value, node, depth);
      else this.#inside(value, node, depth);
    } else if (typeof value === 'number') this.#range(value, schema, depth);
  }

  #inside(part: object, node: ObjectNode, depth: number): void {
    if (Array.isArray(part)) this.#items(part, node, depth);
    else this.#members(part as Members, node, depth);
  }

  /** A shared part that is right under a schema once is right under it everywhere. */
  #shared(part: object, node: ObjectNode, depth: number): void {
    const right = RIGHT_PARTS.get(part);
    if (right?.has(node)) return;
    const found = this.#problems.length;
    this.#inside(part, node, depth);
    if (this.#problems.length > found) return;
    if (right === undefined) RIGHT_PARTS.set(part, new Set([node]));
    else right.add(node);
  }

  #range(value: number, { minimum, maximum }: ObjectSchema, depth: number): void {
    if (minimum !== undefined && value < minimum) this.#report(depth, `is ${value}, expected at least ${minimum}`);
    if (maximum !== undefined && value > maximum) this.#report(depth, `is ${value}, expected at most ${maximum}`);
  }

  #items(items: readonly unknown[], node: ObjectNode, depth: number): void {
    const { 'x-keys': keys } = node.schema;
    const seen = keys === undefined || items.length < 2 ? undefined : new Set<unknown>();
    const inner = node.inside.items;
    for (let index = 0; index < items.length; index++) {
      const item = items[index];
      this.#steps[depth] = index;
      if (inner !== null) this.value(item, inner, depth + 1);
      if (seen === undefined || typeof item !== 'object' || item === null) continue;
      if (isRepeated(seen, item as Members, keys!)) {
        this.#report(depth + 1, `has the same ${keys!.join(' and ')} as an item before it`);
      }
    }
  }

  #members(map: Members, node: ObjectNode, depth: number): void {
    const { required } = node.schema;
    if (required !== undefined) this.#required(map, required, depth);
    const { isOpen } = node;
    const { members, other } = node.inside;
    if (members.size === 0 && other === null && isOpen) return;
    for (const key in map) {
      const inner = members.get(key) ?? other;
      this.#steps[depth] = key;
      if (inner !== null) this.value(map[key], inner, depth + 1);
      else if (!isOpen) this.#report(depth + 1, 'is no field of the API', didYouMean(key, [...members.keys()]));
    }
  }

  #required(map: Members, keys: readonly string[], depth: number): void {
    for (const key of keys) {
      if (map[key] === undefined || map[key] === null) this.#report(depth, `has no ${key}`);
    }
  }

  #report(depth: number, message: string, hint: { readonly hint?: string } = {}): void {
    this.#problems.push({ path: pathText(this.#steps.slice(0, depth)), message, ...hint });
  }
}

/** Whether an item has the same keys as one before it. */
function isRepeated(seen: Set<unknown>, item: Members, keys: readonly string[]): boolean {
  const identity = keys.length === 1 ? item[keys[0]!] : JSON.stringify(keys.map((key) => item[key]));
  if (seen.has(identity)) return true;
  seen.add(identity);
  return false;
}

function pathText(steps: readonly (string | number)[]): string {
  return steps.reduce<string>((text, step) => {
    if (typeof step === 'number') return `${text}[${step}]`;
    return text === '' ? step : `${text}.${step}`;
  }, '');
}

function hasType(value: unknown, node: ObjectNode): boolean {
  switch (typeof value) {
    case 'string':
      return node.takesText;
    case 'object':
      return Array.isArray(value) ? node.takesList : node.takesMap;
    case 'number':
      return node.takesNumber && (!node.isWhole || Number.isInteger(value));
    case 'boolean':
      return node.takesBoolean;
    default:
      return node.schema.type === undefined;
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
