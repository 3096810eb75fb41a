import { pathToFileURL } from 'node:url';
import { didYouMean } from '../compiler/diagnostics/did-you-mean.ts';
import { SCHEMA_KINDS } from '../schemas/kinds.ts';
import { editorSettings, schemaCatalogue } from './editor-files.ts';
import { INPUT_OPTIONS, loadProject } from './project.ts';
import { readSchema, schemaFolder } from './schema-folder.ts';
import { textOf, UsageError, type Call, type Verb } from './verb.ts';

export const verb: Verb = {
  name: 'schema',
  usage: 'schema print KIND | schema settings | schema catalog [--base-url URL]',
  description: `
print: the JSON Schema (draft 2020-12) of a kind of input file: ${SCHEMA_KINDS.map(({ kind }) => kind).join(', ')}.
Shared definitions stand in the kind common, which the others refer to.

settings: which file of this project has which schema, as .vscode/settings.json says it (yaml.schemas, json.schemas).

catalog: the same for any project, as a catalogue for yaml.schemaStore.url; with --base-url for schemas that a server offers.

Exit status: 0, or 2 for wrong usage.`,
  words: { min: 1, max: 2 },
  options: {
    ...INPUT_OPTIONS,
    'base-url': { value: 'URL', help: 'where the schemas are (default: the folder of this program)' },
  },
  run,
};

function run(call: Call): Promise<number> {
  const [action, kind] = call.words;
  call.io.out(textFor(call, action!, kind));
  return Promise.resolve(0);
}

function textFor({ values, io }: Call, action: string, kind: string | undefined): string {
  if (action === 'print' && kind !== undefined) return readSchema(knownKind(kind));
  if (action === 'print') throw new UsageError('schema print KIND: which kind?');
  if (kind !== undefined) throw new UsageError(`schema ${action} takes no other word; found "${kind}"`);
  if (action === 'settings') return editorSettings({ ...loadProject(values, io).project, schemas: schemaFolder() });
  if (action === 'catalog') return schemaCatalogue(baseUrl(textOf(values, 'base-url')));
  throw new UsageError(`schema takes print, settings or catalog; found "${action}"`);
}

function knownKind(kind: string): string {
  const kinds = ['common', ...SCHEMA_KINDS.map((each) => each.kind)];
  if (kinds.includes(kind)) return kind;
  const { hint } = didYouMean(kind, kinds);
  throw new UsageError(`there is no kind "${kind}"${hint === undefined ? '' : `: ${hint}`} (${kinds.join(', ')})`);
}

function baseUrl(given: string | undefined): string {
  const base = given ?? pathToFileURL(schemaFolder()).href;
  if (!URL.canParse(base)) throw new UsageError(`--base-url: "${base}" is no URL`);
  return base.endsWith('/') ? base : `${base}/`;
}
