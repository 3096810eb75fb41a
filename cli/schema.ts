import { existsSync, readFileSync } from 'node:fs';
import { didYouMean } from '../compiler/diagnostics/did-you-mean.ts';
import { SCHEMA_KINDS } from '../schemas/kinds.ts';
import { UsageError, type Call, type Verb } from './verb.ts';

export const verb: Verb = {
  name: 'schema',
  summary: 'print the JSON Schema of a kind of file',
  usage: 'schema print KIND',
  description: `
Prints the JSON Schema (draft 2020-12) of a kind of input file: ${SCHEMA_KINDS.map(({ kind }) => kind).join(', ')}.
Shared definitions stand in the kind common, which the others refer to.

Exit status: 0, or 2 for wrong usage.`,
  words: { min: 2, max: 2 },
  options: {},
  run,
};

function run({ words, io }: Call): Promise<number> {
  const [action, kind] = words as [string, string];
  if (action !== 'print') throw new UsageError(`schema takes print; found "${action}"`);
  const kinds = ['common', ...SCHEMA_KINDS.map((each) => each.kind)];
  if (!kinds.includes(kind)) {
    const { hint } = didYouMean(kind, kinds);
    throw new UsageError(`there is no kind "${kind}"${hint === undefined ? '' : `: ${hint}`} (${kinds.join(', ')})`);
  }
  io.out(readFileSync(schemaFile(kind), 'utf8'));
  return Promise.resolve(0);
}

function schemaFile(kind: string): URL {
  const files = ['../schemas/', '../../schemas/'].map((path) => new URL(`${path}${kind}.schema.json`, import.meta.url));
  return files.find((file) => existsSync(file)) ?? files[0]!;
}
