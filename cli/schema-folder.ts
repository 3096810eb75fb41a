import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

/** The schemas of this program, beside the folder of the bundle and that of the source. */
export function schemaFolder(): string {
  return fileURLToPath(new URL('../schemas', import.meta.url));
}

/** Text of the schema of a kind. */
export function readSchema(kind: string): string {
  return readFileSync(join(schemaFolder(), `${kind}.schema.json`), 'utf8');
}
