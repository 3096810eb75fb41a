import { emitDocuments } from '../compiler/emit/yaml.ts';

/** The output repository as a delivery tool reads it. */
export interface ToolSource {
  readonly repoUrl: string;
  readonly branch: string;
  /** Folder of the output tree in the repository; empty: its top. */
  readonly folder: string;
}

const PRUNE_OPTIONS = [
  'ServerSideApply=true',
  'PruneLast=true',
  'RespectIgnoreDifferences=true',
  'ApplyOutOfSyncOnly=true',
];

/**
 * The ApplicationSet of a cluster: one Application for each folder below `clusters/<cluster>`. Applications that go take no objects with
 * them, and the replicas of autoscaled workloads are left to their autoscaler.
 */
export function applicationSet(cluster: string, source: ToolSource): unknown {
  const { repoUrl, branch } = source;
  const jq = 'select(.metadata.labels["paasta.yelp.com/autoscaled"]=="true") | .spec.replicas';
  return {
    apiVersion: 'argoproj.io/v1alpha1',
    kind: 'ApplicationSet',
    metadata: { name: `paasta-${plainName(cluster)}`, namespace: 'argocd' },
    spec: {
      goTemplate: true,
      goTemplateOptions: ['missingkey=error'],
      generators: [
        { git: { repoURL: repoUrl, revision: branch, directories: [{ path: `${clusterFolder(cluster, source)}/*` }] } },
      ],
      syncPolicy: { preserveResourcesOnDeletion: true },
      template: {
        metadata: {
          name: `${plainName(cluster)}-{{ .path.basenameNormalized }}`,
          annotations: {
            'argocd.argoproj.io/manifest-generate-paths': '.',
            'argocd.argoproj.io/compare-options': 'ServerSideDiff=true',
          },
        },
        spec: {
          project: 'paasta',
          source: { repoURL: repoUrl, targetRevision: branch, path: '{{ .path.path }}' },
          destination: { name: cluster },
          syncPolicy: {
            automated: { prune: true, selfHeal: true, allowEmpty: false },
            retry: { limit: 5, backoff: { duration: '10s', factor: 2, maxDuration: '5m' } },
            syncOptions: [...PRUNE_OPTIONS, 'PrunePropagationPolicy=foreground'],
          },
          ignoreDifferences: [{ group: 'apps', kind: 'Deployment', jqPathExpressions: [jq] }],
        },
      },
    },
  };
}

/**
 * The Flux objects of a cluster: its GitRepository, a Kustomization for cluster-wide objects that prunes nothing, and one for each namespace
 * that waits for it and leaves its objects in place when it goes.
 */
export function fluxObjects(cluster: string, namespaces: readonly string[], source: ToolSource): readonly unknown[] {
  const repository = 'paasta-output';
  const own = `paasta-${plainName(cluster)}`;
  const kustomization = (name: string, spec: Readonly<Record<string, unknown>>, folder: string): unknown => ({
    apiVersion: 'kustomize.toolkit.fluxcd.io/v1',
    kind: 'Kustomization',
    metadata: { name, namespace: 'flux-system' },
    spec: {
      ...spec,
      retryInterval: '2m',
      wait: true,
      path: `./${clusterFolder(cluster, source)}/${folder}`,
      sourceRef: { kind: 'GitRepository', name: repository },
    },
  });
  return [
    {
      apiVersion: 'source.toolkit.fluxcd.io/v1',
      kind: 'GitRepository',
      metadata: { name: repository, namespace: 'flux-system' },
      spec: { interval: '1m', url: source.repoUrl, ref: { branch: source.branch } },
    },
    kustomization(`${own}-cluster`, { interval: '30m', timeout: '10m', prune: false }, '_cluster'),
    ...namespaces.map((namespace) => {
      const dependsOn = [{ name: `${own}-cluster` }];
      const spec = { interval: '10m', timeout: '15m', prune: true, deletionPolicy: 'Orphan', dependsOn };
      return kustomization(`${own}-ns-${plainName(namespace)}`, spec, namespace);
    }),
  ];
}

/** Documents as a file of their own, which says what makes it. */
export function toolFile(command: string, documents: readonly unknown[]): string {
  const text = emitDocuments(documents);
  return `# Made by "paasta-gitops ${command}" from paasta-gitops.yaml.\n${text.slice(text.indexOf('\n') + 1)}`;
}

/** A name as Kubernetes allows it. */
export function plainName(name: string): string {
  return name.toLowerCase().replace(/[^a-z0-9-]/g, '-');
}

function clusterFolder(cluster: string, { folder }: ToolSource): string {
  return `${folder === '' ? '' : `${folder}/`}clusters/${cluster}`;
}
