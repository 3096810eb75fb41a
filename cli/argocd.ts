import { applicationSet, toolFile } from '../publish/delivery-tools.ts';
import { runTool, TOOL_OPTIONS } from './delivery-tool.ts';
import type { Verb } from './verb.ts';

export const verb: Verb = {
  name: 'argocd',
  usage: 'argocd generate [-c C]... [--repo URL] [--branch B] [--out DIR]',
  description: `
Prints one ApplicationSet for each cluster with "delivery: argocd" in the project file. Argo CD then makes one Application for
each namespace of the output repository by itself. See docs/argocd.md.

Exit status: 0 generated, 2 wrong usage.`,
  options: TOOL_OPTIONS,
  words: { min: 1, max: 1 },
  run: (call) =>
    Promise.resolve(
      runTool(call, 'argocd', (cluster, { source }) => toolFile('argocd generate', [applicationSet(cluster, source)])),
    ),
};
