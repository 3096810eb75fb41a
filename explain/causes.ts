import { parseJson, parseYaml } from '../compiler/load/yaml/index.ts';
import type { Root } from '../compiler/diagnostics/diagnostic.ts';
import { WORKLOAD_TYPES } from '../compiler/model/service-sources.ts';
import type { TreeReader } from '../compiler/model/tree-reader.ts';
import { instanceDefaults, systemDefaults, type DefaultInfluence } from './defaults.ts';
import { influencesOf, type Effect, type Fields } from './influences.ts';
import { inputLines, type InputLine } from './input-lines.ts';
import { nameInfluences, type NameKind } from './renames.ts';
import type { World, WorldInput } from './world.ts';

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

/** Finds the causes of everything that some instances of some services make, by trying what would change it. */
export async function findCauses(world: World, input: WorldInput, subjects: readonly Subject[]): Promise<Causes> {
  const book = new Book();
  for (const { line, changed, removed } of await influencesOf(world, relevantLines(world, subjects))) {
    book.add({ kind: 'line', line }, changed, removed);
  }
  for (const found of await systemDefaults(world)) book.addDefault(found);
  for (const { service, instances } of subjects) {
    for (const instance of instances) {
      for (const found of await instanceDefaults(world, service, instance)) book.addDefault(found);
    }
    for (const instance of instances.length === 0 ? [null] : instances) {
      for (const { name, effect } of await nameInfluences(world, { ...input, service }, instance)) {
        book.add({ kind: 'name', name, service, instance }, effect);
      }
    }
  }
  return book;
}

/** A service, and the instances of it that matter; none: all. */
export interface Subject {
  readonly service: string;
  readonly instances: readonly string[];
}

/** Every line of the files that were read for the instances, and of the cluster's system configuration. */
function relevantLines(world: World, subjects: readonly Subject[]): readonly InputLine[] {
  const files = new Set(subjects.flatMap(({ service }) => world.readers.filesOf(service)));
  const isOther = otherInstances(world, subjects);
  return [
    ...[...files].flatMap((file) => linesOf(world.soa, 'soa', file)).filter((line) => !isOther(line)),
    ...world.systemFiles.flatMap((file) => linesOf(world.system, 'system', file)),
  ];
}

/** Lines that are about another instance alone, or that nothing reads: trying them would only cost time. */
function otherInstances(world: World, subjects: readonly Subject[]): (line: InputLine) => boolean {
  const wanted = new Map<string, ReadonlySet<string>>();
  for (const { service, instances } of subjects) {
    if (instances.length === 0) continue;
    for (const type of WORKLOAD_TYPES)
      wanted.set(`${service}/${type}-${world.config.cluster}.yaml`, new Set(instances));
  }
  return ({ file, path }) => {
    if (file.endsWith('/deployments.json')) return path[0] === 'v1';
    const instances = wanted.get(file);
    const top = String(path[0]);
    return instances !== undefined && !top.startsWith('_') && !instances.has(top);
  };
}

function linesOf(reader: TreeReader, root: Root, file: string): readonly InputLine[] {
  const read = reader.read(file);
  if (read.kind !== 'file' || !/\.(?:ya?ml|json)$/.test(file)) return [];
  const parse = file.endsWith('.json') ? parseJson : parseYaml;
  const { document } = parse(read.bytes, { root, file });
  return document === undefined ? [] : inputLines(document);
}

class Book implements Causes {
  readonly #fields = new Map<string, Cause[]>();
  readonly #objects = new Map<string, Cause[]>();
  /** Everything that bears on some field of an object. */
  readonly #known = new Map<string, Set<Known>>();

  add(cause: Known, changed: Effect, removed: Effect = changed): void {
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
    const { scalar, path } = cause.kind === 'line' ? cause.line : { scalar: undefined, path: [] };
    tell('value', changed.lost, (value) => typeof scalar === 'string' && isMadeOf(value, scalar));
    tell('key', removed.changed, (value) => value === path.at(-1));
    for (const fields of [changed.lost, removed.lost, removed.changed]) tell('there', fields);
    for (const object of new Set([...changed.gone, ...removed.gone])) {
      push(this.#objects, object, { ...cause, bearing: 'there' });
    }
  }

  addDefault({ key, file, source, effect }: DefaultInfluence): void {
    this.add({ kind: 'default', key, file, source }, effect);
  }

  of(object: string, path: string, value: unknown): readonly Cause[] {
    const found = this.#fields.get(`${object} ${path}`) ?? this.#equal(object, value);
    return [...found].sort((a, b) => ORDER.indexOf(a.bearing) - ORDER.indexOf(b.bearing));
  }

  /** Two lines that say the same keep a field when only one of them changes. */
  #equal(object: string, value: unknown): readonly Cause[] {
    const text = String(value);
    if (typeof value === 'object' || text.length < 3 || /^(?:true|false)$/.test(text)) return [];
    return [...(this.#known.get(object) ?? [])].flatMap((cause): readonly Cause[] => {
      const { line, source } = { line: undefined, source: undefined, ...cause };
      const isSame =
        line === undefined
          ? source?.endsWith(` ${text}`)
          : line.path.at(-1) === value || (line.scalar != null && String(line.scalar) === text);
      return isSame === true ? [{ ...cause, bearing: 'same' }] : [];
    });
  }

  ofObject(object: string): readonly Cause[] {
    return this.#objects.get(object) ?? [];
  }
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
