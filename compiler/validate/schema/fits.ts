import { duplicateItem } from '../../../schemas/duplicate-item.ts';
import type { JsonSchema, JsonType } from '../../../schemas/json-schema.ts';
import { schemaAt } from '../../../schemas/map-schema.ts';
import { PyFloat, type YamlMap, type YamlValue } from '../../model/yaml-value.ts';
import { plainNumber, plainView } from './plain-view.ts';

/** Whether a value, or one of a certain type, fits. */
export type Fits<Value = YamlValue> = (value: Value) => boolean;

/** What a schema says of the values of one type: all fit, none does, or it depends. */
type Part<Value> = boolean | Fits<Value>;

/** A schema by the types of values: most say nothing about any type but one. */
interface Parts {
  readonly text: Part<string>;
  readonly number: Part<number>;
  readonly boolean: boolean;
  readonly nothing: boolean;
  readonly list: Part<readonly YamlValue[]>;
  readonly map: Part<YamlMap>;
}

/** The schema of a file such as `kubernetes.schema.json`. */
type SchemaFiles = (file: string) => JsonSchema;

/** The file that the references of a schema start from, and the schemas behind references that were compiled already. */
interface Place {
  readonly file: string;
  readonly files: SchemaFiles;
  readonly made: Map<string, Fits>;
}

/**
 * What makes functions that tell whether a document has no error at all, notes included. They say exactly what the generated
 * validators say of `plainView`, and nothing about why: they look at the keys that are there and not at all that may be,
 * which costs a fraction.
 */
export function schemaTests(read: SchemaFiles): (file: string) => Fits {
  const made = new Map<string, Fits>();
  const schemas = new Map<string, JsonSchema>();
  const files = (file: string): JsonSchema => {
    const schema = schemas.get(file) ?? read(file);
    schemas.set(file, schema);
    return schema;
  };
  return (file) => referred('', { file, files, made });
}

function compile(schema: boolean | JsonSchema, place: Place): Fits {
  if (typeof schema === 'boolean') return () => schema;
  if (NOTES.some((note) => schema[note] === true)) return () => false;
  const types = schema.type === undefined ? undefined : new Set([schema.type].flat());
  const has = (type: JsonType): boolean => types === undefined || types.has(type);
  const parts = {
    text: has('string') && textPart(schema),
    number: (has('number') || has('integer')) && numberPart(schema, types),
    boolean: has('boolean'),
    nothing: has('null'),
    list: has('array') && listPart(schema, place),
    map: has('object') && mapPart(schema, place),
  };
  return together(parts, rulesOf(schema, place));
}

/** Keywords that report each use of a key. */
const NOTES = ['deprecated', 'x-no-effect', 'x-eks-only', 'x-unlisted'] as const;

function together(parts: Parts, rules: readonly Fits[]): Fits {
  const isOpen = Object.values(parts).every((part) => part === true);
  return (isOpen && rules.length > 0 ? rules : [byType(parts), ...rules]).reduce(both);
}

function byType({ text, number, boolean, nothing, list, map }: Parts): Fits {
  return (value) => {
    if (typeof value === 'string') return typeof text === 'boolean' ? text : text(value);
    if (typeof value === 'boolean') return boolean;
    if (value === null) return nothing;
    if (typeof value !== 'object' || value instanceof PyFloat) {
      return typeof number === 'boolean' ? number : number(plainNumber(value));
    }
    if (Array.isArray(value)) return typeof list === 'boolean' ? list : list(value as readonly YamlValue[]);
    return typeof map === 'boolean' ? map : map(value as YamlMap);
  };
}

function textPart({ pattern, minLength = 0, maxLength = Infinity }: JsonSchema): Part<string> {
  const regex = pattern === undefined ? null : new RegExp(pattern, 'u');
  if (minLength === 0 && maxLength === Infinity) return regex === null || ((text) => regex.test(text));
  return (text) => {
    // A character is one unit or two.
    const { length } = text.length >= 2 * minLength - 1 && text.length <= maxLength ? text : [...text];
    return length >= minLength && length <= maxLength && (regex === null || regex.test(text));
  };
}

function numberPart(schema: JsonSchema, types: ReadonlySet<string> | undefined): Part<number> {
  const { minimum = -Infinity, maximum = Infinity, exclusiveMinimum = -Infinity, multipleOf } = schema;
  const isWhole = types?.has('number') === false;
  const isOpen = minimum === -Infinity && maximum === Infinity && exclusiveMinimum === -Infinity;
  if (types === undefined && isOpen && multipleOf === undefined) return true;
  return (number) => {
    if (!Number.isFinite(number)) return types === undefined;
    if (isWhole && !Number.isInteger(number)) return false;
    if (number < minimum || number > maximum || number <= exclusiveMinimum) return false;
    return multipleOf === undefined || isMultiple(number, multipleOf);
  };
}

/** As ajv tells it. */
function isMultiple(number: number, of: number): boolean {
  const times = number / of;
  return times === parseInt(String(times));
}

function listPart(schema: JsonSchema, place: Place): Part<readonly YamlValue[]> {
  const { minItems = 0, maxItems = Infinity, uniqueItems = false, items = true, prefixItems = [], contains } = schema;
  const first = prefixItems.map((each) => compile(each, place));
  const other = items === true ? null : compile(items, place);
  const contained = contains && compile(contains, place);
  if (minItems === 0 && maxItems === Infinity && !uniqueItems && !other && first.length === 0 && !contained)
    return true;
  return (list) => {
    const { length } = list;
    if (length < minItems || length > maxItems) return false;
    for (let index = 0; index < length; index++) {
      const fits = first[index] ?? other;
      if (fits !== null && !fits(list[index]!)) return false;
    }
    if (contained !== undefined && !list.some((item) => contained(item))) return false;
    return !uniqueItems || length < 2 || isUnique(list);
  };
}

