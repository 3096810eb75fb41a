import type { Plugin } from 'esbuild';

/** The program with a few verbs, given with what its help says of them: nothing that only other verbs need gets into the bundle. */
export function onlyVerbs(summaries: Readonly<Record<string, string>>): Plugin {
  const verbs = Object.entries(summaries).map(([name, summary]) => {
    return `${JSON.stringify(name)}: { summary: ${JSON.stringify(summary)}, load: () => import('./${name}.ts') }`;
  });
  return {
    name: 'only-verbs',
    setup: ({ onLoad }) => {
      onLoad({ filter: /[/\\]cli[/\\]verbs\.ts$/ }, () => ({
        contents: `export const VERB_GROUPS = { Verbs: { ${verbs.join(', ')} } };`,
        loader: 'ts',
      }));
    },
  };
}
