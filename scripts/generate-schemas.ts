/**
 * Writes what is derived from schemas/*.schema.json and committed: the types of the input files, the pages of docs/keys, and the
 * settings of editors for this repository.
 * With `--check` it writes nothing and exits 1, naming the files, when something is stale.
 */
import { mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { editorSettings } from '../cli/editor-files.ts';
import { readSchemas } from '../schemas/schema-files.ts';
import { keyPages } from './generate-docs.ts';
import { typesSource } from './generate-types.ts';

const ROOT = fileURLToPath(new URL('..', import.meta.url));
const TYPES = 'compiler/model/soa-config.ts';
const PAGES = 'docs/keys';
const SETTINGS = '.vscode/settings.json';

/** Every generated file by path from the repository's root. */
export async function generatedFiles(): Promise<ReadonlyMap<string, string>> {
  const schemas = readSchemas();
  const pages = [...keyPages(schemas)].map(([name, text]) => [`${PAGES}/${name}`, text] as const);
  return new Map([[TYPES, await typesSource(schemas, join(ROOT, TYPES))], [SETTINGS, exampleSettings()], ...pages]);
}

/** What `schema settings` prints here. */
function exampleSettings(): string {
  return editorSettings({
    root: ROOT,
    soaDir: join(ROOT, 'examples/company/soa-configs'),
    schemas: join(ROOT, 'schemas'),
  });
}

/** Generated files that differ from what is on disk, are missing, or are no longer generated. */
export async function staleFiles(): Promise<readonly string[]> {
  const wanted = await generatedFiles();
  const changed = [...wanted].filter(([path, text]) => textOf(path) !== text).map(([path]) => path);
  return [...changed, ...leftovers(wanted)].sort();
}

async function writeFiles(): Promise<void> {
  const wanted = await generatedFiles();
  for (const [path, text] of wanted) {
    if (textOf(path) === text) continue;
    mkdirSync(dirname(join(ROOT, path)), { recursive: true });
    writeFileSync(join(ROOT, path), text);
    process.stdout.write(`${path}\n`);
  }
  for (const path of leftovers(wanted)) rmSync(join(ROOT, path));
}

function leftovers(wanted: ReadonlyMap<string, string>): readonly string[] {
  const found = listing(PAGES).map((name) => `${PAGES}/${name}`);
  return found.filter((path) => path.endsWith('.md') && !wanted.has(path));
}

function listing(folder: string): readonly string[] {
  try {
    return readdirSync(join(ROOT, folder));
  } catch {
    return [];
  }
}

function textOf(path: string): string | undefined {
  try {
    return readFileSync(join(ROOT, path), 'utf8');
  } catch {
    return undefined;
  }
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  if (process.argv.includes('--check')) {
    const stale = await staleFiles();
    for (const path of stale) process.stdout.write(`stale: ${path} (npm run generate)\n`);
    process.exitCode = stale.length > 0 ? 1 : 0;
  } else {
    await writeFiles();
  }
}
