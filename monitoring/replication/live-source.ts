import type { ApiClient } from '../../cluster/api-client.ts';
import { ApiFailure } from '../../cluster/api-failure.ts';
import { listPages } from '../../cluster/list-pages.ts';
import { mapAt, mapsAt, type JsonMap } from '../../compiler/emit/json-data.ts';
import { jobLabels, jobSelector, labelsOf } from '../job-labels.ts';
import { backendsUp, fetchStats, statsUrl } from './haproxy-stats.ts';
import { hostsByLocation, type MeshNode } from './mesh-locations.ts';
import { CheckProblem, type ReplicationSource, type ReplicationTarget } from './target.ts';
import { jobOf } from './verdict.ts';

export interface LiveOptions {
  readonly client: ApiClient;
  readonly signal: AbortSignal;
  /** Ask for all instances at once, since most of them will be looked at. */
  readonly isFleet: boolean;
}

const CLUSTER = 'paasta.yelp.com/cluster';

/** Asks the API server and HAProxy; each question once. */
export function liveSource({ client, signal, isFleet }: LiveOptions): ReplicationSource {
  const selectorOf = ({ service, instance }: ReplicationTarget): string =>
    isFleet ? jobSelector() : jobSelector(service, instance);
  const pods = once((selector: string) => readyPodsByJob(client, selector, signal));
  const workloads = once((selector: string) => replicasByJob(client, selector, signal));
  const nodes = once(() => listNodes(client, signal));
  const statistics = once((url: string) => fetchStats(url, signal));
  return {
    async readyPods(target) {
      const found = (await pods(selectorOf(target))).get(jobOf(target));
      const other = [...(found?.clusters ?? [])].find((cluster) => cluster !== target.cluster);
      if (other !== undefined) throw new CheckProblem(`the context leads to the cluster ${other}`);
      return found?.ready ?? 0;
    },
    async wantedReplicas(target) {
      return (await workloads(selectorOf(target))).get(jobOf(target)) ?? null;
    },
    async backends(target, path) {
      const hosts = hostsByLocation(await nodes(''), path.locationLabel, path.pool);
      const scope = isFleet ? '' : jobOf(target);
      const found = [...hosts].map(async ([location, names]) => {
        const up = await firstAnswer(location, names, (host) => statistics(statsUrl(host, scope, path.statistics)));
        return [location, up.get(jobOf(target)) ?? 0] as const;
      });
      return new Map(await Promise.all(found));
    },
  };
}

async function firstAnswer(
  location: string,
  hosts: readonly string[],
  read: (host: string) => Promise<string>,
): Promise<ReadonlyMap<string, number>> {
  let problem = '';
  for (const host of hosts) {
    try {
      const up = backendsUp(await read(host));
      if (up !== null) return up;
      problem = `${host}: the answer is no HAProxy statistics`;
    } catch (error) {
      problem = `${host}: ${error instanceof Error ? error.message : String(error)}`;
    }
  }
  throw new CheckProblem(`no synapse answers in ${location}; the last one asked was ${problem}`);
}

interface ReadyPods {
  ready: number;
  readonly clusters: Set<string>;
}

/** Pods of all namespaces whose `Ready` conditions are all true, by instance. PaaSTA: `is_pod_ready`. */
async function readyPodsByJob(
  client: ApiClient,
  labelSelector: string,
  signal: AbortSignal,
): Promise<ReadonlyMap<string, ReadyPods>> {
  const found = new Map<string, ReadyPods>();
  const visit = (pod: JsonMap): void => {
    const job = jobLabels(pod);
    const entry = found.get(job) ?? { ready: 0, clusters: new Set() };
    if (isReady(pod)) entry.ready++;
    const cluster = labelsOf(pod)[CLUSTER];
    if (cluster !== undefined) entry.clusters.add(cluster);
    found.set(job, entry);
  };
  await listPages(client, '/api/v1/pods', { labelSelector, signal }, visit, () => {
    found.clear();
  });
  return found;
}

async function replicasByJob(
  client: ApiClient,
  labelSelector: string,
  signal: AbortSignal,
): Promise<ReadonlyMap<string, number>> {
  const found = new Map<string, number>();
  for (const kind of ['statefulsets', 'deployments']) {
    await listPages(client, `/apis/apps/v1/${kind}`, { labelSelector, signal }, (workload) => {
      const replicas = mapAt(workload, 'spec')?.['replicas'];
      found.set(jobLabels(workload), typeof replicas === 'number' ? replicas : 1);
    });
  }
  return found;
}

async function listNodes(client: ApiClient, signal: AbortSignal): Promise<readonly MeshNode[]> {
  const nodes = new Map<string, MeshNode>();
  await listPages(client, '/api/v1/nodes', { metadataOnly: true, signal }, (node) => {
    const name = String(mapAt(node, 'metadata')?.['name'] ?? '');
    nodes.set(name, { name, labels: labelsOf(node) });
  });
  return [...nodes.values()];
}

function isReady(pod: JsonMap): boolean {
  const ready = mapsAt(mapAt(pod, 'status'), 'conditions').filter(({ type }) => type === 'Ready');
  return ready.length > 0 && ready.every(({ status }) => status === 'True');
}

/** The same question is asked once, also while its answer is on the way. */
function once<T>(ask: (question: string) => Promise<T>): (question: string) => Promise<T> {
  const asked = new Map<string, Promise<T>>();
  return (question) => {
    const known = asked.get(question);
    if (known !== undefined) return known;
    const answer = ask(question);
    asked.set(question, answer);
    return answer;
  };
}

/** Why something could not be checked, in one line. */
export function whyNot(error: unknown): string {
  if (error instanceof CheckProblem) return error.message;
  if (error instanceof ApiFailure) {
    return error.status === 0 ? `the API server gives no answer: ${error.message}` : `API server: ${error.message}`;
  }
  return error instanceof Error ? error.message : String(error);
}
