import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

/** The schemas of this program: beside `lib/` when it is bundled, beside `cli/` as source. */
export function schemaFolder(): string {
  const candidates = ['../schemas', '../../schemas'].map((path) => fileURLToPath(new URL(path, import.meta.url)));
  return candidates.find((folder) => existsSync(join(folder, 'kubernetes.schema.json'))) ?? candidates[0]!;
}

/** Text of the schema of a kind. */
export function readSchema(kind: string): string {
  return readFileSync(join(schemaFolder(), `${kind}.schema.json`), 'utf8');
}
