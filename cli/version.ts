import { readFileSync } from 'node:fs';

/** The version in package.json, beside the folder of the bundle and that of the source. */
export function version(): string {
  const text = readFileSync(new URL('../package.json', import.meta.url), 'utf8');
  return (JSON.parse(text) as { version: string }).version;
}
