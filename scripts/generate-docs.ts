/** The pages of docs/keys: for each kind of file a table of its keys, from the schemas. */
import { dump } from 'js-yaml';
import type { JsonSchema } from '../schemas/json-schema.ts';
import { SCHEMA_KINDS, type SchemaKind } from '../schemas/kinds.ts';
import { resolveRef, type SchemaSet } from '../schemas/schema-files.ts';
import { keyNotes } from './generate-docs-notes.ts';
import { typeText, type Place } from './generate-docs-types.ts';

const COLUMNS = ['Key', 'Type', 'Default', 'Effect', 'Notes'];

/** One key of a page: its dotted path from the top of the table, and what stands in the schema. */
interface Row {
  readonly path: string;
  readonly schema: JsonSchema;
  readonly target: JsonSchema;
  readonly file: string;
  readonly isRequired: boolean;
}

/** Pages by file name in docs/keys. */
export function keyPages(schemas: SchemaSet): ReadonlyMap<string, string> {
  const pages = SCHEMA_KINDS.map((kind) => [`${kind.kind}.md`, page(kind, schemas)] as const);
  return new Map([['README.md', index(schemas)], ...pages]);
}

function index(schemas: SchemaSet): string {
  const rows = SCHEMA_KINDS.map(({ kind, files, root }) => {
    const schema = schemas.get(`${kind}.schema.json`)!;
    const where = files.length === 0 ? 'inside instances' : `${files.map(code).join(', ')} (${ROOTS[root]})`;
    return `| [${prose(schema.title ?? kind)}](${kind}.md) | ${where} | ${cell(firstSentence(schema.description ?? ''))} |`;
  });
  return [
    '# Keys of every input file',
    GENERATED,
    'One page for each kind of file. A default is the value that is really used when a key is absent. Notes say what a value',
    'must fulfil, and where PaaSTA differs: **ours** marks keys that PaaSTA does not know, **eks only** those that its',
    '`validate` takes in `eks-` files only, **unlisted** those that its code reads and its `validate` refuses, **no effect**',
    'those that change nothing on Kubernetes.',
    '',
    '| File | Where | What it is |',
    '|---|---|---|',
    ...rows,
    '',
  ].join('\n');
}

function page({ kind, files, root }: SchemaKind, schemas: SchemaSet): string {
  const file = `${kind}.schema.json`;
  const top = schemas.get(file)!;
  const ignored = Object.entries(top.properties ?? {}).filter(([, schema]) => schema['x-ignored'] === true);
  return [
    `# ${prose(top.title ?? kind)}`,
    GENERATED,
    prose(top.description ?? ''),
    '',
    ...(files.length === 0 ? [] : [`Files: ${files.map(code).join(', ')}, relative to ${ROOTS[root]}.`, '']),
    ...tables({ file, schema: top }, schemas),
    ...ignoredTable(ignored),
    ...example(top, files),
  ].join('\n');
}

/** The table of a file, or of what stands under each name in it. */
function tables(place: Place, schemas: SchemaSet): readonly string[] {
  const own = resolved(place, schemas);
  const each = own.schema.additionalProperties;
  if (typeof each !== 'object') return table('Keys', own, schemas);
  const inner = resolved({ file: own.file, schema: each }, schemas);
  const title = inner.schema.title ?? 'Entry';
  return [
    ...(inner.schema.description === undefined ? [] : [prose(inner.schema.description), '']),
    ...table(title, inner, schemas),
  ];
}

function table(title: string, place: Place, schemas: SchemaSet): readonly string[] {
  const rows = rowsOf(place, '', schemas, []);
  if (rows.length === 0) return [];
  const lines = rows.map((row) => rowText(row, schemas));
  return [`## ${title}`, '', `| ${COLUMNS.join(' | ')} |`, '|---|---|---|---|---|', ...lines, ''];
}

/** The keys of a map and of the maps inside it; parts with a page of their own, or already open, are left to their place. */
function rowsOf(place: Place, prefix: string, schemas: SchemaSet, open: readonly JsonSchema[]): readonly Row[] {
  if (open.includes(place.schema)) return [];
  const required = new Set(place.schema.required);
  return Object.entries(place.schema.properties ?? {}).flatMap(([key, schema]) => {
    if (schema['x-ignored'] === true) return [];
    const target = resolved({ file: place.file, schema }, schemas);
    const path = prefix + key;
    const row = { path, schema, target: target.schema, file: target.file, isRequired: required.has(key) };
    return [row, ...innerRows(target, path, schemas, [...open, place.schema])];
  });
}

