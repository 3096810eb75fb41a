import { readFileSync } from 'node:fs';
import type { JsonSchema } from './json-schema.ts';
import { SCHEMA_KINDS } from './kinds.ts';
import { schemaAt } from './map-schema.ts';

/** Every schema by file name: the shared definitions, then the kinds. */
export type SchemaSet = ReadonlyMap<string, JsonSchema>;

/** Reads all schemas as written. */
export function readSchemas(): SchemaSet {
  const names = ['common', ...SCHEMA_KINDS.map(({ kind }) => kind)].map((name) => `${name}.schema.json`);
  return new Map(names.map((name) => [name, readSchema(name)]));
}

/** What a `$ref` in one of the files means, and in which file that stands. */
export function resolveRef(schemas: SchemaSet, file: string, ref: string): { file: string; schema: JsonSchema } {
  const [name, pointer] = ref.split('#') as [string, string | undefined];
  const target = name === '' ? file : name;
  const top = schemas.get(target);
  const schema = top === undefined ? undefined : schemaAt(top, pointer ?? '');
  if (schema === undefined) throw new Error(`${file}: there is nothing at ${ref}`);
  return { file: target, schema };
}

function readSchema(name: string): JsonSchema {
  return JSON.parse(readFileSync(new URL(name, import.meta.url), 'utf8')) as JsonSchema;
}
