import {
  isAlias,
  isMap,
  isScalar,
  isSeq,
  parseDocument,
  type Document,
  type Node,
  type Pair,
  type YAMLMap,
} from 'yaml';
import type { JsonSchema } from '../../schemas/json-schema.ts';
import { SCHEMA_KINDS } from '../../schemas/kinds.ts';
import { readSchemas, resolveRef } from '../../schemas/schema-files.ts';

/** Ways in which people spoil a file. */
export const MUTATION_KINDS = [
  'misspelt key',
  'wrong type',
  'out of range',
  'missing key',
  'duplicate port',
  'broken reference',
] as const;
export type MutationKind = (typeof MUTATION_KINDS)[number];

type Step = string | number;
/** A number from 0 to below 1. */
export type Random = () => number;

/** A change that can be made to one file. */
export interface Mutation {
  readonly kind: MutationKind;
  readonly file: string;
  readonly path: readonly Step[];
  /** Text of the spoilt file, and the lines where the mistake may be reported: that of the key or value, or of the key around it. */
  apply(random: Random): { readonly text: string; readonly lines: ReadonlySet<number> };
}

/** A map, sequence or scalar of a file with its schema; `around` is the schema of the map that holds it. */
interface Place {
  readonly path: readonly Step[];
  readonly node: Node;
  readonly schema: JsonSchema;
  readonly around: JsonSchema | null;
}

const schemas = readSchemas();

/** The text of a file as the mutations write it, without any. */
export function rewritten(text: string): string {
  return write(parse(text));
}

/** Every mutation that can be made to a file of soa-configs; `ports` are the proxy ports of other files. */
export function mutationsOf(file: string, text: string, ports: readonly number[]): readonly Mutation[] {
  const kind = kindOf(file);
  const contents = parse(text).contents;
  if (kind === undefined || !isMap(contents)) return [];
  const top = deref(`${kind}.schema.json`, schemas.get(`${kind}.schema.json`)!);
  const places = [...placesIn({ path: [], node: contents, schema: top.schema, around: null }, top.file)];
  return places.flatMap((place) => [
    ...keyMutations(file, text, place),
    ...valueMutations(file, text, place),
    ...referenceMutations(kind, file, text, place),
    ...portMutations(kind, file, text, place, ports),
  ]);
}

function kindOf(file: string): string | undefined {
  const matches = (pattern: string): boolean =>
    new RegExp(`^${pattern.replaceAll('.', '\\.').replaceAll('*', '[^/]*')}$`).test(file);
  return SCHEMA_KINDS.find(({ root, files }) => root === 'soa' && files.some(matches))?.kind;
}

function deref(file: string, schema: JsonSchema): { file: string; schema: JsonSchema } {
  if (schema.$ref === undefined) return { file, schema };
  const found = resolveRef(schemas, file, schema.$ref);
  return deref(found.file, found.schema);
}

function* placesIn(place: Place, file: string): Generator<Place> {
  yield place;
  const { node, path, schema } = place;
  if (isMap(node)) {
    for (const { key, value } of pairsOf(node)) {
      const inner = schemaOfKey(schema, key);
      if (inner === null || value === null || isAlias(value)) continue;
      const found = deref(file, inner);
      yield* placesIn({ path: [...path, key], node: value, schema: found.schema, around: schema }, found.file);
    }
  } else if (isSeq(node) && typeof schema.items === 'object') {
    const found = deref(file, schema.items);
    for (const [index, item] of (node.items as Node[]).entries()) {
      if (!isAlias(item))
        yield* placesIn({ path: [...path, index], node: item, schema: found.schema, around: null }, found.file);
    }
  }
}

function pairsOf(map: YAMLMap): readonly { readonly key: string; readonly value: Node | null }[] {
  return (map.items as Pair<Node, Node | null>[]).flatMap(({ key, value }) => {
    const name = isScalar(key) ? String(key.value as string) : '';
    return /^(?:_|<<$|$)/.test(name) ? [] : [{ key: name, value }];
  });
}

function schemaOfKey(schema: JsonSchema, key: string): JsonSchema | null {
  if (Object.hasOwn(schema.properties ?? {}, key)) return schema.properties![key]!;
  const pattern = Object.entries(schema.patternProperties ?? {}).find(([source]) => new RegExp(source).test(key));
  if (pattern !== undefined) return pattern[1];
  return typeof schema.additionalProperties === 'object' ? schema.additionalProperties : null;
}

/** Keys of a closed map, misspelt, and required ones, removed. */
function keyMutations(file: string, text: string, { path, node, schema }: Place): readonly Mutation[] {
  if (!isMap(node)) return [];
  return pairsOf(node).flatMap(({ key }): readonly Mutation[] => {
    const isClosed = schema.additionalProperties === false && Object.hasOwn(schema.properties ?? {}, key);
    const rename = (document: Document, random: Random): readonly Step[] => {
      const taken = [
        ...Object.keys(schema.properties!),
        ...pairsOf(document.getIn(path) as YAMLMap).map((each) => each.key),
      ];
      const wrong = misspelt(key, taken, random);
      const pair = ((document.getIn(path) as YAMLMap).items as Pair<Node>[]).find((each) => String(each.key) === key)!;
      pair.key = document.createNode(wrong);
      return [...path, wrong];
    };
    const remove = (document: Document): readonly Step[] => {
      document.deleteIn([...path, key]);
      return path;
    };
    const at = { file, path: [...path, key] };
    return [
      ...(isClosed ? [mutation({ ...at, kind: 'misspelt key' }, text, rename)] : []),
      ...(schema.required?.includes(key) === true ? [mutation({ ...at, kind: 'missing key' }, text, remove)] : []),
    ];
  });
}

