import { exitOfError } from '../../applier/exit-status.ts';
import type { ApiClient } from '../../cluster/api-client.ts';
import { ApiFailure } from '../../cluster/api-failure.ts';
import { getOrNull } from '../../cluster/get-object.ts';
import { isJsonMap } from '../../compiler/emit/json-data.ts';
import { didYouMean } from '../../compiler/diagnostics/did-you-mean.ts';
import { CLUSTER_ACCESS_OPTIONS, openCluster } from '../cluster-access.ts';
import type { Io } from '../io.ts';
import type { Project } from '../project.ts';
import type { OptionSpecs, OptionValues } from '../verb.ts';
import type { Finding } from './finding.ts';
import { missingRights, neededRights } from './rights.ts';

export const DOCTOR_CLUSTER_OPTIONS: OptionSpecs = {
  kubeconfig: CLUSTER_ACCESS_OPTIONS['kubeconfig']!,
  'inventory-namespace': { value: 'NS', help: 'namespace of the record and the lock (default paasta)' },
};

/** Clusters of the project file that do not exist. */
export function checkProjectClusters(project: Project, configured: readonly string[]): readonly Finding[] {
  const unknown = Object.keys(project.clusters).filter((name) => !configured.includes(name));
  return unknown.map((cluster) => ({
    ...{ level: 'warning', about: `cluster ${cluster}` },
    message: 'stands in the project file and has no system configuration',
    next: didYouMean(cluster, configured).hint ?? 'add its configuration, or remove it from the project file',
  }));
}

/** How each cluster can be reached, and what the account may do there. */
export async function checkClusters(
  project: Project,
  configured: readonly string[],
  { values, io, namespace }: { readonly values: OptionValues; readonly io: Io; readonly namespace: string },
): Promise<readonly Finding[]> {
  const findings: Finding[] = [];
  for (const cluster of configured) {
    const about = `cluster ${cluster}`;
    const { context = null, delivery = 'applier' } = Object.hasOwn(project.clusters, cluster)
      ? project.clusters[cluster]!
      : {};
    if (context === null) {
      findings.push({
        ...{ level: 'warning', about, message: 'has no context: verbs that reach it need --context' },
        next: `set clusters.${cluster}.context in the project file`,
      });
      continue;
    }
    findings.push(
      ...(await checkCluster({ about, context, delivery }, namespace, () =>
        openCluster(values, context, io, { attempts: 1 }),
      )),
    );
  }
  return findings;
}

async function checkCluster(
  { about, context, delivery }: { readonly about: string; readonly context: string; readonly delivery: string },
  namespace: string,
  open: () => Promise<ApiClient>,
): Promise<readonly Finding[]> {
  let client: ApiClient | undefined;
  try {
    client = await open();
    const { body } = await client.request({ method: 'GET', path: '/version', timeoutMs: 10_000 });
    const version = isJsonMap(body) ? String(body['gitVersion']) : 'of an unknown version';
    const reached: Finding = {
      level: 'ok',
      about,
      message: `context ${context}, Kubernetes ${version}, delivered by ${delivery}`,
    };
    const rights = await checkRights(client, about, delivery, namespace);
    return [
      reached,
      ...rights,
      ...(delivery === 'applier' ? await checkNamespace(client, about, context, namespace) : []),
    ];
  } catch (error) {
    const known = exitOfError(error);
    if (known === null) throw error;
    const next = `check the context ${context} with "kubectl --context ${context} version"`;
    return [{ level: 'error', about, message: known.message, next }];
  } finally {
    client?.close();
  }
}

/** Where record and lock live; without the right to look, that is what is told already. */
async function checkNamespace(
  client: ApiClient,
  about: string,
  context: string,
  namespace: string,
): Promise<readonly Finding[]> {
  try {
    if ((await getOrNull(client, `/api/v1/namespaces/${encodeURIComponent(namespace)}`)) !== null) return [];
  } catch (error) {
    if (error instanceof ApiFailure && error.kind === 'forbidden') return [];
    throw error;
  }
  const message = `has no namespace ${namespace} for the record and the lock of apply`;
  return [{ level: 'warning', about, message, next: `kubectl --context ${context} create namespace ${namespace}` }];
}

async function checkRights(
  client: ApiClient,
  about: string,
  delivery: string,
  namespace: string,
): Promise<readonly Finding[]> {
  const needed = neededRights(namespace);
  const read = await missingRights(client, needed, 'read');
  const write = delivery === 'applier' ? await missingRights(client, needed, 'write') : [];
  const next = 'bind the roles of docs/applier.md to the account';
  if (read.length > 0)
    return [{ level: 'error', about, message: `diff and status lack the rights: ${read.join(', ')}`, next }];
  const canRead: Finding = { level: 'ok', about, message: 'has the rights for diff and status' };
  if (delivery !== 'applier') return [canRead];
  if (write.length > 0)
    return [canRead, { level: 'warning', about, message: `apply lacks the rights: ${write.join(', ')}`, next }];
  return [canRead, { level: 'ok', about, message: 'has the rights for apply and prune' }];
}
