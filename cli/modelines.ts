import { existsSync, lstatSync, readdirSync, readFileSync } from 'node:fs';
import { dirname, join, relative } from 'node:path';
import { SCHEMA_KINDS } from '../schemas/kinds.ts';
import { writeText } from './file-problem.ts';
import { schemaFolder } from './schema-folder.ts';

const MODELINE = /^\uFEFF?# yaml-language-server: \$schema=.*(?:\r?\n|$)/;

/**
 * Begins every YAML file of the services (all unless told) that has a schema with the line that tells editors which, and
 * returns what was done in one line. A line that is there already is brought up to date; nothing else of a file changes.
 */
export function writeModelines(soaDir: string, services: readonly string[] | undefined): string {
  const schemas = schemaFolder();
  let changed = 0;
  for (const path of yamlFiles(soaDir, services)) {
    const kind = kindOf(path);
    if (kind === undefined) continue;
    const file = join(soaDir, path);
    const schema = relative(dirname(file), join(schemas, `${kind}.schema.json`)).replaceAll('\\', '/');
    if (writeModeline(file, schema)) changed++;
  }
  return `${changed} ${changed === 1 ? 'file has' : 'files have'} a new first line\n`;
}

/** Kind of the schema for a file of soa-configs, by its path. */
export function kindOf(path: string): string | undefined {
  return SCHEMA_KINDS.find(({ root, files }) => root === 'soa' && files.some((pattern) => matches(pattern, path)))
    ?.kind;
}

/** `*` stands for any part of one segment. */
function matches(pattern: string, path: string): boolean {
  const [patterns, segments] = [pattern.split('/'), path.split('/')];
  return (
    patterns.length === segments.length &&
    patterns.every((each, index) => {
      const [before = '', after] = each.split('*');
      const segment = segments[index]!;
      if (after === undefined) return segment === before;
      return segment.length >= each.length - 1 && segment.startsWith(before) && segment.endsWith(after);
    })
  );
}

function yamlFiles(soaDir: string, services: readonly string[] | undefined): readonly string[] {
  const isRegular = (path: string): boolean => lstatSync(join(soaDir, path)).isFile();
  const inFolder = (folder: string): readonly string[] =>
    existsSync(join(soaDir, folder))
      ? readdirSync(join(soaDir, folder))
          .filter((name) => name.endsWith('.yaml'))
          .map((name) => `${folder}/${name}`)
          .filter(isRegular)
      : [];
  if (!existsSync(soaDir)) return [];
  const names = services ?? readdirSync(soaDir).filter((name) => !/^[._]/.test(name));
  const folders = names.filter((name) => existsSync(join(soaDir, name)) && lstatSync(join(soaDir, name)).isDirectory());
  return folders.flatMap((name) => [...inFolder(name), ...inFolder(`${name}/autotuned_defaults`)]);
}

/** Whether the file changed. */
function writeModeline(file: string, schema: string): boolean {
  const text = readFileSync(file, 'utf8');
  const mark = text.startsWith('\uFEFF') ? '\uFEFF' : '';
  const lineBreak = /\r?\n/.exec(text)?.[0] ?? '\n';
  const rest = MODELINE.test(text) ? text.replace(MODELINE, '') : text.slice(mark.length);
  const wanted = `${mark}# yaml-language-server: $schema=${schema}${lineBreak}${rest}`;
  if (wanted === text) return false;
  writeText(file, wanted);
  return true;
}