function innerRows(place: Place, path: string, schemas: SchemaSet, open: readonly JsonSchema[]): readonly Row[] {
  if (pageOf(place, open[0]!, schemas) !== null) return [];
  const { schema, file } = place;
  const own = schema.properties === undefined ? [] : rowsOf(place, `${path}.`, schemas, open);
  if (own.length > 0) return own;
  if (typeof schema.items === 'object') {
    const item = resolved({ file, schema: schema.items }, schemas);
    return item.schema.properties === undefined ? [] : rowsOf(item, `${path}[].`, schemas, open);
  }
  if (typeof schema.additionalProperties !== 'object') return [];
  const value = resolved({ file, schema: schema.additionalProperties }, schemas);
  return innerOfMap(value, `${path}.<name>`, schemas, open);
}

function innerOfMap(place: Place, path: string, schemas: SchemaSet, open: readonly JsonSchema[]): readonly Row[] {
  if (place.schema.properties !== undefined) return rowsOf(place, `${path}.`, schemas, open);
  const each = place.schema.additionalProperties;
  if (typeof each !== 'object') return [];
  const value = resolved({ file: place.file, schema: each }, schemas);
  return value.schema.properties === undefined ? [] : rowsOf(value, `${path}.<name>.`, schemas, open);
}

function rowText(row: Row, schemas: SchemaSet): string {
  const { schema, target } = row;
  const link = pageOf({ file: row.file, schema: target }, schema, schemas);
  const fallback = schema['x-default'] ?? defaultText(schema) ?? target['x-default'] ?? defaultText(target) ?? '';
  const effect = schema['x-effect'] ?? target['x-effect'];
  const text = [
    schema.description ?? target.description ?? '',
    ...(effect === undefined ? [] : [`→ ${effect}`]),
    ...(link === null ? [] : [`Keys: [${link}](${link}.md).`]),
  ].join(' ');
  const cells = [
    `<a id="${anchor(row.path)}"></a>${code(row.path)}`,
    typeText({ file: row.file, schema: target }, (place) => resolved(place, schemas)),
    fallback,
    text,
    keyNotes(schema, target, row.isRequired),
  ];
  return `| ${cells.map(cell).join(' | ')} |`;
}

/** The kind whose page describes this schema, when it is another schema's top or the shared monitoring settings. */
function pageOf(place: Place, from: JsonSchema, schemas: SchemaSet): string | null {
  const kind = place.file.replace('.schema.json', '');
  const top = schemas.get(place.file);
  const isOther = from !== top && kind !== 'common';
  if (isOther && (place.schema === top || place.schema === top?.$defs?.['settings'])) return kind;
  return null;
}

function resolved(place: Place, schemas: SchemaSet): Place {
  if (place.schema.$ref === undefined) return place;
  return resolved(resolveRef(schemas, place.file, place.schema.$ref), schemas);
}

function defaultText(schema: JsonSchema): string | undefined {
  return schema.default === undefined ? undefined : code(yamlText(schema.default));
}

function ignoredTable(keys: readonly (readonly [string, JsonSchema])[]): readonly string[] {
  if (keys.length === 0) return [];
  const rows = keys.map(
    ([key, schema]) => `| <a id="${anchor(key)}"></a>${code(key)} | ${cell(schema.description ?? '')} |`,
  );
  return ['## Accepted and ignored', '', '| Key | What it is in PaaSTA |', '|---|---|', ...rows, ''];
}

function example(top: JsonSchema, files: readonly string[]): readonly string[] {
  const first = top.examples?.[0];
  if (first === undefined) return [];
  const isJson = files.length > 0 && files.every((file) => file.endsWith('.json'));
  const text = isJson ? JSON.stringify(first, null, 2) : dump(first, { noRefs: true, lineWidth: -1 }).trimEnd();
  return ['## Example', '', `\`\`\`${isJson ? 'json' : 'yaml'}`, text, '```', ''];
}

function yamlText(value: unknown): string {
  return typeof value === 'string' ? value : JSON.stringify(value).replaceAll('"', "'");
}

/** Anchor of a key: its path with other characters as hyphens. */
export function anchor(path: string): string {
  return path.replaceAll(/[^A-Za-z0-9_]+/g, '-');
}

const GENERATED = '\n<!-- Generated from schemas/ by `npm run generate`: edit the schema. -->\n';
const ROOTS = { soa: 'the soa-configs tree', system: 'the system configuration', project: 'the repository' } as const;

function code(text: string): string {
  return `\`${text}\``;
}

function cell(text: string): string {
  return prose(text.replaceAll('|', '\\|').replaceAll('\n', ' '));
}

/** Text in which `<` outside code is not taken for a tag; anchors of ours stay. */
function prose(text: string): string {
  const parts = text.split('`');
  return parts.map((part, i) => (i % 2 === 1 ? part : part.replaceAll(/<(?!a id=|\/a>)/g, '&lt;'))).join('`');
}

function firstSentence(text: string): string {
  return /^.*?[.](?= |$)/.exec(text)?.[0] ?? text;
}
