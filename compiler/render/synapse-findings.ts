import type { Diagnostic } from '../diagnostics/diagnostic.ts';
import type { ClusterConfig } from '../model/cluster-config.ts';

/** Two namespaces would have one backend. */
export function sameEntry(cluster: string, file: string, first: string, second: string): Diagnostic {
  const services = first === second ? first : `${first} and ${second}`;
  const message = `two namespaces of ${services} would both be the backend ${file.replace(/\.json$/, '')}`;
  return nameFinding(cluster, second, message, 'rename one of the namespaces or endpoints');
}

/** A backend's name, and with it its file, is too long. */
export function entryTooLong(cluster: string, service: string, file: string): Diagnostic {
  const message = `the backend ${file.slice(0, 60)}... has a name of more than 248 characters`;
  return nameFinding(cluster, service, message, 'shorten the namespace or the endpoint');
}

/** HAProxy refuses its whole configuration for one such path. */
export function socketTooLong(cluster: string, service: string, namespace: string, socket: string): Diagnostic {
  const message = `the socket ${socket} of ${service}.${namespace} has a path of more than 97 characters`;
  return nameFinding(cluster, service, message, 'shorten the name of the namespace');
}

/** A ConfigMap of services is too big for Kubernetes; its earlier file stays. */
export function shardTooBig({ cluster, fileOf, smartstack }: ClusterConfig, shard: number, size: number): Diagnostic {
  const { shards } = smartstack.synapse;
  return {
    severity: 'error',
    code: 'smartstack-shard-size',
    message: `shard ${shard} of synapse's services has ${size} bytes, and a ConfigMap holds 1000000 here`,
    root: 'system',
    file: fileOf['smartstack'] ?? '',
    path: ['smartstack', 'synapse', 'shards'],
    hint: `raise smartstack.synapse.shards above ${shards}`,
    cluster,
  };
}

function nameFinding(cluster: string, service: string, message: string, hint: string): Diagnostic {
  const file = `${service}/smartstack.yaml`;
  return { severity: 'error', code: 'smartstack-name', message, root: 'soa', file, path: [], hint, service, cluster };
}
