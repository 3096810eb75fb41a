import type { Verb } from './verb.ts';

/** Verbs by name, each imported when it is called: `synth` pays for nothing that only the applier needs. */
export type VerbTable = Readonly<
  Record<string, { readonly summary: string; readonly load: () => Promise<{ readonly verb: Verb }> }>
>;

/** Every verb, by what one wants to do, in the order of the help. */
export const VERB_GROUPS: Readonly<Record<string, VerbTable>> = {
  'From soa-configs to manifests': {
    synth: { summary: 'render the manifests of every cluster', load: () => import('./synth.ts') },
    validate: { summary: 'find every mistake in soa-configs', load: () => import('./validate.ts') },
    review: { summary: 'show what a change of the input does to the manifests', load: () => import('./review.ts') },
    publish: { summary: 'render into the output repository, commit and push', load: () => import('./publish.ts') },
  },
  'What is there, and why': {
    list: { summary: 'list services, instances or clusters', load: () => import('./list.ts') },
    info: { summary: 'show what is known of a service', load: () => import('./info.ts') },
    explain: { summary: 'say where a value comes from', load: () => import('./explain.ts') },
    secrets: {
      summary: 'list the uses of secrets, or what is wrong with them',
      load: () => import('./secrets.ts'),
    },
    dump: { summary: 'print the data between passes', load: () => import('./dump.ts') },
    schema: {
      summary: 'print the JSON Schema of a kind of file, or what editors need',
      load: () => import('./schema.ts'),
    },
    doctor: {
      summary: 'tell what works from here, and what to do about the rest',
      load: () => import('./doctor.ts'),
    },
    completion: { summary: 'print the completion script of a shell', load: () => import('./completion.ts') },
  },
  'A version, from commit to cluster': {
    new: { summary: 'write the files of a new service', load: () => import('./new.ts') },
    'check-repo': { summary: 'check a code repository and its service', load: () => import('./check-repo.ts') },
    ci: { summary: 'generate the pipeline of a code repository', load: () => import('./ci.ts') },
    image: { summary: 'build, push and look up images', load: () => import('./image.ts') },
    mark: { summary: 'mark a version for deployment in a deploy group', load: () => import('./mark.ts') },
    get: { summary: 'print the version or image of a deploy group', load: () => import('./get.ts') },
    deployments: { summary: 'generate deployments.json from tags', load: () => import('./deployments.ts') },
    wait: { summary: 'wait until a marked version runs everywhere', load: () => import('./wait.ts') },
    rollback: { summary: 'go back to a version that was deployed before', load: () => import('./rollback.ts') },
  },
  'Instances that run': {
    start: { summary: 'start or restart instances', load: () => import('./start-instances.ts') },
    stop: { summary: 'stop instances until another commit is deployed', load: () => import('./stop.ts') },
    restart: { summary: 'replace the pods of instances', load: () => import('./restart.ts') },
    scale: { summary: 'change the bounds of an autoscaled instance for a while', load: () => import('./scale.ts') },
    logs: { summary: 'show what the containers of an instance print', load: () => import('./logs.ts') },
    check: { summary: 'check whether enough replicas of instances are up', load: () => import('./check.ts') },
  },
  'A rendered tree and a cluster': {
    diff: { summary: 'compare a rendered tree with a cluster', load: () => import('./diff.ts') },
    apply: { summary: 'make a cluster what a rendered tree says', load: () => import('./apply.ts') },
    prune: { summary: 'delete what is in the cluster and no longer in the tree', load: () => import('./prune.ts') },
    cleanup: { summary: 'the same as prune', load: () => import('./prune.ts') },
    status: { summary: 'show how the instances of a cluster stand', load: () => import('./status.ts') },
    forget: { summary: 'take an instance out of the set without deleting it', load: () => import('./forget.ts') },
  },
  'Files for other tools': {
    argocd: {
      summary: 'generate the ApplicationSets of clusters that Argo CD delivers',
      load: () => import('./argocd.ts'),
    },
    flux: { summary: 'generate the Kustomizations of clusters that Flux delivers', load: () => import('./flux.ts') },
    codeowners: { summary: 'generate CODEOWNERS from the teams of instances', load: () => import('./codeowners.ts') },
    sensu: { summary: 'tell what to create in Sensu and what to delete', load: () => import('./sensu.ts') },
    smartstack: {
      summary: 'write the files that nerve, hacheck and synapse read',
      load: () => import('./smartstack.ts'),
    },
    'services-file': {
      summary: "print the services of soa-configs as a host's list of ports",
      load: () => import('./services-file.ts'),
    },
  },
};
