import type { Verb } from './verb.ts';

/** Every verb by name, imported when it is called: `synth` pays for nothing that only the applier needs. */
export const VERBS: Readonly<Record<string, { summary: string; load: () => Promise<{ verb: Verb }> }>> = {
  synth: { summary: 'render the manifests of every cluster', load: () => import('./synth.ts') },
  validate: { summary: 'find every mistake in soa-configs', load: () => import('./validate.ts') },
  list: { summary: 'list services, instances or clusters', load: () => import('./list.ts') },
  info: { summary: 'show what is known of a service', load: () => import('./info.ts') },
  check: { summary: 'check whether enough replicas of instances are up', load: () => import('./check.ts') },
  deployments: { summary: 'generate deployments.json from tags', load: () => import('./deployments.ts') },
  mark: { summary: 'mark a version for deployment in a deploy group', load: () => import('./mark.ts') },
  rollback: { summary: 'go back to a version that was deployed before', load: () => import('./rollback.ts') },
  start: { summary: 'start or restart instances', load: () => import('./start-instances.ts') },
  stop: { summary: 'stop instances until another commit is deployed', load: () => import('./stop.ts') },
  restart: { summary: 'replace the pods of instances', load: () => import('./restart.ts') },
  get: { summary: 'print the version or image of a deploy group', load: () => import('./get.ts') },
  image: { summary: 'build, push and look up images', load: () => import('./image.ts') },
  publish: { summary: 'render into the output repository, commit and push', load: () => import('./publish.ts') },
  argocd: {
    summary: 'generate the ApplicationSets of clusters that Argo CD delivers',
    load: () => import('./argocd.ts'),
  },
  flux: { summary: 'generate the Kustomizations of clusters that Flux delivers', load: () => import('./flux.ts') },
  codeowners: { summary: 'generate CODEOWNERS for the output tree from teams', load: () => import('./codeowners.ts') },
  review: { summary: 'show what a change of the input does to the manifests', load: () => import('./review.ts') },
  ci: { summary: 'generate the pipeline of a code repository', load: () => import('./ci.ts') },
  'services-file': {
    summary: "print the services of soa-configs as a host's list of ports",
    load: () => import('./services-file.ts'),
  },
  smartstack: {
    summary: 'write the files that nerve, hacheck and synapse read',
    load: () => import('./smartstack.ts'),
  },
  diff: { summary: 'compare a rendered tree with a cluster', load: () => import('./diff.ts') },
  apply: { summary: 'make a cluster what a rendered tree says', load: () => import('./apply.ts') },
  scale: { summary: 'change the bounds of an autoscaled instance for a while', load: () => import('./scale.ts') },
  prune: { summary: 'delete what is in the cluster and no longer in the tree', load: () => import('./prune.ts') },
  cleanup: { summary: 'the same as prune', load: () => import('./prune.ts') },
  status: { summary: 'show how the instances of a cluster stand', load: () => import('./status.ts') },
  forget: { summary: 'take an instance out of the set without deleting it', load: () => import('./forget.ts') },
  new: { summary: 'write the files of a new service', load: () => import('./new.ts') },
};
