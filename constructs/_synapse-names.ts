import { createHash } from 'node:crypto';

/**
 * Name of an entry, which is its backend, its watcher and its file: `service.namespace`, the advertised type unless clients
 * discover by it, the endpoint unless it is the default (synapse-tools: `get_backend_name`).
 */
export function backendName(registration: string, advertiseType: string | null, endpoint: string | null): string {
  const type = advertiseType === null ? '' : `.${advertiseType}`;
  const path = endpoint === null ? '' : `.${endpointName(endpoint)}_timeouts`;
  return `${registration}${type}${path}`;
}

/**
 * An endpoint's part of a name: each `/` is `__`, as in synapse-tools. What a backend or a key of a ConfigMap cannot be
 * called becomes `_`, and four hex digits of the endpoint's MD5 keep such names apart.
 */
function endpointName(endpoint: string): string {
  const plain = endpoint.replaceAll('/', '__');
  const legal = plain.replace(/[^A-Za-z0-9_.-]/g, '_');
  return legal === plain ? plain : `${legal}-${createHash('md5').update(endpoint, 'utf8').digest('hex').slice(0, 4)}`;
}

/** Shard of a service's entries: they stay together, and no other service moves when one is added. */
export function shardOf(service: string, shards: number): number {
  return createHash('md5').update(service, 'utf8').digest().readUInt32BE(0) % shards;
}
