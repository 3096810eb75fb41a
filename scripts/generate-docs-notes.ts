import type { JsonSchema } from '../schemas/json-schema.ts';

/** Marks, limits, remarks and an example of a key; `target` is what its `$ref` leads to. */
export function keyNotes(schema: JsonSchema, target: JsonSchema, isRequired: boolean): string {
  return [...marks(schema, target, isRequired), ...limits(target), ...remarks(schema, target)].join(' ');
}

function marks(schema: JsonSchema, target: JsonSchema, isRequired: boolean): readonly string[] {
  const has = (name: keyof JsonSchema): boolean => schema[name] === true || target[name] === true;
  const found = [
    ...(isRequired ? ['required'] : []),
    ...(has('deprecated') ? ['deprecated'] : []),
    ...(has('x-no-effect') ? ['no effect'] : []),
    ...(has('x-eks-only') ? ['eks only'] : []),
    ...(has('x-unlisted') ? ['unlisted'] : []),
    ...(schema['x-source'] === 'paasta-gitops' ? ['ours'] : []),
    ...(has('x-secret') ? ['never printed'] : []),
  ];
  return found.map((mark) => `**${mark}**`);
}

function limits(schema: JsonSchema): readonly string[] {
  return [
    ...(schema.uniqueItems === true ? ['No item twice.'] : []),
    ...(schema.minItems === undefined ? [] : [`At least ${schema.minItems} items.`]),
    ...(schema.maxItems === undefined
      ? []
      : [`At most ${schema.maxItems} ${schema.maxItems === 1 ? 'item' : 'items'}.`]),
    ...(schema.maxLength === undefined ? [] : [`At most ${schema.maxLength} characters.`]),
    ...(schema.pattern === undefined ? [] : [`Matches \`${schema.pattern}\`.`]),
    ...(schema.multipleOf === 1 ? ['Whole.'] : []),
  ];
}

function remarks(schema: JsonSchema, target: JsonSchema): readonly string[] {
  const note = schema['x-note'] ?? target['x-note'];
  const example = (schema.examples ?? target.examples)?.[0];
  return [
    ...(note === undefined ? [] : [note]),
    ...(example === undefined ? [] : [`Example: \`${JSON.stringify(example)}\``]),
  ];
}
