import type { Verb } from './verb.ts';

/** Every verb by name, imported when it is called: `synth` pays for nothing that only the applier needs. */
export const VERBS: Readonly<Record<string, { summary: string; load: () => Promise<{ verb: Verb }> }>> = {
  synth: { summary: 'render the manifests of every cluster', load: () => import('./synth.ts') },
  list: { summary: 'list services, instances or clusters', load: () => import('./list.ts') },
  info: { summary: 'show what is known of a service', load: () => import('./info.ts') },
  deployments: { summary: 'generate deployments.json from tags', load: () => import('./deployments.ts') },
};
