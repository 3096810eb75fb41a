import type { DefaultInfluence } from './defaults.ts';
import type { Effect, Fields } from './influences.ts';
import type { InputLine } from './input-lines.ts';
import type { NameKind } from './renames.ts';

/**
 * How a cause bears on a field: another `value` of it gives the field another one; its `key` is in the field; it says the `same`
 * as another cause, and the field changes only with both; or the field is `there` because of it, and goes or changes without it.
 */
export type Bearing = 'value' | 'key' | 'same' | 'there';

const ORDER: readonly Bearing[] = ['value', 'key', 'same', 'there'];

/** One thing that made a field of a manifest. */
export type Cause =
  | { readonly kind: 'line'; readonly bearing: Bearing; readonly line: InputLine }
  | {
      readonly kind: 'default';
      readonly bearing: Bearing;
      readonly key: string;
      readonly file: string;
      readonly source: string;
    }
  | {
      readonly kind: 'name';
      readonly bearing: Bearing;
      readonly name: NameKind;
      readonly service: string;
      readonly instance: string | null;
    };

/** What made the fields of a compiled cluster's objects. */
export interface Causes {
  /** Of one field and its value, those that set it first. */
  of(object: string, path: string, value: unknown): readonly Cause[];
  /** Without which the object would not be there. */
  ofObject(object: string): readonly Cause[];
}

type Known =
  | Omit<Extract<Cause, { kind: 'line' }>, 'bearing'>
  | Omit<Extract<Cause, { kind: 'default' }>, 'bearing'>
  | Omit<Extract<Cause, { kind: 'name' }>, 'bearing'>;

/** Collects causes by what they do. */
export class CauseBook implements Causes {
  /** Objects of no single service. */
  readonly #shared: ReadonlySet<string>;
  readonly #fields = new Map<string, Cause[]>();
  readonly #objects = new Map<string, Cause[]>();
  /** Everything that bears on some field of an object. */
  readonly #known = new Map<string, Set<Known>>();
  /** Lines that name a team. */
  readonly #teams = new Set<Known>();

  constructor(shared: ReadonlySet<string>) {
    this.#shared = shared;
  }

  add(cause: Known, changed: Effect, removed: Effect = changed): void {
    if (cause.kind === 'line' && cause.line.path.at(-1) === 'team') this.#teams.add(cause);
    const told = new Set<string>();
    const tell = (bearing: Bearing, fields: Fields, isMeant: (value: unknown) => boolean = () => true): void => {
      for (const [object, paths] of fields) {
        for (const [path, value] of paths) {
          const field = `${object} ${path}`;
          if (told.has(field) || !isMeant(value)) continue;
          told.add(field);
          this.#known.set(object, (this.#known.get(object) ?? new Set()).add(cause));
          push(this.#fields, field, { ...cause, bearing });
        }
      }
    };
    tell('value', changed.changed);
    // What another value makes go, or another key renames, is made of that value or key.
    const given = textOf(cause);
    tell('value', changed.lost, (value) => given !== null && isMadeOf(value, given));
    tell('key', removed.changed, (value) => cause.kind === 'line' && value === cause.line.path.at(-1));
    for (const fields of [changed.lost, removed.lost, removed.changed]) tell('there', fields);
    for (const object of new Set([...changed.gone, ...removed.gone])) {
      push(this.#objects, object, { ...cause, bearing: 'there' });
    }
  }

  addDefault({ key, file, source, effect }: DefaultInfluence): void {
    this.add({ kind: 'default', key, file, source }, effect);
  }

  of(object: string, path: string, value: unknown): readonly Cause[] {
    const found = this.#fields.get(`${object} ${path}`);
    const same = found?.some(({ bearing }) => bearing !== 'there') ? [] : this.#same(object, value, found);
    return [...(found ?? []), ...same].sort((a, b) => ORDER.indexOf(a.bearing) - ORDER.indexOf(b.bearing));
  }

  /** Two lines that say the same keep a field when only one of them changes; so do services that name the same team. */
  #same(object: string, value: unknown, found: readonly Cause[] | undefined): readonly Cause[] {
    const text = String(value);
    if (typeof value === 'object' || text.length < 3 || /^(?:true|false)$/.test(text)) return [];
    const own =
      found === undefined ? [...(this.#known.get(object) ?? [])].filter((cause) => saysSame(cause, text)) : [];
    const teams = this.#shared.has(object) ? [...this.#teams].filter((cause) => namesTeam(cause, text)) : [];
    return [...new Set([...own, ...teams])].map((cause) => ({ ...cause, bearing: 'same' }));
  }

  ofObject(object: string): readonly Cause[] {
    return this.#objects.get(object) ?? [];
  }
}

function saysSame(cause: Known, text: string): boolean {
  if (cause.kind === 'default') return cause.source.endsWith(` ${text}`);
  if (cause.kind === 'name') return false;
  const { path, scalar } = cause.line;
  return path.at(-1) === text || (scalar != null && String(scalar) === text);
}

/** Whether a text holds the team that a line names, as in `slack_web`. */
function namesTeam(cause: Known, text: string): boolean {
  const team = cause.kind === 'line' ? String(cause.line.scalar) : '';
  const at = text.indexOf(team);
  const isLetter = (place: number): boolean => /[A-Za-z0-9]/.test(text.charAt(place));
  return team !== '' && at >= 0 && !isLetter(at - 1) && !isLetter(at + team.length);
}

/** What a cause says, where it is a text. */
function textOf(cause: Known): string | null {
  if (cause.kind === 'line') return typeof cause.line.scalar === 'string' ? cause.line.scalar : null;
  if (cause.kind === 'default') return null;
  return cause.name === 'service' ? cause.service : cause.name === 'instance' ? cause.instance : null;
}

function isMadeOf(value: unknown, text: string): boolean {
  if (typeof value !== 'string' || value.length < 2 || text.length < 2) return false;
  return value.includes(text) || text.includes(value);
}

function push<T>(map: Map<string, T[]>, key: string, item: T): void {
  const list = map.get(key);
  if (list === undefined) map.set(key, [item]);
  else list.push(item);
}
