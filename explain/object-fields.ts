import type { RenderedFile } from '../compiler/model/rendered-file.ts';
import { objectsIn } from './documents.ts';
import type { Step } from './leaves.ts';

/** A field of an object of the output. */
export interface ObjectField {
  /** `Deployment web-main`. */
  readonly object: string;
  readonly path: readonly Step[];
  /** As JSON. */
  readonly value: string;
}

/** Fields by object and path. */
export type ObjectFields = ReadonlyMap<string, ObjectField>;

/** Every field of the objects in some files. */
export function fieldsIn(files: Iterable<RenderedFile>): ObjectFields {
  const fields = new Map<string, ObjectField>();
  for (const file of files) {
    for (const { kind, name, leaves } of objectsIn(file)) {
      const object = `${kind} ${name}`;
      for (const [text, { path, value }] of leaves)
        fields.set(`${object} ${text}`, { object, path, value: JSON.stringify(value) });
    }
  }
  return fields;
}

/** Names of the fields that differ, or that only one side has. */
export function differingFields(before: ObjectFields, after: ObjectFields): readonly string[] {
  const names = new Set([...before.keys(), ...after.keys()]);
  return [...names].filter((name) => before.get(name)?.value !== after.get(name)?.value);
}