function isUnique(list: readonly YamlValue[]): boolean {
  if (list.every((item) => typeof item === 'string')) return new Set(list).size === list.length;
  return duplicateItem(plainView(list).value as readonly unknown[]) === null;
}

function mapPart(schema: JsonSchema, place: Place): Part<YamlMap> {
  const { required = [], dependentRequired, dependentSchemas } = schema;
  const parts: readonly Fits<YamlMap>[] = [
    ...required.map(hasKey),
    ...membersParts(schema, place),
    ...Object.entries(dependentRequired ?? {}).map(([key, keys]) => either(hasNot(key), keys.map(hasKey).reduce(both))),
    ...[...compiled(dependentSchemas, place)].map(([key, fits]) => either(hasNot(key), fits)),
  ];
  return parts.length === 0 || parts.reduce(both);
}

/** What a schema says of the members. Where any key may be there, the known ones alone are looked up. */
function membersParts(schema: JsonSchema, place: Place): readonly Fits<YamlMap>[] {
  const { minProperties, propertyNames, properties = {}, patternProperties, additionalProperties = true } = schema;
  const isOpen = additionalProperties === true && patternProperties === undefined;
  if (!isOpen || propertyNames !== undefined || minProperties !== undefined) return [everyMember(schema, place)];
  const known = new KnownMembers(properties, place);
  return Object.keys(properties).map((key) => (map) => map[key] === undefined || known.get(key)!(map[key]));
}

/** The members that a schema names. What it says of one is compiled when it is there: of many that may be, few are. */
class KnownMembers {
  readonly #place: Place;
  readonly #schemas: ReadonlyMap<string, JsonSchema>;
  readonly #made = new Map<string, Fits>();

  constructor(schemas: Readonly<Record<string, JsonSchema>>, place: Place) {
    this.#schemas = new Map(Object.entries(schemas));
    this.#place = place;
  }

  get(name: string): Fits | undefined {
    return this.#made.get(name) ?? this.#make(name);
  }

  #make(name: string): Fits | undefined {
    const schema = this.#schemas.get(name);
    if (schema === undefined) return undefined;
    const fits = compile(schema, this.#place);
    this.#made.set(name, fits);
    return fits;
  }
}

function everyMember(schema: JsonSchema, place: Place): Fits<YamlMap> {
  const { minProperties = 0, propertyNames, properties = {}, patternProperties, additionalProperties = true } = schema;
  const known = new KnownMembers(properties, place);
  const names = propertyNames && compile(propertyNames, place);
  const patterns = [...compiled(patternProperties, place)].map(
    ([text, fits]) => [new RegExp(text, 'u'), fits] as const,
  );
  const other = compile(additionalProperties, place);
  const testOf = (key: string): Fits => {
    const matching = patterns.filter(([regex]) => regex.test(key)).map(([, fits]) => fits);
    const own = known.get(key);
    const all = own === undefined ? matching : [own, ...matching];
    return all.length === 0 ? other : all.reduce(both);
  };
  return (map) => {
    let count = 0;
    for (const key in map) {
      count++;
      if (names !== undefined && !names(key)) return false;
      const fits = patterns.length === 0 ? (known.get(key) ?? other) : testOf(key);
      if (!fits(map[key]!)) return false;
    }
    return count >= minProperties;
  };
}

function hasKey(key: string): Fits<YamlMap> {
  return (map) => map[key] !== undefined;
}

function hasNot(key: string): Fits<YamlMap> {
  return (map) => map[key] === undefined;
}

function both<Value>(a: Fits<Value>, b: Fits<Value>): Fits<Value> {
  return (value) => a(value) && b(value);
}

function either<Value>(a: Fits<Value>, b: Fits<Value>): Fits<Value> {
  return (value) => a(value) || b(value);
}

function compiled(schemas: Readonly<Record<string, JsonSchema>> = {}, place: Place): ReadonlyMap<string, Fits> {
  return new Map(Object.entries(schemas).map(([name, schema]) => [name, compile(schema, place)]));
}

function rulesOf(schema: JsonSchema, place: Place): readonly Fits[] {
  const rules: Fits[] = [];
  const { $ref, enum: values, allOf = [], not } = schema;
  if (values !== undefined) rules.push(isOneOf(values));
  if ('const' in schema) rules.push(isOneOf([schema.const]));
  if ($ref !== undefined) rules.push(referred($ref, place));
  for (const each of allOf) rules.push(compile(each, place));
  if (not !== undefined) {
    const refused = compile(not, place);
    rules.push((value) => !refused(value));
  }
  if (schema.if !== undefined) {
    const [condition, yes, no] = [schema.if, schema.then ?? true, schema.else ?? true].map((each) =>
      compile(each, place),
    );
    rules.push((value) => (condition!(value) ? yes!(value) : no!(value)));
  }
  return rules;
}

/** Schemas here list no maps, lists or fractions. */
function isOneOf(values: readonly unknown[]): Fits {
  const set = new Set(values);
  return (value) => set.has(typeof value === 'bigint' || value instanceof PyFloat ? plainNumber(value) : value);
}

function referred($ref: string, { file, files, made }: Place): Fits {
  const [name, pointer = ''] = $ref.split('#') as [string, string?];
  const target = name === '' ? file : name;
  const id = `${target}#${pointer}`;
  const known = made.get(id);
  if (known !== undefined) return known;
  made.set(id, (value) => made.get(id)!(value)); // for a schema that refers to itself
  const fits = compile(schemaAt(files(target), pointer)!, { file: target, files, made });
  made.set(id, fits);
  return fits;
}
