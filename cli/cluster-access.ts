import type { ApiClient } from '../cluster/api-client.ts';
import { nearest } from '../compiler/diagnostics/did-you-mean.ts';
import type { Io } from './io.ts';
import type { Project } from './project.ts';
import { textOf, UsageError, type OptionSpecs, type OptionValues } from './verb.ts';
import { version } from './version.ts';

/** Flags of every verb that reads a cluster. */
export const CLUSTER_ACCESS_OPTIONS: OptionSpecs = {
  context: { value: 'NAME', help: 'kubeconfig context (default: clusters.CLUSTER.context of the project file)' },
  kubeconfig: { value: 'FILE', help: 'kubeconfig (default: KUBECONFIG, ~/.kube/config, or the pod one runs in)' },
};

/** The context of a cluster: a flag or the project file says it; the kubeconfig's current one never counts. */
export function contextOf(values: OptionValues, project: Project, cluster: string): string {
  const context = textOf(values, 'context') ?? clusterOf(project, cluster)?.context;
  if (context != null) return context;
  const hint = nearest(cluster, Object.keys(project.clusters));
  const meant = hint === undefined || clusterOf(project, cluster) !== undefined ? '' : ` (did you mean "${hint}"?)`;
  throw new UsageError(
    `no context is known for the cluster "${cluster}"${meant}: set clusters.${cluster}.context or give --context`,
  );
}

/** A client of the cluster; the library that reads kubeconfigs is loaded only here. */
export async function openCluster(
  values: OptionValues,
  context: string,
  io: Io,
  limits: { readonly attempts: number; readonly sockets?: number },
): Promise<ApiClient> {
  const [{ openConnection }, { createClient }] = await Promise.all([
    import('../cluster/connection.ts'),
    import('../cluster/api-client.ts'),
  ]);
  const kubeconfig = textOf(values, 'kubeconfig') ?? io.env['KUBECONFIG'];
  const { attempts, sockets = 16 } = limits;
  const connection = await openConnection({ context, kubeconfig, sockets });
  return createClient(connection, { userAgent: `paasta-gitops/${version()}`, attempts });
}

function clusterOf(project: Project, cluster: string): Project['clusters'][string] | undefined {
  return Object.hasOwn(project.clusters, cluster) ? project.clusters[cluster] : undefined;
}
