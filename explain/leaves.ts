import { isJsonMap } from '../compiler/emit/json-data.ts';

/** A step into a document: a key of a map, or an item of a list under its place and, where items have one, its name. */
export type Step = string | { readonly index: number; readonly key: string | null; readonly name: string | null };

/** A field that holds no other: a scalar, or an empty map or list. */
export interface Leaf {
  readonly path: readonly Step[];
  readonly value: unknown;
}

/** What names the items of a list, whichever all of them have and no two share. */
const ITEM_KEYS = ['name', 'mountPath', 'containerPort', 'topologyKey', 'key'] as const;

/** Every leaf of a document by its path as text: `spec.template.spec.containers[name=main].image`. */
export function leavesOf(document: unknown): ReadonlyMap<string, Leaf> {
  const leaves = new Map<string, Leaf>();
  collect(document, [], leaves);
  return leaves;
}

/** A path as people write it. */
export function pathText(path: readonly Step[]): string {
  return path.reduce<string>((text, step) => {
    if (typeof step === 'string') return text === '' ? step : `${text}.${step}`;
    return `${text}[${step.name === null ? step.index : `${step.key!}=${step.name}`}]`;
  }, '');
}

/** A path with items of lists by their place, whatever they are called. */
export function placeText(path: readonly Step[]): string {
  return path.map((step) => (typeof step === 'string' ? `.${step}` : `[${step.index}]`)).join('');
}

/**
 * Whether a text names a path or something around it: items of lists by index (`[0]`, `.0`), by name (`[main]`) or by key and
 * name (`[name=main]`), keys also in brackets and quotes. The empty text is around everything.
 */
export function isWithin(path: readonly Step[], text: string): boolean {
  if (text === '') return true;
  const [step, ...rest] = path;
  if (step === undefined) return false;
  return spellings(step).some(
    (spelling) => text.startsWith(spelling) && isEnd(text, spelling) && isWithin(rest, text.slice(spelling.length)),
  );
}

function isEnd(text: string, spelling: string): boolean {
  const next = text[spelling.length];
  return next === undefined || next === '.' || next === '[';
}

function spellings(step: Step): readonly string[] {
  if (typeof step === 'string') return [`.${step}`, `["${step}"]`, `['${step}']`, `[${step}]`];
  const { index, key, name } = step;
  const named = name === null ? [] : [`[${key!}=${name}]`, `[${key!}="${name}"]`, `[${name}]`];
  return [`[${index}]`, `.${index}`, ...named];
}

function collect(value: unknown, path: readonly Step[], leaves: Map<string, Leaf>): void {
  const inner = children(value);
  if (inner.length === 0) leaves.set(pathText(path), { path, value });
  for (const [step, child] of inner) collect(child, [...path, step], leaves);
}

function children(value: unknown): readonly (readonly [Step, unknown])[] {
  if (isJsonMap(value)) return Object.entries(value);
  if (!Array.isArray(value)) return [];
  const items = value as readonly unknown[];
  const key = ITEM_KEYS.find((each) => isNaming(items, each)) ?? null;
  return items.map((item, index) => [{ index, key, name: key === null ? null : String((item as never)[key]) }, item]);
}

function isNaming(items: readonly unknown[], key: string): boolean {
  const names = items.map((item) => (isJsonMap(item) ? item[key] : undefined));
  return (
    names.every((name) => typeof name === 'string' || typeof name === 'number') && new Set(names).size === names.length
  );
}
