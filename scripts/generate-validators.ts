/**
 * Compiles the schemas to one module without dependencies: a function per kind, as `schemas/kinds.ts` names them. Loading it
 * costs a few milliseconds, where ajv itself and compiling cost hundreds.
 */
import { writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import standalone from 'ajv/dist/standalone/index.js';
import { build } from 'esbuild';
import type { JsonSchema } from '../schemas/json-schema.ts';
import { SCHEMA_KINDS } from '../schemas/kinds.ts';
import { mapSchemas } from '../schemas/map-schema.ts';
import { readSchemas } from '../schemas/schema-files.ts';
import { createAjv } from '../schemas/vocabulary.ts';

/** Annotations that validators do not need: text for people and for generators. */
const UNUSED = [
  'title',
  'description',
  'markdownDescription',
  'default',
  'examples',
  'x-default',
  'x-effect',
  'x-ignored',
  'x-name',
  'x-note',
  'x-source',
];

/**
 * Writes the validators to `outFile` (ESM), the schemas beside it as `schemas.mjs`, and the types of both, as `.d.mts`. The validators
 * are made when they are asked for: most runs find no mistake, and making them takes longer than reading a service.
 */
export async function buildValidators(outFile: string): Promise<void> {
  const { outputFiles } = await build({
    stdin: {
      contents: standaloneSource(),
      resolveDir: fileURLToPath(new URL('../schemas', import.meta.url)),
      sourcefile: 'validators.mjs',
    },
    bundle: true,
    format: 'iife',
    globalName: 'validators',
    platform: 'node',
    target: 'node20.18',
    minify: true,
    charset: 'utf8',
    logLevel: 'warning',
    write: false,
  });
  writeFileSync(outFile, `export function makeValidators(){${outputFiles[0]!.text}return validators}\n`);
  writeFileSync(outFile.replace(/\.mjs$/, '.d.mts'), declarations());
  const schemas = join(dirname(outFile), 'schemas');
  writeFileSync(`${schemas}.mjs`, `export const schemas = ${JSON.stringify(schemaTexts())};\n`);
  writeFileSync(`${schemas}.d.mts`, 'export declare const schemas: Readonly<Record<string, string>>;\n');
}

/** The schemas by file name, as JSON texts: reading one takes less time than making it from code, and not all are needed. */
function schemaTexts(): Readonly<Record<string, string>> {
  return Object.fromEntries(
    [...readSchemas()].map(([file, schema]) => [file, JSON.stringify(mapSchemas(schema, slim))]),
  );
}

function standaloneSource(): string {
  const ajv = createAjv({ inlineRefs: false, validateSchema: false, code: { source: true, esm: true } });
  for (const schema of readSchemas().values()) ajv.addSchema(mapSchemas(schema, slim));
  return standalone.default(
    ajv,
    Object.fromEntries(SCHEMA_KINDS.map(({ kind, validator }) => [validator, `${kind}.schema.json`])),
  );
}

function slim(schema: JsonSchema): JsonSchema {
  return Object.fromEntries(Object.entries(schema).filter(([keyword]) => !UNUSED.includes(keyword)));
}

function declarations(): string {
  const members = SCHEMA_KINDS.map(({ validator }) => `  readonly ${validator}: Validator;`);
  return `import type { Validator } from '../schemas/validator.ts';
export declare function makeValidators(): {
${members.join('\n')}
};
`;
}
