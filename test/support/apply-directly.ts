import { applyRun, type ApplyRunOptions, type RunReport } from '../../applier/apply-run.ts';
import { readDesiredSet } from '../../applier/desired-set.ts';
import { setIdOf } from '../../applier/names.ts';
import { createClient } from '../../cluster/api-client.ts';
import { openConnection } from '../../cluster/connection.ts';
import { createDiskReader } from '../../compiler/load/disk-reader.ts';
import type { RenderedTree } from './applier-cluster.ts';

/** Applies a tree with times and limits that the program does not let its users choose; no lock, one request at a time. */
export async function applyDirectly(
  kubeconfig: string,
  tree: RenderedTree,
  set: string,
  steps: Partial<ApplyRunOptions['steps']>,
): Promise<RunReport> {
  const name = { set, namespace: 'paasta' };
  const desired = readDesiredSet(createDiskReader(tree.root), 'test', setIdOf(name));
  const connection = await openConnection({ context: 'test', kubeconfig, sockets: 1 });
  const client = createClient(connection, { userAgent: 'test', qps: 1000, burst: 1000, attempts: 2, backoffMs: 1 });
  try {
    return await applyRun(client, desired, {
      ...{
        name,
        version: '0.1.0',
        pageSize: 500,
        prune: null,
        planned: null,
        waitsForJobs: false,
        honorsOverrides: false,
      },
      ...{ isNarrowed: false, lockTimeoutMs: null, allowOlder: false, resume: false },
      ...{ signal: new AbortController().signal, listen: () => undefined },
      revision: { commit: '', source: () => Promise.resolve(''), isOlderThan: () => Promise.resolve(false) },
      plan: {
        adopt: 'none',
        adoptFrom: new Set(),
        initialReplicas: 'max',
        scope: { services: [], instances: [], namespaces: [], kinds: [] },
        only: null,
        recreate: new Set(),
        heal: true,
      },
      steps: {
        ...{
          conflicts: 'informed',
          migrated: [],
          timeoutMs: 1000,
          crashPatienceMs: 1000,
          maxInFlight: 0,
          maxSurgePods: 0,
        },
        ...{ concurrency: 1, rateLimit: 0, abortAfter: 0, wait: false },
        ...steps,
      },
    });
  } finally {
    client.close();
  }
}
