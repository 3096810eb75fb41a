import { isJsonMap, mapAt, mapsAt, type JsonMap } from '../compiler/emit/json-data.ts';
import type { ApiClient } from './api-client.ts';
import { ApiFailure } from './api-failure.ts';
import { query } from './resources.ts';

export interface ListOptions {
  readonly labelSelector?: string | undefined;
  readonly fieldSelector?: string | undefined;
  /** Objects in one answer. Default 500. */
  readonly pageSize?: number;
  /** Metadata only, without spec and status. */
  readonly metadataOnly?: boolean;
  readonly signal?: AbortSignal | undefined;
}

const METADATA_LIST = 'application/json;as=PartialObjectMetadataList;g=meta.k8s.io;v=v1';
const MOST_RESTARTS = 3;

/**
 * Gives every object of a collection to `visit`, page by page, so that no more than one page is held. Returns the resource version to
 * watch from. A list that expires is begun again: `visit` may see an object twice, and `restart` is called before.
 */
export async function listPages(
  client: ApiClient,
  collection: string,
  options: ListOptions,
  visit: (object: JsonMap) => void,
  restart: () => void = () => undefined,
): Promise<string> {
  for (let restarts = 0; ; restarts++) {
    try {
      return await listOnce(client, collection, options, visit);
    } catch (error) {
      if (!isExpired(error) || restarts === MOST_RESTARTS) throw error;
      restart();
    }
  }
}

/** Never goes on from an inconsistent token: what moved between the pages would be missing. */
function isExpired(error: unknown): boolean {
  if (!(error instanceof ApiFailure)) return false;
  return error.kind === 'expired' || (error.status === 400 && error.message.includes('continue'));
}

async function listOnce(
  client: ApiClient,
  collection: string,
  options: ListOptions,
  visit: (object: JsonMap) => void,
): Promise<string> {
  const { labelSelector, fieldSelector, pageSize = 500, metadataOnly, signal } = options;
  let token: string | undefined;
  for (;;) {
    const path = `${collection}${query({ labelSelector, fieldSelector, limit: pageSize, continue: token })}`;
    const accept = metadataOnly ? { accept: METADATA_LIST } : {};
    const { body } = await client.request({ method: 'GET', path, signal, ...accept });
    if (!isJsonMap(body)) throw new ApiFailure(0, `${collection} gave no list`);
    for (const item of mapsAt(body, 'items')) visit(item);
    const metadata = mapAt(body, 'metadata');
    token =
      typeof metadata?.['continue'] === 'string' && metadata['continue'] !== '' ? metadata['continue'] : undefined;
    if (token === undefined) return String(metadata?.['resourceVersion'] ?? '');
  }
}
