import { fluxObjects, toolFile } from '../publish/delivery-tools.ts';
import { namespaceFolders, runTool, TOOL_OPTIONS } from './delivery-tool.ts';
import type { Verb } from './verb.ts';

export const verb: Verb = {
  name: 'flux',
  usage: 'flux generate [-c C]... [--repo URL] [--branch B] [--out DIR]',
  description: `
Prints a GitRepository and one Kustomization for each namespace of the output tree, for each cluster with "delivery: flux" in the
project file. Run it again when a namespace is new. See docs/flux.md.

Exit status: 0 generated, 2 wrong usage.`,
  options: TOOL_OPTIONS,
  words: { min: 1, max: 1 },
  run: (call) =>
    Promise.resolve(
      runTool(call, 'flux', (cluster, { project, source }) =>
        toolFile('flux generate', fluxObjects(cluster, namespaceFolders(project, cluster), source)),
      ),
    ),
};