/** A letter dropped, doubled, swapped or replaced. */
function misspelt(name: string, taken: readonly string[], random: Random): string {
  for (;;) {
    const at = Math.floor(random() * name.length);
    const [before, after] = [name.slice(0, at), name.slice(at + 1)];
    const edits = [`${before}${after}`, `${before}${name[at]!}${name[at]!}${after}`, `${before}q${after}`, `${name}s`];
    const wrong = edits[Math.floor(random() * edits.length)]!;
    if (wrong !== '' && !taken.includes(wrong)) return wrong;
  }
}

const SAMPLES = { string: 'word', number: 7.5, boolean: true, array: [7], object: { word: 7 } } as const;

function valueMutations(file: string, text: string, { path, schema, around }: Place): readonly Mutation[] {
  if (path.length === 0 || around === null) return [];
  const types = new Set([schema.type ?? []].flat().map((type) => (type === 'integer' ? 'number' : type)));
  const wrong = Object.entries(SAMPLES).filter(([type]) => !types.has(type as 'string'));
  const bad = outOfRange(schema);
  const at = { file, path };
  return [
    ...(types.size === 0
      ? []
      : [
          mutation(
            { ...at, kind: 'wrong type' },
            text,
            setting(
              path,
              wrong.map(([, value]) => value),
            ),
          ),
        ]),
    ...(bad.length === 0 ? [] : [mutation({ ...at, kind: 'out of range' }, text, setting(path, bad))]),
  ];
}

function outOfRange({ enum: choices, pattern, minimum, exclusiveMinimum, maximum }: JsonSchema): readonly unknown[] {
  return [
    ...(choices === undefined ? [] : ['zzz']),
    ...(pattern === undefined || new RegExp(pattern).test('! ?') ? [] : ['! ?']),
    ...(minimum === undefined ? [] : [minimum - 1]),
    ...(exclusiveMinimum === undefined ? [] : [exclusiveMinimum]),
    ...(maximum === undefined ? [] : [maximum + 1]),
  ];
}

function setting(path: readonly Step[], values: readonly unknown[]) {
  return (document: Document, random: Random): readonly Step[] => {
    document.setIn(path, document.createNode(values[Math.floor(random() * values.length)]));
    return path;
  };
}

/** Keys that name something elsewhere, by the kind of their file. */
const REFERENCES: Readonly<Record<string, RegExp>> = {
  kubernetes:
    /^[^/]+\/(?:deploy_group|pool|registrations\/\d+|dependencies_reference|secret_volumes\/\d+\/secret_name)$/,
  smartstack: /^[^/]+\/(?:discover|advertise\/\d+|proxied_through|clb_proxy)$/,
  deploy: /^pipeline\/\d+\/(?:parallel\/\d+\/)?step$/,
};

function referenceMutations(kind: string, file: string, text: string, { path, node }: Place): readonly Mutation[] {
  const value = isScalar(node) ? node.value : undefined;
  if (typeof value !== 'string') return [];
  const isSecret = kind === 'kubernetes' && /^(?:SHARED_)?SECRET\(/.test(value);
  if (!isSecret && REFERENCES[kind]?.test(path.join('/')) !== true) return [];
  const broken = isSecret ? value.replace(/\)$/, '_gone)') : `${value}_not_in_${kind}`;
  return [mutation({ kind: 'broken reference', file, path }, text, setting(path, [broken]))];
}

function portMutations(
  kind: string,
  file: string,
  text: string,
  { path, node }: Place,
  ports: readonly number[],
): readonly Mutation[] {
  if (kind !== 'smartstack' || path.at(-1) !== 'proxy_port' || !isScalar(node) || ports.length === 0) return [];
  return [mutation({ kind: 'duplicate port', file, path }, text, setting(path, ports))];
}

/** `change` spoils the document and returns the path where the mistake is then. */
function mutation(
  about: Pick<Mutation, 'kind' | 'file' | 'path'>,
  text: string,
  change: (document: Document, random: Random) => readonly Step[],
): Mutation {
  return {
    ...about,
    apply(random) {
      const document = parse(text);
      const path = change(document, random);
      const spoilt = write(document);
      return { text: spoilt, lines: linesOf(spoilt, path) };
    },
  };
}

/** Lines of the key and the value at a path, and of the key around them; the first line for the whole file. */
function linesOf(text: string, path: readonly Step[]): ReadonlySet<number> {
  const lineAt = (offset: number): number => text.slice(0, offset).split('\n').length;
  const lines: number[] = [];
  let node = parse(text).contents as Node | null;
  const starts: number[][] = [[1]];
  for (const step of path) {
    const here: number[] = [];
    if (isMap(node)) {
      const pair = (node.items as Pair<Node, Node | null>[]).find(({ key }) => String(key) === step)!;
      here.push(lineAt(pair.key.range![0]));
      node = pair.value;
    } else if (isSeq(node)) node = node.items[Number(step)] as Node;
    if (node?.range) here.push(lineAt(node.range[0]));
    if (typeof step === 'string') starts.push(here);
    else starts.at(-1)!.push(...here);
  }
  lines.push(...starts.slice(-2).flat());
  return new Set(lines);
}

function parse(text: string): Document {
  return parseDocument(text, { version: '1.1', merge: true });
}

function write(document: Document): string {
  return document.toString({ lineWidth: 0 });
}
