/** Writes docs/verbs.md, the help of every verb; with `--check` only tells whether it is stale. */
import { readFileSync, writeFileSync } from 'node:fs';
import { helpOf } from '../cli/help.ts';
import { VERB_GROUPS, type VerbTable } from '../cli/verbs.ts';

const FILE = new URL('../docs/verbs.md', import.meta.url);
const HEAD = `# Verbs

What \`paasta-gitops VERB --help\` prints. Written by \`npm run generate\`.
`;

/** The page: a table of the verbs of each group, then their help. */
export async function verbDocs(): Promise<string> {
  const groups = Object.entries(VERB_GROUPS);
  const tables = groups.map(([title, verbs]) => `\n## ${title}\n\n| verb | does |\n| --- | --- |\n${rows(verbs)}`);
  const helps = await Promise.all(groups.flatMap(([, verbs]) => Object.entries(verbs)).map(helpSection));
  return `${HEAD}${tables.join('')}\n${helps.join('\n')}`;
}

function rows(verbs: VerbTable): string {
  return Object.entries(verbs)
    .map(([name, { summary }]) => `| [${name}](#${name}) | ${summary} |\n`)
    .join('');
}

async function helpSection([name, { load }]: [string, VerbTable[string]]): Promise<string> {
  const { verb } = await load();
  const help = verb.name === name ? `\`\`\`text\n${helpOf(verb)}\`\`\`` : `The same as [${verb.name}](#${verb.name}).`;
  return `## ${name}\n\n${help}\n`;
}

if (process.argv[1]?.endsWith('generate-verb-docs.ts') === true) {
  const wanted = await verbDocs();
  const isCheck = process.argv.includes('--check');
  if (!isCheck) writeFileSync(FILE, wanted);
  else if (readFileSync(FILE, 'utf8') !== wanted) {
    console.error('docs/verbs.md is stale: run npm run generate');
    process.exitCode = 1;
  }
}
